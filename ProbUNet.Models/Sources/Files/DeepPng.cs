using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace ProbUNet.Models.Sources.Files;

/// <summary>
/// Decodes PNG files of 16 bits a level (PNG specification, third edition): the codec of all others gives 8 of them. Row by row, so that
/// nothing but the levels themselves is held.
/// </summary>
internal static class DeepPng
{
    private const int FirstChunk = 8;

    /// <summary>The levels of a file: 1 channel if it is grey, else 3.</summary>
    /// <param name="path">What an error names.</param>
    /// <param name="png">A file that is not cut off, with the header that was read of it.</param>
    /// <param name="header">Of 16 bits.</param>
    /// <exception cref="InputException">It is cut off, damaged, interlaced, or transparent somewhere.</exception>
    public static Raster Decode(string path, byte[] png, PngHeader header)
    {
        if (header.IsInterlaced)
            throw new InputException(path, "this file of 16 bits a level is interlaced", "save it without interlacing");
        if (header.Kind == PngColor.Palette)
            throw PngFile.Damaged(path);   // a palette has 8 bits at the most
        using var data = new MemoryStream();
        var clear = Array.Empty<byte>();   // the level that a file without an alpha channel calls transparent
        foreach (var (type, content) in Chunks(path, png))
        {
            if (type == "IDAT")
                data.Write(png.AsSpan(content));
            else if (type == "tRNS")
                clear = png[content];
        }
        data.Position = 0;
        try
        {
            using var rows = new ZLibStream(data, CompressionMode.Decompress);
            return Read(path, rows, header, clear);
        }
        catch (EndOfStreamException error)
        {
            throw new InputException(path, "the file is cut off", PngFile.CopyAgain, error);
        }
        catch (InvalidDataException error)
        {
            throw new InputException(path, "the file is damaged", PngFile.CopyAgain, error);
        }
    }

    private static Raster Read(string path, ZLibStream rows, PngHeader header, byte[] clear)
    {
        var (height, width, samples) = (header.Height, header.Width, header.Samples);
        var channels = samples > 2 ? 3 : 1;
        var hasAlpha = samples is 2 or 4;
        var bytes = new byte[channels * height * width * 2];
        var levels = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
        var (row, above) = (new byte[width * samples * 2], new byte[width * samples * 2]);
        for (var at = 0; at < height; at++)
        {
            var filter = rows.ReadByte();
            rows.ReadExactly(row);
            Unfilter(path, filter, row, above, samples * 2);
            for (var column = 0; column < width; column++)
            {
                var pixel = row.AsSpan(column * samples * 2, samples * 2);
                for (var channel = 0; channel < channels; channel++)
                    levels[(channel * height + at) * width + column] = BinaryPrimitives.ReadUInt16BigEndian(pixel[(2 * channel)..]);
                if (hasAlpha ? pixel[^2] != 255 || pixel[^1] != 255 : pixel.SequenceEqual(clear))
                    throw PngFile.Transparent(path);
            }
            (row, above) = (above, row);
        }
        if (rows.ReadByte() >= 0)   // to the end, where the checksum is
            throw PngFile.Damaged(path);
        return new Raster(channels, height, width, bytes, 16);
    }

    /// <summary>Undoes the filter of a row (PNG specification, 9.2): each byte is told by how it differs from those left, above and above left of it.</summary>
    private static void Unfilter(string path, int filter, byte[] row, byte[] above, int pixel)
    {
        for (var at = 0; at < row.Length; at++)
        {
            var (left, up, corner) = (at < pixel ? 0 : row[at - pixel], above[at], at < pixel ? 0 : above[at - pixel]);
            row[at] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => Nearest(left, up, corner),
                -1 => throw new EndOfStreamException(),
                _ => throw PngFile.Damaged(path),
            });
        }
    }

    /// <summary>Which of the three is nearest to left + up − corner, in this order (Paeth's predictor).</summary>
    private static int Nearest(int left, int up, int corner)
    {
        var (toLeft, toUp, toCorner) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - 2 * corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    /// <summary>The chunks of a file up to its last one, each with a checksum that is right.</summary>
    private static IEnumerable<(string Type, Range Content)> Chunks(string path, byte[] png)
    {
        for (var at = FirstChunk; ;)
        {
            var said = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (said > png.Length - at - 12)
                throw PngFile.Damaged(path);
            var length = (int)said;
            var (type, content) = (System.Text.Encoding.ASCII.GetString(png, at + 4, 4), (at + 8)..(at + 8 + length));
            if (BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(content.End.Value)) != Checksum(png.AsSpan(at + 4, 4 + length)))
                throw PngFile.Damaged(path);
            if (type == "IEND")
                yield break;
            yield return (type, content);
            at += 12 + length;
        }
    }

    /// <summary>CRC-32 (PNG specification, 5.5 and annex D).</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes)
            checksum = Remainders[(byte)(checksum ^ value)] ^ checksum >> 8;
        return ~checksum;
    }

    private static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(value =>
        Enumerable.Range(0, 8).Aggregate((uint)value, (rest, _) => (rest & 1) != 0 ? rest >> 1 ^ 0xEDB88320 : rest >> 1))];
}
