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

    /// <summary>An encoding of the mask that exists.</summary>
    public const string MaskEncoding = "PUN0011";

    /// <summary>What the project must offer to generated code (compile time only).</summary>
    public const string Surroundings = "PUN0012";

    /// <summary>Every rule that the spec breaks, in the order of its settings; empty for a spec that works.</summary>
    public static ValueList<SpecError> Validate(this ModelSpec spec) => Check(spec).ToValueList();

    private static IEnumerable<SpecError> Check(ModelSpec spec)
    {
        foreach (var error in Range(ImageChannels, "Image.Channels", "an image", "channels", spec.Image.Channels, 1, 1024)
            .Concat(Range(ImageSize, "Image.Height", "an image", "rows", spec.Image.Height, 1, 16384))
            .Concat(Range(ImageSize, "Image.Width", "an image", "columns", spec.Image.Width, 1, 16384))
            .Concat(Range(Classes, "Classes", "a network", "classes (1 is a single logit)", spec.Classes, 1, 1024))
            .Concat(Levels("UNet", "a U-Net", spec.UNet.Channels, spec.UNet.ConvsPerBlock))
            .Concat(Halves("Image.Height", "Height", spec.Image.Height, spec.UNet.Channels.Count - 1))
            .Concat(Halves("Image.Width", "Width", spec.Image.Width, spec.UNet.Channels.Count - 1)))
            yield return error;

        if (spec is not ProbabilisticUNetSpec probabilistic)
            yield break;
        foreach (var error in Range(Latent, "Latent.Dimension", "a latent", "dimensions", probabilistic.Latent.Dimension, 1, 1024)
            .Concat(Levels("Prior", "a prior", probabilistic.Prior.Channels, probabilistic.Prior.ConvsPerBlock))
            .Concat(Levels("Posterior", "a posterior", probabilistic.Posterior.Channels, probabilistic.Posterior.ConvsPerBlock))
            .Concat(Range(CombinerConvs, "Combiner.Convs", "a combiner", "convolutions, the last included", probabilistic.Combiner.Convs, 1, 16)))
            yield return error;
        if (probabilistic.MaskEncoding is not (Dsl.MaskEncoding.Centred or Dsl.MaskEncoding.Raw))
            yield return new SpecError(MaskEncoding, "MaskEncoding", $"{(int)probabilistic.MaskEncoding} is not an encoding of the mask: use MaskEncoding.Centred or MaskEncoding.Raw");
    }

    private static IEnumerable<SpecError> Levels(string path, string owner, ValueList<int>? channels, int? convs)
    {
        if (channels is not null)
        {
            if (channels.Count is < 1 or > MaxDepth)
                yield return new SpecError(Depth, $"{path}.Channels", channels.Count == 0
                    ? $"The list of channels is empty: {owner} needs one entry a level, for example [32, 64, 128, 192]"
                    : $"{owner} of {channels.Count} levels is too deep: use at most {MaxDepth} entries");
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
        var below = size / factor * factor;
        var sizes = below == 0 ? $"{below + factor}" : $"{below} or {below + factor}";
        yield return new SpecError(Divisibility, path,
            $"{name} {size} is not divisible by {factor}, which {poolings} pooling{(poolings == 1 ? "" : "s")} need{(poolings == 1 ? "s" : "")}: use {sizes}");
    }

    private static string Capitalise(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1);
}
