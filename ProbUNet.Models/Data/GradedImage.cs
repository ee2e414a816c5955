namespace ProbUNet.Models.Data;

/// <summary>One image and what each of its graders drew: a row of the data, before any tensor is made of it.</summary>
public sealed class GradedImage
{
    /// <summary>Puts an image and its masks together; all must have one size.</summary>
    public GradedImage(string name, string @case, int channels, int height, int width, float[] pixels,
        IReadOnlyList<BitMask> graders, ModeDistribution? truth = null)
    {
        if (pixels.Length != channels * height * width)
            throw new ArgumentException($"{name}: {channels}x{height}x{width} needs {channels * height * width} values, not {pixels.Length}.", nameof(pixels));
        if (graders.Count == 0)
            throw new ArgumentException($"{name}: an image needs at least one grader's mask.", nameof(graders));
        if (graders.FirstOrDefault(mask => mask.Height != height || mask.Width != width) is { } wrong)
            throw new ArgumentException($"{name}: a mask of {wrong.Height}x{wrong.Width} does not fit the image of {height}x{width}.", nameof(graders));
        (Name, Case, Channels, Height, Width, Pixels, Graders, Truth) = (name, @case, channels, height, width, pixels, graders, truth);
    }

    /// <summary>Tells the image from all others of its set, for example <c>LIDC-IDRI-0001/n01_s003</c>.</summary>
    public string Name { get; }

    /// <summary>The patient or case. Splits and bootstrap intervals go by it.</summary>
    public string Case { get; }

    /// <summary>Channels of the image.</summary>
    public int Channels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The image, [C, H, W] row-major, in [0, 1].</summary>
    public ReadOnlyMemory<float> Pixels { get; }

    /// <summary>One mask [H, W] a grader. The order carries no identity: draw one at random.</summary>
    public IReadOnlyList<BitMask> Graders { get; }

    /// <summary>The distribution from which the graders were drawn, where it is known: synthetic tasks only.</summary>
    public ModeDistribution? Truth { get; }
}
