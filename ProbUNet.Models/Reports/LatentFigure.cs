using System.Globalization;
using ProbUNet.Models.Data;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>
/// The paper's Fig. 6: what a model with a latent space of two dimensions draws for one image at each place of that space, in standard deviations of the
/// image's prior; yellow circles at 1, 2, 3 and 4 of them; a green number where the posterior puts each grader's mask; below, the image and these masks.
/// </summary>
public static class LatentFigure
{
    /// <summary>How far the axes go from the prior's mean, in standard deviations.</summary>
    public const double Extent = 4;

    private const float Margin = 14;
    private const float TitleRoom = 28;
    private const float GridSide = 440;
    private const float SmallGap = 8;
    private const float SmallLabel = 16;
    private const float LargestSmall = 100;

    private static readonly SKColor Foreground = new(0xF2, 0xF2, 0xF2);
    private static readonly SKColor Background = new(0x3A, 0x3A, 0x3A);
    private static readonly SKColor Seam = new(0x6A, 0x6A, 0x6A);

    /// <summary>Draws the figure.</summary>
    /// <param name="path">The file to write, .png or .svg, whole or not at all.</param>
    /// <param name="grid">What the model draws, masks of one size.</param>
    /// <param name="posteriorMeans">One point a grader, in the order of the image's graders: (µ of the posterior − µ of the prior) / σ of the prior in both dimensions.</param>
    /// <param name="image">The image and its graders.</param>
    /// <param name="title">One line above the figure.</param>
    /// <exception cref="ArgumentException">The points are not as many as the graders, or one is not finite.</exception>
    /// <exception cref="InputException">The path is no .png or .svg file, is a folder, or cannot be written.</exception>
    public static void Write(string path, LatentGrid grid, IReadOnlyList<(double X, double Y)> posteriorMeans, GradedImage image, string title)
    {
        if (posteriorMeans.Count != image.Graders.Count)
            throw new ArgumentException($"{image.Name}: {image.Graders.Count} graders need as many posterior means, not {posteriorMeans.Count}.", nameof(posteriorMeans));
        if (posteriorMeans.Any(point => !double.IsFinite(point.X) || !double.IsFinite(point.Y)))
            throw new ArgumentException($"{image.Name}: a posterior mean is not finite.", nameof(posteriorMeans));
        var plot = Layout(grid);
        var small = SmallPanels(plot, image);
        var width = Math.Max(plot.Area.Right + Margin + 4, Ink.WidthForTitle(title, Margin));
        FigureFile.Write(path, width, small[^1].Bottom + Margin, canvas =>
        {
            canvas.Words(Ink.Fit(title, width - 2 * Margin, Ink.Title), Margin, Margin + Ink.Title - 2, Ink.Title, Palette.Ink);
            DrawGrid(canvas, plot, grid);
            DrawAxes(canvas, plot);
            DrawCircles(canvas, plot);
            DrawGraders(canvas, plot, posteriorMeans);
            DrawImages(canvas, small, image);
        });
    }

    /// <summary>The grid's square and its axes; the masks' middles lie on −4 to 4. For tests.</summary>
    internal static Plot Layout(LatentGrid grid)
    {
        var reach = Extent * grid.Side / Math.Max(1, grid.Side - 1);
        var ratio = (float)grid.Masks[0].Height / grid.Masks[0].Width;
        var (wide, high) = ratio > 1 ? (GridSide / ratio, GridSide) : (GridSide, GridSide * ratio);
        var area = SKRect.Create(Margin + 40, Margin + TitleRoom, wide, high);
        return new Plot(area, new Scale(-reach, reach, area.Left, area.Right), new Scale(-reach, reach, area.Bottom, area.Top));
    }

    /// <summary>The image, then the graders, in as many rows as they need. For tests.</summary>
    internal static IReadOnlyList<SKRect> SmallPanels(Plot plot, GradedImage image)
    {
        var panels = image.Graders.Count + 1;
        var across = Math.Min(panels, 6);
        var wide = Math.Min(LargestSmall, (plot.Area.Width - (across - 1) * SmallGap) / across);
        var high = wide * image.Height / image.Width;
        var left = plot.Area.MidX - (across * wide + (across - 1) * SmallGap) / 2;
        var top = plot.Area.Bottom + Plot.XRoom + 14;
        return [.. Enumerable.Range(0, panels).Select(i => SKRect.Create(left + i % across * (wide + SmallGap), top + SmallLabel + i / across * (high + SmallLabel + SmallGap), wide, high))];
    }

    private static void DrawGrid(SKCanvas canvas, Plot plot, LatentGrid grid)
    {
        // One picture of all masks, with a seam of one pixel around each.
        var (height, width) = (grid.Masks[0].Height + 1, grid.Masks[0].Width + 1);
        using var bitmap = new SKBitmap(grid.Side * width, grid.Side * height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var pixels = new SKColor[bitmap.Width * bitmap.Height];
        for (var y = 0; y < bitmap.Height; y++)
            for (var x = 0; x < bitmap.Width; x++)
                pixels[y * bitmap.Width + x] = y % height == height - 1 || x % width == width - 1 ? Seam
                    : grid.Masks[y / height * grid.Side + x / width][y % height, x % width] ? Foreground : Background;
        bitmap.Pixels = pixels;
        DrawPicture(canvas, bitmap, plot.Area);
    }

    private static void DrawAxes(SKCanvas canvas, Plot plot)
    {
        for (var sigma = -(int)Extent; sigma <= Extent; sigma++)
        {
            var label = sigma.ToString(CultureInfo.InvariantCulture).Replace('-', '−');
            canvas.Line(plot.Area.Left - 3, plot.Y.At(sigma), plot.Area.Left, plot.Y.At(sigma), Palette.Ink, 0.8f);
            canvas.Words(label, plot.Area.Left - 6, plot.Y.At(sigma) + Ink.Tick * 0.36f, Ink.Tick, Palette.Ink, SKTextAlign.Right);
        }
        plot.DrawXAxis(canvas, "(z₀ − µ₀) / σ₀ of the prior", Enumerable.Range(-(int)Extent, 2 * (int)Extent + 1)
            .Select(sigma => (plot.X.At(sigma), sigma.ToString(CultureInfo.InvariantCulture).Replace('-', '−'))));
        canvas.WordsUp("(z₁ − µ₁) / σ₁ of the prior", plot.Area.Left - 32, plot.Area.MidY, Ink.Label, Palette.Ink);
        canvas.Box(plot.Area, Palette.Ink, 0.9f);
    }

    private static void DrawCircles(SKCanvas canvas, Plot plot)
    {
        for (var sigma = 1; sigma <= Extent; sigma++)
        {
            var oval = new SKRect(plot.X.At(-sigma), plot.Y.At(sigma), plot.X.At(sigma), plot.Y.At(-sigma));
            foreach (var (color, width) in new[] { (Palette.Ink, 2.6f), (Palette.Yellow, 1.5f) })
            {
                using var paint = new SKPaint { Color = color, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = width };
                canvas.DrawOval(oval, paint);
            }
        }
    }

    /// <summary>Digits at the posterior means; those that would cover each other stand together, with commas, in their middle.</summary>
    private static void DrawGraders(SKCanvas canvas, Plot plot, IReadOnlyList<(double X, double Y)> means)
    {
        const float Size = 15;
        var groups = new List<List<int>>();
        for (var grader = 0; grader < means.Count; grader++)
        {
            var place = PlaceOf(plot, means[grader]);
            var near = groups.Find(group => group.Exists(other => SKPoint.Distance(PlaceOf(plot, means[other]), place) < Size * 0.9f));
            if (near is null)
                groups.Add([grader]);
            else
                near.Add(grader);
        }
        foreach (var group in groups)
        {
            var words = string.Join(",", group.Select(grader => grader.ToString(CultureInfo.InvariantCulture) + Beyond(means[grader])));
            var half = Ink.WidthOf(words, Size) / 2 + 3;
            var x = Math.Clamp(group.Average(grader => PlaceOf(plot, means[grader]).X), plot.Area.Left + half, plot.Area.Right - half);
            var y = group.Average(grader => PlaceOf(plot, means[grader]).Y);
            canvas.Words(words, x, y + Size * 0.36f, Size, Palette.Green, SKTextAlign.Center, Palette.Paper);
        }

        // A mean outside the axes stands at their edge with an arrow towards it.
        string Beyond((double X, double Y) mean) =>
            (mean.X < plot.X.From ? "←" : mean.X > plot.X.To ? "→" : "") + (mean.Y < plot.Y.From ? "↓" : mean.Y > plot.Y.To ? "↑" : "");
    }

    /// <summary>Where a posterior mean is shown. For tests.</summary>
    internal static SKPoint PlaceOf(Plot plot, (double X, double Y) mean) =>
        new(Math.Clamp(plot.X.At(mean.X), plot.Area.Left + 6, plot.Area.Right - 6), Math.Clamp(plot.Y.At(mean.Y), plot.Area.Top + 8, plot.Area.Bottom - 8));

    private static void DrawImages(SKCanvas canvas, IReadOnlyList<SKRect> panels, GradedImage image)
    {
        using (var picture = Panels.Of(image))
            DrawPicture(canvas, picture, panels[0]);
        canvas.Words("image", panels[0].MidX, panels[0].Top - 5, Ink.Label, Palette.Ink, SKTextAlign.Center);
        for (var grader = 0; grader < image.Graders.Count; grader++)
        {
            using var mask = Panels.Of(image.Graders[grader].Foreground, image, Palette.Grader);
            DrawPicture(canvas, mask, panels[grader + 1]);
            canvas.Words($"grader {grader}", panels[grader + 1].MidX, panels[grader + 1].Top - 5, Ink.Label, Palette.Ink, SKTextAlign.Center);
        }
    }

    /// <summary>Enlarged by whole numbers first: a viewer of SVG may smooth what it scales, and small pixels would blur.</summary>
    private static void DrawPicture(SKCanvas canvas, SKBitmap picture, SKRect target)
    {
        var times = Math.Max(1, (int)MathF.Round(FigureFile.PixelsPerPoint * target.Width / picture.Width));
        using var large = new SKBitmap(picture.Width * times, picture.Height * times, picture.ColorType, picture.AlphaType);
        using (var enlarging = new SKCanvas(large))
            enlarging.DrawPanel(picture, SKRectI.Create(large.Width, large.Height));
        using var image = SKImage.FromBitmap(large);
        canvas.DrawImage(image, target, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }
}

/// <summary>Masks at the places of a square grid over a latent space of two dimensions, from −4 to 4 standard deviations of the prior.</summary>
public sealed class LatentGrid
{
    /// <summary>Takes masks that are there.</summary>
    /// <param name="side">Masks along each axis, at least 1.</param>
    /// <param name="masks">side · side of them, of one size; row by row from the top, where the second coordinate is largest, each from left to right.</param>
    /// <exception cref="ArgumentException">The masks are not as many, or not of one size.</exception>
    public LatentGrid(int side, IReadOnlyList<BitMask> masks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (masks.Count != side * side)
            throw new ArgumentException($"A grid of {side}x{side} needs {side * side} masks, not {masks.Count}.", nameof(masks));
        if (masks.Any(mask => mask.Height != masks[0].Height || mask.Width != masks[0].Width) || masks[0].Height < 1 || masks[0].Width < 1)
            throw new ArgumentException("The masks of a grid have one size of at least one pixel.", nameof(masks));
        (Side, Masks) = (side, masks);
    }

    /// <summary>Masks along each axis.</summary>
    public int Side { get; }

    /// <summary>Row by row from the top.</summary>
    public IReadOnlyList<BitMask> Masks { get; }

    /// <summary>Asks for each mask: <paramref name="decode"/> gets the two coordinates in standard deviations of the prior, z = µ + σ · u.</summary>
    /// <param name="decode">Makes the mask at (u₀, u₁).</param>
    /// <param name="side">Masks along each axis; the paper shows 19.</param>
    public static LatentGrid Of(Func<double, double, BitMask> decode, int side = 19) => new(side, [.. Enumerable.Range(0, side * side)
        .Select(i => decode(Coordinate(i % side, side), -Coordinate(i / side, side)))]);

    private static double Coordinate(int place, int side) => side == 1 ? 0 : LatentFigure.Extent * (2.0 * place / (side - 1) - 1);
}
