namespace ProbUNet.Models.Data;

/// <summary>The values of an image, [C, H, W] row-major in [0, 1].</summary>
public sealed class ImagePixels
{
    private static readonly float[] ValueOfLevel = [.. Enumerable.Range(0, 256).Select(level => level / 255f)];

    // One of the two holds the image. What comes from files has 8 bits a value, and a set of thousands of images takes a quarter of the memory so.
    private readonly float[] _values;
    private readonly byte[] _levels;

    private ImagePixels(int channels, int height, int width, float[] values, byte[] levels)
    {
        var length = values.Length + levels.Length;
        if (channels < 1 || height < 1 || width < 1 || length != channels * height * width)
            throw new ArgumentException($"{channels}x{height}x{width} pixels need {channels * height * width} values, not {length}.", nameof(values));
        (Channels, Height, Width, _values, _levels) = (channels, height, width, values, levels);
    }

    /// <summary>Channels, C.</summary>
    public int Channels { get; }

    /// <summary>Rows, H.</summary>
    public int Height { get; }

    /// <summary>Columns, W.</summary>
    public int Width { get; }

    /// <summary>Pixels of 32-bit values.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="values">[C, H, W] row-major, in [0, 1]. Kept as they are, not copied.</param>
    /// <exception cref="ArgumentException">The values are not C · H · W.</exception>
    public static ImagePixels FromValues(int channels, int height, int width, float[] values) => new(channels, height, width, values, []);

    /// <summary>Pixels of 8-bit levels.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="levels">[C, H, W] row-major, 0 … 255 for 0 … 1. Kept as they are, not copied.</param>
    /// <exception cref="ArgumentException">The levels are not C · H · W.</exception>
    public static ImagePixels FromLevels(int channels, int height, int width, byte[] levels) => new(channels, height, width, [], levels);

    /// <summary>Writes a window, [C, height, width] row-major, in [0, 1].</summary>
    /// <param name="destination">Of length C · height · width or more.</param>
    /// <param name="window">What of the pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty or does not lie in the pixels.</exception>
    public void CopyTo(Span<float> destination, Window window)
    {
        window.CheckIn(Height, Width);
        for (var row = 0; row < Channels * window.Height; row++)
        {
            var from = (row / window.Height * Height + window.Top + row % window.Height) * Width + window.Left;
            var to = destination.Slice(row * window.Width, window.Width);
            if (_levels.Length == 0)
                _values.AsSpan(from, window.Width).CopyTo(to);
            else
                for (var column = 0; column < window.Width; column++)
                    to[column] = ValueOfLevel[_levels[from + column]];
        }
    }
}
