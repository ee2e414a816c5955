using System.Numerics;

namespace ProbUNet.Models.Data;

/// <summary>A binary mask [H, W], one bit a pixel in row-major order, so that overlaps are population counts over 64 pixels at a time.</summary>
public sealed class BitMask : IEquatable<BitMask>
{
    // Masks of many images are empty in most of their classes: of one size they are one object. A race makes two of them, which does no harm.
    private static BitMask? _lastEmpty;

    private readonly ulong[] _words;

    private BitMask(int height, int width, ulong[] words)
    {
        Height = height;
        Width = width;
        _words = words;
        foreach (var word in words)
            Area += BitOperations.PopCount(word);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The number of foreground pixels.</summary>
    public int Area { get; }

    /// <summary>Whether no pixel is foreground: a grader saw nothing.</summary>
    public bool IsEmpty => Area == 0;

    /// <summary>The pixels, 64 to a word, lowest bit first; bits past the last pixel are 0.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>Whether the pixel at (<paramref name="row"/>, <paramref name="column"/>) is foreground.</summary>
    public bool this[int row, int column]
    {
        get
        {
            var pixel = row * Width + column;
            return (_words[pixel >> 6] >> (pixel & 63) & 1) != 0;
        }
    }

    /// <summary>A mask without foreground.</summary>
    public static BitMask Empty(int height, int width)
    {
        if (_lastEmpty is { } last && last.Height == height && last.Width == width)
            return last;
        return _lastEmpty = new BitMask(height, width, new ulong[(height * width + 63) / 64]);
    }

    /// <summary>The mask of the pixels for which <paramref name="isForeground"/> holds.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="pixels">One value a pixel, row-major; exactly height · width of them.</param>
    /// <param name="isForeground">Tells foreground from background.</param>
    public static BitMask From<T>(int height, int width, ReadOnlySpan<T> pixels, Func<T, bool> isForeground)
    {
        if (pixels.Length != height * width)
            throw new ArgumentException($"A mask of {height}x{width} needs {height * width} pixels, not {pixels.Length}.", nameof(pixels));
        var words = new ulong[(pixels.Length + 63) / 64];
        for (var i = 0; i < pixels.Length; i++)
            if (isForeground(pixels[i]))
                words[i >> 6] |= 1UL << (i & 63);
        return words.AsSpan().ContainsAnyExcept(0UL) ? new BitMask(height, width, words) : Empty(height, width);
    }

    /// <summary>The mask of words as <see cref="Words"/> gives them, kept, not copied.</summary>
    internal static BitMask FromWords(int height, int width, ulong[] words) => new(height, width, words);

    /// <summary>One mask a label, from 0: the pixels that have it. Labels from <paramref name="count"/> on are in none.</summary>
    internal static BitMask[] FromLabels(int height, int width, ReadOnlySpan<byte> labels, int count)
    {
        var planes = new ulong[]?[count];
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] < count)
                (planes[labels[i]] ??= new ulong[(labels.Length + 63) / 64])[i >> 6] |= 1UL << (i & 63);
        return [.. planes.Select(words => words is null ? Empty(height, width) : new BitMask(height, width, words))];
    }

    /// <summary>The pixels that are foreground in either mask.</summary>
    /// <exception cref="ArgumentException">The masks differ in size.</exception>
    public BitMask Union(BitMask other)
    {
        CheckSize(other);
        return other.IsEmpty ? this : IsEmpty ? other : Combine(other, static (a, b) => a | b);
    }

    /// <summary>The pixels that are foreground in both masks.</summary>
    /// <exception cref="ArgumentException">The masks differ in size.</exception>
    public BitMask Intersection(BitMask other)
    {
        CheckSize(other);
        return IsEmpty || other.IsEmpty ? Empty(Height, Width) : Combine(other, static (a, b) => a & b);
    }

    /// <summary>How many pixels are foreground in both masks.</summary>
    /// <exception cref="ArgumentException">The masks differ in size.</exception>
    public int Overlap(BitMask other)
    {
        CheckSize(other);
        // Planes are often empty, and the same object in segmentations that differ in labels only.
        if (ReferenceEquals(this, other))
            return Area;
        if (IsEmpty || other.IsEmpty)
            return 0;
        var left = _words;
        var right = other._words.AsSpan(0, left.Length);   // of one length, which spares the loop its second bounds check
        var overlap = 0;
        for (var i = 0; i < left.Length; i++)
            overlap += BitOperations.PopCount(left[i] & right[i]);
        return overlap;
    }

    /// <summary>A window of the mask.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty or does not lie in the mask.</exception>
    public BitMask Crop(Window window)
    {
        window.CheckIn(Height, Width);
        var (top, left, height, width) = window;
        if (height == Height && width == Width)
            return this;
        if (IsEmpty)
            return Empty(height, width);
        var words = new ulong[(height * width + 63) / 64];
        for (var row = 0; row < height; row++)
            for (int from = (top + row) * Width + left, to = row * width, end = to + width; to < end; from++, to++)
                words[to >> 6] |= (_words[from >> 6] >> (from & 63) & 1) << (to & 63);
        return new BitMask(height, width, words);
    }

    /// <summary>Writes the mask as 0 and 1, row-major, into <paramref name="destination"/> of length H · W.</summary>
    public void CopyTo(Span<float> destination)
    {
        for (var i = 0; i < Height * Width; i++)
            destination[i] = _words[i >> 6] >> (i & 63) & 1;
    }

    private BitMask Combine(BitMask other, Func<ulong, ulong, ulong> combine)
    {
        var words = new ulong[_words.Length];
        for (var i = 0; i < words.Length; i++)
            words[i] = combine(_words[i], other._words[i]);
        return new BitMask(Height, Width, words);
    }

    private void CheckSize(BitMask other)
    {
        if (Height != other.Height || Width != other.Width)
            throw new ArgumentException($"A mask of {Height}x{Width} cannot be combined with one of {other.Height}x{other.Width}: bring them to one size.", nameof(other));
    }

    /// <inheritdoc/>
    public bool Equals(BitMask? other) =>
        ReferenceEquals(this, other) || other is not null && Height == other.Height && Width == other.Width && _words.AsSpan().SequenceEqual(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BitMask);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Height);
        hash.Add(Width);
        foreach (var word in _words)
            hash.Add(word);
        return hash.ToHashCode();
    }
}
