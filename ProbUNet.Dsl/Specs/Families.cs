namespace ProbUNet.Dsl;

/// <summary>A family of networks.</summary>
/// <param name="Name">Its name in documents; its attribute is <c>[Name]</c>, its spec <c>NameSpec</c> and its class at run time <c>NameModel</c>.</param>
/// <param name="Defaults">The spec with all its defaults.</param>
public sealed record Family(string Name, ModelSpec Defaults);

/// <summary>The families that there are: the one list that parser, documents and tests go by.</summary>
public static class Families
{
    private const string Suffix = "Spec";

    /// <summary>All of them, the paper's own first.</summary>
    public static ValueList<Family> All { get; } = new ModelSpec[]
    {
        new ProbabilisticUNetSpec(),
        new DropoutUNetSpec(),
        new UNetEnsembleSpec(),
        new MultiHeadUNetSpec(),
        new ImageToImageVaeSpec(),
        new DeterministicUNetSpec(),
    }.Select(spec => new Family(NameOf(spec), spec)).ToValueList();

    /// <summary>The family of a spec.</summary>
    public static Family Of(ModelSpec spec) => All.First(family => family.Defaults.GetType() == spec.GetType());

    private static string NameOf(ModelSpec spec)
    {
        var type = spec.GetType().Name;
        return type.Substring(0, type.Length - Suffix.Length);
    }
}
