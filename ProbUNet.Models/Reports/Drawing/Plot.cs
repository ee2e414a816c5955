using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>The frame of a chart: axes, ticks and their words around an area.</summary>
/// <param name="Area">Where data go, in points.</param>
/// <param name="X">Left to right.</param>
/// <param name="Y">Bottom to top.</param>
internal sealed record Plot(SKRect Area, Scale X, Scale Y)
{
    private const float TickLength = 3;

    /// <summary>How far an axis' name may reach beyond the axis.</summary>
    private const float NameReach = 12;

    /// <summary>The y axis with numbers, a line across at each, and its name, which reads upwards.</summary>
    public void DrawYAxis(SKCanvas canvas, string name, int about)
    {
        var ticks = Y.Ticks(about);
        foreach (var (value, label) in ticks)
        {
            var y = Y.At(value);
            canvas.Line(Area.Left, y, Area.Right, y, Ink.Grid, 0.7f);
            canvas.Line(Area.Left - TickLength, y, Area.Left, y, Palette.Ink, 0.8f);
            canvas.Words(label, Area.Left - TickLength - 2.5f, y + Ink.Tick * 0.36f, Ink.Tick, Palette.Ink, SKTextAlign.Right);
        }
        canvas.WordsUp(Ink.Fit(name, Area.Height + 2 * NameReach, Ink.Label), Area.Left - YRoom(ticks) + Ink.Label * 0.6f, Area.MidY, Ink.Label, Palette.Ink);
    }

    /// <summary>Numbers along the x axis and its name under them.</summary>
    public void DrawXAxis(SKCanvas canvas, string name, IEnumerable<(float Place, string Label)> ticks)
    {
        foreach (var (place, label) in ticks)
        {
            canvas.Line(place, Area.Bottom, place, Area.Bottom + TickLength, Palette.Ink, 0.8f);
            canvas.Words(label, place, Area.Bottom + TickLength + Ink.Tick + 1, Ink.Tick, Palette.Ink, SKTextAlign.Center);
        }
        canvas.Words(Ink.Fit(name, Area.Width + 2 * NameReach, Ink.Label), Area.MidX, Area.Bottom + XRoom - 3, Ink.Label, Palette.Ink, SKTextAlign.Center);
    }

    /// <summary>The two axes' lines, over whatever data touch them.</summary>
    public void DrawSpines(SKCanvas canvas) =>
        canvas.Polyline([new(Area.Left, Area.Top), new(Area.Left, Area.Bottom), new(Area.Right, Area.Bottom)], Palette.Ink, 0.9f);

    /// <summary>What the y axis takes left of the area.</summary>
    public static float YRoom(IReadOnlyList<(double Value, string Label)> ticks) =>
        TickLength + 8 + Ink.Label + ticks.Select(tick => Ink.WidthOf(tick.Label, Ink.Tick)).DefaultIfEmpty(0).Max();

    /// <summary>What the x axis takes below the area.</summary>
    public static float XRoom => TickLength + Ink.Tick + Ink.Label + 11;
}
