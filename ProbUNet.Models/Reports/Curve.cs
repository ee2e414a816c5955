using System.Globalization;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>Lines over a common axis, with bands around them: how a training went.</summary>
public static class Curve
{
    private const float Margin = 14;
    private const float PlotWidth = 420;
    private const float PlotHeight = 230;
    private const float TitleRoom = 28;
    private const float LineWidth = 1.6f;
    private const int About = 6;

    // In grey print the dashes tell apart what the colours do elsewhere.
    private static readonly (SKColor Color, float[]? Dash)[] Looks =
    [
        (Palette.Blue, null), (Palette.Vermilion, [7, 2.5f]), (Palette.Green, [2.2f, 2]), (Palette.Purple, [8, 2, 2, 2]),
        (Palette.Sample, [4, 3]), (Palette.Grader, [11, 3]), (Palette.Ink, [1.2f, 1.6f]),
    ];

    /// <summary>Draws the lines.</summary>
    /// <param name="path">The file to write, .png or .svg, whole or not at all.</param>
    /// <param name="lines">At least one, each with at least one finite point; a point that is not finite leaves a gap.</param>
    /// <param name="title">One line above the chart.</param>
    /// <param name="xName">What goes from left to right.</param>
    /// <param name="yName">What goes upwards.</param>
    /// <param name="logarithmicX">Whether equal ratios of x take equal room; x is positive then.</param>
    /// <exception cref="ArgumentException">There is nothing to draw, lengths differ, or an x has no place on the axis.</exception>
    /// <exception cref="InputException">The path is no .png or .svg file, is a folder, or cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<CurveLine> lines, string title, string xName, string yName, bool logarithmicX = false) =>
        Of(lines, title, xName, yName, new() { IsLogarithmicX = logarithmicX }).Write(path);

    /// <summary>The same as a drawing.</summary>
    internal static Figure Of(IReadOnlyList<CurveLine> lines, string title, string xName, string yName, CurveAxes axes)
    {
        Check(lines, axes);
        var plot = Layout(lines, axes);
        var width = Math.Max(plot.Area.Right + Margin + 6, Ink.WidthForTitle(title, Margin));
        var legend = new Legend(lines.Select((line, i) => new LegendEntry(line.Name, 26, (canvas, x, y) =>
            canvas.Line(x - 13, y, x + 13, y, Looks[i % Looks.Length].Color, LineWidth, Looks[i % Looks.Length].Dash))).Where(_ => axes.HasLegend), width - 2 * Margin);
        var legendTop = plot.Area.Bottom + Plot.XRoom + 8;
        return new Figure(width, legendTop + legend.Height + Margin - 4, canvas =>
        {
            canvas.Words(Ink.Fit(title, width - 2 * Margin, Ink.Title), Margin, Margin + Ink.Title - 2, Ink.Title, Palette.Ink);
            plot.DrawYAxis(canvas, yName, About);
            plot.DrawXAxis(canvas, xName, (axes.XTicks?.Select(value => (value, value.ToString("N0", CultureInfo.InvariantCulture))) ?? plot.X.Ticks(About)).Select(tick => (plot.X.At(tick.Item1), tick.Item2)));
            for (var i = 0; i < lines.Count; i++)
                DrawBand(canvas, plot, lines[i], Looks[i % Looks.Length].Color);
            for (var i = 0; i < lines.Count; i++)
                DrawLine(canvas, plot, lines[i], Looks[i % Looks.Length], axes.HasDots);
            plot.DrawSpines(canvas);
            legend.Draw(canvas, Margin, legendTop);
        });
    }

    /// <summary>Where data go. For tests.</summary>
    internal static Plot Layout(IReadOnlyList<CurveLine> lines, CurveAxes axes)
    {
        var xs = lines.SelectMany(line => line.X).ToList();
        var ys = lines.SelectMany(line => line.Y.Concat(line.Low ?? []).Concat(line.High ?? [])).Where(double.IsFinite).ToList();
        var (bottom, top) = axes.IsLogarithmicY ? RoundRatios(ys.Min(), ys.Max()) : Scale.RoundOut(axes.IsFromZero ? Math.Min(0, ys.Min()) : ys.Min(), ys.Max(), About);
        var (first, last) = (xs.Min(), xs.Max());
        if (!(first < last))   // One place alone is shown in the middle.
            (first, last) = axes.IsLogarithmicX ? (first / 2, last * 2) : (first - 1, last + 1);
        else if (!axes.IsLogarithmicX && first > 0 && (axes.IsFromZeroX || first < 0.1 * last))
            first = 0;
        var y = new Scale(bottom, top, 0, 0, axes.IsLogarithmicY);
        var area = SKRect.Create(Margin + Plot.YRoom(y.Ticks(About)), Margin + TitleRoom, PlotWidth, PlotHeight);
        return new Plot(area, new Scale(first, last, area.Left, area.Right, axes.IsLogarithmicX), y with { Start = area.Bottom, End = area.Top });
    }

    /// <summary>Ends of a logarithmic axis: 1, 2 or 5 times a power of ten.</summary>
    private static (double From, double To) RoundRatios(double from, double to)
    {
        double[] mantissas = [1, 2, 5, 10];
        var (below, above) = (Math.Pow(10, Math.Floor(Math.Log10(from))), Math.Pow(10, Math.Floor(Math.Log10(to))));
        var (first, last) = (below * mantissas.Last(mantissa => mantissa * below <= from * (1 + 1e-9)), above * mantissas.First(mantissa => mantissa * above >= to * (1 - 1e-9)));
        return first < last ? (first, last) : (first / 2, last * 2);
    }

    private static void Check(IReadOnlyList<CurveLine> lines, CurveAxes axes)
    {
        if (lines.Count == 0)
            throw new ArgumentException("A chart needs at least one line.", nameof(lines));
        foreach (var line in lines)
        {
            if (line.X.Count != line.Y.Count || (line.Low ?? line.Y).Count != line.Y.Count || (line.High ?? line.Y).Count != line.Y.Count)
                throw new ArgumentException($"{line.Name}: there must be one y, and one end of the band where there is one, for each x.", nameof(lines));
            if ((line.Low is null) != (line.High is null))
                throw new ArgumentException($"{line.Name}: a band has two ends.", nameof(lines));
            if (!line.Y.Any(double.IsFinite))
                throw new ArgumentException($"{line.Name}: a line needs at least one finite point.", nameof(lines));
            if (line.X.Any(x => !double.IsFinite(x) || (axes.IsLogarithmicX && x <= 0)))
                throw new ArgumentException($"{line.Name}: every x must be finite{(axes.IsLogarithmicX ? " and positive" : "")}.", nameof(lines));
            if (axes.IsLogarithmicY && line.Y.Concat(line.Low ?? []).Any(y => y <= 0))
                throw new ArgumentException($"{line.Name}: every y must be positive.", nameof(lines));
        }
    }

    private static void DrawBand(SKCanvas canvas, Plot plot, CurveLine line, SKColor color)
    {
        if (line.Low is null || line.High is null)
            return;
        using var paint = new SKPaint { Color = color.WithAlpha(0x38), IsAntialias = true };
        foreach (var run in Runs(line, i => double.IsFinite(line.Low[i]) && double.IsFinite(line.High[i])))
        {
            using var path = Ink.Polygon([.. run.Select(i => At(plot, line.X[i], line.High[i])), .. run.AsEnumerable().Reverse().Select(i => At(plot, line.X[i], line.Low[i]))]);
            canvas.DrawPath(path, paint);
        }
    }

    private static void DrawLine(SKCanvas canvas, Plot plot, CurveLine line, (SKColor Color, float[]? Dash) look, bool hasDots)
    {
        if (hasDots)
            foreach (var i in Enumerable.Range(0, line.X.Count).Where(i => double.IsFinite(line.Y[i])))
                canvas.Disc(plot.X.At(line.X[i]), plot.Y.At(line.Y[i]), LineWidth * 1.9f, look.Color);
        foreach (var run in Runs(line, i => double.IsFinite(line.Y[i])))
            if (run.Count == 1)
                canvas.Disc(plot.X.At(line.X[run[0]]), plot.Y.At(line.Y[run[0]]), LineWidth * 1.4f, look.Color);
            else
                canvas.Polyline([.. run.Select(i => At(plot, line.X[i], line.Y[i]))], look.Color, LineWidth, look.Dash);
    }

    /// <summary>The longest stretches of points that can be drawn.</summary>
    private static IEnumerable<List<int>> Runs(CurveLine line, Func<int, bool> isThere)
    {
        var run = new List<int>();
        for (var i = 0; i < line.X.Count; i++)
            if (isThere(i))
                run.Add(i);
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        if (run.Count > 0)
            yield return run;
    }

    private static SKPoint At(Plot plot, double x, double y) => new(plot.X.At(x), plot.Y.At(y));
}

/// <summary>How the axes of a <see cref="Curve"/> are.</summary>
internal sealed record CurveAxes
{
    /// <summary>Whether equal ratios of x take equal room; x is positive then.</summary>
    public bool IsLogarithmicX { get; init; }

    /// <summary>The same of y.</summary>
    public bool IsLogarithmicY { get; init; }

    /// <summary>Whether the y axis begins with 0, however far the lines are from it.</summary>
    public bool IsFromZero { get; init; }

    /// <summary>The same of the x axis.</summary>
    public bool IsFromZeroX { get; init; }

    /// <summary>Whether there is a key to the lines: one line that the title names needs none.</summary>
    public bool HasLegend { get; init; } = true;

    /// <summary>Where along x numbers stand, where round numbers do not do.</summary>
    public IReadOnlyList<double>? XTicks { get; init; }

    /// <summary>Whether each point has a dot: of few points that were measured one by one.</summary>
    public bool HasDots { get; init; }
}

/// <summary>One line of a <see cref="Curve"/>.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="X">Where the points lie, in the order in which the line joins them.</param>
/// <param name="Y">How high; NaN or infinite for a gap.</param>
public sealed record CurveLine(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>The lower end of the band at each x, if there is a band.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper end of the band at each x.</summary>
    public IReadOnlyList<double>? High { get; init; }
}
