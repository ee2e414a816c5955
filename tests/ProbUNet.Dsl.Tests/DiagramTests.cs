using System.Globalization;
using System.Xml.Linq;
using FsCheck.Xunit;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Dsl.Rendering;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 60)]
public class DiagramTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Property]
    public void EveryStageAndInput_HasItsBoxAndItsName(ValidSpec valid)
    {
        var graph = GraphOf(valid.Spec);
        var panels = Panels(graph);
        Assert.Equal(graph.Functions.Count, panels.Count);
        foreach (var (function, panel) in graph.Functions.Zip(panels))
        {
            var stages = function.Nodes.Select(node => node.Name.Split('.')[0]).Distinct().ToList();
            Assert.Equal(stages.Count, Rectangles(panel, "stage").Count);
            Assert.Equal(function.Inputs.Count, Rectangles(panel, "input").Count);
            Assert.Equal(function.Nodes.Count, Rectangles(panel, "operator").Count);
            var words = panel.Elements(Svg + "text").Select(text => text.Value).ToList();
            Assert.All(stages.Concat(function.Inputs.Select(input => input.Name)).Concat(function.Outputs.Select(output => output.Name)), name => Assert.Contains(name, words));
        }
    }

    [Property]
    public void Boxes_AndWords_NeverOverlap(ValidSpec valid) => AssertTidy(GraphOf(valid.Spec));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 7)]
    [InlineData(12, 3)]
    public void NetworksOfEveryDepth_AreTidyPictures(int levels, int convs)
    {
        var channels = Enumerable.Range(0, levels).Select(level => Math.Min(1024, 1 << level)).ToValueList();
        var spec = new ProbabilisticUNetSpec { Image = new(1, 1 << (levels - 1), 3 << (levels - 1)), UNet = new() { Channels = channels, ConvsPerBlock = convs } };
        AssertTidy(GraphOf(spec));
    }

    [Fact]
    public void FunctionsOfOneNode_AndOfNone_AreDrawn()
    {
        var image = TensorShape.Map(1, 3, 5);
        AssertTidy(new Graph([
            new("one", [new("image", image)], [new("mean", new GlobalMean(), [0], TensorShape.Map(1, 1, 1))], [new("mean", 1)]),
            new("none", [new("image", image)], [], [new("same", 0), new("again", 0)]),
        ]));
    }

    [Fact]
    public void Levels_DescendWithTheResolution_AndBoxesShrinkWithIt()
    {
        var spec = new ProbabilisticUNetSpec { UNet = new() { Channels = [32, 64, 128, 192] } };
        var boxes = Rectangles(Panels(GraphOf(spec))[0], "stage");   // four encoder levels, then three of the decoder
        Assert.Equal([1, 2, 3], Enumerable.Range(1, 3).Where(level => boxes[level].Top > boxes[level - 1].Bottom && boxes[level].Height < boxes[level - 1].Height));
        Assert.Equal([2, 1, 0], Enumerable.Range(4, 3).Select(decoder => boxes.FindIndex(box => box.Top == boxes[decoder].Top)));
        Assert.Equal(boxes.OrderBy(box => box.Left), boxes);
    }

    [Fact]
    public void SkipConnections_RunFromEveryEncoderLevelToItsDecoder()
    {
        var spec = new ProbabilisticUNetSpec { UNet = new() { Channels = [32, 64, 128, 192] } };
        var flows = Panels(GraphOf(spec))[0].Elements(Svg + "path").Where(path => (string?)path.Attribute("class") == "flow").ToList();
        int Count(string kind) => flows.Count(path => ((string)path.Attribute("marker-end")!).Contains(kind, StringComparison.Ordinal));
        Assert.Equal((3, 3, 3, 2), (Count("Skip"), Count("Down"), Count("Up"), Count("Along")));
        Assert.All(flows.Where(path => ((string)path.Attribute("marker-end")!).Contains("Skip", StringComparison.Ordinal)), path => Assert.Single(PointsOf(path).Select(point => point.Y).Distinct()));
    }

    [Property]
    public void EqualGraphs_GiveEqualText(ValidSpec valid)
    {
        Assert.Equal(Diagram.Svg(GraphOf(valid.Spec), "a"), Diagram.Svg(GraphOf(valid.Spec), "a"));
        Assert.Equal(Diagram.Mermaid(GraphOf(valid.Spec)), Diagram.Mermaid(GraphOf(valid.Spec)));
    }

    [Fact]
    public void ATitle_MayHoldWhatXmlReserves() =>
        Assert.Equal("a < b & \"c\"", XDocument.Parse(Diagram.Svg(GraphOf(new ProbabilisticUNetSpec()), "a < b & \"c\"\u0001")).Root!.Element(Svg + "title")!.Value);

    [Property]
    public void Mermaid_NamesEveryNodeOnceAndDrawsArrowsBetweenNamedOnesAlone(ValidSpec valid)
    {
        var graph = GraphOf(valid.Spec);
        var lines = Diagram.Mermaid(graph).Split('\n').Select(line => line.Trim()).ToList();
        Assert.Equal("flowchart LR", lines[0]);
        Assert.Equal(graph.Functions.Count, lines.Count(line => line == "end"));
        var nodes = lines.Where(line => line.EndsWith("\"]", StringComparison.Ordinal) || line.EndsWith("\"])", StringComparison.Ordinal)).Where(line => !line.StartsWith("subgraph", StringComparison.Ordinal))
            .Select(line => line[..line.IndexOfAny(['[', '('])]).ToList();
        Assert.Equal(nodes.Distinct(), nodes);
        var arrows = lines.Select(line => line.Split(' ')).Where(words => words.Length == 3 && words[1] is "-->" or "-.->").ToList();
        Assert.All(arrows.SelectMany(words => new[] { words[0], words[2] }), end => Assert.Contains(end, nodes));
        // Whatever is not the result of a function is read: each node has an arrow.
        Assert.All(nodes, node => Assert.Contains(arrows, words => words[0] == node || words[2] == node));
    }

    [Fact]
    public void Mermaid_SaysRepeatedOperatorsOnce()
    {
        var spec = new ProbabilisticUNetSpec { UNet = new() { Channels = [32, 64], ConvsPerBlock = 3 } };
        Assert.Contains("[\"encoder1<br/>[N, 64, 64, 64]<br/>average pool 2x2, 3 × (conv 3x3, relu)\"]", Diagram.Mermaid(GraphOf(spec)), StringComparison.Ordinal);
    }

    /// <summary>No two boxes of a panel overlap, no word covers a box or another word, no arrow crosses a box, and all lies on the page.</summary>
    private static void AssertTidy(Graph graph)
    {
        var root = XDocument.Parse(Diagram.Svg(graph, "title")).Root!;
        var page = ((string)root.Attribute("viewBox")!).Split(' ').Select(Number).ToArray();
        var legend = root.Elements(Svg + "g").Single(group => (string?)group.Attribute("class") == "legend");
        var legendTop = Number(((string)legend.Attribute("transform")!).Split(' ')[1].TrimEnd(')'));
        foreach (var entry in legend.Elements(Svg + "g"))
        {
            var at = ((string)entry.Attribute("transform")!)["translate(".Length..^1].Split(' ').Select(Number).ToArray();
            var words = WordBox(entry.Element(Svg + "text")!);
            Assert.True(at[0] >= 0 && at[0] + words.Right <= page[2] && legendTop + at[1] + words.Bottom <= page[3], $"{entry.Value} leaves the page");
        }
        foreach (var panel in root.Elements(Svg + "g").Where(group => (string?)group.Attribute("class") == "panel"))
        {
            var boxes = Rectangles(panel, "stage").Concat(Rectangles(panel, "input")).ToList();
            var words = panel.Elements(Svg + "text").Select(WordBox).ToList();
            var solid = boxes.Concat(words).ToList();
            for (var i = 0; i < solid.Count; i++)
                for (var j = 0; j < i; j++)
                    Assert.False(solid[i].Overlaps(solid[j]), $"{solid[i]} overlaps {solid[j]}");
            var lines = panel.Elements(Svg + "path").Where(path => (string?)path.Attribute("class") == "flow").SelectMany(path => PointsOf(path).Zip(PointsOf(path).Skip(1))).ToList();
            foreach (var (from, to) in lines)
                Assert.All(boxes, box => Assert.False(box.Overlaps(new(Math.Min(from.X, to.X) - 0.1, Math.Min(from.Y, to.Y) - 0.1, Math.Max(from.X, to.X) + 0.1, Math.Max(from.Y, to.Y) + 0.1)), $"{from} to {to} crosses {box}"));

            var offset = ((string)panel.Attribute("transform")!)["translate(".Length..^1].Split(' ').Select(Number).ToArray();
            Assert.All(solid.Concat(Rectangles(panel, "row")), box => Assert.True(
                box.Left + offset[0] >= 0 && box.Right + offset[0] <= page[2] && box.Top + offset[1] >= 0 && box.Bottom + offset[1] <= page[3], $"{box} leaves the page"));
        }
    }

    private static List<XElement> Panels(Graph graph) =>
        [.. XDocument.Parse(Diagram.Svg(graph, "title")).Root!.Elements(Svg + "g").Where(group => (string?)group.Attribute("class") == "panel")];

    private static List<Box> Rectangles(XElement panel, string @class) => [.. panel.Elements(Svg + "rect").Where(rect => (string?)rect.Attribute("class") == @class)
        .Select(rect => new Box(At(rect, "x"), At(rect, "y"), At(rect, "x") + At(rect, "width"), At(rect, "y") + At(rect, "height")))];

    /// <summary>Where a line of text lies in a sans-serif font of usual width.</summary>
    private static Box WordBox(XElement text)
    {
        var size = text.Attribute("font-size") is { } own ? Number(own.Value) : PanelLayout.FontSize;
        var width = 0.6 * size * text.Value.Length;
        var left = At(text, "x") - ((string?)text.Attribute("text-anchor") == "middle" ? width / 2 : 0);
        return new Box(left, At(text, "y") - 0.75 * size, left + width, At(text, "y") + 0.2 * size);
    }

    private static List<(double X, double Y)> PointsOf(XElement path) =>
        [.. ((string)path.Attribute("d")!)[1..].Split(" L").Select(point => (Number(point.Split(',')[0]), Number(point.Split(',')[1])))];

    private static double At(XElement element, string attribute) => Number((string)element.Attribute(attribute)!);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static Graph GraphOf(ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));

    private sealed record Box(double Left, double Top, double Right, double Bottom)
    {
        public double Height => Bottom - Top;

        public bool Overlaps(Box other) => Left < other.Right - 0.25 && other.Left < Right - 0.25 && Top < other.Bottom - 0.25 && other.Top < Bottom - 0.25;
    }
}
