
namespace ProbUNet.Dsl;

/// <summary>
/// The one table of what a spec must satisfy. The compiler's diagnostics and the answers at run time come from here: the same ids,
/// the same words. Ids are never reused.
/// </summary>
public static class Rules
{
    /// <summary>A declaration that the generator cannot complete.</summary>
    public const string Declaration = "PUN0001";

    /// <summary>The poolings must halve height and width exactly.</summary>
    public const string Divisibility = "PUN0002";

    /// <summary>A list of channels needs one entry a level.</summary>
    public const string Depth = "PUN0003";

    /// <summary>Channels of a level are in range.</summary>
    public const string Channels = "PUN0004";

    /// <summary>The dimension of the latent is in range.</summary>
    public const string Latent = "PUN0005";

    /// <summary>Convolutions of a block are in range.</summary>
    public const string ConvsPerBlock = "PUN0006";

    /// <summary>Convolutions of the combiner are in range.</summary>
    public const string CombinerConvs = "PUN0007";

    /// <summary>Channels of the image are in range.</summary>
    public const string ImageChannels = "PUN0008";

    /// <summary>Height and width are in range.</summary>
    public const string ImageSize = "PUN0009";

    /// <summary>The number of classes is in range.</summary>
    public const string Classes = "PUN0010";

    /// <summary>A choice is one of those that there are.</summary>
    public const string Choice = "PUN0011";

    /// <summary>What the project must offer to generated code.</summary>
    public const string Surroundings = "PUN0012";

    /// <summary>The kernel has a middle.</summary>
    public const string Kernel = "PUN0013";

    /// <summary>The groups of a normalisation divide the channels.</summary>
    public const string Groups = "PUN0014";

    /// <summary>The smallest map is large enough for the padding.</summary>
    public const string PaddingSize = "PUN0015";

    /// <summary>A document describes a spec.</summary>
    public const string Json = "PUN0016";

    /// <summary>A dropout rate is a probability below 1.</summary>
    public const string Rate = "PUN0017";

    /// <summary>The blocks with dropout are among those that there are.</summary>
    public const string DropoutBlocks = "PUN0018";

    /// <summary>The members of an ensemble are in range.</summary>
    public const string Members = "PUN0019";

    /// <summary>The heads are in range.</summary>
    public const string Heads = "PUN0020";

    /// <summary>The growth of the channels is in range.</summary>
    public const string Growth = "PUN0021";

    /// <summary>Channels are listed or made of depth, width and growth, not both.</summary>
    public const string ChannelsTwice = "PUN0022";

    /// <summary>An attribute says something that the class's family has no use for.</summary>
    public const string StrayAttribute = "PUN0023";

    /// <summary>A class is of one family.</summary>
    public const string OneFamily = "PUN0024";

    /// <summary>A variant is of a network.</summary>
    public const string VariantOf = "PUN0025";

    /// <summary>All rules and all advice, by their ids: what descriptors, release notes and docs/diagnostics.md list.</summary>
    public static ValueList<Rule> All { get; } =
    [
        new(Declaration, "The class cannot take a network", Stage: RuleStage.CompileTime),
        new(Divisibility, "The poolings do not divide the image"),
        new(Depth, "The number of levels is out of range"),
        new(Channels, "The channels of a level are out of range"),
        new(Latent, "The latent dimension is out of range"),
        new(ConvsPerBlock, "The convolutions of a block are out of range"),
        new(CombinerConvs, "The convolutions of the combiner are out of range"),
        new(ImageChannels, "The channels of the image are out of range"),
        new(ImageSize, "The size of the image is out of range"),
        new(Classes, "The number of classes is out of range"),
        new(Choice, "The choice does not exist"),
        new(Surroundings, "The project lacks what generated code needs", Stage: RuleStage.CompileTime),
        new(Kernel, "The kernel has no middle or is too large"),
        new(Groups, "The groups do not divide the channels"),
        new(PaddingSize, "The deepest level is too small for the padding"),
        new(Json, "The document does not describe a spec", Stage: RuleStage.RunTime),
        new(Rate, "The dropout rate is no probability below 1"),
        new(DropoutBlocks, "The blocks with dropout are out of range"),
        new(Members, "The members of the ensemble are out of range"),
        new(Heads, "The heads are out of range"),
        new(Growth, "The growth of the channels is out of range"),
        new(ChannelsTwice, "The channels are listed and made"),
        new(StrayAttribute, "The family has no use for the attribute", Stage: RuleStage.CompileTime),
        new(OneFamily, "The class is of several families", Stage: RuleStage.CompileTime),
        new(VariantOf, "The base of the variant is no network", Stage: RuleStage.CompileTime),
        new(Advice.ShallowPosterior, "The posterior is shallower than the prior", RuleSeverity.Warning),
        new(Advice.WideLatent, "The latent is larger than what it is read from", RuleSeverity.Warning),
        new(Advice.TinyBottleneck, "The deepest level is a single pixel", RuleSeverity.Warning),
        new(Advice.NoDiversity, "Every sample is the same", RuleSeverity.Warning),
    ];

    /// <summary>Every rule that the spec breaks, in the order of its settings; empty for a spec that works.</summary>
    public static ValueList<SpecError> Validate(this ModelSpec spec) => Check(spec).ToValueList();

    private static IEnumerable<SpecError> Check(ModelSpec spec) => Settings.All.SelectMany(setting => setting.Check(spec));

    /// <summary>What makes the channels stands in the place of a list.</summary>
    internal static IEnumerable<SpecError> Twice(UNetSpec unet, string name, bool given)
    {
        if (given && unet.Channels is not null)
            yield return new SpecError(ChannelsTwice, $"UNet.{name}", $"{name} makes the channels of the levels, but Channels lists them already: remove one of the two");
    }

    /// <summary>Depth, width and growth, each in its range, make levels in theirs.</summary>
    internal static IEnumerable<SpecError> MadeLevels(UNetSpec unet)
    {
        if (unet.Channels is not null || (unet.Depth is { } depth && !Settings.Depth.Holds(depth)) || (unet.Width is { } width && !Settings.Width.Holds(width)) || (unet.Growth is { } growth && !Settings.Growth.Holds(growth)))
            yield break;   // another rule speaks
        var levels = unet.Levels();
        if (levels.Any(channels => channels is < 1 or > Settings.MaxChannels))
            yield return new SpecError(Channels, unet.Growth is not null ? "UNet.Growth" : unet.Width is not null ? "UNet.Width" : "UNet.Depth",
                $"Depth, width and growth make the channels {levels}, but a level has 1 to {Settings.MaxChannels}: use fewer levels or another width or growth");
    }

    /// <summary>Under the strict policy the poolings halve height and width exactly.</summary>
    internal static IEnumerable<SpecError> Halves(ModelSpec spec) => spec.SizePolicy != SizePolicy.Strict ? [] :
        Halves("Image.Height", "Height", spec.Image.Height, spec.UNet.Levels().Count - 1)
            .Concat(Halves("Image.Width", "Width", spec.Image.Width, spec.UNet.Levels().Count - 1));

    /// <summary>An encoder beside the U-Net whose blocks it shares.</summary>
    internal static IEnumerable<SpecError> Encoder(ModelSpec spec, string path, string owner, EncoderSpec encoder) =>
        Undivided(spec.UNet, encoder.Channels).Select(wrong => NotDivided(spec.UNet, $"{path}[{wrong.Level}]", wrong.Channels, isRemedied: true))
            .Concat(Fits(spec, owner, encoder.Channels));

    /// <summary>The groups divide the U-Net's levels, whose list is at fault where there is one.</summary>
    internal static IEnumerable<SpecError> GroupsDivideLevels(UNetSpec unet) => Undivided(unet, unet.Levels()).Select(wrong => unet.Channels is null
        ? NotDivided(unet, "UNet.Groups", wrong.Channels, isRemedied: false)
        : NotDivided(unet, $"UNet.Channels[{wrong.Level}]", wrong.Channels, isRemedied: true));

    private static IEnumerable<(int Level, int Channels)> Undivided(UNetSpec unet, ValueList<int>? levels) =>
        unet.Normalization != Normalization.Group || !Settings.Groups.Holds(unet.Groups) || levels is null
            ? []
            : levels.Select((channels, level) => (level, channels)).Where(pair => pair.channels is >= 1 and <= Settings.MaxChannels && pair.channels % unet.Groups != 0);

    private static SpecError NotDivided(UNetSpec unet, string path, int channels, bool isRemedied)
    {
        var around = Around(channels, unet.Groups).Where(multiple => multiple <= Settings.MaxChannels).ToList();
        return new SpecError(Groups, path, $"{channels} channels cannot be parted into {unet.Groups} groups: use {string.Join(" or ", around)}, or other Groups")
        {
            Remedies = isRemedied ? Domain.Words(around) : [],
        };
    }

    /// <summary>The deepest level of a contracting path is large enough for its padding.</summary>
    internal static IEnumerable<SpecError> Fits(ModelSpec spec, string owner, ValueList<int>? channels)
    {
        if (channels is not { Count: >= 1 and <= Settings.MaxDepth } || spec.UNet.Kernel < Settings.Kernel.Min || spec.UNet.Kernel > Settings.Kernel.Max || spec.Image is not { Height: >= 1 and <= Settings.MaxSize, Width: >= 1 and <= Settings.MaxSize })
            yield break;   // another rule speaks
        int AtBottom(int size) => (size - 1) / (1 << (channels.Count - 1)) + 1;
        var (height, width, least) = (AtBottom(spec.Image.Height), AtBottom(spec.Image.Width), spec.UNet.Padding.LeastSize(spec.UNet.Kernel));
        if (Math.Min(height, width) < least)
            yield return new SpecError(PaddingSize, "UNet.Padding",
                $"{spec.UNet.Padding} padding of a kernel of {spec.UNet.Kernel} needs {least} rows and columns, but the deepest level of {owner} has {height}x{width}: use Zeros padding, fewer levels or a larger image");
    }

    private static IEnumerable<SpecError> Halves(string path, string name, int size, int poolings)
    {
        if (poolings is < 1 or >= Settings.MaxDepth || size is < 1 or > Settings.MaxSize)
            yield break;   // another rule speaks
        var factor = 1 << poolings;
        if (size % factor == 0)
            yield break;
        var around = Around(size, factor);
        yield return new SpecError(Divisibility, path,
            $"{name} {size} is not divisible by {factor}, which {poolings} pooling{(poolings == 1 ? "" : "s")} need{(poolings == 1 ? "s" : "")}: use {string.Join(" or ", around)}")
        {
            Remedies = Domain.Words(around),
        };
    }

    /// <summary>The multiples of a factor on both sides of a number that is none.</summary>
    private static int[] Around(int number, int factor)
    {
        var below = number / factor * factor;
        return below == 0 ? [factor] : [below, below + factor];
    }
}
