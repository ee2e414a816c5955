using System.Globalization;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl;

/// <summary>
/// The one table of what a spec must satisfy. The compiler's diagnostics and the answers at run time come from here: the same ids,
/// the same words. Ids are never reused.
/// </summary>
public static class Rules
{
    /// <summary>A declaration that the generator cannot complete (compile time only).</summary>
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

    /// <summary>What the project must offer to generated code (compile time only).</summary>
    public const string Surroundings = "PUN0012";

    /// <summary>The kernel has a middle.</summary>
    public const string Kernel = "PUN0013";

    /// <summary>The groups of a normalisation divide the channels.</summary>
    public const string Groups = "PUN0014";

    /// <summary>The smallest map is large enough for the padding.</summary>
    public const string PaddingSize = "PUN0015";

    /// <summary>A document describes a spec (run time only).</summary>
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

    /// <summary>An attribute says something that the class's family has no use for (compile time only).</summary>
    public const string StrayAttribute = "PUN0023";

    /// <summary>A class is of one family (compile time only).</summary>
    public const string OneFamily = "PUN0024";

    /// <summary>A variant is of a network (compile time only).</summary>
    public const string VariantOf = "PUN0025";

    /// <summary>Every rule that the spec breaks, in the order of its settings; empty for a spec that works.</summary>
    public static ValueList<SpecError> Validate(this ModelSpec spec) => Check(spec).ToValueList();

    private static IEnumerable<SpecError> Check(ModelSpec spec) =>
        Range(ImageChannels, "Image.Channels", "an image", "channels", spec.Image.Channels, 1, 1024)
            .Concat(Range(ImageSize, "Image.Height", "an image", "rows", spec.Image.Height, 1, MaxSize))
            .Concat(Range(ImageSize, "Image.Width", "an image", "columns", spec.Image.Width, 1, MaxSize))
            .Concat(Range(Classes, "Classes", "a network", "classes (1 is a single logit)", spec.Classes, 1, 1024))
            .Concat(Exists("SizePolicy", spec.SizePolicy))
            .Concat(ChannelSettings(spec.UNet))
            .Concat(Levels("UNet", "a U-Net", spec.UNet.Channels, spec.UNet.ConvsPerBlock))
            .Concat(spec.SizePolicy == SizePolicy.Strict
                ? Halves("Image.Height", "Height", spec.Image.Height, spec.UNet.Levels().Count - 1).Concat(Halves("Image.Width", "Width", spec.Image.Width, spec.UNet.Levels().Count - 1))
                : [])
            .Concat(Style(spec.UNet))
            .Concat(Fits(spec, "a U-Net", spec.UNet.Levels()))
            .Concat(OfFamily(spec));

    private static IEnumerable<SpecError> OfFamily(ModelSpec spec) => spec switch
    {
        DropoutUNetSpec dropout => Probability("Rate", dropout.Rate).Concat(BlocksExist(dropout)),
        UNetEnsembleSpec ensemble => Range(Members, "Members", "an ensemble", "members", ensemble.Members, 1, 64),
        MultiHeadUNetSpec heads => Range(Heads, "Heads", "a network", "heads", heads.Heads, 1, 64),
        ProbabilisticUNetSpec probabilistic => Encoder(spec, "Prior", "a prior", probabilistic.Prior).Concat(OfLatent(probabilistic)),
        LatentVariableSpec latent => OfLatent(latent),
        _ => [],
    };

    private static IEnumerable<SpecError> OfLatent(LatentVariableSpec spec) =>
        Range(Latent, "Latent.Dimension", "a latent", "dimensions", spec.Latent.Dimension, 1, 1024)
            .Concat(Exists("Latent.Entry", spec.Latent.Entry))
            .Concat(Encoder(spec, "Posterior", "a posterior", spec.Posterior))
            .Concat(Range(CombinerConvs, "Combiner.Convs", "a combiner", "convolutions, the last included", spec.Combiner.Convs, 1, 16))
            .Concat(spec.Combiner.Width is { } width ? Range(Channels, "Combiner.Width", "a combiner", "channels", width, 1, MaxChannels) : [])
            .Concat(Exists("MaskEncoding", spec.MaskEncoding));

    private static IEnumerable<SpecError> Encoder(ModelSpec spec, string path, string owner, EncoderSpec encoder) =>
        Levels(path, owner, encoder.Channels, encoder.ConvsPerBlock)
            .Concat(GroupsDivide(spec.UNet, $"{path}.Channels", encoder.Channels))
            .Concat(Fits(spec, owner, encoder.Channels));

    /// <summary>Depth, width and growth, each in its range, and all of them in the place of a list.</summary>
    private static IEnumerable<SpecError> ChannelSettings(UNetSpec unet)
    {
        foreach (var (name, given) in new[] { ("Depth", unet.Depth is not null), ("Width", unet.Width is not null), ("Growth", unet.Growth is not null) })
            if (given && unet.Channels is not null)
                yield return new SpecError(ChannelsTwice, $"UNet.{name}", $"{name} makes the channels of the levels, but Channels lists them already: remove one of the two");
        if (unet.Channels is not null)
            yield break;
        if (unet.Depth is < 1 or > MaxDepth)
            yield return Making(unet with { Depth = Math.Max(1, Math.Min(unet.Depth.Value, MaxDepth)) }, Outside(Depth, "UNet.Depth", "a U-Net", "levels", unet.Depth.Value, 1, MaxDepth));
        else if (unet.Width is < 1 or > MaxChannels)
            yield return Making(unet with { Width = Math.Max(1, Math.Min(unet.Width.Value, MaxChannels)) }, Outside(Channels, "UNet.Width", "the first level of a U-Net", "channels", unet.Width.Value, 1, MaxChannels));
        else if (unet.Growth is { } growth && !(growth is >= 0.125 and <= 8))
            yield return new SpecError(Growth, "UNet.Growth", FormattableString.Invariant($"Channels cannot grow by {growth} from level to level: use 0.125 to 8"));
        else if (unet.Levels() is var levels && levels.FirstOrDefault(channels => channels is < 1 or > MaxChannels) is var wrong and not 0 || levels.Contains(0))
            yield return new SpecError(Channels, unet.Growth is not null ? "UNet.Growth" : unet.Width is not null ? "UNet.Width" : "UNet.Depth",
                $"Depth, width and growth make the channels {levels}, but a level has 1 to {MaxChannels}: use fewer levels or another width or growth");
    }

    /// <summary>The error, without its remedies where the levels that they would make are out of range.</summary>
    private static SpecError Making(UNetSpec remedied, SpecError error) =>
        remedied.Levels().All(channels => channels is >= 1 and <= MaxChannels) ? error : error with { Remedies = [] };

    private static IEnumerable<SpecError> Probability(string path, double rate)
    {
        if (!(rate is >= 0 and < 1))
            yield return new SpecError(Rate, path, FormattableString.Invariant($"A dropout rate of {rate} is no probability that leaves anything: use at least 0 and below 1"));
    }

    private static IEnumerable<SpecError> BlocksExist(DropoutUNetSpec spec)
    {
        var levels = spec.UNet.Levels().Count;
        if (levels is >= 1 and <= MaxDepth && (spec.Blocks < 1 || spec.Blocks > levels))
            yield return Outside(DropoutBlocks, "Blocks", $"a U-Net of {levels} level{(levels == 1 ? "" : "s")}", "innermost blocks", spec.Blocks, 1, levels);
    }

    private static IEnumerable<SpecError> Style(UNetSpec unet)
    {
        if (unet.Kernel is < 1 or > 15 || unet.Kernel % 2 == 0)
            yield return new SpecError(Kernel, "UNet.Kernel", $"A kernel of {unet.Kernel}x{unet.Kernel} has no middle or is too large: use an odd size from 1 to 15")
            {
                Remedies = Words(new[] { unet.Kernel - 1, unet.Kernel + 1 }.Select(side => Math.Min(15, Math.Max(1, side))).Distinct()),
            };
        foreach (var error in Exists("UNet.Padding", unet.Padding)
            .Concat(Exists("UNet.Activation", unet.Activation))
            .Concat(Exists("UNet.Normalization", unet.Normalization))
            .Concat(Exists("UNet.Downsampling", unet.Downsampling))
            .Concat(Exists("UNet.Upsampling", unet.Upsampling))
            .Concat(Probability("UNet.Dropout", unet.Dropout))
            .Concat(Exists("UNet.Initialization", unet.Initialization))
            .Concat(Exists("UNet.Biases", unet.Biases))
            .Concat(GroupsDivide(unet, "UNet.Channels", unet.Levels())))
            yield return error;
    }

    private static IEnumerable<SpecError> GroupsDivide(UNetSpec unet, string path, ValueList<int>? channels)
    {
        if (unet.Normalization != Normalization.Group)
            yield break;
        if (unet.Groups is < 1 or > MaxChannels)
        {
            if (path == "UNet.Channels")
                yield return Outside(Groups, "UNet.Groups", "a normalisation", "groups", unet.Groups, 1, MaxChannels);
            yield break;
        }
        for (var level = 0; level < channels?.Count; level++)
            if (channels[level] is >= 1 and <= MaxChannels && channels[level] % unet.Groups != 0)
            {
                var around = Around(channels[level], unet.Groups).Where(multiple => multiple <= MaxChannels).ToList();
                yield return new SpecError(Groups, path == "UNet.Channels" && unet.Channels is null ? "UNet.Groups" : $"{path}[{level}]",
                    $"{channels[level]} channels cannot be parted into {unet.Groups} groups: use {string.Join(" or ", around)}, or other Groups")
                {
                    Remedies = path == "UNet.Channels" && unet.Channels is null ? [] : Words(around),
                };
            }
    }

    /// <summary>Whether the deepest level of a contracting path is large enough for its padding.</summary>
    private static IEnumerable<SpecError> Fits(ModelSpec spec, string owner, ValueList<int>? channels)
    {
        if (channels is not { Count: >= 1 and <= MaxDepth } || spec.UNet.Kernel is < 1 or > 15 || spec.Image is not { Height: >= 1 and <= MaxSize, Width: >= 1 and <= MaxSize })
            yield break;   // another rule speaks
        int AtBottom(int size) => (size - 1) / (1 << (channels.Count - 1)) + 1;
        var (height, width, least) = (AtBottom(spec.Image.Height), AtBottom(spec.Image.Width), Conv2d.LeastSize(spec.UNet.Kernel, spec.UNet.Padding));
        if (Math.Min(height, width) < least)
            yield return new SpecError(PaddingSize, "UNet.Padding",
                $"{spec.UNet.Padding} padding of a kernel of {spec.UNet.Kernel} needs {least} rows and columns, but the deepest level of {owner} has {height}x{width}: use PaddingMode.Zeros, fewer levels or a larger image");
    }

    private static IEnumerable<SpecError> Exists<T>(string path, T value) where T : struct, Enum
    {
        if (!Enum.IsDefined(typeof(T), value))
            yield return new SpecError(Choice, path, $"{Convert.ToInt64(value, CultureInfo.InvariantCulture)} is none of the choices for {typeof(T).Name}: use {string.Join(", ", Enum.GetNames(typeof(T)))}");
    }

    private static IEnumerable<SpecError> Levels(string path, string owner, ValueList<int>? channels, int? convs)
    {
        if (channels is not null)
        {
            if (channels.Count is < 1 or > MaxDepth)
                yield return new SpecError(Depth, $"{path}.Channels", channels.Count == 0
                    ? $"The list of channels is empty: {owner} needs one entry a level, for example [32, 64, 128, 192]"
                    : $"{Capitalise(owner)} of {channels.Count} levels is too deep: use at most {MaxDepth} entries");
            for (var level = 0; level < channels.Count; level++)
                foreach (var error in Range(Channels, $"{path}.Channels[{level}]", $"level {level} of {owner}", "channels", channels[level], 1, MaxChannels))
                    yield return error;
        }
        if (convs is { } count)
            foreach (var error in Range(ConvsPerBlock, $"{path}.ConvsPerBlock", $"a block of {owner}", "convolutions", count, 1, 16))
                yield return error;
    }

    private const int MaxDepth = 12;
    private const int MaxChannels = 8192;
    private const int MaxSize = 16384;

    private static IEnumerable<SpecError> Range(string id, string path, string owner, string what, int value, int min, int max)
    {
        if (value < min || value > max)
            yield return Outside(id, path, owner, what, value, min, max);
    }

    private static SpecError Outside(string id, string path, string owner, string what, int value, int min, int max) =>
        new(id, path, $"{Capitalise(owner)} cannot have {value} {what}: use {min} to {max}") { Remedies = Words([value < min ? min : max]) };

    private static IEnumerable<SpecError> Halves(string path, string name, int size, int poolings)
    {
        if (poolings is < 1 or >= MaxDepth || size is < 1 or > MaxSize)
            yield break;   // another rule speaks
        var factor = 1 << poolings;
        if (size % factor == 0)
            yield break;
        var around = Around(size, factor);
        yield return new SpecError(Divisibility, path,
            $"{name} {size} is not divisible by {factor}, which {poolings} pooling{(poolings == 1 ? "" : "s")} need{(poolings == 1 ? "s" : "")}: use {string.Join(" or ", around)}")
        {
            Remedies = Words(around),
        };
    }

    /// <summary>The multiples of a factor on both sides of a number that is none.</summary>
    private static int[] Around(int number, int factor)
    {
        var below = number / factor * factor;
        return below == 0 ? [factor] : [below, below + factor];
    }

    private static ValueList<string> Words(IEnumerable<int> numbers) => numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)).ToValueList();

    private static string Capitalise(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1);
}
