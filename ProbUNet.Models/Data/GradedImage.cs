namespace ProbUNet.Models.Data;

/// <summary>One image and what each of its graders drew: a row of the data, before any tensor is made of it.</summary>
public sealed class GradedImage
{
    private static readonly float[] ValueOfLevel = [.. Enumerable.Range(0, 256).Select(level => level / 255f)];

    // One of the two holds the image. What comes from files has 8 bits a value, and a set of thousands of images takes a quarter of the memory so.
    private readonly float[] _values;
    private readonly byte[] _levels;

    /// <summary>Puts an image and its masks together; all must have one size.</summary>
    public GradedImage(string name, string @case, int channels, int height, int width, float[] pixels,
        IReadOnlyList<BitMask> graders, ModeDistribution? truth = null)
        : this(name, @case, (channels, height, width), pixels, [], graders, truth)
    {
    }

    private GradedImage(string name, string @case, (int Channels, int Height, int Width) shape, float[] values, byte[] levels,
        IReadOnlyList<BitMask> graders, ModeDistribution? truth)
    {
        var (channels, height, width) = shape;
        var length = Math.Max(values.Length, levels.Length);
        if (length != channels * height * width)
            throw new ArgumentException($"{name}: {channels}x{height}x{width} needs {channels * height * width} values, not {length}.", nameof(values));
        if (graders.Count == 0)
            throw new ArgumentException($"{name}: an image needs at least one grader's mask.", nameof(graders));
        if (graders.FirstOrDefault(mask => mask.Height != height || mask.Width != width) is { } wrong)
            throw new ArgumentException($"{name}: a mask of {wrong.Height}x{wrong.Width} does not fit the image of {height}x{width}.", nameof(graders));
        (Name, Case, Channels, Height, Width, Graders, Truth) = (name, @case, channels, height, width, graders, truth);
        (_values, _levels) = (values, levels);
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

    /// <summary>
    /// The image, [C, H, W] row-major, in [0, 1]. An image of 8-bit levels is unfolded on every call: ask once, or use <see cref="CopyPixelsTo"/>.
    /// </summary>
    public ReadOnlyMemory<float> Pixels
    {
        get
        {
            if (_levels.Length == 0)
                return _values;
            var pixels = new float[_levels.Length];
            CopyPixelsTo(pixels);
            return pixels;
        }
    }

    /// <summary>One mask [H, W] a grader. The order carries no identity: draw one at random.</summary>
    public IReadOnlyList<BitMask> Graders { get; }

    /// <summary>The distribution from which the graders were drawn, where it is known: synthetic tasks only.</summary>
    public ModeDistribution? Truth { get; }

    /// <summary>Puts an image of 8-bit levels and its masks together; all must have one size.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="case">See <see cref="Case"/>.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="levels">The image, [C, H, W] row-major, 0 … 255 for 0 … 1. Kept as it is, not copied.</param>
    /// <param name="graders">One mask [H, W] a grader; at least one.</param>
    /// <param name="truth">See <see cref="Truth"/>.</param>
    public static GradedImage FromLevels(string name, string @case, int channels, int height, int width, byte[] levels,
        IReadOnlyList<BitMask> graders, ModeDistribution? truth = null) =>
        new(name, @case, (channels, height, width), [], levels, graders, truth);

    /// <summary>Writes the image, [C, H, W] row-major, in [0, 1], into <paramref name="destination"/> of length C · H · W or more.</summary>
    public void CopyPixelsTo(Span<float> destination)
    {
        if (_levels.Length == 0)
        {
            _values.CopyTo(destination);
            return;
        }
        for (var i = 0; i < _levels.Length; i++)
            destination[i] = ValueOfLevel[_levels[i]];
    }
}
