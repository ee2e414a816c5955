using ProbUNet.Dsl;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Data;

/// <summary>One image and what is known of its segmentation: a row of the data, before any tensor is made of it.</summary>
public sealed class GradedImage
{
    private readonly ImagePixels _pixels;
    private readonly Window _window;   // what of the pixels is shown: the middle of another image holds none of its own
    private readonly Func<Grading> _grading;
    private readonly bool _isHeld;   // the grading, in memory
    private readonly GradedImage? _whole;

    /// <summary>Puts an image and its grading together.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="case">See <see cref="Case"/>.</param>
    /// <param name="pixels">The image, [C, H, W] in [0, 1].</param>
    /// <param name="grading">Segmentations [K, H, W].</param>
    /// <param name="classes">What their planes mean; binary masks if left out.</param>
    /// <exception cref="ArgumentException">The segmentations have another size or other classes.</exception>
    public GradedImage(string name, string @case, ImagePixels pixels, Grading grading, SegmentationClasses? classes = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(@case);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(grading);
        classes ??= SegmentationClasses.Binary;
        foreach (var drawn in grading.Examples)
        {
            if (drawn.Height != pixels.Height || drawn.Width != pixels.Width)
                throw new ArgumentException($"{name}: a mask of {drawn.Height}x{drawn.Width} does not fit the image of {pixels.Height}x{pixels.Width}.", nameof(grading));
            if (drawn.Classes != classes.Count)
                throw new ArgumentException($"{name}: a segmentation has {drawn.Classes} classes and not the {classes.Count} that the image has.", nameof(grading));
        }
        (Name, Case, Classes, _pixels, _window) = (name, @case, classes, pixels, new Window(0, 0, pixels.Height, pixels.Width));
        (_grading, _isHeld) = (() => grading, true);
    }

    /// <summary>An image whose grading is read when it is asked for, and forgotten when memory is needed.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="case">See <see cref="Case"/>.</param>
    /// <param name="pixels">The image, [C, H, W] in [0, 1].</param>
    /// <param name="grading">Reads segmentations [K, H, W] of the image's size and classes, always the same. Many threads may ask at a time.</param>
    /// <param name="classes">What their planes mean.</param>
    internal GradedImage(string name, string @case, ImagePixels pixels, Func<Grading> grading, SegmentationClasses classes)
    {
        (Name, Case, Classes, _pixels, _window) = (name, @case, classes, pixels, new Window(0, 0, pixels.Height, pixels.Width));
        _grading = Forgetful(grading);
    }

    private GradedImage(GradedImage whole, Window window)
    {
        (Name, Case, Classes, _pixels, _window, _whole, _isHeld) = (whole.Name, whole.Case, whole.Classes, whole._pixels, window, whole, whole._isHeld);
        Grading Cropped() => whole.Grading.Crop(window);
        _grading = _isHeld ? Once(Cropped) : Forgetful(Cropped);
    }

    /// <summary>Tells the image from all others of its set, for example <c>LIDC-IDRI-0001/n01_s003</c>.</summary>
    public string Name { get; }

    /// <summary>The patient or case. Splits and bootstrap intervals go by it.</summary>
    public string Case { get; }

    /// <summary>Channels of the image.</summary>
    public int Channels => _pixels.Channels;

    /// <summary>Rows.</summary>
    public int Height => _window.Height;

    /// <summary>Columns.</summary>
    public int Width => _window.Width;

    /// <summary>Bits a level, as its file has them: <see cref="ImagePixels.Bits"/>.</summary>
    public int Bits => _pixels.Bits;

    /// <summary>What the planes of its segmentations mean.</summary>
    public SegmentationClasses Classes { get; }

    /// <summary>What is known of its segmentation.</summary>
    public Grading Grading => _grading();

    /// <summary>One segmentation [K, H, W] a grader: <see cref="Grading.Graders"/>.</summary>
    public IReadOnlyList<Segmentation> Graders => Grading.Graders;

    /// <summary>The distribution of its segmentations, where it is known: <see cref="Grading.Truth"/>.</summary>
    public ModeDistribution? Truth => Grading.Truth;

    /// <summary>What a prediction is judged against: <see cref="Grading.Reference"/>.</summary>
    /// <exception cref="InvalidOperationException">Nobody has graded the image.</exception>
    public ModeDistribution Reference =>
        Grading.Reference ?? throw new InvalidOperationException($"{Name} has no graders: nothing can be judged against them.");

    /// <summary>The image of whose middle this one is, so that training can cut out other windows of it; else the image itself.</summary>
    public GradedImage Whole => _whole ?? this;

    /// <summary>What it is, in a line.</summary>
    public override string ToString() => FormattableString.Invariant($"{Name} of case {Case}: {Channels}x{Height}x{Width}, {Counted.Of(Classes.Count, "class", "classes")}");

    /// <summary>Segmentations to show beside the image: its graders, or as many draws where graders are drawn anew, always the same for a seed; none where nobody has graded.</summary>
    /// <param name="draws">How often to draw, where graders are drawn anew.</param>
    /// <param name="seed">With the image's name, decides the draws.</param>
    public IReadOnlyList<Segmentation> Shown(int draws, long seed = 1) =>
        Grading.Shown(draws, RandomStream.For(seed, (long)Purpose.Shown, RandomStream.Key(Name)));

    /// <summary>
    /// The middle of an image; where the margin is odd, the smaller part of it is above and left. It remembers the image as its <see cref="Whole"/>,
    /// whose pixels it shares.
    /// </summary>
    /// <param name="whole">An image that is no middle itself.</param>
    /// <param name="height">Rows, at most those of the image.</param>
    /// <param name="width">Columns, at most those of the image.</param>
    /// <exception cref="ArgumentOutOfRangeException">The middle is empty or larger than the image.</exception>
    public static GradedImage MiddleOf(GradedImage whole, int height, int width) =>
        (height, width) == (whole.Height, whole.Width) ? whole : new(whole.Whole, Window.Middle(height, width, whole.Whole.Height, whole.Whole.Width));

    /// <summary>The image, [C, H, W] row-major, in [0, 1]: a copy.</summary>
    public float[] Pixels()
    {
        var pixels = new float[Channels * Height * Width];
        CopyPixelsTo(pixels, new Window(0, 0, Height, Width));
        return pixels;
    }

    /// <summary>Writes a window of the image, [C, height, width] row-major, in [0, 1].</summary>
    /// <param name="destination">Of length C · height · width or more.</param>
    /// <param name="window">What of the image.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty or does not lie in the image.</exception>
    public void CopyPixelsTo(Span<float> destination, Window window) => _pixels.CopyTo(destination, window.Within(_window));

    private static Func<Grading> Once(Func<Grading> read)
    {
        var lazy = new Lazy<Grading>(read);
        return () => lazy.Value;
    }

    /// <summary>Whoever asks again soon gets what was read before. Two threads may both read, and read the same.</summary>
    private static Func<Grading> Forgetful(Func<Grading> read)
    {
        var last = new WeakReference<Grading>(null!);
        return () =>
        {
            if (last.TryGetTarget(out var known))
                return known;
            var grading = read();
            last.SetTarget(grading);
            return grading;
        };
    }
}
