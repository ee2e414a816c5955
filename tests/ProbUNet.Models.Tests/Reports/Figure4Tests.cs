using FsCheck.Xunit;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Tests.Reports;

public class Figure4Tests
{
    private static readonly string[] Names = ["Dropout U-Net", "U-Net Ensemble", "M-Heads", "Image2Image VAE", "Probabilistic U-Net", "ours"];

    private static readonly Figure4Panel[] TwoPanels =
    [
        new("first", [.. Names.Select((name, i) => System(name, i, 1, 4))]) { References = [new("attainable", 0.05)] },
        new("second", [System("ours", 3, 1, 4, 8, 16)]),
    ];

    [Fact]
    public void EveryFigure_KeepsTheContract() => Figures.KeepsTheContract(path => Figure4.Write(path, TwoPanels, "title"));

    [Fact]
    public void LongWords_StayWithinTheMargins()
    {
        var words = string.Concat(Enumerable.Repeat("very long ", 30));
        Figures.KeepsTheContract(path => Figure4.Write(path, [new("short", [System(words, 0, 1)])], words, words));
        Figures.KeepsTheContract(path => Curve.Write(path, [new(words, [0, 1], [0, 1])], words, words, words));
        Figures.KeepsTheContract(path => ReliabilityDiagram.Write(path, [new(1, 0.5, 0.5)], words));
        Figures.KeepsTheContract(path => FrequencyBars.Write(path, [new([true], 1, 1)], [new("one", 1, 1)], words));
    }

    [Fact]
    public void Means_StandAtTheirValuesInTheColourOfTheirSystem()
    {
        SKColor[] colors = [Palette.Vermilion, Palette.Sample, Palette.Purple, Palette.Blue, Palette.Green, Palette.Grader];
        using var picture = Figures.Draw(path => Figure4.Write(path, TwoPanels, "title"));
        for (var system = 0; system < Names.Length; system++)
            foreach (var count in (int[])[1, 4])
            {
                var place = Figure4.PlaceOf(TwoPanels, 0, system, count);
                Assert.Equal(colors[system], picture.At(place.X, place.Y));
            }
        // By hand: the mean of 0.4, 0.5 and 0.6, on an axis from 0 to 1.
        Assert.Equal(0.5, ValueAt(Figure4.Layout(TwoPanels)[0], Figure4.PlaceOf(TwoPanels, 0, 0, 1).Y), 1e-3);
    }

    [Fact]
    public void Shapes_AreThePapers()
    {
        MarkerShape[] shapes = [MarkerShape.Star, MarkerShape.Diamond, MarkerShape.Circle, MarkerShape.Hexagon, MarkerShape.Triangle];
        var looks = Marker.For(Names);
        Assert.Equal(shapes, Names.Take(5).Select(name => looks[name].Shape));
        Assert.Equal(10, Marker.For(Names.Take(5).Concat(["a", "b", "c", "d", "e"])).Values.Distinct().Count());
    }

    /// <summary>Dots have a system's colour alone: two systems share one only where there are more than colours. None has that of the intervals, which lie upon the markers.</summary>
    [Property]
    public void Colours_AreASystemsOwn_AsLongAsThereAreEnough(int seed)
    {
        var random = new Random(seed);
        string[] others = ["a", "b", "c", "d", "e"];
        var names = Names.Take(5).Concat(others).OrderBy(_ => random.Next()).Take(random.Next(1, 11)).ToList();
        var looks = Marker.For(names);
        Assert.Equal(names, looks.Keys);   // the order of the legend
        Assert.Equal(names.Count, looks.Values.Select(look => look.Shape).Distinct().Count());
        var strangers = names.Count(others.Contains);
        Assert.Equal(names.Count - Math.Max(0, strangers - 3 - Free(MarkerShape.Hexagon) - Free(MarkerShape.Star)), looks.Values.Select(look => look.Color).Distinct().Count());
        Assert.DoesNotContain(Palette.Ink, looks.Values.Select(look => look.Color));

        // A colour of the paper's, which is somebody else's where that system is not drawn.
        int Free(MarkerShape shape) => Marker.Known.Count(known => known.Value.Shape == shape && !names.Contains(known.Key));
    }

    [Fact]
    public void Strips_NeverTouch_AndStayInTheirGroup()
    {
        var places = Enumerable.Range(0, Names.Length).SelectMany(system => new[] { 1, 4 }.Select(count => Figure4.PlaceOf(TwoPanels, 0, system, count).X)).Order().ToList();
        Assert.All(places.Zip(places.Skip(1), (left, right) => right - left), gap => Assert.True(gap > 15));
        var area = Figure4.Layout(TwoPanels)[0].Area;
        Assert.True(places[0] > area.Left + 8 && places[5] < area.MidX - 8 && places[6] > area.MidX + 8 && places[^1] < area.Right - 8);
        Assert.True(Figure4.Layout(TwoPanels)[1].Area.Left > area.Right + 20);
    }

    [Fact]
    public void EveryImage_IsADot()
    {
        Figure4Panel[] panels = [new("one", [new("ours", [new(1, [1, .. Enumerable.Repeat(0.23, 50)])])])];
        using var picture = Figures.Draw(path => Figure4.Write(path, panels, "title"));
        var (plot, strip) = (Figure4.Layout(panels)[0], Figure4.PlaceOf(panels, 0, 0, 1).X);
        foreach (var left in (float[])[strip - 5, strip])
            Assert.True(picture.Count(SKRect.Create(left, plot.Y.At(0.23) - 0.5f, 5, 1), Palette.Paper) < 15, "Fifty dots at one height nearly fill both halves of their strip.");
        Assert.False(picture.IsBlank(SKRect.Create(strip - 8, plot.Y.At(1) + 0.8f, 16, 1)));
        Assert.True(picture.IsBlank(SKRect.Create(strip - 8, plot.Y.At(0.57), 16, 4)));
    }

    [Fact]
    public void Intervals_AreShownWhereTheyAre()
    {
        Figure4Panel Panel(bool with) => new("one", [new("Probabilistic U-Net", [new(1, [0, 1]) { Interval = with ? (0.2, 0.8) : null }])]);
        foreach (var with in (bool[])[false, true])
        {
            using var picture = Figures.Draw(path => Figure4.Write(path, [Panel(with)], "title"));
            var (plot, strip) = (Figure4.Layout([Panel(with)])[0], Figure4.PlaceOf([Panel(with)], 0, 0, 1).X);
            Assert.Equal(with, picture.Count(SKRect.Create(strip - 1, plot.Y.At(0.3) - 2, 2, 4), Palette.Ink) > 0);
        }
    }

    [Fact]
    public void References_CrossTheGroupsThatTheyBelongTo()
    {
        Figure4Panel[] panels = [new("one", [System("ours", 0, 1, 4)]) { References = [new("attainable", 0.25, 4)] }];
        using var picture = Figures.Draw(path => Figure4.Write(path, panels, "title"));
        var plot = Figure4.Layout(panels)[0];
        SKRect Strip(int group) => new(plot.X.At(group) + 4, plot.Y.At(0.25) - 0.6f, plot.X.At(group + 1) - 4, plot.Y.At(0.25) + 0.6f);
        Assert.Equal(0, picture.Count(Strip(0), Palette.Ink));
        Assert.True(picture.Count(Strip(1), Palette.Ink) > 60);
    }

    [Fact]
    public void WhatIsNoFigure_IsRefused() => Figures.Refuses(
        path => Figure4.Write(path, [], "title"),
        path => Figure4.Write(path, [new("none", [])], "title"),
        path => Figure4.Write(path, [new("none", [new("ours", [])])], "title"),
        path => Figure4.Write(path, [new("none", [new("ours", [new(1, [])])])], "title"),
        path => Figure4.Write(path, [new("zero", [new("ours", [new(0, [0.5])])])], "title"),
        path => Figure4.Write(path, [new("twice", [new("ours", [new(1, [0.5]), new(1, [0.6])])])], "title"),
        path => Figure4.Write(path, [new("same", [System("ours", 0, 1), System("ours", 1, 1)])], "title"),
        path => Figure4.Write(path, [new("nan", [new("ours", [new(1, [double.NaN])])])], "title"),
        path => Figure4.Write(path, [new("negative", [new("ours", [new(1, [-0.1])])])], "title"),
        path => Figure4.Write(path, [new("reference", [System("ours", 0, 1)]) { References = [new("wrong", double.NaN)] }], "title"));

    private static Figure4System System(string name, int at, params int[] counts) =>
        new(name, [.. counts.Select(count => new Figure4Point(count, [0.4 + 0.02 * at, 0.5 + 0.02 * at, 0.6 + 0.02 * at, .. at == 5 ? new[] { 0.95 } : []]))]);

    private static double ValueAt(Plot plot, float y) => (plot.Area.Bottom - y) / plot.Area.Height * plot.Y.To;
}
