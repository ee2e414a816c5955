using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Drawing;

namespace ProbUNet.Models.Tests.Reports;

public class FrequencyBarsTests
{
    private static readonly ModeFrequency[] Modes =
    [
        new([false, false], 0.4, 0.3), new([true, false], 0.3, 0.35), new([false, true], 0.2, 0.35), new([true, true], 0.1, 0),
    ];

    private static readonly ClassFrequency[] Classes = [new("sidewalk", 0.5, 0.4), new("road", 0.25, 0.1)];

    [Fact]
    public void EveryFigure_KeepsTheContract() => Figures.KeepsTheContract(path => FrequencyBars.Write(path, Modes, Classes, "title"));

    [Fact]
    public void Bars_AreAsHighAsTheyAreFrequent()
    {
        using var picture = Figures.Draw(path => FrequencyBars.Write(path, Modes, Classes, "title"));
        var layout = new FrequencyBars.FrequencyLayout(Modes, Classes);
        for (var mode = 0; mode < 3; mode++)
        {
            var top = layout.Modes.Y.At(Modes[mode].Sampled);
            Assert.Equal(Palette.Sample, picture.At(layout.ModeMiddle(mode), top + 2.5f));
            Assert.NotEqual(Palette.Sample, picture.At(layout.ModeMiddle(mode), top - 2.5f));
            Assert.True(picture.Count(layout.TrueBar(mode, Modes[mode].True) with { Bottom = layout.Modes.Y.At(Modes[mode].True) + 0.5f }, Palette.Ink) > 10);
        }
        Assert.Equal(0, picture.Count(new(layout.ModeMiddle(3) - 7, layout.Modes.Area.Top, layout.ModeMiddle(3) + 7, layout.Modes.Area.Bottom), Palette.Sample));
    }

    [Fact]
    public void Dots_SayWhichClassesAModeSwitches()
    {
        using var picture = Figures.Draw(path => FrequencyBars.Write(path, Modes, Classes, "title"));
        var layout = new FrequencyBars.FrequencyLayout(Modes, Classes);
        for (var mode = 0; mode < Modes.Length; mode++)
            for (var row = 0; row < Classes.Length; row++)
                Assert.Equal(Modes[mode].Switches[row], picture.At(layout.ModeMiddle(mode) + 2.4f, layout.RowMiddle(row)) == Palette.Ink);
    }

    [Fact]
    public void TheFirstClass_IsTheUppermostRow_AndItsBarIsItsOwn()
    {
        using var picture = Figures.Draw(path => FrequencyBars.Write(path, Modes, Classes, "title"));
        var layout = new FrequencyBars.FrequencyLayout(Modes, Classes);
        Assert.True(layout.RowMiddle(0) < layout.RowMiddle(1));
        for (var row = 0; row < Classes.Length; row++)
        {
            Assert.Equal(Palette.Sample, picture.At(layout.Shares.At(Classes[row].Sampled) - 1, layout.RowMiddle(row)));
            Assert.NotEqual(Palette.Sample, picture.At(layout.Shares.At(Classes[row].Sampled) + 1, layout.RowMiddle(row)));
        }
    }

    [Fact]
    public void WhatIsNoChart_IsRefused() => Figures.Refuses(
        path => FrequencyBars.Write(path, [], Classes, "title"),
        path => FrequencyBars.Write(path, [new([], 1, 1)], [], "title"),
        path => FrequencyBars.Write(path, [new([true], 1, 1)], Classes, "title"),
        path => FrequencyBars.Write(path, [new([true, true], 1.1, 1)], Classes, "title"),
        path => FrequencyBars.Write(path, Modes, [Classes[0], Classes[1] with { Sampled = double.NaN }], "title"));
}
