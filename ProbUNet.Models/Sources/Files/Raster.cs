using System.Runtime.InteropServices;

namespace ProbUNet.Models.Sources.Files;

/// <summary>The levels of an image as its file has them.</summary>
/// <param name="Channels">1 (grey) or 3 (red, green, blue).</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Levels">[C, H, W] row-major: 0 … 255 where they have 8 bits; where they have 16, 0 … 65535, two bytes each in the machine's order.</param>
/// <param name="Bits">8 or 16 a level.</param>
internal sealed record Raster(int Channels, int Height, int Width, byte[] Levels, int Bits = 8)
{
    /// <summary>The level at a place of [C, H, W].</summary>
    public int this[int place] => Bits == 8 ? Levels[place] : Deep[place];

    private ReadOnlySpan<ushort> Deep => MemoryMarshal.Cast<byte, ushort>(Levels);

    /// <summary>The first channel alone.</summary>
    public Raster Grey => Channels == 1 ? this : this with { Channels = 1, Levels = Levels[..(Levels.Length / Channels)] };

    /// <summary>Whether all channels have the same levels.</summary>
    public bool IsGrey => Enumerable.Range(1, Channels - 1).All(channel => Plane(channel).SequenceEqual(Plane(0)));

    /// <summary>The middle of the image; where the margin is odd, the smaller part of it is above and left.</summary>
    public Raster CropCenter(int height, int width)
    {
        if (height == Height && width == Width)
            return this;
        var bytes = Bits / 8;
        var (top, left) = ((Height - height) / 2, (Width - width) / 2);
        var cropped = new byte[Channels * height * width * bytes];
        for (var channel = 0; channel < Channels; channel++)
            for (var row = 0; row < height; row++)
                Levels.AsSpan(((channel * Height + top + row) * Width + left) * bytes, width * bytes).CopyTo(cropped.AsSpan((channel * height + row) * width * bytes));
        return new Raster(Channels, height, width, cropped, Bits);
    }

    private ReadOnlySpan<byte> Plane(int channel) => Levels.AsSpan(channel * (Levels.Length / Channels), Levels.Length / Channels);
}
