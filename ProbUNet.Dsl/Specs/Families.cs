namespace ProbUNet.Dsl;

/// <summary>A family of networks.</summary>
/// <param name="Name">Its name in documents; its attribute is <c>[Name]</c>, its spec <c>NameSpec</c> and its class at run time <c>NameModel</c>.</param>
/// <param name="Key">Its short name, which files, columns and networks of the catalog are called by.</param>
/// <param name="Title">What the paper's Fig. 4 calls it.</param>
/// <param name="Defaults">The spec with all its defaults.</param>
public sealed record Family(string Name, string Key, string Title, ModelSpec Defaults)
{
    /// <summary>The name of its base class at run time.</summary>
    public string ModelName => Name + "Model";
}

/// <summary>The families that there are: the one table that parser, documents, catalog, comparison and tests go by.</summary>
public static class Families
{
    /// <summary>All of them, the paper's own first.</summary>
    public static ValueList<Family> All { get; } =
    [
        new("ProbabilisticUNet", "punet", "Probabilistic U-Net", new ProbabilisticUNetSpec()),
        new("DropoutUNet", "dropout", "Dropout U-Net", new DropoutUNetSpec()),
        new("UNetEnsemble", "ensemble", "U-Net Ensemble", new UNetEnsembleSpec()),
        new("MultiHeadUNet", "heads", "M-Heads", new MultiHeadUNetSpec()),
        new("ImageToImageVae", "vae", "Image2Image VAE", new ImageToImageVaeSpec()),
        new("DeterministicUNet", "deterministic", "U-Net", new DeterministicUNetSpec()),
    ];

    /// <summary>The paper's own, which needs no name where only one family is spoken of.</summary>
    public static Family Usual => All[0];

    /// <summary>The family of a spec.</summary>
    public static Family Of(ModelSpec spec) => All.First(family => family.Defaults.GetType() == spec.GetType());

    /// <summary>What a spec is, in a line: its family, images, classes and levels.</summary>
    internal static string InALine(ModelSpec spec) => FormattableString.Invariant(
        $"{Of(spec).Title} for images of {spec.Image.Channels}x{spec.Image.Height}x{spec.Image.Width}, {(spec.Classes == 1 ? "binary masks" : $"{spec.Classes} classes")}, levels of {string.Join(", ", spec.UNet.Levels())} channels");

    /// <summary>The family of a type of specs.</summary>
    public static Family Of<TSpec>() where TSpec : ModelSpec => All.First(family => family.Defaults.GetType() == typeof(TSpec));
}
