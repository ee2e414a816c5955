using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Tests.Reports;

public class LatentFigureTests
{
    private static readonly BitMask Full = BitMask.From<float>(4, 4, new float[16], _ => true);

    private static readonly BitMask Empty = BitMask.Empty(4, 4);

    private static readonly GradedImage Image = Images.Of("case", "case", 1, 4, 4, [.. Enumerable.Range(0, 16).Select(i => i / 15f)], [Full, Empty]);

    /// <summary>Full where the first coordinate is positive and the second above 2: the upper right.</summary>
    private static readonly LatentGrid Grid = LatentGrid.Of((x, y) => x > 0.1 && y > 2.1 ? Full : Empty);

    private static readonly (double, double)[] Means = [(1.5, -1.5), (-3, -3)];

    [Fact]
    public void EveryFigure_KeepsTheContract() => Figures.KeepsTheContract(path => LatentFigure.Write(path, Plane(), Image, "title"));

    [Fact]
    public void Grid_IsAskedAtEqualStepsFromMinus4To4_RowByRowFromTheTop()
    {
        var asked = new List<(double X, double Y)>();
        var grid = LatentGrid.Of((x, y) =>
        {
            asked.Add((x, y));
            return Empty;
        }, side: 5);
        Assert.Equal(25, grid.Segmentations.Count);
        Assert.Equal([(-4.0, 4.0), (-2, 4), (0, 4), (2, 4), (4, 4), (-4, 2)], asked.Take(6));
        Assert.Equal((4.0, -4.0), asked[^1]);
        Assert.Equal((19, 19), (Grid.Columns, Grid.Rows));   // the paper's
    }

    [Fact]
    public void Masks_LieWhereTheirCoordinatesAre()
    {
        using var picture = Figures.Draw(path => LatentFigure.Write(path, Plane(), Image, "title"));
        var plot = LatentFigure.Layout(Plane());
        byte Shade(double x, double y) => picture.At(plot.X.At(x) + 2, plot.Y.At(y) + 4).Red;
        Assert.True(Shade(8 / 4.5, 3.5555) > 200);
        Assert.True(Shade(4, 4) > 200);
        Assert.True(Shade(-8 / 4.5, 3.5555) < 100);
        Assert.True(Shade(4, -4) < 100);
        Assert.True(Shade(8 / 4.5, 8 / 4.5) < 100);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void YellowCircles_LieAtWholeStandardDeviations(int sigma)
    {
        using var picture = Figures.Draw(path => LatentFigure.Write(path, Plane(), Image, "title"));
        var plot = LatentFigure.Layout(Plane());
        foreach (var (x, y) in new[] { (sigma, 0.0), (-sigma, 0), (0, sigma), (0, -sigma), (sigma * Math.Cos(2.6), sigma * Math.Sin(2.6)) })
            Assert.True(picture.Count(SKRect.Create(plot.X.At(x) - 1, plot.Y.At(y) - 1, 2, 2), Palette.Yellow) > 3);
        Assert.Equal(0, picture.Count(SKRect.Create(plot.X.At(sigma - 0.5) - 6, plot.Y.At(0) - 6, 12, 12), Palette.Yellow));
    }

    [Fact]
    public void GreenDigits_StandAtThePosteriorMeans_AndAtTheEdgeBeyondIt()
    {
        using var picture = Figures.Draw(path => LatentFigure.Write(path, Plane([(1.5, -1.5), (9, 0)]), Image, "title"));
        var plot = LatentFigure.Layout(Plane());
        Assert.True(Digit(1.5, -1.5) > 20);
        Assert.True(Digit(4, 0) > 20);
        Assert.Equal(0, Digit(-1.5, 1.5));

        int Digit(double x, double y) => picture.Count(SKRect.Create(plot.X.At(x) - 12, plot.Y.At(y) - 8, 24, 16), Palette.Green);
    }

    [Fact]
    public void ImageAndGraders_StandBelow()
    {
        using var picture = Figures.Draw(path => LatentFigure.Write(path, Plane(), Image, "title"));
        var panels = LatentFigure.SmallPanels(LatentFigure.Layout(Plane()), Image, 2);
        Assert.Equal(3, panels.Count);
        Assert.True(picture.At(panels[0].Left + 2, panels[0].Top + 2).Red < 3);
        Assert.True(picture.At(panels[0].Right - 2, panels[0].Bottom - 2).Red > 252);
        Assert.Equal([true, false], new[] { panels[1], panels[2] }.Select(panel => picture.Count(panel, Palette.Grader) > 0));   // the outline
        Assert.Equal([false, true], new[] { panels[1], panels[2] }.Select(panel => picture.Count(panel, Palette.NoteOnDark) > 0));
    }

    [Fact]
    public void ManyGraders_AndWideColourImages_HaveTheirPlaces()
    {
        var wide = BitMask.Empty(4, 8);
        var image = Images.Of("wide", "wide", 3, 4, 8, new float[96], [.. Enumerable.Repeat(wide, 9)]);
        Figures.KeepsTheContract(path => LatentFigure.Write(path, Plane([.. Enumerable.Repeat((0.0, 0.0), 9)], LatentGrid.Of((_, _) => wide, 3), image.Graders), image, "title"));
    }

    [Fact]
    public void WhatIsNoFigure_IsRefused() => Figures.Refuses(
        path => LatentFigure.Write(path, Plane([(0, 0)]), Image, "title"),
        path => LatentFigure.Write(path, Plane([(0, 0), (double.NaN, 0)]), Image, "title"),
        _ => Made(0, []),
        _ => Made(2, [Full]),
        _ => Made(1, [BitMask.Empty(0, 0)]),
        path => LatentFigure.Write(path, Plane(grid: new LatentGrid(1, 1, [Segmentation.Of([Full, Empty])])), Image, "title"),
        _ => LatentGrid.Of((x, _) => x < 0 ? Full : BitMask.Empty(3, 4)));

    [Fact]
    public void AnImageWithoutGraders_HasNoDigits()
    {
        var bare = Images.Ungraded("bare", 1, 4, 4);
        var plane = Plane([], graders: []);
        Figures.KeepsTheContract(path => LatentFigure.Write(path, plane, bare, "title"));
        using var picture = Figures.Draw(path => LatentFigure.Write(path, plane, bare, "title"));
        Assert.Equal(0, picture.Count(SKRect.Create(picture.Width, picture.Height), Palette.Green));
    }

    [Fact]
    public void AStrip_HasItsDigitsOnIt()
    {
        var strip = new LatentPlane(new LatentGrid(19, 1, [.. Enumerable.Range(0, 19).Select(i => Segmentation.Binary(i < 9 ? Empty : Full))]), Image.Graders, [(2, 0), (-9, 0)], [[1.0]], 1);
        Figures.KeepsTheContract(path => LatentFigure.Write(path, strip, Image, "title"));
        using var picture = Figures.Draw(path => LatentFigure.Write(path, strip, Image, "title"));
        var plot = LatentFigure.Layout(strip);
        Assert.True(picture.Count(SKRect.Create(plot.X.At(2) - 12, plot.Area.MidY - 8, 24, 16), Palette.Green) > 20);
        Assert.True(picture.At(plot.X.At(3.5), plot.Area.MidY).Red > 200);
        Assert.True(picture.At(plot.X.At(-3.5), plot.Area.MidY).Red < 100);
    }

    [Fact]
    public void APlaneThroughALargerSpace_SaysHowMuchItShows()
    {
        var plane = Plane() with { Directions = [[1.0, 0, 0], [0, 1.0, 0]], Share = 0.9 };
        Assert.True(LatentFigure.Layout(plane).Area.Top > LatentFigure.Layout(Plane()).Area.Top);
        Figures.KeepsTheContract(path => LatentFigure.Write(path, plane, Image, "title"));
        Figures.KeepsTheContract(path => LatentFigure.Write(path, plane with { Share = 0 }, Image, "title"));
    }

    [Fact]
    public void SeveralClasses_HaveTheirColours()
    {
        var classes = new SegmentationClasses(["road", "car"]);
        var (left, right) = (Segmentation.Of([Full, Empty]), Segmentation.Of([Empty, Full]));
        var image = Images.Black("street", 1, 4, 4, new Grading.ByGraders([left, right]), classes);
        var plane = Plane([(0, 0), (1, 1)], new LatentGrid(2, 2, [left, right, right, left]), image.Graders);
        Figures.KeepsTheContract(path => LatentFigure.Write(path, plane, image, "title"));
        using var picture = Figures.Draw(path => LatentFigure.Write(path, plane, image, "title"));
        var plot = LatentFigure.Layout(plane);
        Assert.Equal(new SKColor(128, 64, 128), picture.At(plot.Area.Left + 30, plot.Area.Top + 30));
        Assert.Equal(new SKColor(0, 0, 142), picture.At(plot.Area.Right - 70, plot.Area.Top + 30));
    }

    [Property(MaxTest = 50)]
    public bool Labels_NameEveryGraderOnce_AndNeverCoverEachOther(ushort seed)
    {
        var random = new Random(seed);
        var means = Enumerable.Range(0, 6).Select(_ => (X: 6 * (random.NextDouble() - 0.5), Y: (random.NextDouble() - 0.5) * (seed % 2 == 0 ? 6 : 0))).ToList();
        var labels = LatentFigure.Labels(LatentFigure.Layout(Plane()), means);
        return labels.SelectMany(label => label.Words.Split(',')).Select(int.Parse).Order().SequenceEqual(Enumerable.Range(0, 6))
            && labels.All(one => labels.All(other => one == other || !one.Place.IntersectsWith(other.Place)));
    }

    private static LatentPlane Plane((double, double)[]? means = null, LatentGrid? grid = null, IReadOnlyList<Segmentation>? graders = null) =>
        new(grid ?? Grid, graders ?? Image.Graders, means ?? Means, [[1.0, 0], [0, 1.0]], 1);

    private static void Made(int side, BitMask[] masks) => _ = new LatentGrid(side, masks);
}
