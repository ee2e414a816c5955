using System.Buffers.Binary;

namespace ProbUNet.Models.Sources.Files;

/// <summary>The colour types of PNG (specification, 11.2.2).</summary>
internal enum PngColor : byte
{
    Grey = 0,
    Color = 2,
    Palette = 3,
    GreyAlpha = 4,
    ColorAlpha = 6,
}

/// <summary>What the header of a PNG file promises (specification, 11.2.2).</summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Bits">1, 2, 4, 8 or 16 a sample.</param>
/// <param name="Kind">What a pixel is made of.</param>
/// <param name="IsInterlaced">Whether the rows come in seven passes.</param>
internal readonly record struct PngHeader(int Height, int Width, int Bits, PngColor Kind, bool IsInterlaced)
{
    /// <summary>Where the header ends: signature, and the chunk with the header.</summary>
    public const int End = 33;

    private const int At = 16;

    /// <summary>Samples a pixel: with alpha, and 1 for a place in a palette.</summary>
    public int Samples => Kind switch { PngColor.Color => 3, PngColor.GreyAlpha => 2, PngColor.ColorAlpha => 4, _ => 1 };

    /// <summary>Bytes of the data, without compression and without the filters' own.</summary>
    public long DataLength => (long)Width * Samples * Bits / 8 * Height;

    /// <summary>The header of a file, or nothing where there is none.</summary>
    public static PngHeader? Of(ReadOnlySpan<byte> png)
    {
        if (png.Length < End || !png.Slice(12, 4).SequenceEqual("IHDR"u8))
            return null;
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(png[At..]), BinaryPrimitives.ReadUInt32BigEndian(png[(At + 4)..]));
        return width is 0 or > int.MaxValue || height is 0 or > int.MaxValue || png[At + 8] is not (1 or 2 or 4 or 8 or 16) || !Enum.IsDefined((PngColor)png[At + 9])
            ? null
            : new PngHeader((int)height, (int)width, png[At + 8], (PngColor)png[At + 9], png[At + 12] != 0);
    }
}
