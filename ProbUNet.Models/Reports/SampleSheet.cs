using System.Globalization;
using ProbUNet.Models.Data;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>The picture that tells whether a model has learnt the ambiguity: image, graders, samples and their spread, a row a case.</summary>
public static class SampleSheet
{
    /// <summary>The standard deviation of a probability is at most ½: half of the samples say 0 and half say 1.</summary>
    private const float LargestDeviation = 0.5f;

    /// <summary>How far single precision may carry a standard deviation beyond its bound.</summary>
    private const float Rounding = 1e-4f;

    /// <summary>
    /// Draws a PNG on white, wide enough for print. A mask is a veil with an outline over its image in dim grey, graders' in blue and samples' in orange, and one without any pixel says that it is empty; every
    /// pixel of an image becomes a square of whole pixels, and a panel is at least 192 pixels wide. Where a row has more masks than there are columns, the
    /// first ones are shown and the others counted; where it has fewer, the place stays blank. Of several classes, each has a colour, with a key below; where
    /// graders are drawn anew, some draws from the image's truth stand in their place.
    /// </summary>
    /// <param name="path">The file to write, whole or not at all; its folder is made if there is none, and an older file replaced.</param>
    /// <param name="rows">The cases, at least one, with images of one size.</param>
    /// <param name="title">One line above the sheet.</param>
    /// <param name="sampleColumns">Panels for samples in each row, at least 1.</param>
    /// <param name="graderColumns">Panels for graders in each row, at least 1.</param>
    /// <exception cref="ArgumentException">There are no rows or columns, sizes do not fit together, or a standard deviation is none.</exception>
    /// <exception cref="InputException">The path is a folder, or cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<SampleSheetRow> rows, string title, int sampleColumns = 8, int graderColumns = 4)
    {
        var (width, height, draw) = Prepare(rows, title, sampleColumns, graderColumns);
        PngPicture.Write(path, width, height, draw);
    }

    /// <summary>The same as the content of a file, and its size.</summary>
    internal static (byte[] Png, int Width, int Height) Encode(IReadOnlyList<SampleSheetRow> rows, string title, int sampleColumns, int graderColumns)
    {
        var (width, height, draw) = Prepare(rows, title, sampleColumns, graderColumns);
        using var png = PngPicture.Encode(width, height, draw);
        return (png.ToArray(), width, height);
    }

    private static (int Width, int Height, Action<SKCanvas> Draw) Prepare(IReadOnlyList<SampleSheetRow> rows, string title, int sampleColumns, int graderColumns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleColumns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(graderColumns, 1);
        if (rows.Count == 0)
            throw new ArgumentException("A sheet needs at least one row.", nameof(rows));
        foreach (var row in rows)
            Check(row, rows[0].Image);

        var layout = new SampleSheetLayout(rows.Count, graderColumns, sampleColumns, rows[0].Image.Height, rows[0].Image.Width);
        var graders = rows.Select(row => row.Image.Shown(graderColumns)).ToList();
        var classes = rows[0].Image.Classes;
        var scale = layout.CaptionSize / Ink.Label;
        var key = classes.Count == 1 ? null
            : ClassColors.Key(classes, rows.SelectMany(row => row.Samples.Take(sampleColumns)).Concat(graders.SelectMany(each => each.Take(graderColumns))), (layout.Right - layout.Margin) / scale);
        return (layout.Width, layout.Height + (int)MathF.Ceiling((key?.Height ?? 0) * scale), canvas =>
        {
            DrawHeader(canvas, layout, title, rows.Any(row => row.Image.Grading is Grading.DrawnAnew) ? "drawn from the truth" : "graders");
            for (var row = 0; row < rows.Count; row++)
                DrawRow(canvas, layout, rows[row], graders[row], row);
            DrawColorBar(canvas, layout);
            canvas.Translate(layout.Margin, layout.Height - layout.Margin);
            canvas.Scale(scale);
            key?.Draw(canvas, 0, 0);
        });
    }

    private static void Check(SampleSheetRow row, GradedImage first)
    {
        var (name, height, width) = (row.Image.Name, row.Image.Height, row.Image.Width);
        if (height != first.Height || width != first.Width)
            throw new ArgumentException($"{name}: an image of {height}x{width} does not fit a sheet of images of {first.Height}x{first.Width}.", nameof(row));
        if (row.Image.Classes.Count != first.Classes.Count || row.Samples.Any(sample => sample.Classes != first.Classes.Count))
            throw new ArgumentException($"{name}: all images and samples of a sheet have the same classes.", nameof(row));
        if (row.Samples.FirstOrDefault(mask => mask.Height != height || mask.Width != width) is { } wrong)
            throw new ArgumentException($"{name}: a sample of {wrong.Height}x{wrong.Width} does not fit the image of {height}x{width}.", nameof(row));
        if (row.StandardDeviation.Length != height * width)
            throw new ArgumentException(
                $"{name}: {height}x{width} needs {height * width} standard deviations, not {row.StandardDeviation.Length}.", nameof(row));
        foreach (var deviation in row.StandardDeviation.Span)
            if (!(deviation >= 0 && deviation <= LargestDeviation + Rounding)) // Written so that NaN fails too.
                throw new ArgumentException(
                    $"{name}: a standard deviation of probabilities, divided by n and not n − 1, is in [0, 0.5], unlike {deviation}.", nameof(row));
    }

    private static void DrawHeader(SKCanvas canvas, SampleSheetLayout layout, string title, string graders)
    {
        using var large = ReportFont.OfSize(layout.TitleSize);
        canvas.DrawLine(ReportFont.Fit(title, layout.Right - layout.Margin, large), layout.Margin, layout.TitleBaseline, large, Palette.Ink);

        DrawHeading(canvas, layout, "image", layout.Image(0).Left, layout.Image(0).Right);
        DrawHeading(canvas, layout, graders, layout.Grader(0, 0).Left, layout.Grader(0, layout.GraderColumns - 1).Right);
        DrawHeading(canvas, layout, "samples", layout.Sample(0, 0).Left, layout.Sample(0, layout.SampleColumns - 1).Right);
        DrawHeading(canvas, layout, "standard deviation", layout.Deviation(0).Left, layout.Right);
    }

    private static void DrawHeading(SKCanvas canvas, SampleSheetLayout layout, string text, int left, int right)
    {
        using var font = ReportFont.OfSize(layout.HeadingSize);
        canvas.DrawLine(ReportFont.Fit(text, right - left, font), left, layout.HeadingBaseline, font, Palette.Ink);
        using var rule = new SKPaint { Color = Palette.Ink };
        canvas.DrawRect(left, layout.RuleTop, right - left, layout.RuleThickness, rule);
    }

    private static void DrawRow(SKCanvas canvas, SampleSheetLayout layout, SampleSheetRow row, IReadOnlyList<Segmentation> graders, int at)
    {
        Draw(Panels.Of(row.Image), layout.Image(at));
        for (var column = 0; column < Math.Min(layout.GraderColumns, graders.Count); column++)
            DrawMask(graders[column], Palette.Grader, layout.Grader(at, column));
        for (var column = 0; column < Math.Min(layout.SampleColumns, row.Samples.Count); column++)
            DrawMask(row.Samples[column], Palette.Sample, layout.Sample(at, column));
        Draw(Panels.Of(row.StandardDeviation, row.Image.Height, row.Image.Width, LargestDeviation), layout.Deviation(at));

        using var font = ReportFont.OfSize(layout.CaptionSize);
        var captionEnd = layout.Right;
        captionEnd = Math.Min(captionEnd, CountHidden(row.Samples.Count - layout.SampleColumns, layout.Sample(at, layout.SampleColumns - 1)));
        captionEnd = Math.Min(captionEnd, CountHidden(graders.Count - layout.GraderColumns, layout.Grader(at, layout.GraderColumns - 1)));
        var caption = ReportFont.Fit(row.Caption, captionEnd - layout.CaptionSize - layout.Margin, font);
        canvas.DrawLine(caption, layout.Margin, layout.CaptionBaseline(at), font, Palette.Ink);

        void Draw(SKBitmap panel, SKRectI target)
        {
            using (panel)
                canvas.DrawPanel(panel, target);
        }

        void DrawMask(Segmentation mask, SKColor color, SKRectI target)
        {
            Draw(Panels.Of(mask, row.Image, color, layout.Enlargement), target);
            canvas.MarkEmpty(mask, target, layout.WordSize);
        }

        // Under the last panel of the group; returns where the note begins, which the caption must leave free.
        int CountHidden(int hidden, SKRectI last)
        {
            if (hidden <= 0)
                return layout.Right;
            var note = $"+{hidden}";
            canvas.DrawLine(note, last.Right, layout.CaptionBaseline(at), font, Palette.Note, SKTextAlign.Right);
            return last.Right - (int)MathF.Ceiling(font.MeasureText(note));
        }
    }

    private static void DrawColorBar(SKCanvas canvas, SampleSheetLayout layout)
    {
        var bar = layout.ColorBar;
        using var step = new SKPaint();
        for (var y = 0; y < bar.Height; y++)
        {
            step.Color = ColorMap.At(1 - (y + 0.5f) / bar.Height);
            canvas.DrawRect(bar.Left, bar.Top + y, bar.Width, 1, step);
        }
        using var font = ReportFont.OfSize(layout.CaptionSize);
        var capital = font.Metrics.CapHeight;
        foreach (var share in (float[])[0, 0.5f, 1])
        {
            // The outer numbers stand flush with the ends of the bar, the middle one centred on its height.
            var baseline = bar.Bottom - share * (bar.Height - capital);
            var number = (share * LargestDeviation).ToString("0.##", CultureInfo.InvariantCulture);
            canvas.DrawLine(number, bar.Right + layout.ColorBarTick, baseline, font, Palette.Ink);
        }
    }
}
