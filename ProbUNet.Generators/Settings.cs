using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>An argument of an attribute, the setting of the spec that it is, and how it gets there.</summary>
/// <param name="Attribute">The full name of the attribute's class.</param>
/// <param name="Argument">The argument: a property, or the parameter of the constructor.</param>
/// <param name="Path">The setting's path, as errors name it.</param>
/// <param name="Suits">Whether the family of a spec has the setting.</param>
/// <param name="Apply">Gives the spec with the value; a spec whose family has no such setting stays as it is.</param>
internal sealed record Setting(string Attribute, string Argument, string Path, Func<ModelSpec, bool> Suits, Func<ModelSpec, TypedConstant, ModelSpec> Apply);

/// <summary>
/// The table between attributes and specs: the parser reads declarations by it, and the analyzer finds the argument at fault by it.
/// Arguments of a wrong type are the compiler's to report; here they leave the default.
/// </summary>
internal static class Settings
{
    private const string Space = "ProbUNet.Dsl.";
    private const string UNet = Space + "UNetAttribute";
    private const string Latent = Space + "LatentAttribute";
    private const string Prior = Space + "PriorAttribute";
    private const string Posterior = Space + "PosteriorAttribute";
    private const string Combiner = Space + "CombinerAttribute";

    /// <summary>The attribute that takes another network's settings.</summary>
    public const string Variant = Space + "VariantAttribute";

    /// <summary>The attributes that make a class a network of a family, by their full names.</summary>
    public static readonly IReadOnlyDictionary<string, Family> OfAttribute = Families.All.ToDictionary(AttributeOf);

    public static readonly Setting[] All =
    [
        .. Families.All.SelectMany(Common),
        Of<DropoutUNetSpec>("Rate", (spec, value) => spec with { Rate = Double(value, spec.Rate) }),
        Of<DropoutUNetSpec>("Blocks", (spec, value) => spec with { Blocks = Int(value, spec.Blocks) }),
        Of<UNetEnsembleSpec>("Members", (spec, value) => spec with { Members = Int(value, spec.Members) }),
        Of<MultiHeadUNetSpec>("Heads", (spec, value) => spec with { Heads = Int(value, spec.Heads) }),
        UNetSetting("Channels", (unet, value) => unet with { Channels = Ints(value) }),
        UNetSetting("Depth", (unet, value) => unet with { Depth = Int(value, 0) }),
        UNetSetting("Width", (unet, value) => unet with { Width = Int(value, 0) }),
        UNetSetting("Growth", (unet, value) => unet with { Growth = Double(value, 0) }),
        UNetSetting("ConvsPerBlock", (unet, value) => unet with { ConvsPerBlock = Int(value, unet.ConvsPerBlock) }),
        UNetSetting("Kernel", (unet, value) => unet with { Kernel = Int(value, unet.Kernel) }),
        UNetSetting("Padding", (unet, value) => unet with { Padding = (PaddingMode)Int(value, 0) }),
        UNetSetting("Activation", (unet, value) => unet with { Activation = (Nonlinearity)Int(value, 0) }),
        UNetSetting("Normalization", (unet, value) => unet with { Normalization = (Normalization)Int(value, 0) }),
        UNetSetting("Groups", (unet, value) => unet with { Groups = Int(value, unet.Groups) }),
        UNetSetting("Downsampling", (unet, value) => unet with { Downsampling = (Downsampling)Int(value, 0) }),
        UNetSetting("Upsampling", (unet, value) => unet with { Upsampling = (Upsampling)Int(value, 0) }),
        UNetSetting("Residual", (unet, value) => unet with { Residual = value.Value is true }),
        UNetSetting("Dropout", (unet, value) => unet with { Dropout = Double(value, 0) }),
        UNetSetting("Initialization", (unet, value) => unet with { Initialization = (Initialization)Int(value, 0) }),
        UNetSetting("Biases", (unet, value) => unet with { Biases = (BiasInitialization)Int(value, 0) }),
        Of<LatentVariableSpec>(Latent, "dimension", "Latent.Dimension", (spec, value) => spec with { Latent = spec.Latent with { Dimension = Int(value, spec.Latent.Dimension) } }),
        Of<LatentVariableSpec>(Latent, "Entry", "Latent.Entry", (spec, value) => spec with { Latent = spec.Latent with { Entry = (LatentEntry)Int(value, 0) } }),
        Of<ProbabilisticUNetSpec>(Prior, "Channels", "Prior.Channels", (spec, value) => spec with { Prior = spec.Prior with { Channels = Ints(value) } }),
        Of<ProbabilisticUNetSpec>(Prior, "ConvsPerBlock", "Prior.ConvsPerBlock", (spec, value) => spec with { Prior = spec.Prior with { ConvsPerBlock = Int(value, 0) } }),
        Of<LatentVariableSpec>(Posterior, "Channels", "Posterior.Channels", (spec, value) => spec with { Posterior = spec.Posterior with { Channels = Ints(value) } }),
        Of<LatentVariableSpec>(Posterior, "ConvsPerBlock", "Posterior.ConvsPerBlock", (spec, value) => spec with { Posterior = spec.Posterior with { ConvsPerBlock = Int(value, 0) } }),
        Of<LatentVariableSpec>(Posterior, "Mask", "MaskEncoding", (spec, value) => spec with { MaskEncoding = (MaskEncoding)Int(value, 0) }),
        Of<LatentVariableSpec>(Combiner, "Convs", "Combiner.Convs", (spec, value) => spec with { Combiner = spec.Combiner with { Convs = Int(value, spec.Combiner.Convs) } }),
        Of<LatentVariableSpec>(Combiner, "Width", "Combiner.Width", (spec, value) => spec with { Combiner = spec.Combiner with { Width = Int(value, 0) } }),
    ];

    /// <summary>The settings of each attribute, by its full name.</summary>
    public static readonly ILookup<string, Setting> ByAttribute = All.ToLookup(setting => setting.Attribute);

    private static string AttributeOf(Family family) => $"{Space}{family.Name}Attribute";

    /// <summary>What the attribute of every family says.</summary>
    private static IEnumerable<Setting> Common(Family family)
    {
        Setting Setting(string argument, string path, Func<ModelSpec, TypedConstant, ModelSpec> apply) => new(AttributeOf(family), argument, path, _ => true, apply);
        yield return Setting("ImageChannels", "Image.Channels", (spec, value) => spec with { Image = spec.Image with { Channels = Int(value, spec.Image.Channels) } });
        yield return Setting("Height", "Image.Height", (spec, value) => spec with { Image = spec.Image with { Height = Int(value, spec.Image.Height) } });
        yield return Setting("Width", "Image.Width", (spec, value) => spec with { Image = spec.Image with { Width = Int(value, spec.Image.Width) } });
        yield return Setting("Classes", "Classes", (spec, value) => spec with { Classes = Int(value, spec.Classes) });
        yield return Setting("SizePolicy", "SizePolicy", (spec, value) => spec with { SizePolicy = (SizePolicy)Int(value, 0) });
    }

    private static Setting UNetSetting(string argument, Func<UNetSpec, TypedConstant, UNetSpec> apply) =>
        new(UNet, argument, $"UNet.{argument}", _ => true, (spec, value) => spec with { UNet = apply(spec.UNet, value) });

    /// <summary>A setting of a family's own attribute.</summary>
    private static Setting Of<TSpec>(string argument, Func<TSpec, TypedConstant, ModelSpec> apply) where TSpec : ModelSpec =>
        Of(AttributeOf(Families.All.Single(family => family.Defaults is TSpec)), argument, argument, apply);

    /// <summary>A setting that not every family has.</summary>
    private static Setting Of<TSpec>(string attribute, string argument, string path, Func<TSpec, TypedConstant, ModelSpec> apply) where TSpec : ModelSpec =>
        new(attribute, argument, path, spec => spec is TSpec, (spec, value) => spec is TSpec own ? apply(own, value) : spec);

    private static int Int(TypedConstant value, int otherwise) =>
        value.Kind is TypedConstantKind.Primitive or TypedConstantKind.Enum && value.Value is int number ? number : otherwise;

    private static double Double(TypedConstant value, double otherwise) => value.Kind == TypedConstantKind.Primitive && value.Value is double number ? number : otherwise;

    /// <summary>The numbers of an array; <see langword="null"/> where the array is missing.</summary>
    private static ValueList<int>? Ints(TypedConstant value) =>
        value.Kind == TypedConstantKind.Array && !value.IsNull ? value.Values.Select(item => Int(item, 0)).ToValueList() : null;
}
