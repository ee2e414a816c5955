using System.Buffers.Binary;
using SkiaSharp;

namespace ProbUNet.Models.Sources.Files;

/// <summary>Reads and writes PNG files level for level: no colour management, no gamma, no premultiplied alpha, and no bit of 8 or 16 lost.</summary>
internal static class PngFile
{
    /// <summary>The most rows and the most columns that are read. A header may say any number; memory is taken for no more than this.</summary>
    public const int MostSide = 16384;

    internal const string CopyAgain = "copy it again from where it came";
    private const long MostExpansion = 1032;   // no byte of deflated data stands for more (zlib's own figure)
    private const int Start = 352;   // enough for a header, and to know other formats by
    private const int MostInARow = 16;   // filters and what is rounded up, in the two rows that interlacing makes of one at most
    private const int MostBeside = 16 << 20;   // colour profiles, texts, times …

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The levels of a file: 1 channel if it is grey or a palette of greys, else 3.</summary>
    /// <exception cref="InputException">It is unreadable, empty, cut off, damaged, not PNG, too large, or transparent somewhere.</exception>
    public static Raster Read(string path) => Decode(path, BytesOf(path));

    /// <summary>The levels of a file whose bytes are at hand, wherever they are from.</summary>
    /// <param name="path">What an error names.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="InputException">It is empty, cut off, damaged, not PNG, too large, or transparent somewhere.</exception>
    public static Raster Decode(string path, byte[] bytes)
    {
        var header = HeaderOf(path, bytes);
        // The codec is content without the end of a file; we are not: what is cut off was not copied whole.
        if (!ReachesEnd(bytes))
            throw CutOff(path);
        // Before memory is taken for what a header of a few bytes may promise.
        if (header.DataLength > MostExpansion * bytes.Length)
            throw CutOff(path);
        if (header.Bits == 16)
            return DeepPng.Decode(path, bytes, header);

        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data) ?? throw Damaged(path);
        var (height, width) = (header.Height, header.Width);
        if ((codec.Info.Height, codec.Info.Width) != (height, width))
            throw Damaged(path);
        // No colour space in what we ask for: with one, the codec would convert.
        var isGrey = codec.Info.ColorType == SKColorType.Gray8;
        var (color, alpha) = isGrey ? (SKColorType.Gray8, SKAlphaType.Opaque) : (SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var wanted = new SKImageInfo(width, height, color, alpha, null);
        var levels = new byte[wanted.BytesSize];
        return codec.GetPixels(wanted, levels) switch
        {
            SKCodecResult.Success => isGrey ? new Raster(1, height, width, levels) : Planes(path, header.Kind, height, width, levels),
            SKCodecResult.IncompleteInput => throw CutOff(path),
            _ => throw Damaged(path),
        };
    }

    /// <summary>The bytes of a file, as <see cref="BytesOf(string, Stream)"/> reads them.</summary>
    /// <exception cref="InputException">It cannot be read, or is none that is.</exception>
    public static byte[] BytesOf(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return BytesOf(path, file);
        }
        catch (Exception error) when (Disk.IsRefusal(error))
        {
            throw new InputException(path, "the file cannot be read", "check that it is there and that you may read it", error);
        }
    }

    /// <summary>The bytes of a file from wherever they come: its start first, and of the rest no more than an image of the size that it names has.</summary>
    /// <param name="path">What an error names.</param>
    /// <param name="content">The file; read to its end, or to where it is refused.</param>
    /// <exception cref="InputException">By its start it is not PNG, or too large; or it is longer than an image of its size can be.</exception>
    public static byte[] BytesOf(string path, Stream content)
    {
        var start = new byte[Start];
        var length = content.ReadAtLeast(start, Start, throwOnEndOfStream: false);
        if (length < Start)
            return start[..length];
        var header = HeaderOf(path, start);
        var most = MostLength(header);
        using var bytes = new MemoryStream(content.CanSeek ? (int)Math.Clamp(content.Length, Start, most) : Start);
        bytes.Write(start);
        var part = new byte[1 << 16];
        for (int read; (read = content.Read(part)) > 0;)
        {
            if (bytes.Length + read > most)
                throw new InputException(path, $"there is more in this file than an image of {header.Height}x{header.Width} can need", "save the image anew, without anything beside it");
            bytes.Write(part, 0, read);
        }
        return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
    }

    /// <summary>The most bytes of a file with this header: twice those of its data, which a poor compressor may lengthen, and room for what may be written beside them.</summary>
    private static long MostLength(PngHeader header) => Math.Min(2 * (header.DataLength + MostInARow * header.Height) + MostBeside, Array.MaxLength);

    /// <summary>What the start of a file says of it.</summary>
    /// <exception cref="InputException">It is empty, cut off, damaged, not PNG, or too large.</exception>
    private static PngHeader HeaderOf(string path, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
            throw new InputException(path, "the file is empty", CopyAgain);
        if (!Signature.StartsWith(start[..Math.Min(start.Length, Signature.Length)]))
            throw ForeignFormat.Of(path, start) is { } format
                ? new InputException(path, $"this is a {format} file, which is not read", ForeignFormat.Remedy)
                : Path.GetExtension(path).ToUpperInvariant() is "" or ".PNG" ? new InputException(path, "this is not a PNG file, whatever its name says", "convert the image to PNG")
                : new InputException(path, "this is not a PNG file", "name one, or convert the image to PNG");
        if (start.Length < PngHeader.End)
            throw CutOff(path);
        var header = PngHeader.Of(start) ?? throw Damaged(path);
        return header.Height <= MostSide && header.Width <= MostSide
            ? header
            : throw new InputException(path, $"an image of {header.Height}x{header.Width} is too large to be read whole", $"cut it into crops of at most {MostSide}x{MostSide}");
    }

    private static InputException CutOff(string path) => new(path, "the file is cut off", CopyAgain);

    /// <summary>Tells that a file is not what its maker wrote.</summary>
    internal static InputException Damaged(string path) => new(path, "the file is damaged", CopyAgain);

    /// <summary>Tells that pixels have no level of their own.</summary>
    internal static InputException Transparent(string path) => new(path, "some of its pixels are transparent", "save it without an alpha channel");

    /// <summary>Writes levels as they are, [H, W], as an 8-bit grey PNG, whole or not at all.</summary>
    /// <exception cref="InputException">The path is a folder, or cannot be written.</exception>
    public static void WriteGrey(string path, int height, int width, byte[] levels)
    {
        var png = EncodeGrey(height, width, levels);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    /// <summary>The same as the content of a file.</summary>
    public static byte[] EncodeGrey(int height, int width, ReadOnlySpan<byte> levels)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var row = 0; row < height; row++)
            levels.Slice(row * width, width).CopyTo(bitmap.GetPixelSpan()[(row * bitmap.RowBytes)..]);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    /// <summary>What the start of a file promises; nothing where it is not that of a PNG.</summary>
    /// <param name="start">At least <see cref="PngHeader.End"/> bytes, or all there are.</param>
    public static PngHeader? PromiseOf(ReadOnlySpan<byte> start) => start.StartsWith(Signature) ? PngHeader.Of(start) : null;

    private static bool ReachesEnd(ReadOnlySpan<byte> png)
    {
        // A chunk is a length, a type, that many bytes, and a checksum, which the codec verifies.
        for (long at = Signature.Length; at + 12 <= png.Length; at += 12 + BinaryPrimitives.ReadUInt32BigEndian(png[(int)at..]))
            if (png.Slice((int)at + 4, 4).SequenceEqual("IEND"u8))
                return true;
        return false;
    }

    private static Raster Planes(string path, PngColor kind, int height, int width, byte[] rgba)
    {
        var size = height * width;
        var (isOpaque, isColored) = (true, false);
        for (var pixel = 0; pixel < size; pixel++)
        {
            var (red, green, blue, alpha) = (rgba[4 * pixel], rgba[4 * pixel + 1], rgba[4 * pixel + 2], rgba[4 * pixel + 3]);
            isOpaque &= alpha == 255;
            isColored |= red != green || green != blue;
        }
        if (!isOpaque)
            throw Transparent(path);
        // Colour images stay colour images where they happen to be grey; a palette says nothing, so its pixels decide.
        var channels = kind is PngColor.Color or PngColor.ColorAlpha || isColored ? 3 : 1;
        var planes = new byte[channels * size];
        for (var channel = 0; channel < channels; channel++)
            for (var pixel = 0; pixel < size; pixel++)
                planes[channel * size + pixel] = rgba[4 * pixel + channel];
        return new Raster(channels, height, width, planes);
    }
}
