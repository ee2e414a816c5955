using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Drawing;

namespace ProbUNet.Models.Tests.Reports;

public class ReliabilityDiagramTests
{
    private static readonly CalibrationBin[] Bins = [Bin(0.05, 0.01, 100_000), Bin(0.35, 0.2, 1000), Bin(0.65, 0.8, 10), Bin(0.95, 1, 1)];

    [Fact]
    public void EveryFigure_KeepsTheContract() => Figures.KeepsTheContract(path => ReliabilityDiagram.Write(path, Bins, "title"));

    [Fact]
    public void Points_AndBars_StandAtTheirBins()
    {
        using var picture = Figures.Draw(path => ReliabilityDiagram.Write(path, Bins, "title"));
        var (curve, counts) = ReliabilityDiagram.Layout(Bins);
        foreach (var bin in Bins)
        {
            Assert.Equal(Palette.Blue, picture.At(curve.X.At(bin.Confidence) + 1, curve.Y.At(bin.Frequency) + 1));
            Assert.Equal(Palette.Grader, picture.At(counts.X.At(bin.Confidence), counts.Y.At(bin.Count) + 1.5f));
        }
        Assert.Equal(Palette.Paper, picture.At(counts.X.At(0.65), counts.Y.At(10) - 2));
        Assert.True(picture.Count(new(curve.X.At(0.1), curve.Y.At(0.15), curve.X.At(0.15), curve.Y.At(0.1)), Palette.Note) > 3, "There is a diagonal.");
    }

    [Fact]
    public void ExpectedError_IsTheMeanGapByCount() =>
        Assert.Equal((3 * 0.1 + 1 * 0.3) / 4, new Calibration([Bin(0.2, 0.3, 3), Bin(0.9, 0.6, 1), Bin(0.5, 0, 0)]).ExpectedError, 1e-12);

    [Fact]
    public void EmptyBins_ChangeNothing()
    {
        using var folder = new TemporaryFolder();
        ReliabilityDiagram.Write(folder["a.svg"], [.. Bins], "title");
        ReliabilityDiagram.Write(folder["b.svg"], [.. Bins, Bin(double.NaN, double.NaN, 0)], "title");
        Assert.Equal(File.ReadAllBytes(folder["a.svg"]), File.ReadAllBytes(folder["b.svg"]));
    }

    [Fact]
    public void OneBin_IsADiagram() => Figures.KeepsTheContract(path => ReliabilityDiagram.Write(path, [Bin(0.5, 0.5, 1)], "title"));

    [Fact]
    public void WhatIsNoDiagram_IsRefused() => Figures.Refuses(
        path => ReliabilityDiagram.Write(path, [], "title"),
        path => ReliabilityDiagram.Write(path, [Bin(0.5, 0.5, 0)], "title"),
        path => ReliabilityDiagram.Write(path, [Bin(0.5, 0.5, -1)], "title"),
        path => ReliabilityDiagram.Write(path, [Bin(1.1, 0.5, 1)], "title"),
        path => ReliabilityDiagram.Write(path, [Bin(0.5, double.NaN, 1)], "title"));

    private static CalibrationBin Bin(double confidence, double frequency, long count) => new(count, confidence * count, frequency * count);
}
