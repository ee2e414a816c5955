using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>All that a model says about one image: the image, its graders if there are any, mean, entropy and standard deviation of the samples, and every sample.</summary>
public static class SamplePicture
{
    private const float Margin = 14;
    private const float TitleRoom = 26;
    private const float Panel = 88;
    private const float Gap = 7;
    private const float LabelRoom = 15;
    private const float BarRoom = 22;
    private const float KeyGap = 8;
    private const int Widest = 8;
    private const int MostGraders = 4;

    /// <summary>Draws the picture. Of one class the mean is that of the probability of foreground; of several, the class that is most probable on average.</summary>
    /// <param name="path">The file to write, .png or .svg, whole or not at all.</param>
    /// <param name="image">The image.</param>
    /// <param name="prediction">What a model drew for it.</param>
    /// <param name="title">One line above the picture.</param>
    /// <exception cref="InputException">The prediction has another size or other classes than the image, or is no number any more; or the path is no .png or .svg file, is a folder, or cannot be written.</exception>
    public static void Write(string path, GradedImage image, Prediction prediction, string title)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(title);
        var (samples, classes) = (prediction.Samples, image.Classes.Count);
        if ((prediction.Classes, prediction.Height, prediction.Width) != (classes, image.Height, image.Width))
            throw new InputException(image.Name, "the prediction has another size or other classes than the image", "draw the prediction of this image");
        prediction.CheckNumbers(image.Name);

        var graders = image.Shown(MostGraders).Take(MostGraders).ToList();
        var entropy = PixelMaps.Entropy(prediction.Mean, classes);
        var largestEntropy = classes == 1 ? MathF.Log(2) : (float)Scale.RoundUp(entropy.Max(), 5);
        var shown = graders.Count + 4;
        var layout = new SamplePictureLayout(Math.Max(shown, Math.Min(Widest, samples.Count)), samples.Count, (float)image.Height / image.Width);
        var mean = classes == 1 ? null : Segmentation.FromLabels(image.Height, image.Width, PixelMaps.MostProbable(prediction.Mean, classes), classes);
        var key = mean is null ? null : ClassColors.Key(image.Classes, [.. samples, .. graders, mean], layout.Width - 2 * Margin);
        FigureFile.Write(path, layout.Width, layout.Bottom + (key is null ? 0 : KeyGap + key.Height) + Margin, canvas =>
        {
            canvas.Words(Ink.Fit(title, layout.Width - 2 * Margin, Ink.Title), Margin, Margin + Ink.Title - 2, Ink.Title, Palette.Ink);
            Draw(canvas, Panels.Of(image), layout.Top(0), "image");
            for (var grader = 0; grader < graders.Count; grader++)
                DrawMask(canvas, graders[grader], image, Palette.Grader, layout.Top(1 + grader), $"{(image.Grading is Grading.DrawnAnew ? "true draw" : "grader")} {grader}");
            var at = graders.Count + 1;
            if (mean is null)
                DrawMap(canvas, layout.Top(at), "mean probability", prediction.Mean, image, 1);
            else
                DrawMask(canvas, mean, image, Palette.Sample, layout.Top(at), "most probable class");
            DrawMap(canvas, layout.Top(at + 1), "entropy, nats", entropy, image, largestEntropy);
            DrawMap(canvas, layout.Top(at + 2), "standard deviation", prediction.StandardDeviation, image, 0.5f);
            canvas.Words(Counted.Of(samples.Count, "sample"), Margin, layout.SamplesTop - 5, Ink.Label, Palette.Ink);
            for (var sample = 0; sample < samples.Count; sample++)
                DrawMask(canvas, samples[sample], image, Palette.Sample, layout.Sample(sample), null);
            key?.Draw(canvas, Margin, layout.Bottom + KeyGap);
        });
    }

    private static void Draw(SKCanvas canvas, SKBitmap panel, SKRect target, string? label)
    {
        using (panel)
            canvas.DrawPicture(panel, target);
        if (label is not null)
            canvas.Words(Ink.Fit(label, target.Width, Ink.Tick), target.Left, target.Top - 4, Ink.Tick, Palette.Ink);
    }

    private static void DrawMask(SKCanvas canvas, Segmentation mask, GradedImage image, SKColor color, SKRect target, string? label)
    {
        Draw(canvas, Panels.Of(mask, image, color, Panels.TimesFor(image.Width, target.Width)), target, label);
        canvas.MarkEmpty(mask, target, Ink.Small);
    }

    /// <summary>A map with its bar and the numbers at the bar's ends and middle below.</summary>
    private static void DrawMap(SKCanvas canvas, SKRect target, string label, float[] map, GradedImage image, float largest)
    {
        Draw(canvas, Panels.Of(map, image.Height, image.Width, largest), target, label);
        const int Steps = 48;
        var top = target.Bottom + 3;
        for (var step = 0; step < Steps; step++)
            canvas.Box(new SKRect(target.Left + target.Width * step / Steps, top, target.Left + target.Width * (step + 1) / Steps + (step + 1 < Steps ? 0.4f : 0), top + 6), ColorMap.At((step + 0.5f) / Steps));
        foreach (var (share, align) in new[] { (0f, SKTextAlign.Left), (0.5f, SKTextAlign.Center), (1f, SKTextAlign.Right) })
            canvas.Words((share * largest).ToString("0.##", CultureInfo.InvariantCulture), target.Left + share * target.Width, top + 15, Ink.Tick, Palette.Note, align);
    }

    /// <summary>Where everything goes, in points.</summary>
    /// <param name="Columns">Panels across.</param>
    /// <param name="Samples">Their number.</param>
    /// <param name="Ratio">Height to width of the image.</param>
    internal sealed record SamplePictureLayout(int Columns, int Samples, float Ratio)
    {
        public float Width => 2 * Margin + Columns * Panel + (Columns - 1) * Gap;

        public float SamplesTop => Top(0).Bottom + BarRoom + LabelRoom + 2;

        public float Bottom => Sample(Samples - 1).Bottom;

        public SKRect Top(int column) => SKRect.Create(Margin + column * (Panel + Gap), Margin + TitleRoom + LabelRoom - 4, Panel, Panel * Ratio);

        public SKRect Sample(int sample) => SKRect.Create(Margin + sample % Columns * (Panel + Gap), SamplesTop + sample / Columns * (Panel * Ratio + Gap), Panel, Panel * Ratio);
    }
}
