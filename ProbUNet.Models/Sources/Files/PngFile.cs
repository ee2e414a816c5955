using System.Buffers.Binary;
using SkiaSharp;

namespace ProbUNet.Models.Sources.Files;

/// <summary>The levels of an image as its file has them.</summary>
/// <param name="Channels">1 (grey) or 3 (red, green, blue).</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Levels">[C, H, W] row-major, 0 … 255.</param>
internal sealed record Raster(int Channels, int Height, int Width, byte[] Levels)
{
    /// <summary>The middle of the image; where the margin is odd, the smaller part of it is above and left.</summary>
    public Raster CropCenter(int height, int width)
    {
        if (height == Height && width == Width)
            return this;
        var (top, left) = ((Height - height) / 2, (Width - width) / 2);
        var cropped = new byte[Channels * height * width];
        for (var channel = 0; channel < Channels; channel++)
            for (var row = 0; row < height; row++)
                Levels.AsSpan((channel * Height + top + row) * Width + left, width).CopyTo(cropped.AsSpan((channel * height + row) * width));
        return new Raster(Channels, height, width, cropped);
    }
}

/// <summary>Reads and writes PNG files level for level: no colour management, no gamma, no premultiplied alpha. Levels of 16 bits are refused: half of each would be lost.</summary>
internal static class PngFile
{
    private const string CopyAgain = "copy it again from where it came";
    private const int DepthAt = 24;        // in IHDR
    private const int HeaderLength = 33;   // signature and IHDR: PNG specification, 5.2 and 11.2.2

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The levels of a file: 1 channel if it is grey or a palette of greys, else 3.</summary>
    /// <exception cref="InputException">It is unreadable, empty, cut off, damaged, not PNG, of 16 bits, or transparent somewhere.</exception>
    public static Raster Read(string path) => Decode(path, BytesOf(path));

    /// <summary>The levels of a file whose bytes are at hand, wherever they are from.</summary>
    /// <param name="path">What an error names.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="InputException">It is empty, cut off, damaged, not PNG, of 16 bits, or transparent somewhere.</exception>
    public static Raster Decode(string path, byte[] bytes)
    {
        if (bytes.Length == 0)
            throw new InputException(path, "the file is empty", CopyAgain);
        if (!Signature.StartsWith(bytes.AsSpan(0, Math.Min(bytes.Length, Signature.Length))))
            throw new InputException(path, "this is not a PNG file, whatever its name says", "convert the image to PNG");
        // The codec is content without the end of a file; we are not: what is cut off was not copied whole.
        if (!ReachesEnd(bytes))
            throw new InputException(path, "the file is cut off", CopyAgain);

        if (bytes.Length > DepthAt && bytes[DepthAt] == 16)
            throw new InputException(path, "this file has 16 bits a level, of which 8 would be lost", "choose the window of levels that matters, scale it to 8 bits and save again");

        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data) ?? throw Damaged(path);
        var (height, width) = (codec.Info.Height, codec.Info.Width);
        if ((long)height * width > 1 << 28)
            throw new InputException(path, $"an image of {height}x{width} is too large to be read whole", "cut it into crops");
        // No colour space in what we ask for: with one, the codec would convert.
        var isGrey = codec.Info.ColorType == SKColorType.Gray8;
        var (color, alpha) = isGrey ? (SKColorType.Gray8, SKAlphaType.Opaque) : (SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var wanted = new SKImageInfo(width, height, color, alpha, null);
        var levels = new byte[wanted.BytesSize];
        return codec.GetPixels(wanted, levels) switch
        {
            SKCodecResult.Success => isGrey ? new Raster(1, height, width, levels) : Planes(path, (ColorKind)bytes[25], height, width, levels),
            SKCodecResult.IncompleteInput => throw new InputException(path, "the file is cut off", CopyAgain),
            _ => throw Damaged(path),
        };
    }

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static byte[] BytesOf(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "the file cannot be read", "check that it is there and that you may read it", error);
        }
    }

    /// <summary>Writes levels as they are, [H, W], as an 8-bit grey PNG, whole or not at all.</summary>
    /// <exception cref="InputException">The path is a folder, or cannot be written.</exception>
    public static void WriteGrey(string path, int height, int width, byte[] levels)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var row = 0; row < height; row++)
            levels.AsSpan(row * width, width).CopyTo(bitmap.GetPixelSpan()[(row * bitmap.RowBytes)..]);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    private static bool ReachesEnd(ReadOnlySpan<byte> png)
    {
        if (png.Length < HeaderLength)
            return false;
        // A chunk is a length, a type, that many bytes, and a checksum, which the codec verifies.
        for (long at = Signature.Length; at + 12 <= png.Length; at += 12 + BinaryPrimitives.ReadUInt32BigEndian(png[(int)at..]))
            if (png.Slice((int)at + 4, 4).SequenceEqual("IEND"u8))
                return true;
        return false;
    }

    private static Raster Planes(string path, ColorKind kind, int height, int width, byte[] rgba)
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
            throw new InputException(path, "some of its pixels are transparent", "save it without an alpha channel");
        // Colour images stay colour images where they happen to be grey; a palette says nothing, so its pixels decide.
        var channels = kind == ColorKind.Color || kind == ColorKind.ColorAlpha || isColored ? 3 : 1;
        var planes = new byte[channels * size];
        for (var channel = 0; channel < channels; channel++)
            for (var pixel = 0; pixel < size; pixel++)
                planes[channel * size + pixel] = rgba[4 * pixel + channel];
        return new Raster(channels, height, width, planes);
    }

    private static InputException Damaged(string path) => new(path, "the file is damaged", CopyAgain);

    /// <summary>The colour types with which the codec gives us colours (PNG specification, 11.2.2); it also gives us grey with a transparent level.</summary>
    private enum ColorKind : byte
    {
        Color = 2,
        ColorAlpha = 6,
    }
}
