using ProbUNet.Dsl;

namespace ProbUNet.Models.Data;

/// <summary>
/// What a grader drew for an image, or a network: K planes [H, W], one bit a pixel. With one plane it is a binary mask. With several, each
/// is a class and they are disjoint; a pixel in none of them is <em>ignored</em>, by the loss and by every metric. Planes are shared where
/// segmentations differ in which class a region has, so that such a variant costs references and no pixels.
/// </summary>
public sealed class Segmentation : IEquatable<Segmentation>
{
    /// <summary>The label of pixels that are ignored, as in Cityscapes.</summary>
    public const byte Ignored = 255;

    private readonly BitMask[] _planes;

    private Segmentation(BitMask[] planes) => _planes = planes;

    /// <summary>The number of classes, K; 1 for a binary mask.</summary>
    public int Classes => _planes.Length;

    /// <summary>Rows.</summary>
    public int Height => _planes[0].Height;

    /// <summary>Columns.</summary>
    public int Width => _planes[0].Width;

    /// <summary>The planes [H, W], by class.</summary>
    public IReadOnlyList<BitMask> Planes => _planes;

    /// <summary>The pixels of a class.</summary>
    public BitMask this[int @class] => _planes[@class];

    /// <summary>The mask of a binary segmentation.</summary>
    /// <exception cref="InvalidOperationException">It has several classes.</exception>
    public BitMask Foreground => Classes == 1
        ? _planes[0]
        : throw new InvalidOperationException($"A segmentation of {Classes} classes has no foreground: take one of its planes.");

    /// <summary>Whether no plane has a pixel: a grader of binary masks saw nothing.</summary>
    public bool IsEmpty => Array.TrueForAll(_planes, plane => plane.IsEmpty);

    /// <summary>The pixels that have a class: those of all planes together. Of a binary mask, all.</summary>
    public BitMask Labelled => Classes == 1
        ? BitMask.From<byte>(Height, Width, new byte[Height * Width], _ => true)
        : _planes.Aggregate((all, plane) => all.Union(plane));

    /// <summary>What it is, in a line: its size, and the pixels of each class.</summary>
    public override string ToString() => FormattableString.Invariant($"{Height}x{Width}, {(Classes == 1 ? $"{Counted.Of(_planes[0].Area, "pixel")} of foreground" : $"pixels by class: {string.Join(", ", _planes.Select(plane => plane.Area))}")}");

    /// <summary>A binary mask as a segmentation.</summary>
    public static Segmentation Binary(BitMask foreground) => new([foreground]);

    /// <summary>Binary masks as segmentations.</summary>
    internal static Segmentation[] Binaries(IReadOnlyList<BitMask> foregrounds) => [.. foregrounds.Select(Binary)];

    /// <summary>The segmentation with these planes, one a class.</summary>
    /// <param name="planes">Masks [H, W] of one size, at least one; several have no pixel in common.</param>
    /// <exception cref="ArgumentException">There is no plane, or they differ in size, or two of them have a pixel in common.</exception>
    public static Segmentation Of(IReadOnlyList<BitMask> planes)
    {
        if (planes.Count is < 1 or > Ignored)
            throw new ArgumentException($"A segmentation has 1 to {Ignored} planes, not {planes.Count}.", nameof(planes));
        var all = planes.Aggregate((all, plane) => all.Union(plane));
        if (all.Area != planes.Sum(plane => plane.Area))
            throw new ArgumentException("A pixel has one class: two planes have one in common.", nameof(planes));
        return new Segmentation([.. planes]);
    }

    /// <summary>The segmentation of a map of labels.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="labels">[H, W] row-major: classes from 0, or <see cref="Ignored"/>.</param>
    /// <param name="classes">The number of classes, at least 2.</param>
    /// <exception cref="ArgumentException">The labels are not H · W, or one of them is neither a class nor ignored.</exception>
    public static Segmentation FromLabels(int height, int width, ReadOnlySpan<byte> labels, int classes)
    {
        if (classes is < 2 or > Ignored)
            throw new ArgumentException($"A map of labels has 2 to {Ignored} classes, not {classes}.", nameof(classes));
        if (labels.Length != height * width)
            throw new ArgumentException($"A map of {height}x{width} needs {height * width} labels, not {labels.Length}.", nameof(labels));
        foreach (var label in labels)
            if (label >= classes && label != Ignored)
                throw new ArgumentException($"Labels are 0 to {classes - 1}, or {Ignored} where a pixel is ignored, unlike {label}.", nameof(labels));
        return new Segmentation(BitMask.FromLabels(height, width, labels, classes));
    }

    /// <summary>[H, W] row-major: the class of each pixel, or <see cref="Ignored"/>; of a binary mask, 1 for foreground and 0 for background.</summary>
    public byte[] Labels()
    {
        var labels = new byte[Height * Width];
        if (Classes > 1)
            Array.Fill(labels, Ignored);
        for (var @class = 0; @class < Classes; @class++)
            if (!_planes[@class].IsEmpty)
                for (var i = 0; i < labels.Length; i++)
                    if ((_planes[@class].Words[i >> 6] >> (i & 63) & 1) != 0)
                        labels[i] = Classes == 1 ? (byte)1 : (byte)@class;
        return labels;
    }

    /// <summary>Writes the planes as 0 and 1, [K, H, W] row-major, into <paramref name="destination"/> of that length: one-hot, and all zero where ignored.</summary>
    public void CopyTo(Span<float> destination)
    {
        var size = Height * Width;
        for (var @class = 0; @class < Classes; @class++)
        {
            var plane = destination.Slice(@class * size, size);
            if (_planes[@class].IsEmpty)
                plane.Clear();
            else
                _planes[@class].CopyTo(plane);
        }
    }

    /// <summary>A window of the segmentation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty or does not lie in the segmentation.</exception>
    public Segmentation Crop(Window window) => window == new Window(0, 0, Height, Width)
        ? this
        : new Segmentation(Array.ConvertAll(_planes, plane => plane.Crop(window)));

    /// <summary>The segmentation where <paramref name="region"/> is foreground; all else belongs to no plane.</summary>
    /// <exception cref="ArgumentException">The region has another size.</exception>
    public Segmentation Within(BitMask region) => new(Array.ConvertAll(_planes, plane => plane.Intersection(region)));

    /// <summary>The segmentation with other planes in the places of some. Costs no pixels; the caller keeps them disjoint.</summary>
    internal Segmentation Rearranged(Action<BitMask[]> rearrange)
    {
        var planes = _planes.AsSpan().ToArray();
        rearrange(planes);
        return new Segmentation(planes);
    }

    /// <inheritdoc/>
    public bool Equals(Segmentation? other) => ReferenceEquals(this, other) || other is not null && _planes.AsSpan().SequenceEqual(other._planes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Segmentation);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var plane in _planes)
            hash.Add(plane);
        return hash.ToHashCode();
    }
}
