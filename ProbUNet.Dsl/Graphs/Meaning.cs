namespace ProbUNet.Dsl.Graphs;

/// <summary>What weights mean in a network, beside how many there are: which function they are of.</summary>
internal static class Meaning
{
    /// <summary>
    /// The first setting by which weights of one network are no weights of another, though every tensor fits; nothing where they are. Settings that the other does not heed (the groups of a normalisation that
    /// has none), or that come to the same together (a normalisation over one group, and the layer's), make no difference: the network with the one's values is still itself.
    /// </summary>
    /// <param name="spec">The network that shall take the weights.</param>
    /// <param name="learned">The network that learned them, of the same family.</param>
    public static Setting? OtherThan(this ModelSpec spec, ModelSpec learned)
    {
        var own = new Lazy<Outcome<Graph, ValueList<SpecError>>>(() => GraphBuilder.Build(spec));
        var (varied, told) = (spec, default(Setting));
        foreach (var setting in Settings.Of(spec).Where(setting => setting.IsMeaning && !Equals(setting.Get(spec), setting.Get(learned))))
        {
            varied = setting.With(varied, setting.Get(learned));
            // Together: one of two may be heeded only beside the other's new value, or take back what the other did.
            told = GraphBuilder.Build(varied).Equals(own.Value) ? null : told ?? setting;
        }
        return told;
    }
}
