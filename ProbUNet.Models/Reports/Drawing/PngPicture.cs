using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>Pictures as PNG files.</summary>
internal static class PngPicture
{
    /// <summary>Draws on white paper of the given size in pixels and writes it as an opaque 8-bit PNG, whole or not at all.</summary>
    /// <exception cref="InputException">The path is a folder, or cannot be written.</exception>
    public static void Write(string path, int width, int height, Action<SKCanvas> draw)
    {
        using var png = Encode(width, height, draw);
        AtomicFile.Write(path, png.SaveTo);
    }

    /// <summary>The same as the content of a file.</summary>
    public static SKData Encode(int width, int height, Action<SKCanvas> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque))
            ?? throw new ArgumentException($"A picture of {width}x{height} pixels is too large to draw: show fewer rows or columns.");
        surface.Canvas.Clear(Palette.Paper);
        draw(surface.Canvas);
        using var image = surface.Snapshot();
        return image.Encode(SKEncodedImageFormat.Png, quality: 100);
    }
}
