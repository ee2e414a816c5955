using System.Globalization;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>
/// Whether a model draws each mode as often as it should: a bar a mode over the table of its switches, and beside each switch how often its class is drawn
/// (the paper's label-switching task, section 4.2, whose released code draws the latter upside-down against their labels).
/// </summary>
public static class FrequencyBars
{
    private const float Margin = 14;
    private const float TitleRoom = 26;
    private const float ModePitch = 15;
    private const float BarsHeight = 170;
    private const float RowPitch = 17;
    private const float TableGap = 12;
    private const float SideGap = 26;
    private const float SideWidth = 150;
    private const float NumberRoom = 8;
    private const int About = 5;

    /// <summary>Draws the bars.</summary>
    /// <param name="path">The file to write, .png or .svg, whole or not at all.</param>
    /// <param name="modes">At least one, from left to right, each with one switch for each class.</param>
    /// <param name="classes">At least one, from top to bottom.</param>
    /// <param name="title">One line above the chart.</param>
    /// <exception cref="ArgumentException">There is nothing to draw, a mode's switches are not the classes', or a frequency is not in [0, 1].</exception>
    /// <exception cref="InputException">The path is no .png or .svg file, is a folder, or cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<ModeFrequency> modes, IReadOnlyList<ClassFrequency> classes, string title)
    {
        if (modes.Count == 0 || classes.Count == 0)
            throw new ArgumentException("The chart needs at least one mode and one class.", nameof(modes));
        if (modes.Any(mode => mode.Switches.Count != classes.Count))
            throw new ArgumentException($"Each mode needs a switch for each of the {classes.Count} classes.", nameof(modes));
        if (modes.SelectMany(mode => new[] { mode.True, mode.Sampled }).Concat(classes.SelectMany(row => new[] { row.True, row.Sampled })).Any(share => !(share >= 0 && share <= 1)))
            throw new ArgumentException("A frequency is in [0, 1].", nameof(modes));

        var layout = new FrequencyLayout(modes, classes);
        var width = Math.Max(layout.Width, Ink.WidthForTitle(title, Margin));
        var legend = new Legend(
        [
            new("true probability", 14, (canvas, x, y) => canvas.Box(SKRect.Create(x - 6, y - 4.5f, 12, 9), Palette.Ink, 1.1f)),
            new("frequency among samples", 14, (canvas, x, y) => canvas.Box(SKRect.Create(x - 6, y - 4.5f, 12, 9), Palette.Sample)),
            new("class switched in this mode", 8, (canvas, x, y) => canvas.Disc(x, y, 3.4f, Palette.Ink)),
            new("not", 8, (canvas, x, y) => canvas.Disc(x, y, 1.3f, Palette.Note)),
        ], width - 2 * Margin);
        FigureFile.Write(path, width, layout.LegendTop + legend.Height + Margin - 4, canvas =>
        {
            canvas.Words(Ink.Fit(title, width - 2 * Margin, Ink.Title), Margin, Margin + Ink.Title - 2, Ink.Title, Palette.Ink);
            DrawModes(canvas, layout, modes);
            DrawTable(canvas, layout, modes, classes);
            DrawClasses(canvas, layout, classes);
            legend.Draw(canvas, Margin, layout.LegendTop);
        });
    }

    private static void DrawModes(SKCanvas canvas, FrequencyLayout layout, IReadOnlyList<ModeFrequency> modes)
    {
        layout.Modes.DrawYAxis(canvas, "frequency of the mode", About);
        for (var i = 0; i < modes.Count; i++)
        {
            canvas.Box(layout.SampledBar(i, modes[i].Sampled), Palette.Sample);
            canvas.Box(layout.TrueBar(i, modes[i].True), Palette.Ink, 1.1f);
        }
        layout.Modes.DrawSpines(canvas);
    }

    private static void DrawTable(SKCanvas canvas, FrequencyLayout layout, IReadOnlyList<ModeFrequency> modes, IReadOnlyList<ClassFrequency> classes)
    {
        for (var row = 0; row < classes.Count; row++)
        {
            var middle = layout.RowMiddle(row);
            if (row % 2 == 0)
                canvas.Box(new SKRect(Margin, middle - RowPitch / 2, layout.Width - Margin, middle + RowPitch / 2), new SKColor(0xF4, 0xF5, 0xF7));
            canvas.Words(classes[row].Name, layout.Modes.Area.Left - 8, middle + Ink.Label * 0.36f, Ink.Label, Palette.Ink, SKTextAlign.Right);
            for (var mode = 0; mode < modes.Count; mode++)
                if (modes[mode].Switches[row])
                    canvas.Disc(layout.ModeMiddle(mode), middle, 3.4f, Palette.Ink);
                else
                    canvas.Disc(layout.ModeMiddle(mode), middle, 1.3f, Palette.Note);
        }
    }

    private static void DrawClasses(SKCanvas canvas, FrequencyLayout layout, IReadOnlyList<ClassFrequency> classes)
    {
        var (area, scale) = (layout.Classes, layout.Shares);
        canvas.Words("share of the class's pixels", area.Left, area.Top - 20, Ink.Label, Palette.Ink);
        canvas.Words("that are drawn switched", area.Left, area.Top - 8, Ink.Label, Palette.Ink);
        canvas.Words("drawn / true", area.Right + NumberRoom, area.Top - 8, Ink.Tick, Palette.Note);
        foreach (var (value, label) in scale.Ticks(4))
        {
            canvas.Line(scale.At(value), area.Top, scale.At(value), area.Bottom, Ink.Grid, 0.7f);
            canvas.Line(scale.At(value), area.Bottom, scale.At(value), area.Bottom + 3, Palette.Ink, 0.8f);
            canvas.Words(label, scale.At(value), area.Bottom + 13, Ink.Tick, Palette.Ink, SKTextAlign.Center);
        }
        for (var row = 0; row < classes.Count; row++)
        {
            canvas.Box(layout.SampledShare(row, classes[row].Sampled), Palette.Sample);
            canvas.Box(layout.TrueShare(row, classes[row].True), Palette.Ink, 1.1f);
            var numbers = string.Create(CultureInfo.InvariantCulture, $"{classes[row].Sampled:F3} / {classes[row].True:F3}");
            canvas.Words(numbers, area.Right + NumberRoom, layout.RowMiddle(row) + Ink.Tick * 0.36f, Ink.Tick, Palette.Note);
        }
        canvas.Polyline([new(area.Left, area.Top), new(area.Left, area.Bottom), new(area.Right, area.Bottom)], Palette.Ink, 0.9f);
    }

    /// <summary>Where everything goes, in points.</summary>
    internal sealed class FrequencyLayout
    {
        public FrequencyLayout(IReadOnlyList<ModeFrequency> modes, IReadOnlyList<ClassFrequency> classes)
        {
            var y = new Scale(0, Scale.RoundUp(modes.Max(mode => Math.Max(mode.True, mode.Sampled)), About), 0, 0);
            var left = Margin + Math.Max(Plot.YRoom(y.Ticks(About)), classes.Max(row => Ink.WidthOf(row.Name, Ink.Label)) + 12);
            var area = SKRect.Create(left, Margin + TitleRoom, Math.Max(modes.Count * ModePitch, 120), BarsHeight);
            Modes = new Plot(area, new Scale(0, modes.Count, area.Left, area.Right), y with { Start = area.Bottom, End = area.Top });
            Classes = SKRect.Create(area.Right + SideGap, area.Bottom + TableGap, SideWidth, classes.Count * RowPitch);
            Shares = new Scale(0, Math.Min(1, Scale.RoundUp(classes.Max(row => Math.Max(row.True, row.Sampled)), 4)), Classes.Left, Classes.Right);
            Width = Classes.Right + NumberRoom + Ink.WidthOf("0.000 / 0.000", Ink.Tick) + Margin + 4;
            LegendTop = Classes.Bottom + 26;
        }

        public Plot Modes { get; }

        public SKRect Classes { get; }

        public Scale Shares { get; }

        public float Width { get; }

        public float LegendTop { get; }

        public float ModeMiddle(int mode) => Modes.X.At(mode + 0.5);

        public float RowMiddle(int row) => Classes.Top + (row + 0.5f) * RowPitch;

        /// <summary>The two bars of a mode share their place: the drawn one is filled, the true one a wider frame.</summary>
        public SKRect SampledBar(int mode, double share) => new(ModeMiddle(mode) - 3.6f, Modes.Y.At(share), ModeMiddle(mode) + 3.6f, Modes.Area.Bottom);

        public SKRect TrueBar(int mode, double share) => new(ModeMiddle(mode) - 5.4f, Modes.Y.At(share), ModeMiddle(mode) + 5.4f, Modes.Area.Bottom);

        public SKRect SampledShare(int row, double share) => new(Classes.Left, RowMiddle(row) - 3.6f, Shares.At(share), RowMiddle(row) + 3.6f);

        public SKRect TrueShare(int row, double share) => new(Classes.Left, RowMiddle(row) - 5.6f, Shares.At(share), RowMiddle(row) + 5.6f);
    }
}
