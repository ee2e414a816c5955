using System.Globalization;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>
/// The paper's Fig. 6: what a model draws for one image at each place of a plane of its latent space, in standard deviations of the image's prior; yellow circles at 1, 2, 3 and
/// 4 of them; a green number where the posterior puts each grader's mask; below, the image and these masks. A latent space of one dimension is a strip.
/// </summary>
public static class LatentFigure
{
    private const float Margin = 14;
    private const float TitleRoom = 28;
    private const float NoteRoom = 16;
    private const float GridSide = 440;
    private const float StripLength = 560;
    private const float SmallGap = 8;
    private const float SmallLabel = 16;
    private const float LargestSmall = 100;
    private const float KeyGap = 10;
    private const float DigitSize = 15;

    private static readonly SKColor Foreground = new(0xF2, 0xF2, 0xF2);
    private static readonly SKColor Background = new(0x3A, 0x3A, 0x3A);
    private static readonly SKColor Seam = new(0x6A, 0x6A, 0x6A);

    /// <summary>Draws the figure.</summary>
    /// <param name="path">The file to write, .png or .svg, whole or not at all.</param>
    /// <param name="plane">What the model draws, and the graders that are marked; there may be none.</param>
    /// <param name="image">The image.</param>
    /// <param name="title">One line above the figure.</param>
    /// <exception cref="ArgumentException">The posterior means are not as many as the graders, one is not finite, or the grid has other classes than the image.</exception>
    /// <exception cref="InputException">The path is no .png or .svg file, is a folder, or cannot be written.</exception>
    public static void Write(string path, LatentPlane plane, GradedImage image, string title) => Of(plane, image, title).Write(path);

    /// <summary>The same as a drawing.</summary>
    internal static Figure Of(LatentPlane plane, GradedImage image, string title)
    {
        if (plane.PosteriorMeans.Count != plane.Graders.Count)
            throw new ArgumentException($"{image.Name}: {plane.Graders.Count} graders need as many posterior means, not {plane.PosteriorMeans.Count}.", nameof(plane));
        if (plane.PosteriorMeans.Any(point => !double.IsFinite(point.X) || !double.IsFinite(point.Y)))
            throw new ArgumentException($"{image.Name}: a posterior mean is not finite.", nameof(plane));
        if (plane.Grid.Segmentations[0].Classes != image.Classes.Count)
            throw new ArgumentException($"{image.Name}: the grid has {plane.Grid.Segmentations[0].Classes} classes and the image {image.Classes.Count}.", nameof(plane));
        var plot = Layout(plane);
        var small = SmallPanels(plot, image, plane.Graders.Count);
        var width = Math.Max(plot.Area.Right + Margin + 4, Ink.WidthForTitle(title, Margin));
        var key = image.Classes.Count == 1 ? null : ClassColors.Key(image.Classes, plane.Grid.Segmentations.Concat(plane.Graders), width - 2 * Margin);
        return new Figure(width, small[^1].Bottom + (key is null ? 0 : KeyGap + key.Height) + Margin, canvas =>
        {
            canvas.Words(Ink.Fit(title, width - 2 * Margin, Ink.Title), Margin, Margin + Ink.Title - 2, Ink.Title, Palette.Ink);
            if (NoteOf(plane) is { } note)
                canvas.Words(Ink.Fit(note, width - 2 * Margin, Ink.Label), Margin, Margin + TitleRoom + 2, Ink.Label, Palette.Note);
            DrawGrid(canvas, plot, plane.Grid, image);
            DrawAxes(canvas, plot, plane);
            DrawPrior(canvas, plot, plane);
            DrawGraders(canvas, plot, plane.PosteriorMeans);
            DrawImages(canvas, small, image, plane.Graders);
            key?.Draw(canvas, Margin, small[^1].Bottom + KeyGap);
        });
    }

    /// <summary>The grid's place and its axes; the masks' middles lie on −4 to 4. For tests.</summary>
    internal static Plot Layout(LatentPlane plane)
    {
        var grid = plane.Grid;
        // Grids of wide images and of high ones take the same paper.
        var ratio = (float)(grid.Rows * grid.Segmentations[0].Height) / (grid.Columns * grid.Segmentations[0].Width);
        var isStrip = plane.Directions.Count == 1;
        var (wide, high) = isStrip ? (StripLength, StripLength * ratio) : (GridSide / MathF.Sqrt(ratio), GridSide * MathF.Sqrt(ratio));
        var area = SKRect.Create(Margin + (isStrip ? 4 : 40), Margin + TitleRoom + (NoteOf(plane) is null ? 0 : NoteRoom), wide, high);
        var (across, up) = (Reach(grid.Columns), Reach(grid.Rows));
        return new Plot(area, new Scale(-across, across, area.Left, area.Right), new Scale(-up, up, area.Bottom, area.Top));

        static double Reach(int count) => LatentGrid.Extent * count / Math.Max(1, count - 1);
    }

    /// <summary>The image, then the graders, in as many rows as they need. For tests.</summary>
    internal static IReadOnlyList<SKRect> SmallPanels(Plot plot, GradedImage image, int graders)
    {
        var panels = graders + 1;
        var across = Math.Min(panels, 6);
        var wide = Math.Min(LargestSmall, (plot.Area.Width - (across - 1) * SmallGap) / across);
        var high = wide * image.Height / image.Width;
        var left = plot.Area.MidX - (across * wide + (across - 1) * SmallGap) / 2;
        var top = plot.Area.Bottom + Plot.XRoom + 14;
        return [.. Enumerable.Range(0, panels).Select(i => SKRect.Create(left + i % across * (wide + SmallGap), top + SmallLabel + i / across * (high + SmallLabel + SmallGap), wide, high))];
    }

    /// <summary>What must be known of a plane through a larger space.</summary>
    private static string? NoteOf(LatentPlane plane) => plane.Dimension <= 2 ? null
        : plane.Share == 0 ? $"The plane is any of the latent space of {plane.Dimension} dimensions: nothing drawn depends on z."
        : string.Create(CultureInfo.InvariantCulture, $"The plane in which the drawing changes most, of {plane.Dimension} dimensions: {100 * plane.Share:0} % of the mean squared change.");

    private static void DrawGrid(SKCanvas canvas, Plot plot, LatentGrid grid, GradedImage image)
    {
        // One picture of all masks, with a seam of one pixel around each.
        SKColor[] colors = image.Classes.Count == 1 ? [Background, Foreground] : ClassColors.Of(image.Classes);
        var (height, width) = (grid.Segmentations[0].Height + 1, grid.Segmentations[0].Width + 1);
        using var bitmap = new SKBitmap(grid.Columns * width, grid.Rows * height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var pixels = new SKColor[bitmap.Width * bitmap.Height];
        Array.Fill(pixels, Seam);
        for (var place = 0; place < grid.Segmentations.Count; place++)
        {
            var labels = grid.Segmentations[place].Labels();
            for (var i = 0; i < labels.Length; i++)
                pixels[(place / grid.Columns * height + i / (width - 1)) * bitmap.Width + place % grid.Columns * width + i % (width - 1)] =
                    labels[i] < colors.Length ? colors[labels[i]] : ClassColors.Ignored;
        }
        bitmap.Pixels = pixels;
        canvas.DrawPicture(bitmap, plot.Area);
    }

    private static void DrawAxes(SKCanvas canvas, Plot plot, LatentPlane plane)
    {
        var isSpace = plane.Dimension > 2;
        var ticks = Enumerable.Range(-(int)LatentGrid.Extent, 2 * (int)LatentGrid.Extent + 1).Select(sigma => (Sigma: sigma, Label: sigma.ToString(CultureInfo.InvariantCulture).Replace('-', '−'))).ToList();
        plot.DrawXAxis(canvas, isSpace ? "first direction, in σ of the prior" : "(z₀ − µ₀) / σ₀ of the prior", ticks.Select(tick => (plot.X.At(tick.Sigma), tick.Label)));
        if (plane.Directions.Count > 1)
        {
            foreach (var (sigma, label) in ticks)
            {
                canvas.Line(plot.Area.Left - 3, plot.Y.At(sigma), plot.Area.Left, plot.Y.At(sigma), Palette.Ink, 0.8f);
                canvas.Words(label, plot.Area.Left - 6, plot.Y.At(sigma) + Ink.Tick * 0.36f, Ink.Tick, Palette.Ink, SKTextAlign.Right);
            }
            var name = isSpace ? "second direction, in σ of the prior" : "(z₁ − µ₁) / σ₁ of the prior";
            canvas.WordsUp(Ink.Fit(name, plot.Area.Height + 24, Ink.Label), plot.Area.Left - 32, plot.Area.MidY, Ink.Label, Palette.Ink);
        }
        canvas.Box(plot.Area, Palette.Ink, 0.9f);
    }

    /// <summary>Whole standard deviations of the prior: circles in a plane, ticks across a strip.</summary>
    private static void DrawPrior(SKCanvas canvas, Plot plot, LatentPlane plane)
    {
        for (var sigma = 1; sigma <= LatentGrid.Extent; sigma++)
        {
            var oval = new SKRect(plot.X.At(-sigma), plot.Y.At(sigma), plot.X.At(sigma), plot.Y.At(-sigma));
            foreach (var (color, width) in new[] { (Palette.Ink, 2.6f), (Palette.Yellow, 1.5f) })
            {
                using var paint = new SKPaint { Color = color, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = width };
                if (plane.Directions.Count > 1)
                {
                    canvas.DrawOval(oval, paint);
                    continue;
                }
                canvas.DrawLine(oval.Left, plot.Area.Top, oval.Left, plot.Area.Bottom, paint);
                canvas.DrawLine(oval.Right, plot.Area.Top, oval.Right, plot.Area.Bottom, paint);
            }
        }
    }

    private static void DrawGraders(SKCanvas canvas, Plot plot, IReadOnlyList<(double X, double Y)> means)
    {
        foreach (var (words, place) in Labels(plot, means))
            canvas.Words(words, place.MidX, place.MidY + DigitSize * 0.36f, DigitSize, Palette.Green, SKTextAlign.Center, Palette.Paper);
    }

    /// <summary>Digits at the posterior means, with their boxes; those that would cover each other stand together, with commas, in their middle. For tests.</summary>
    internal static IReadOnlyList<(string Words, SKRect Place)> Labels(Plot plot, IReadOnlyList<(double X, double Y)> means)
    {
        var groups = Enumerable.Range(0, means.Count).Select(grader => new List<int> { grader }).ToList();
        while (Overlap() is var (first, second))
        {
            groups[first] = [.. groups[first].Concat(groups[second]).Order()];
            groups.RemoveAt(second);
        }
        return [.. groups.Select(group => (WordsOf(group), BoxOf(group)))];

        (int First, int Second)? Overlap()
        {
            var boxes = groups.ConvertAll(BoxOf);
            for (var second = 1; second < boxes.Count; second++)
                for (var first = 0; first < second; first++)
                    if (boxes[first].IntersectsWith(boxes[second]))
                        return (first, second);
            return null;
        }

        SKRect BoxOf(List<int> group)
        {
            var half = Ink.WidthOf(WordsOf(group), DigitSize) / 2 + 3;
            var x = Math.Clamp(group.Average(grader => PlaceOf(plot, means[grader]).X), plot.Area.Left + half, Math.Max(plot.Area.Left + half, plot.Area.Right - half));
            var y = group.Average(grader => PlaceOf(plot, means[grader]).Y);
            return new SKRect(x - half, y - DigitSize * 0.45f, x + half, y + DigitSize * 0.45f);
        }

        string WordsOf(List<int> group) => string.Join(",", group.Select(grader => grader.ToString(CultureInfo.InvariantCulture) + Beyond(means[grader])));

        // A mean outside the axes stands at their edge with an arrow towards it.
        string Beyond((double X, double Y) mean) =>
            (mean.X < plot.X.From ? "←" : mean.X > plot.X.To ? "→" : "") + (mean.Y < plot.Y.From ? "↓" : mean.Y > plot.Y.To ? "↑" : "");
    }

    /// <summary>Where a posterior mean is shown. For tests.</summary>
    internal static SKPoint PlaceOf(Plot plot, (double X, double Y) mean) => new(
        Math.Clamp(plot.X.At(mean.X), plot.Area.Left + 6, plot.Area.Right - 6),
        Math.Clamp(plot.Y.At(mean.Y), plot.Area.Top + Math.Min(8, plot.Area.Height / 2), plot.Area.Bottom - Math.Min(8, plot.Area.Height / 2)));

    private static void DrawImages(SKCanvas canvas, IReadOnlyList<SKRect> panels, GradedImage image, IReadOnlyList<Segmentation> graders)
    {
        using (var picture = Panels.Of(image))
            canvas.DrawPicture(picture, panels[0]);
        canvas.Words("image", panels[0].MidX, panels[0].Top - 5, Ink.Label, Palette.Ink, SKTextAlign.Center);
        var name = image.Grading is Grading.DrawnAnew ? "true draw" : "grader";
        for (var grader = 0; grader < graders.Count; grader++)
        {
            using var mask = Panels.Of(graders[grader], image, Palette.Grader, Panels.TimesFor(image.Width, panels[grader + 1].Width));
            canvas.DrawPicture(mask, panels[grader + 1]);
            canvas.MarkEmpty(graders[grader], panels[grader + 1], Ink.Small);
            canvas.Words($"{name} {grader}", panels[grader + 1].MidX, panels[grader + 1].Top - 5, Ink.Label, Palette.Ink, SKTextAlign.Center);
        }
    }
}
