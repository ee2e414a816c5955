using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>Lines, shapes and words of charts. Words are drawn as outlines, so that an SVG needs no font.</summary>
internal static class Ink
{
    /// <summary>The size of a title, in points.</summary>
    public const float Title = 12;

    /// <summary>The size of other words.</summary>
    public const float Label = 9.5f;

    /// <summary>The size of numbers at ticks.</summary>
    public const float Tick = 8.5f;

    /// <summary>The size of words within small pictures.</summary>
    public const float Small = 7.5f;

    private const float WidestTitle = 500;

    /// <summary>Lines behind the data.</summary>
    public static readonly SKColor Grid = new(0xE2, 0xE2, 0xE2);

    /// <summary>One line of words; see <see cref="ReportFont.DrawLine"/> for what is where.</summary>
    public static void Words(this SKCanvas canvas, string text, float x, float baseline, float size, SKColor color, SKTextAlign align = SKTextAlign.Left, SKColor? halo = null)
    {
        using var font = ReportFont.OfSize(size);
        var left = align switch { SKTextAlign.Center => x - font.MeasureText(text) / 2, SKTextAlign.Right => x - font.MeasureText(text), _ => x };
        using var path = font.GetTextPath(text, new SKPoint(left, baseline));
        if (halo is { } around)
        {
            using var edge = new SKPaint { Color = around, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = size * 0.28f, StrokeJoin = SKStrokeJoin.Round };
            canvas.DrawPath(path, edge);
        }
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawPath(path, paint);
    }

    /// <summary>Words that read upwards, centred on <paramref name="y"/>.</summary>
    public static void WordsUp(this SKCanvas canvas, string text, float x, float y, float size, SKColor color)
    {
        canvas.Save();
        canvas.RotateDegrees(-90, x, y);
        canvas.Words(text, x, y + size * 0.36f, size, color, SKTextAlign.Center);
        canvas.Restore();
    }

    /// <summary>The width of a line of words.</summary>
    public static float WidthOf(string text, float size)
    {
        using var font = ReportFont.OfSize(size);
        return font.MeasureText(text);
    }

    /// <summary>As much of a text as fits.</summary>
    public static string Fit(string text, float width, float size)
    {
        using var font = ReportFont.OfSize(size);
        return ReportFont.Fit(text, width, font);
    }

    /// <summary>How wide a figure must be for its title, within reason: what does not fit then is cut.</summary>
    public static float WidthForTitle(string title, float margin) => Math.Min(WidthOf(title, Title) + 2 * margin + 1, WidestTitle);

    /// <summary>A straight line.</summary>
    public static void Line(this SKCanvas canvas, float x1, float y1, float x2, float y2, SKColor color, float width, float[]? dash = null) =>
        canvas.Polyline([new(x1, y1), new(x2, y2)], color, width, dash);

    /// <summary>Straight lines from point to point.</summary>
    public static void Polyline(this SKCanvas canvas, IReadOnlyList<SKPoint> points, SKColor color, float width, float[]? dash = null)
    {
        // An SVG canvas drops the effects of a paint, so dashes are cut here, into lines of their own.
        using var path = dash is null ? Polygon([.. points], close: false) : CutDashes(points, dash);
        using var paint = new SKPaint { Color = color, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = width, StrokeJoin = SKStrokeJoin.Round };
        canvas.DrawPath(path, paint);
    }

    /// <summary>The outline through some corners.</summary>
    public static SKPath Polygon(ReadOnlySpan<SKPoint> corners, bool close = true)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly(corners, close);
        return builder.Detach();
    }

    /// <summary>A filled rectangle, or the outline of one.</summary>
    public static void Box(this SKCanvas canvas, SKRect box, SKColor color, float outline = 0)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true, Style = outline > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill, StrokeWidth = outline };
        canvas.DrawRect(box, paint);
    }

    /// <summary>A disc, or with <paramref name="outline"/> a circle.</summary>
    public static void Disc(this SKCanvas canvas, float x, float y, float radius, SKColor color, float outline = 0)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true, Style = outline > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill, StrokeWidth = outline };
        canvas.DrawCircle(x, y, radius, paint);
    }

    /// <summary>The parts of a line that dashes leave: lengths drawn and lengths left out in turn.</summary>
    private static SKPath CutDashes(IReadOnlyList<SKPoint> points, float[] dash)
    {
        using var path = new SKPathBuilder();
        var (part, left, drawing) = (0, dash[0], false);
        foreach (var (from, to) in points.Zip(points.Skip(1)))
        {
            var length = SKPoint.Distance(from, to);
            for (var at = 0f; length - at > 1e-3f;)
            {
                var next = Math.Min(length, at + left);
                if (part % 2 == 0)
                {
                    if (!drawing)
                        path.MoveTo(Between(at));
                    path.LineTo(Between(next));
                }
                (drawing, left, at) = (part % 2 == 0, left - (next - at), next);
                if (left <= 1e-3f)
                {
                    part++;
                    (drawing, left) = (false, dash[part % dash.Length]);
                }
            }

            SKPoint Between(float at) => new(from.X + (to.X - from.X) * (at / length), from.Y + (to.Y - from.Y) * (at / length));
        }
        return path.Detach();
    }
}
