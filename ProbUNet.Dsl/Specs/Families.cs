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

    /// <summary>The family of a type of specs.</summary>
    public static Family Of<TSpec>() where TSpec : ModelSpec => All.First(family => family.Defaults.GetType() == typeof(TSpec));

    /// <summary>
    /// The same network in a family. Another family keeps what all families share (image, classes, size policy, U-Net) and has its own defaults for
    /// all else, though both have a latent: the Image2Image VAE's latent of 3 at the input is part of what it is, not the first network's.
    /// </summary>
    /// <param name="spec">The network.</param>
    /// <param name="family">The family that it shall be of; of its own it stays as it is.</param>
    public static ModelSpec As(this ModelSpec spec, Family family) => Of(spec) == family
        ? spec
        : Settings.All.Where(setting => setting.IsShared).Aggregate(family.Defaults, (changed, setting) => setting.With(changed, setting.Get(spec)));

    /// <inheritdoc cref="As(ModelSpec, Family)"/>
    /// <typeparam name="TSpec">The specs of the family.</typeparam>
    public static TSpec As<TSpec>(this ModelSpec spec) where TSpec : ModelSpec => (TSpec)spec.As(Of<TSpec>());
}
