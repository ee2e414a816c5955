using System.Runtime.InteropServices;

namespace ProbUNet.Models.Data;

/// <summary>The values of an image, [C, H, W] row-major in [0, 1].</summary>
public sealed class ImagePixels
{
    private readonly PixelStore _store;

    internal ImagePixels(int channels, int height, int width, PixelStore store)
    {
        if (channels < 1 || height < 1 || width < 1 || store.Length != channels * height * width)
            throw new ArgumentException($"{channels}x{height}x{width} pixels need {channels * height * width} values, not {store.Length}.", nameof(store));
        (Channels, Height, Width, _store) = (channels, height, width, store);
    }

    /// <summary>Channels, C.</summary>
    public int Channels { get; }

    /// <summary>Rows, H.</summary>
    public int Height { get; }

    /// <summary>Columns, W.</summary>
    public int Width { get; }

    /// <summary>8 or 16 where levels are kept, as files have them, and 32 where values are.</summary>
    public int Bits => _store.Bits;

    /// <summary>Pixels of 32-bit values.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="values">[C, H, W] row-major, in [0, 1]. Kept as they are, not copied.</param>
    /// <exception cref="ArgumentException">The values are not C · H · W.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is NaN or not in [0, 1].</exception>
    public static ImagePixels FromValues(int channels, int height, int width, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
            if (!(value >= 0 && value <= 1))
                throw new ArgumentOutOfRangeException(nameof(values), value, "A pixel lies in [0, 1]: divide levels by their largest first.");
        return new(channels, height, width, new PixelStore.Values(values));
    }

    /// <summary>Pixels of 8-bit levels.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="levels">[C, H, W] row-major, 0 … 255 for 0 … 1. Kept as they are, not copied.</param>
    /// <exception cref="ArgumentException">The levels are not C · H · W.</exception>
    public static ImagePixels FromLevels(int channels, int height, int width, byte[] levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        return new(channels, height, width, new PixelStore.Levels(levels, 8));
    }

    /// <summary>Pixels of 16-bit levels.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="levels">[C, H, W] row-major, 0 … 65535 for 0 … 1. Copied.</param>
    /// <exception cref="ArgumentException">The levels are not C · H · W.</exception>
    public static ImagePixels FromLevels(int channels, int height, int width, ReadOnlySpan<ushort> levels) =>
        new(channels, height, width, new PixelStore.Levels(MemoryMarshal.AsBytes(levels).ToArray(), 16));

    /// <summary>Writes a window, [C, height, width] row-major, in [0, 1].</summary>
    /// <param name="destination">Of length C · height · width or more.</param>
    /// <param name="window">What of the pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty or does not lie in the pixels.</exception>
    public void CopyTo(Span<float> destination, Window window)
    {
        window.CheckIn(Height, Width);
        for (var channel = 0; channel < Channels; channel++)
            _store.Read(
                (channel * Height + window.Top) * Width + window.Left, window.Height, Width, window.Width,
                destination.Slice(channel * window.Height * window.Width, window.Height * window.Width));
    }
}
