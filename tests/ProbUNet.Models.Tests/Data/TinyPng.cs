using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ProbUNet.Models.Tests.Data;

/// <summary>Writes PNG files from the specification (W3C, third edition), so that what reads them is checked against something else than itself.</summary>
internal static class TinyPng
{
    public const int GreyType = 0;
    public const int ColorType = 2;
    public const int PaletteType = 3;
    public const int GreyAlphaType = 4;
    public const int ColorAlphaType = 6;

    /// <summary>Levels [H, W] of 8 bits.</summary>
    public static byte[] Grey(int height, int width, ReadOnlySpan<byte> levels) => Encode(height, width, 8, GreyType, levels);

    /// <summary>Levels [3, H, W] of 8 bits.</summary>
    public static byte[] Color(int height, int width, byte[] planes) => Encode(height, width, 8, ColorType,
        [.. Enumerable.Range(0, 3 * height * width).Select(i => planes[i % 3 * height * width + i / 3])]);

    /// <summary>A file with packed rows, which have no gaps between them.</summary>
    public static byte[] Encode(int height, int width, int depth, int colorType, ReadOnlySpan<byte> rows, params byte[][] chunksBeforeData) =>
        Filtered(height, width, depth, colorType, rows, pixel: 1, _ => 0, chunksBeforeData);

    /// <summary>A file whose rows are filtered (specification, 9.2).</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="depth">Bits a sample.</param>
    /// <param name="colorType">What a pixel is made of.</param>
    /// <param name="rows">Packed, without gaps.</param>
    /// <param name="pixel">Bytes a pixel.</param>
    /// <param name="filterOf">The filter of a row, 0 to 4.</param>
    /// <param name="chunksBeforeData">Whole chunks.</param>
    public static byte[] Filtered(int height, int width, int depth, int colorType, ReadOnlySpan<byte> rows, int pixel, Func<int, int> filterOf, params byte[][] chunksBeforeData)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)depth, (byte)colorType);

        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            for (var row = 0; row < height; row++)
            {
                var length = rows.Length / height;
                var now = rows.Slice(row * length, length);
                var before = row == 0 ? new byte[length] : rows.Slice((row - 1) * length, length);
                var filter = filterOf(row);
                zlib.WriteByte((byte)filter);
                for (var i = 0; i < length; i++)
                {
                    var (a, b, c) = (i < pixel ? 0 : now[i - pixel], before[i], i < pixel ? 0 : before[i - pixel]);
                    var paeth = new[] { a, b, c }.MinBy(value => Math.Abs(a + b - c - value));   // the first of equals
                    zlib.WriteByte((byte)(now[i] - new[] { 0, a, b, (a + b) / 2, paeth }[filter]));
                }
            }
        byte[] beforeData = [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. chunksBeforeData.SelectMany(chunk => chunk)];
        return [.. beforeData, .. Chunk("IDAT", compressed.ToArray()), .. Chunk("IEND", [])];
    }

    public static byte[] Chunk(string type, byte[] content)
    {
        var chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        content.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Checksum(chunk.AsSpan(4, 4 + content.Length)));
        return chunk;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes)
        {
            checksum ^= value;
            for (var bit = 0; bit < 8; bit++)
                checksum = (checksum & 1) != 0 ? checksum >> 1 ^ 0xEDB88320 : checksum >> 1;
        }
        return ~checksum;
    }
}
