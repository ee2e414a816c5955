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
    public static byte[] Encode(int height, int width, int depth, int colorType, ReadOnlySpan<byte> rows, params byte[][] chunksBeforeData)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)depth, (byte)colorType);

        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            for (var row = 0; row < height; row++)
            {
                zlib.WriteByte(0);   // no filter
                zlib.Write(rows.Slice(row * (rows.Length / height), rows.Length / height));
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
