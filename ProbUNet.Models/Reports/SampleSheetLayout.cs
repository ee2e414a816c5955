using SkiaSharp;

namespace ProbUNet.Models.Reports;

/// <summary>
/// Where everything on a <see cref="SampleSheet"/> goes, in pixels. All measures are proportional to the width of a panel, so that sheets of
/// small and large images look alike.
/// </summary>
/// <param name="Rows">Cases.</param>
/// <param name="GraderColumns">Panels for graders in each row.</param>
/// <param name="SampleColumns">Panels for samples in each row.</param>
/// <param name="ImageHeight">Rows of an image.</param>
/// <param name="ImageWidth">Columns of an image.</param>
internal sealed record SampleSheetLayout(int Rows, int GraderColumns, int SampleColumns, int ImageHeight, int ImageWidth)
{
    /// <summary>96 points at the two pixels a point of a high-density display.</summary>
    private const int SmallestPanel = 192;

    /// <summary>Pixels of the sheet to a pixel of the image, a whole number.</summary>
    public int Enlargement => (SmallestPanel + ImageWidth - 1) / ImageWidth;

    public int PanelWidth => Enlargement * ImageWidth;

    public int PanelHeight => Enlargement * ImageHeight;

    public int Margin => Of(0.16f);

    public float TitleSize => Of(0.2f);

    public float HeadingSize => Of(0.16f);

    public float CaptionSize => Of(0.14f);

    /// <summary>Of words within panels.</summary>
    public float WordSize => Of(0.085f);

    public float RuleThickness => Math.Max(1, Of(0.008f));

    public int TitleBaseline => Margin + Of(0.17f);

    /// <summary>The rules under the headings.</summary>
    public int RuleTop => TitleBaseline + Of(0.4f);

    public int HeadingBaseline => RuleTop - Of(0.07f);

    public int FirstRow => RuleTop + Of(0.09f);

    public SKRectI ColorBar => SKRectI.Create(Deviation(0).Right + Of(0.06f), FirstRow, Of(0.09f), PanelHeight);

    /// <summary>From the colour bar to its numbers.</summary>
    public int ColorBarTick => Of(0.04f);

    /// <summary>The end of what headings and captions may use; the margin begins here.</summary>
    public int Right => ColorBar.Right + ColorBarTick + Of(0.37f);

    public int Width => Right + Margin;

    public int Height => Deviation(Rows - 1).Bottom + CaptionStrip + Margin;

    private int Gutter => Of(0.04f);

    private int GroupGap => Of(0.14f);

    private int CaptionStrip => Of(0.22f);

    private int RowGap => Of(0.1f);

    public SKRectI Image(int row) => Panel(row, Margin, 0);

    public SKRectI Grader(int row, int column) => Panel(row, Image(row).Right + GroupGap, column);

    public SKRectI Sample(int row, int column) => Panel(row, Grader(row, GraderColumns - 1).Right + GroupGap, column);

    public SKRectI Deviation(int row) => Panel(row, Sample(row, SampleColumns - 1).Right + GroupGap, 0);

    /// <summary>The line on which the caption under a row stands.</summary>
    public int CaptionBaseline(int row) => Image(row).Bottom + Of(0.165f);

    private SKRectI Panel(int row, int left, int column) => SKRectI.Create(
        left + column * (PanelWidth + Gutter), FirstRow + row * (PanelHeight + CaptionStrip + RowGap), PanelWidth, PanelHeight);

    private int Of(float share) => (int)MathF.Round(share * PanelWidth);
}
