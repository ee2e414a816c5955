namespace ProbUNet.Models.Data;

/// <summary>One image and what its graders drew, or what they draw from: a row of the data, before any tensor is made of it.</summary>
public sealed class GradedImage
{
    private static readonly float[] ValueOfLevel = [.. Enumerable.Range(0, 256).Select(level => level / 255f)];

    // One of the two holds the image. What comes from files has 8 bits a value, and a set of thousands of images takes a quarter of the memory so.
    private readonly float[] _values;
    private readonly byte[] _levels;

    // The middle of another image holds no pixels of its own.
    private readonly GradedImage? _whole;
    private IReadOnlyList<Segmentation>? _graders;

    /// <summary>Puts an image and its binary masks together; all must have one size.</summary>
    public GradedImage(string name, string @case, int channels, int height, int width, float[] pixels,
        IReadOnlyList<BitMask> graders, ModeDistribution? truth = null)
        : this(name, @case, (channels, height, width), pixels, [], SegmentationClasses.Binary, Segmentation.Binaries(graders), truth)
    {
    }

    private GradedImage(string name, string @case, (int Channels, int Height, int Width) shape, float[] values, byte[] levels,
        SegmentationClasses classes, IReadOnlyList<Segmentation> graders, ModeDistribution? truth, bool isGraded = true)
    {
        var (channels, height, width) = shape;
        var length = Math.Max(values.Length, levels.Length);
        if (length != channels * height * width)
            throw new ArgumentException($"{name}: {channels}x{height}x{width} needs {channels * height * width} values, not {length}.", nameof(values));
        if (isGraded && graders.Count == 0 && truth is null)
            throw new ArgumentException($"{name}: an image needs at least one grader's mask, or the distribution that they are drawn from.", nameof(graders));
        foreach (var drawn in truth is null ? graders : graders.Append(truth.Modes[0]))
        {
            if (drawn.Height != height || drawn.Width != width)
                throw new ArgumentException($"{name}: a mask of {drawn.Height}x{drawn.Width} does not fit the image of {height}x{width}.", nameof(graders));
            if (drawn.Classes != classes.Count)
                throw new ArgumentException($"{name}: a segmentation has {drawn.Classes} classes and not the {classes.Count} that the image has.", nameof(graders));
        }
        if (graders.Count > 0)
            ModeDistribution.CheckAlike(graders, $"{name}: graders");
        (Name, Case, Channels, Height, Width, Classes, _graders, Truth) = (name, @case, channels, height, width, classes, graders, truth);
        (_values, _levels) = (values, levels);
    }

    private GradedImage(GradedImage whole, int height, int width)
    {
        var (top, left) = Window.Middle(height, width, whole.Height, whole.Width);
        Window.Check(whole.Height, whole.Width, top, left, height, width);
        (Name, Case, Channels, Height, Width, Classes) = (whole.Name, whole.Case, whole.Channels, height, width, whole.Classes);
        (_values, _levels, _whole) = ([], [], whole);
        Truth = whole.Truth?.Crop(top, left, height, width);
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

    /// <summary>What the planes of its segmentations mean.</summary>
    public SegmentationClasses Classes { get; }

    /// <summary>
    /// The image, [C, H, W] row-major, in [0, 1]. An image of 8-bit levels is unfolded on every call: ask once, or use <see cref="CopyPixelsTo(Span{float})"/>.
    /// </summary>
    public ReadOnlyMemory<float> Pixels
    {
        get
        {
            if (_levels.Length == 0 && _whole is null)
                return _values;
            var pixels = new float[Channels * Height * Width];
            CopyPixelsTo(pixels);
            return pixels;
        }
    }

    /// <summary>
    /// One segmentation [K, H, W] a grader. The order carries no identity: draw one at random. Empty where graders are drawn anew from
    /// <see cref="Truth"/> at each visit, and of an image <see cref="WithoutGraders"/>.
    /// </summary>
    public IReadOnlyList<Segmentation> Graders
    {
        get
        {
            if (_graders is null)
            {
                var (top, left) = Window.Middle(Height, Width, _whole!.Height, _whole.Width);
                _graders = [.. _whole.Graders.Select(grader => grader.Crop(top, left, Height, Width))];
            }
            return _graders;
        }
    }

    /// <summary>The distribution from which the graders were drawn, or are drawn anew, where it is known: synthetic tasks and label switches.</summary>
    public ModeDistribution? Truth { get; }

    /// <summary>What a prediction is judged against: the graders, each counting alike, or <see cref="Truth"/> where graders are drawn anew.</summary>
    /// <exception cref="InvalidOperationException">The image has no graders.</exception>
    public ModeDistribution Reference => Graders.Count > 0
        ? ModeDistribution.Uniform(Graders)
        : Truth ?? throw new InvalidOperationException($"{Name} has no graders: nothing can be judged against them.");

    /// <summary>The image of whose middle this one is, so that training can cut out other windows of it; else the image itself.</summary>
    public GradedImage Whole => _whole ?? this;

    /// <summary>Puts an image of 8-bit levels and its binary masks together; all must have one size.</summary>
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
        FromLevels(name, @case, channels, height, width, levels, SegmentationClasses.Binary, Segmentation.Binaries(graders), truth);

    /// <summary>Puts an image of 8-bit levels and its segmentations together; all must have one size.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="case">See <see cref="Case"/>.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="levels">The image, [C, H, W] row-major, 0 … 255 for 0 … 1. Kept as it is, not copied.</param>
    /// <param name="classes">What the planes mean.</param>
    /// <param name="graders">One segmentation [K, H, W] a grader, all with the same pixels ignored; none if they are to be drawn anew from <paramref name="truth"/>.</param>
    /// <param name="truth">See <see cref="Truth"/>.</param>
    public static GradedImage FromLevels(string name, string @case, int channels, int height, int width, byte[] levels,
        SegmentationClasses classes, IReadOnlyList<Segmentation> graders, ModeDistribution? truth = null) =>
        new(name, @case, (channels, height, width), [], levels, classes, graders, truth);

    /// <summary>An image that nobody has graded, to sample for: there is nothing to train on or to judge against.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="levels">The image, [C, H, W] row-major, 0 … 255 for 0 … 1. Kept as it is, not copied.</param>
    /// <param name="classes">What the planes of its segmentations would mean.</param>
    public static GradedImage WithoutGraders(string name, int channels, int height, int width, byte[] levels, SegmentationClasses classes) =>
        new(name, name, (channels, height, width), [], levels, classes, [], truth: null, isGraded: false);

    /// <summary>
    /// Segmentations to show beside the image: its graders, or as many draws from <see cref="Truth"/> where graders are drawn anew, always the same for a seed. None
    /// of an image <see cref="WithoutGraders"/>.
    /// </summary>
    /// <param name="draws">How often to draw, where graders are drawn anew.</param>
    /// <param name="seed">With the image's name, decides the draws.</param>
    public IReadOnlyList<Segmentation> Shown(int draws, long seed = 1)
    {
        if (!AreGradersDrawnAnew)
            return Graders;
        var random = RandomStream.For(seed, (long)Purpose.Shown, RandomStream.Key(Name));
        return [.. Enumerable.Range(0, draws).Select(_ => Truth!.Draw(random))];
    }

    /// <summary>Whether there are no fixed graders, and each visit draws one from <see cref="Truth"/>.</summary>
    public bool AreGradersDrawnAnew => Graders.Count == 0 && Truth is not null;

    /// <summary>
    /// The middle of an image; where the margin is odd, the smaller part of it is above and left. It remembers the image as its <see cref="Whole"/>,
    /// whose pixels it shares.
    /// </summary>
    /// <param name="whole">An image that is no middle itself.</param>
    /// <param name="height">Rows, at most those of the image.</param>
    /// <param name="width">Columns, at most those of the image.</param>
    public static GradedImage MiddleOf(GradedImage whole, int height, int width) =>
        (height, width) == (whole.Height, whole.Width) ? whole : new(whole.Whole, height, width);

    /// <summary>Writes the image, [C, H, W] row-major, in [0, 1], into <paramref name="destination"/> of length C · H · W or more.</summary>
    public void CopyPixelsTo(Span<float> destination)
    {
        var (top, left) = Window.Middle(Height, Width, Whole.Height, Whole.Width);
        Whole.CopyPixelsTo(destination, top, left, Height, Width);
    }

    /// <summary>Writes a window of the image, [C, height, width] row-major, in [0, 1].</summary>
    /// <param name="destination">Of length C · height · width or more.</param>
    /// <param name="top">The first row.</param>
    /// <param name="left">The first column.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty or does not lie in the image.</exception>
    public void CopyPixelsTo(Span<float> destination, int top, int left, int height, int width)
    {
        Window.Check(Height, Width, top, left, height, width);
        if (_whole is not null)
        {
            var (above, before) = Window.Middle(Height, Width, _whole.Height, _whole.Width);
            _whole.CopyPixelsTo(destination, above + top, before + left, height, width);
            return;
        }
        for (var row = 0; row < Channels * height; row++)
        {
            var from = (row / height * Height + top + row % height) * Width + left;
            var to = destination.Slice(row * width, width);
            if (_levels.Length == 0)
                _values.AsSpan(from, width).CopyTo(to);
            else
                for (var column = 0; column < width; column++)
                    to[column] = ValueOfLevel[_levels[from + column]];
        }
    }
}
