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

    /// <summary>Every rule that the spec breaks, in the order of its settings; empty for a spec that works.</summary>
    public static ValueList<SpecError> Validate(this ModelSpec spec) => Check(spec).ToValueList();

    private static IEnumerable<SpecError> Check(ModelSpec spec) =>
        Range(ImageChannels, "Image.Channels", "an image", "channels", spec.Image.Channels, 1, 1024)
            .Concat(Range(ImageSize, "Image.Height", "an image", "rows", spec.Image.Height, 1, 16384))
            .Concat(Range(ImageSize, "Image.Width", "an image", "columns", spec.Image.Width, 1, 16384))
            .Concat(Range(Classes, "Classes", "a network", "classes (1 is a single logit)", spec.Classes, 1, 1024))
            .Concat(Levels("UNet", "a U-Net", spec.UNet.Channels, spec.UNet.ConvsPerBlock))
            .Concat(Halves("Image.Height", "Height", spec.Image.Height, spec.UNet.Channels.Count - 1))
            .Concat(Halves("Image.Width", "Width", spec.Image.Width, spec.UNet.Channels.Count - 1))
            .Concat(Style(spec.UNet))
            .Concat(Fits(spec, "a U-Net", spec.UNet.Channels))
            .Concat(spec is ProbabilisticUNetSpec probabilistic ? Check(probabilistic) : []);

    private static IEnumerable<SpecError> Check(ProbabilisticUNetSpec spec) =>
        Range(Latent, "Latent.Dimension", "a latent", "dimensions", spec.Latent.Dimension, 1, 1024)
            .Concat(Levels("Prior", "a prior", spec.Prior.Channels, spec.Prior.ConvsPerBlock))
            .Concat(Levels("Posterior", "a posterior", spec.Posterior.Channels, spec.Posterior.ConvsPerBlock))
            .Concat(GroupsDivide(spec.UNet, "Prior.Channels", spec.Prior.Channels))
            .Concat(GroupsDivide(spec.UNet, "Posterior.Channels", spec.Posterior.Channels))
            .Concat(Fits(spec, "a prior", spec.Prior.Channels))
            .Concat(Fits(spec, "a posterior", spec.Posterior.Channels))
            .Concat(Range(CombinerConvs, "Combiner.Convs", "a combiner", "convolutions, the last included", spec.Combiner.Convs, 1, 16))
            .Concat(spec.Combiner.Width is { } width ? Range(Channels, "Combiner.Width", "a combiner", "channels", width, 1, 8192) : [])
            .Concat(Exists("MaskEncoding", spec.MaskEncoding));

    private static IEnumerable<SpecError> Style(UNetSpec unet)
    {
        if (unet.Kernel is < 1 or > 15 || unet.Kernel % 2 == 0)
            yield return new SpecError(Kernel, "UNet.Kernel", $"A kernel of {unet.Kernel}x{unet.Kernel} has no middle or is too large: use an odd size from 1 to 15");
        foreach (var error in Exists("UNet.Padding", unet.Padding)
            .Concat(Exists("UNet.Activation", unet.Activation))
            .Concat(Exists("UNet.Normalization", unet.Normalization))
            .Concat(Exists("UNet.Downsampling", unet.Downsampling))
            .Concat(Exists("UNet.Upsampling", unet.Upsampling))
            .Concat(Exists("UNet.Initialization", unet.Initialization))
            .Concat(GroupsDivide(unet, "UNet.Channels", unet.Channels)))
            yield return error;
    }

    private static IEnumerable<SpecError> GroupsDivide(UNetSpec unet, string path, ValueList<int>? channels)
    {
        if (unet.Normalization != Normalization.Group)
            yield break;
        if (unet.Groups is < 1 or > 8192)
        {
            if (path == "UNet.Channels")
                yield return new SpecError(Groups, "UNet.Groups", $"A normalisation cannot have {unet.Groups} groups: use 1 to 8192");
            yield break;
        }
        for (var level = 0; level < channels?.Count; level++)
            if (channels[level] is >= 1 and <= 8192 && channels[level] % unet.Groups != 0)
                yield return new SpecError(Groups, $"{path}[{level}]",
                    $"{channels[level]} channels cannot be parted into {unet.Groups} groups: use {Around(channels[level], unet.Groups)}, or other Groups");
    }

    /// <summary>Whether the deepest level of a contracting path is large enough for its padding.</summary>
    private static IEnumerable<SpecError> Fits(ModelSpec spec, string owner, ValueList<int>? channels)
    {
        if (channels is not { Count: >= 1 and <= MaxDepth } || spec.UNet.Kernel is < 1 or > 15 || spec.Image is not { Height: >= 1 and <= 16384, Width: >= 1 and <= 16384 })
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
                foreach (var error in Range(Channels, $"{path}.Channels[{level}]", $"level {level} of {owner}", "channels", channels[level], 1, 8192))
                    yield return error;
        }
        if (convs is { } count)
            foreach (var error in Range(ConvsPerBlock, $"{path}.ConvsPerBlock", $"a block of {owner}", "convolutions", count, 1, 16))
                yield return error;
    }

    private const int MaxDepth = 12;

    private static IEnumerable<SpecError> Range(string id, string path, string owner, string what, int value, int min, int max)
    {
        if (value < min || value > max)
            yield return new SpecError(id, path, $"{Capitalise(owner)} cannot have {value} {what}: use {min} to {max}");
    }

    private static IEnumerable<SpecError> Halves(string path, string name, int size, int poolings)
    {
        if (poolings is < 1 or >= MaxDepth || size is < 1 or > 16384)
            yield break;   // another rule speaks
        var factor = 1 << poolings;
        if (size % factor == 0)
            yield break;
        yield return new SpecError(Divisibility, path,
            $"{name} {size} is not divisible by {factor}, which {poolings} pooling{(poolings == 1 ? "" : "s")} need{(poolings == 1 ? "s" : "")}: use {Around(size, factor)}");
    }

    /// <summary>The multiples of a factor on both sides of a number that is none.</summary>
    private static string Around(int number, int factor)
    {
        var below = number / factor * factor;
        return below == 0 ? $"{factor}" : $"{below} or {below + factor}";
    }

    private static string Capitalise(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1);
}
