using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>
/// The one typeface of all pictures: DejaVu Sans 2.37, unmodified, embedded in this library, so that a picture looks the same everywhere and
/// text appears on servers that have no fonts at all.
/// </summary>
internal static class ReportFont
{
    private const string Ellipsis = "…";

    private static readonly Lazy<SKTypeface> Typeface = new(() =>
    {
        using var stream = typeof(ReportFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(stream);
    });

    /// <summary>The font with an em of <paramref name="size"/> pixels. Outlines are not hinted, so that text scales like the rest of a picture.</summary>
    public static SKFont OfSize(float size) => new(Typeface.Value, size)
    {
        Edging = SKFontEdging.Antialias,
        Hinting = SKFontHinting.None,
        Subpixel = true,
        LinearMetrics = true,
    };

    /// <summary>Draws one line of text.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="text">One line.</param>
    /// <param name="x">The left end, middle or right end of the line, as <paramref name="align"/> says.</param>
    /// <param name="baseline">The y of the line on which letters stand.</param>
    /// <param name="font">From <see cref="OfSize"/>.</param>
    /// <param name="color">Of the letters.</param>
    /// <param name="align">What <paramref name="x"/> is.</param>
    public static void DrawLine(this SKCanvas canvas, string text, float x, float baseline, SKFont font, SKColor color, SKTextAlign align = SKTextAlign.Left)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawText(text, x, baseline, align, font, paint);
    }

    /// <summary>The text, or as much of its start as fits into <paramref name="width"/> pixels with an ellipsis behind it.</summary>
    public static string Fit(string text, float width, SKFont font)
    {
        if (font.MeasureText(text) <= width)
            return text;
        var length = text.Length - 1;
        while (length > 0 && font.MeasureText(text[..length].TrimEnd() + Ellipsis) > width)
            length--;
        return text[..length].TrimEnd() + Ellipsis;
    }
}
