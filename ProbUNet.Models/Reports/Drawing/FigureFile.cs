using System.Text;
using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>A drawing before it is a file.</summary>
/// <param name="Width">In points (1/72 inch).</param>
/// <param name="Height">In points.</param>
/// <param name="Draw">Draws it on white paper.</param>
internal sealed record Figure(float Width, float Height, Action<SKCanvas> Draw)
{
    /// <summary>Writes it, see <see cref="FigureFile.Write(string, float, float, Action{SKCanvas})"/>.</summary>
    public void Write(string path) => FigureFile.Write(path, Width, Height, Draw);

    /// <summary>The same as the content of an SVG file.</summary>
    public string Svg() => Encoding.UTF8.GetString(FigureFile.Svg((int)MathF.Ceiling(Width), (int)MathF.Ceiling(Height), Draw));
}

/// <summary>Charts as files: PNG for a screen, SVG for print, from one drawing in points (1/72 inch) on white paper.</summary>
internal static class FigureFile
{
    /// <summary>Pixels of a PNG to a point: 216 dots to the inch.</summary>
    public const int PixelsPerPoint = 3;

    /// <summary>Draws and writes the file, whole or not at all; its extension, .png or .svg, says which kind.</summary>
    /// <exception cref="InputException">The path has another extension, is a folder, or cannot be written.</exception>
    public static void Write(string path, float width, float height, Action<SKCanvas> draw)
    {
        var (columns, rows) = ((int)MathF.Ceiling(width), (int)MathF.Ceiling(height));
        switch (Path.GetExtension(path).ToUpperInvariant())
        {
            case ".PNG":
                PngPicture.Write(path, columns * PixelsPerPoint, rows * PixelsPerPoint, canvas =>
                {
                    canvas.Scale(PixelsPerPoint);
                    draw(canvas);
                });
                break;
            case ".SVG":
                var svg = Svg(columns, rows, draw);
                AtomicFile.Write(path, stream => stream.Write(svg));
                break;
            default:
                throw new InputException(path, "a picture is a .png or a .svg file", "end its name with one of the two");
        }
    }

    /// <summary>The content of an SVG file.</summary>
    public static byte[] Svg(int width, int height, Action<SKCanvas> draw)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(width, height), stream))
        {
            using var paper = new SKPaint { Color = Palette.Paper };
            canvas.DrawRect(0, 0, width, height, paper);
            draw(canvas);
        }
        // Skia names the size alone; with a viewBox too the picture scales to whatever place it is put in.
        var text = Encoding.UTF8.GetString(stream.ToArray());
        return Encoding.UTF8.GetBytes(text.Contains("viewBox", StringComparison.Ordinal) ? text : text.Replace("<svg ", $"<svg viewBox=\"0 0 {width} {height}\" ", StringComparison.Ordinal));
    }
}
