using System.Globalization;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>Whether what is called likely happens as often: observed frequency against predicted probability, and how many pixels each point stands for.</summary>
public static class ReliabilityDiagram
{
    private const float Margin = 14;
    private const float TitleRoom = 38;
    private const float Side = 250;
    private const float CountsHeight = 70;
    private const float CountsGap = 16;
    private const int About = 5;

    /// <summary>Draws the diagram; the expected calibration error (<see cref="Calibration.ExpectedError"/>) stands under the title.</summary>
    /// <param name="path">The file to write, .png or .svg, whole or not at all.</param>
    /// <param name="bins">At least one with a count above 0; those without are left out.</param>
    /// <param name="title">One line above the diagram.</param>
    /// <exception cref="ArgumentException">No bin has a count, a probability is not in [0, 1], or a count is negative.</exception>
    /// <exception cref="InputException">The path is no .png or .svg file, is a folder, or cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<CalibrationBin> bins, string title) => Of(bins, title).Write(path);

    /// <summary>The same as a drawing.</summary>
    internal static Figure Of(IReadOnlyList<CalibrationBin> bins, string title)
    {
        if (bins.Any(bin => bin.Count < 0))
            throw new ArgumentException("A count is 0 or more.", nameof(bins));
        var filled = bins.Where(bin => bin.Count > 0).OrderBy(bin => bin.Confidence).ToList();
        if (filled.Count == 0)
            throw new ArgumentException("At least one bin needs a count.", nameof(bins));
        if (filled.Exists(bin => !(bin.Confidence >= 0 && bin.Confidence <= 1 && bin.Frequency >= 0 && bin.Frequency <= 1)))
            throw new ArgumentException("A probability is in [0, 1].", nameof(bins));

        var (plot, counts) = Layout(filled);
        var width = Math.Max(plot.Area.Right + Margin + 8, Ink.WidthForTitle(title, Margin));
        var legend = new Legend(
        [
            new("observed", 22, (canvas, x, y) =>
            {
                canvas.Line(x - 11, y, x + 11, y, Palette.Blue, 1.6f);
                canvas.Disc(x, y, 3, Palette.Blue);
            }),
            new("perfectly calibrated", 22, (canvas, x, y) => canvas.Line(x - 11, y, x + 11, y, Palette.Note, 1.1f, [4, 2.5f])),
        ], width - 2 * Margin);
        var legendTop = counts.Area.Bottom + Plot.XRoom + 8;
        return new Figure(width, legendTop + legend.Height + Margin - 4, canvas =>
        {
            canvas.Words(Ink.Fit(title, width - 2 * Margin, Ink.Title), Margin, Margin + Ink.Title - 2, Ink.Title, Palette.Ink);
            canvas.Words(string.Create(CultureInfo.InvariantCulture, $"expected calibration error {new Calibration(filled).ExpectedError:F3}; {filled.Sum(bin => bin.Count):N0} pixels"),
                Margin, Margin + 2 * Ink.Title + 1, Ink.Label, Palette.Note);
            plot.DrawYAxis(canvas, "observed frequency", About);
            DrawPoints(canvas, plot, filled);
            DrawCounts(canvas, counts, filled, bins.Count);
            legend.Draw(canvas, Margin, legendTop);
        });
    }

    /// <summary>The square of the curve, and the strip of the counts under it. For tests.</summary>
    internal static (Plot Curve, Plot Counts) Layout(IReadOnlyList<CalibrationBin> bins)
    {
        var most = bins.Max(bin => bin.Count);
        var highest = Math.Pow(10, Math.Max(1, Math.Ceiling(Math.Log10(most) - 1e-9)));   // Pixels that are surely background outnumber all others: a logarithmic axis.
        var numbers = new Scale(0.5, highest, 0, 0, IsLogarithmic: true);
        var left = Margin + Math.Max(Plot.YRoom(new Scale(0, 1, 0, 0).Ticks(About)), Plot.YRoom(numbers.Ticks(3)));
        var area = SKRect.Create(left, Margin + TitleRoom, Side, Side);
        var strip = SKRect.Create(left, area.Bottom + CountsGap, Side, CountsHeight);
        var x = new Scale(0, 1, area.Left, area.Right);
        return (new Plot(area, x, new Scale(0, 1, area.Bottom, area.Top)), new Plot(strip, x, numbers with { Start = strip.Bottom, End = strip.Top }));
    }

    private static void DrawPoints(SKCanvas canvas, Plot plot, IReadOnlyList<CalibrationBin> bins)
    {
        var places = bins.Select(bin => new SKPoint(plot.X.At(bin.Confidence), plot.Y.At(bin.Frequency))).ToList();
        // The gap to the diagonal is what one looks for.
        using var gap = Ink.Polygon([.. places, .. bins.Reverse().Select(bin => new SKPoint(plot.X.At(bin.Confidence), plot.Y.At(bin.Confidence)))]);
        using var shade = new SKPaint { Color = Palette.Blue.WithAlpha(0x2A), IsAntialias = true };
        canvas.DrawPath(gap, shade);
        canvas.Line(plot.Area.Left, plot.Area.Bottom, plot.Area.Right, plot.Area.Top, Palette.Note, 1.1f, [4, 2.5f]);
        if (places.Count > 1)
            canvas.Polyline(places, Palette.Blue, 1.6f);
        foreach (var place in places)
            canvas.Disc(place.X, place.Y, 3, Palette.Blue);
        foreach (var (value, _) in plot.X.Ticks(About))
            canvas.Line(plot.X.At(value), plot.Area.Bottom, plot.X.At(value), plot.Area.Bottom + 3, Palette.Ink, 0.8f);
        plot.DrawSpines(canvas);
    }

    private static void DrawCounts(SKCanvas canvas, Plot counts, IReadOnlyList<CalibrationBin> bins, int of)
    {
        counts.DrawYAxis(canvas, "pixels", 3);
        var half = Math.Max(1, 0.4f * Side / Math.Max(of, 10));
        foreach (var bin in bins)
        {
            var middle = counts.X.At(bin.Confidence);
            canvas.Box(new SKRect(Math.Max(counts.Area.Left, middle - half), counts.Y.At(bin.Count), Math.Min(counts.Area.Right, middle + half), counts.Area.Bottom), Palette.Grader);
        }
        counts.DrawXAxis(canvas, "predicted probability", counts.X.Ticks(About).Select(tick => (counts.X.At(tick.Value), tick.Label)));
        counts.DrawSpines(canvas);
    }
}
