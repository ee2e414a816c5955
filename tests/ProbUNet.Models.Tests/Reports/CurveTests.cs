using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Tests.Reports;

public class CurveTests
{
    private static readonly CurveLine[] Lines =
    [
        new("training", [1, 10, 100, 1000], [8, 4, 2, 1]) { Low = [7, 3, 1.5, 0.5], High = [9, 5, 2.5, 1.5] },
        new("validation", [1, 10, 100, 1000], [9.5, 8, 7, 6]),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryFigure_KeepsTheContract(bool logarithmic) => Figures.KeepsTheContract(path => Curve.Write(path, Lines, "title", "step", "loss", logarithmic));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lines_PassThroughTheirPoints(bool logarithmic)
    {
        using var picture = Figures.Draw(path => Curve.Write(path, Lines, "title", "step", "loss", logarithmic));
        var plot = Curve.Layout(Lines, new() { IsLogarithmicX = logarithmic });
        foreach (var at in (int[])[1, 2])
            Assert.True(Near(picture, plot, Lines[0].X[at], Lines[0].Y[at], Palette.Blue));
        // Halfway between two points, as the axis goes.
        var middle = logarithmic ? Math.Sqrt(100 * 1000) : 550;
        Assert.True(Near(picture, plot, middle, 1.5, Palette.Blue));
        Assert.False(Near(picture, plot, middle, 4.5, Palette.Blue));
    }

    [Fact]
    public void Bands_LieBetweenTheirEnds()
    {
        using var picture = Figures.Draw(path => Curve.Write(path, Lines, "title", "step", "loss", logarithmicX: true));
        var plot = Curve.Layout(Lines, new() { IsLogarithmicX = true });
        SKColor At(double y) => picture.At(plot.X.At(9.9), plot.Y.At(y));
        Assert.NotEqual(Palette.Paper, At(4.7));
        Assert.NotEqual(Palette.Paper, At(3.3));
        Assert.Equal(Palette.Paper, At(5.3));
        Assert.Equal(Palette.Paper, At(2.7));
    }

    [Fact]
    public void PointsThatAreNotFinite_LeaveAGap()
    {
        CurveLine[] lines = [new("broken", [0, 1, 2, 3, 4, 5], [1, 1, double.NaN, 1, double.PositiveInfinity, 1.4]), new("frame", [0, 5], [0, 2])];
        using var picture = Figures.Draw(path => Curve.Write(path, lines, "title", "x", "y"));
        var plot = Curve.Layout(lines, new());
        Assert.True(Near(picture, plot, 0.5, 1, Palette.Blue));
        Assert.False(Near(picture, plot, 1.5, 1, Palette.Blue));
        Assert.True(Near(picture, plot, 3, 1, Palette.Blue));   // a point between gaps is a dot
        Assert.True(Near(picture, plot, 5, 1.4, Palette.Blue));
    }

    [Fact]
    public void OnePoint_AndALevelLine_AreDrawn() => Figures.KeepsTheContract(path => Curve.Write(path, [new("one", [5], [0]), new("level", [5, 5], [3, 3])], "title", "x", "y"));

    [Fact]
    public void WhatIsNoChart_IsRefused() => Figures.Refuses(
        path => Curve.Write(path, [], "title", "x", "y"),
        path => Curve.Write(path, [new("empty", [], [])], "title", "x", "y"),
        path => Curve.Write(path, [new("short", [1, 2], [1])], "title", "x", "y"),
        path => Curve.Write(path, [new("nothing", [1, 2], [double.NaN, double.NaN])], "title", "x", "y"),
        path => Curve.Write(path, [new("half a band", [1], [1]) { Low = [1] }], "title", "x", "y"),
        path => Curve.Write(path, [new("short band", [1], [1]) { Low = [], High = [] }], "title", "x", "y"),
        path => Curve.Write(path, [new("nowhere", [double.NaN], [1])], "title", "x", "y"),
        path => Curve.Write(path, [new("zero", [0, 1], [1, 1])], "title", "x", "y", logarithmicX: true));

    private static bool Near(SKBitmap picture, Plot plot, double x, double y, SKColor color) =>
        picture.Count(SKRect.Create(plot.X.At(x) - 1.5f, plot.Y.At(y) - 1.5f, 3, 3), color) > 0;
}
