using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>An argument of an attribute, the setting of the spec that it is, and how it gets there.</summary>
/// <param name="Attribute">The full name of the attribute's class.</param>
/// <param name="Argument">The argument: a property, or the parameter of the constructor.</param>
/// <param name="Path">The setting's path, as errors name it.</param>
/// <param name="Apply">Gives the spec with the value.</param>
internal sealed record Setting(string Attribute, string Argument, string Path, Func<ModelSpec, TypedConstant, ModelSpec> Apply);

/// <summary>
/// The table between attributes and specs: the parser reads declarations by it, and the analyzer finds the argument at fault by it.
/// Arguments of a wrong type are the compiler's to report; here they leave the default.
/// </summary>
internal static class Settings
{
    private const string Space = "ProbUNet.Dsl.";
    private const string ProbabilisticUNet = Space + "ProbabilisticUNetAttribute";
    private const string UNet = Space + "UNetAttribute";
    private const string Latent = Space + "LatentAttribute";
    private const string Prior = Space + "PriorAttribute";
    private const string Posterior = Space + "PosteriorAttribute";
    private const string Combiner = Space + "CombinerAttribute";

    /// <summary>The attributes that make a class a network.</summary>
    public static readonly string[] Families = [ProbabilisticUNet];

    public static readonly Setting[] All =
    [
        new(ProbabilisticUNet, "ImageChannels", "Image.Channels", (spec, value) => spec with { Image = spec.Image with { Channels = Int(value, spec.Image.Channels) } }),
        new(ProbabilisticUNet, "Height", "Image.Height", (spec, value) => spec with { Image = spec.Image with { Height = Int(value, spec.Image.Height) } }),
        new(ProbabilisticUNet, "Width", "Image.Width", (spec, value) => spec with { Image = spec.Image with { Width = Int(value, spec.Image.Width) } }),
        new(ProbabilisticUNet, "Classes", "Classes", (spec, value) => spec with { Classes = Int(value, spec.Classes) }),
        UNetSetting("Channels", (unet, value) => unet with { Channels = Ints(value) ?? [] }),
        UNetSetting("ConvsPerBlock", (unet, value) => unet with { ConvsPerBlock = Int(value, unet.ConvsPerBlock) }),
        UNetSetting("Kernel", (unet, value) => unet with { Kernel = Int(value, unet.Kernel) }),
        UNetSetting("Padding", (unet, value) => unet with { Padding = (PaddingMode)Int(value, 0) }),
        UNetSetting("Activation", (unet, value) => unet with { Activation = (Nonlinearity)Int(value, 0) }),
        UNetSetting("Normalization", (unet, value) => unet with { Normalization = (Normalization)Int(value, 0) }),
        UNetSetting("Groups", (unet, value) => unet with { Groups = Int(value, unet.Groups) }),
        UNetSetting("Downsampling", (unet, value) => unet with { Downsampling = (Downsampling)Int(value, 0) }),
        UNetSetting("Upsampling", (unet, value) => unet with { Upsampling = (Upsampling)Int(value, 0) }),
        UNetSetting("Residual", (unet, value) => unet with { Residual = value.Value is true }),
        UNetSetting("Initialization", (unet, value) => unet with { Initialization = (Initialization)Int(value, 0) }),
        Of(Latent, "dimension", "Latent.Dimension", (spec, value) => spec with { Latent = new LatentSpec(Int(value, spec.Latent.Dimension)) }),
        Of(Prior, "Channels", "Prior.Channels", (spec, value) => spec with { Prior = spec.Prior with { Channels = Ints(value) } }),
        Of(Prior, "ConvsPerBlock", "Prior.ConvsPerBlock", (spec, value) => spec with { Prior = spec.Prior with { ConvsPerBlock = Int(value, 0) } }),
        Of(Posterior, "Channels", "Posterior.Channels", (spec, value) => spec with { Posterior = spec.Posterior with { Channels = Ints(value) } }),
        Of(Posterior, "ConvsPerBlock", "Posterior.ConvsPerBlock", (spec, value) => spec with { Posterior = spec.Posterior with { ConvsPerBlock = Int(value, 0) } }),
        Of(Posterior, "Mask", "MaskEncoding", (spec, value) => spec with { MaskEncoding = (MaskEncoding)Int(value, 0) }),
        Of(Combiner, "Convs", "Combiner.Convs", (spec, value) => spec with { Combiner = spec.Combiner with { Convs = Int(value, spec.Combiner.Convs) } }),
        Of(Combiner, "Width", "Combiner.Width", (spec, value) => spec with { Combiner = spec.Combiner with { Width = Int(value, 0) } }),
    ];

    /// <summary>The spec of a family with all its defaults.</summary>
    public static ModelSpec Defaults(string family) => family switch
    {
        ProbabilisticUNet => new ProbabilisticUNetSpec(),
        _ => throw new InvalidOperationException($"{family} is not a family."),
    };

    /// <summary>The spec of the same family with all its defaults.</summary>
    public static ModelSpec DefaultsLike(ModelSpec spec) => spec switch
    {
        ProbabilisticUNetSpec => new ProbabilisticUNetSpec(),
        _ => throw new InvalidOperationException($"{spec.GetType().Name} is not a family."),
    };

    private static Setting UNetSetting(string argument, Func<UNetSpec, TypedConstant, UNetSpec> apply) =>
        new(UNet, argument, $"UNet.{argument}", (spec, value) => spec with { UNet = apply(spec.UNet, value) });

    /// <summary>A setting that only the Probabilistic U-Net has.</summary>
    private static Setting Of(string attribute, string argument, string path, Func<ProbabilisticUNetSpec, TypedConstant, ModelSpec> apply) =>
        new(attribute, argument, path, (spec, value) => spec is ProbabilisticUNetSpec probabilistic ? apply(probabilistic, value) : spec);

    private static int Int(TypedConstant value, int otherwise) =>
        value.Kind is TypedConstantKind.Primitive or TypedConstantKind.Enum && value.Value is int number ? number : otherwise;

    /// <summary>The numbers of an array; <see langword="null"/> where the array is missing.</summary>
    private static ValueList<int>? Ints(TypedConstant value) =>
        value.Kind == TypedConstantKind.Array && !value.IsNull ? value.Values.Select(item => Int(item, 0)).ToValueList() : null;
}
