using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl;

/// <summary>What weights mean in a network, beside how many there are: which function they are of.</summary>
internal static class Meaning
{
    /// <summary>
    /// The first setting by which weights of one network are no weights of another, though every tensor fits; nothing where they are. A setting that the other does not heed (the groups of a normalisation that
    /// has none) makes no difference: the network with the one's value is still itself.
    /// </summary>
    /// <param name="spec">The network that shall take the weights.</param>
    /// <param name="learned">The network that learned them, of the same family.</param>
    public static Setting? OtherThan(this ModelSpec spec, ModelSpec learned)
    {
        var graph = new Lazy<Outcome<Graph, ValueList<SpecError>>>(() => GraphBuilder.Build(spec));
        return Settings.Of(spec).FirstOrDefault(setting => setting.IsMeaning && !Equals(setting.Get(spec), setting.Get(learned))
            && !GraphBuilder.Build(setting.With(spec, setting.Get(learned))).Equals(graph.Value));
    }
}
