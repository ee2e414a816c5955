using System.Globalization;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>
/// The paper's Fig. 4: how close the samples of each system come to the graders, against how many samples it may draw. A small dot an image, a large marker
/// the mean; the systems keep the paper's shapes and colours (section 4, Fig. 4), the latter in their nearest that the colour-blind tell apart.
/// </summary>
public static class Figure4
{
    private const float PlotHeight = 250;
    private const float StripPitch = 17;
    private const float Jitter = 5.5f;
    private const float DotRadius = 1.1f;
    private const float MeanRadius = 4.6f;
    private const float LeastGroup = 46;
    private const float GroupGap = 20;
    private const float Margin = 14;
    private const float PanelGap = 22;
    private const float TitleRoom = 26;
    private const float PanelTitleRoom = 20;
    private const int YTicks = 6;

    /// <summary>Draws the figure, panels side by side.</summary>
    /// <param name="path">The file to write, .png or .svg, whole or not at all.</param>
    /// <param name="panels">At least one; a panel a data set.</param>
    /// <param name="title">One line above all panels.</param>
    /// <param name="measure">The name of what is shown, a distance of 0 or more.</param>
    /// <exception cref="ArgumentException">There is nothing to draw, or a value is no number of 0 or more; nothing is written then.</exception>
    /// <exception cref="InputException">The path is no .png or .svg file, is a folder, or cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<Figure4Panel> panels, string title, string measure = "GED²") => Of(panels, title, measure).Write(path);

    /// <summary>The same as a drawing.</summary>
    internal static Figure Of(IReadOnlyList<Figure4Panel> panels, string title, string measure = "GED²")
    {
        if (panels.Count == 0)
            throw new ArgumentException("The figure needs at least one panel.", nameof(panels));
        foreach (var panel in panels)
            Check(panel);
        var looks = Marker.For(panels.SelectMany(panel => panel.Systems).Select(system => system.Name));
        var layout = Layout(panels);
        var width = Math.Max(layout[^1].Area.Right + Margin, Ink.WidthForTitle(title, Margin));
        var legend = new Legend(LegendOf(panels, looks), width - 2 * Margin);
        var legendTop = layout[0].Area.Bottom + Plot.XRoom + 8;
        return new Figure(width, legendTop + legend.Height + Margin - 4, canvas =>
        {
            canvas.Words(Ink.Fit(title, width - 2 * Margin, Ink.Title), Margin, Margin + Ink.Title - 2, Ink.Title, Palette.Ink);
            for (var i = 0; i < panels.Count; i++)
                Draw(canvas, panels[i], layout[i], looks, measure);
            legend.Draw(canvas, Margin, legendTop);
        });
    }

    /// <summary>The place of the means: of panel, system (in the panel's order) and number of samples. For tests.</summary>
    internal static SKPoint PlaceOf(IReadOnlyList<Figure4Panel> panels, int panel, int system, int count)
    {
        var plot = Layout(panels)[panel];
        var point = panels[panel].Systems[system].Points.Single(point => point.Count == count);
        return new(StripAt(panels[panel], plot, system, count), plot.Y.At(point.Values.Average()));
    }

    /// <summary>The areas of the panels. For tests.</summary>
    internal static IReadOnlyList<Plot> Layout(IReadOnlyList<Figure4Panel> panels)
    {
        var plots = new List<Plot>();
        var left = Margin;
        foreach (var panel in panels)
        {
            var highest = panel.Systems.SelectMany(system => system.Points).SelectMany(point => point.Values.Append(point.Interval?.High ?? 0))
                .Concat(panel.References.Select(reference => reference.Value)).Max();
            var y = new Scale(0, Scale.RoundUp(highest, YTicks), 0, 0);
            left += Plot.YRoom(y.Ticks(YTicks));
            var top = Margin + TitleRoom + PanelTitleRoom;
            var counts = CountsOf(panel).Count;
            var area = SKRect.Create(left, top, Math.Max(counts * GroupOf(panel), Ink.WidthOf(TitleOf(panel), Ink.Label) + 4), PlotHeight);
            plots.Add(new Plot(area, new Scale(0, counts, area.Left, area.Right), y with { Start = area.Bottom, End = area.Top }));
            left = area.Right + PanelGap;
        }
        return plots;
    }

    private static void Check(Figure4Panel panel)
    {
        if (panel.Systems.Count == 0 || panel.Systems.Any(system => system.Points.Count == 0))
            throw new ArgumentException($"{panel.DataSet}: a panel needs at least one system, and a system at least one number of samples.", nameof(panel));
        if (panel.Systems.Select(system => system.Name).Distinct().Count() < panel.Systems.Count)
            throw new ArgumentException($"{panel.DataSet}: two systems have one name.", nameof(panel));
        foreach (var system in panel.Systems)
            foreach (var point in system.Points)
            {
                if (point.Count < 1 || point.Values.Count == 0 || system.Points.Count(other => other.Count == point.Count) > 1)
                    throw new ArgumentException($"{panel.DataSet}, {system.Name}: each number of samples is 1 or more, stands once and has at least one value.", nameof(panel));
                foreach (var value in (double[])[.. point.Values, point.Interval?.Low ?? 0, point.Interval?.High ?? 0])
                    if (!(value >= 0 && double.IsFinite(value)))   // written so that NaN fails too
                        throw new ArgumentException($"{panel.DataSet}, {system.Name}, {point.Count} samples: a distance is a number of 0 or more, unlike {value}.", nameof(panel));
            }
        if (panel.References.Any(reference => !(reference.Value >= 0 && double.IsFinite(reference.Value))))
            throw new ArgumentException($"{panel.DataSet}: a reference is a number of 0 or more.", nameof(panel));
    }

    private static void Draw(SKCanvas canvas, Figure4Panel panel, Plot plot, IReadOnlyDictionary<string, Marker> looks, string measure)
    {
        var counts = CountsOf(panel);
        canvas.Words(TitleOf(panel), plot.Area.Left, plot.Area.Top - 9, Ink.Label, Palette.Ink);
        plot.DrawYAxis(canvas, measure, YTicks);
        plot.DrawXAxis(canvas, "samples", counts.Select((count, i) => (plot.X.At(i + 0.5), count.ToString("N0", CultureInfo.InvariantCulture))));
        for (var group = 1; group < counts.Count; group++)
            canvas.Line(plot.X.At(group), plot.Area.Top, plot.X.At(group), plot.Area.Bottom, Ink.Grid, 0.7f, [2, 2]);

        foreach (var system in panel.Systems)
            foreach (var point in system.Points)
                DrawDots(canvas, panel, plot, system, point, looks[system.Name].Color);
        foreach (var reference in panel.References)
            for (var group = 0; group < counts.Count; group++)
                if (reference.Count is null || reference.Count == counts[group])
                    canvas.Line(plot.X.At(group) + 5, plot.Y.At(reference.Value), plot.X.At(group + 1) - 5, plot.Y.At(reference.Value), Palette.Ink, 1.1f, [4, 2]);
        for (var i = 0; i < panel.Systems.Count; i++)
            foreach (var point in panel.Systems[i].Points)
            {
                var (x, look) = (StripAt(panel, plot, i, point.Count), looks[panel.Systems[i].Name]);
                look.Draw(canvas, x, plot.Y.At(point.Values.Average()), MeanRadius);
                if (point.Interval is { } interval)
                    DrawWhisker(canvas, x, plot.Y.At(interval.Low), plot.Y.At(interval.High));
            }
        plot.DrawSpines(canvas);
    }

    /// <summary>As many dots as there are images, fainter the more there are, shifted at random but always alike.</summary>
    private static void DrawDots(SKCanvas canvas, Figure4Panel panel, Plot plot, Figure4System system, Figure4Point point, SKColor color)
    {
        var random = RandomStream.For(point.Count, RandomStream.Key(system.Name));
        var middle = StripAt(panel, plot, panel.Systems.ToList().IndexOf(system), point.Count);
        using var paint = new SKPaint { IsAntialias = true, Color = color.WithAlpha((byte)Math.Clamp(2200 / Math.Sqrt(point.Values.Count), 40, 190)) };
        var radius = point.Values.Count < 200 ? 1.4f * DotRadius : DotRadius;
        foreach (var value in point.Values)
            // Tenths of a point, which nobody sees, keep an SVG of thousands of dots small.
            canvas.DrawCircle(MathF.Round(middle + (float)random.NextDouble(-Jitter, Jitter), 1), MathF.Round(plot.Y.At(value), 1), radius, paint);
    }

    private static void DrawWhisker(SKCanvas canvas, float x, float low, float high)
    {
        canvas.Line(x, low, x, high, Palette.Ink, 1);
        canvas.Line(x - 2.5f, low, x + 2.5f, low, Palette.Ink, 1);
        canvas.Line(x - 2.5f, high, x + 2.5f, high, Palette.Ink, 1);
    }

    private static IEnumerable<LegendEntry> LegendOf(IReadOnlyList<Figure4Panel> panels, IReadOnlyDictionary<string, Marker> looks)
    {
        var points = panels.SelectMany(panel => panel.Systems).SelectMany(system => system.Points).ToList();
        foreach (var (name, look) in looks)
            yield return new(name, 12, (canvas, x, y) => look.Draw(canvas, x, y, MeanRadius));
        yield return new("one image", 6, (canvas, x, y) => canvas.Disc(x, y, DotRadius * 1.4f, Palette.Note));
        if (points.Exists(point => point.Interval is not null))
            yield return new($"{Bootstrap.DefaultLevelInWords} interval of the mean", 8, (canvas, x, y) => DrawWhisker(canvas, x, y + 5, y - 5));
        foreach (var label in panels.SelectMany(panel => panel.References).Select(reference => reference.Label).Distinct())
            yield return new(label, 22, (canvas, x, y) => canvas.Line(x - 11, y, x + 11, y, Palette.Ink, 1.1f, [4, 2]));
    }

    private static List<int> CountsOf(Figure4Panel panel) => [.. panel.Systems.SelectMany(system => system.Points).Select(point => point.Count).Distinct().Order()];

    private static float GroupOf(Figure4Panel panel) => Math.Max(LeastGroup, panel.Systems.Count * StripPitch + GroupGap);

    private static string TitleOf(Figure4Panel panel)
    {
        var images = panel.Systems.SelectMany(system => system.Points).Max(point => point.Values.Count);
        return string.Create(CultureInfo.InvariantCulture, $"{panel.DataSet} (n = {images:N0} {(images == 1 ? "image" : "images")})");
    }

    private static float StripAt(Figure4Panel panel, Plot plot, int system, int count) =>
        plot.X.At(CountsOf(panel).IndexOf(count) + 0.5) + (system - (panel.Systems.Count - 1) / 2f) * StripPitch;
}

/// <summary>One data set of a <see cref="Figure4"/>.</summary>
/// <param name="DataSet">Its name and split.</param>
/// <param name="Systems">At least one, with names of their own, in the order of their strips.</param>
public sealed record Figure4Panel(string DataSet, IReadOnlyList<Figure4System> Systems)
{
    /// <summary>Values to compare with, such as what is attainable with so many samples.</summary>
    public IReadOnlyList<Figure4Reference> References { get; init; } = [];
}

/// <summary>One system of a <see cref="Figure4Panel"/>.</summary>
/// <param name="Name">The paper's names get the paper's markers: Dropout U-Net, U-Net Ensemble, M-Heads, Image2Image VAE, Probabilistic U-Net.</param>
/// <param name="Points">One a number of samples.</param>
public sealed record Figure4System(string Name, IReadOnlyList<Figure4Point> Points);

/// <summary>What one system reached with one number of samples.</summary>
/// <param name="Count">Samples an image.</param>
/// <param name="Values">One value an image, each 0 or more.</param>
public sealed record Figure4Point(int Count, IReadOnlyList<double> Values)
{
    /// <summary>The interval of the mean, of <see cref="Bootstrap.DefaultLevel"/>.</summary>
    public (double Low, double High)? Interval { get; init; }
}

/// <summary>A dashed line across a group of strips.</summary>
/// <param name="Label">What it means.</param>
/// <param name="Value">Where it lies, 0 or more.</param>
/// <param name="Count">The number of samples that it belongs to; all if null.</param>
public sealed record Figure4Reference(string Label, double Value, int? Count = null);
