using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 300)]
public class RegionsTests
{
    [Property]
    public void APart_IsASoundFunction_OfRegionsWithinTheArguments(ValidSpec any, NonNegativeInt place)
    {
        foreach (var function in Lowering.Of(GraphOf(any.Spec)).Functions.Select(function => MeanOfParts.Of(function)?.Before ?? function))
            foreach (var part in PartOf(function, place.Get, size: 1 + place.Get % 7))
            {
                Assert.Empty(GraphVerifier.Verify(part.Function));
                Assert.Equal(Layers(function), Layers(part.Function));
                Assert.Equal(function.Inputs.Select(input => input.Name), part.Function.Inputs.Select(input => input.Name));
                foreach (var (input, region) in function.Inputs.Zip(part.Inputs))
                    Assert.Equal(region, new(region.Rows.Within(input.Shape.Height), region.Columns.Within(input.Shape.Width)));
                foreach (var (input, region) in part.Function.Inputs.Zip(part.Inputs))
                    Assert.Equal((input.Shape.Height, input.Shape.Width), (region.Rows.Length, region.Columns.Length));
            }
    }

    [Property]
    public void APart_SeesNoMore_ThanItsReachAndTheStepsOfItsPoolings(ValidSpec any, NonNegativeInt place)
    {
        var size = 1 + place.Get % 7;
        // The steps that regions begin at, down and up again.
        var steps = 4 << any.Spec.UNet.Levels().Count;
        foreach (var function in Lowering.Of(GraphOf(any.Spec)).Functions.Where(function => function.Inputs.Count == 1 && function.Outputs.Count == 1))
            foreach (var part in PartOf(function, place.Get, size))
                if (Cost.Of(function).ReceptiveField is { } reach)
                {
                    Assert.InRange(part.Inputs[0].Rows.Length, 1, reach + size + steps);
                    Assert.InRange(part.Inputs[0].Columns.Length, 1, reach + size + steps);
                }
    }

    [Property]
    public void AWholePart_ReadsTheWholeArguments(ValidSpec any)
    {
        // What lies around an image to be cut away again, is not read; nor is more than a pixel, where none has a say.
        foreach (var function in any.Spec.SizePolicy == SizePolicy.Pad ? [] : Lowering.Of(GraphOf(any.Spec)).Functions.Where(function => function.SeesArguments))
            if (FunctionPart.Of(function, [.. function.Outputs.Select(output => Region.Whole(function.ShapeOf(output.Value)))]) is Outcome<FunctionPart, GraphError>.Ok { Value: var part })
                Assert.Equal(function.Inputs.Select(input => Region.Whole(input.Shape)), part.Inputs);
    }

    [Property]
    public void AMean_CutsAFunctionInTwo_AndNothingIsLost(ValidSpec any)
    {
        foreach (var function in Lowering.Of(GraphOf(any.Spec)).Functions)
            if (MeanOfParts.Of(function) is { } parts)
            {
                Assert.Empty(GraphVerifier.Verify(new Graph([parts.Before, parts.After with { Name = "after" }])));
                Assert.Equal(function.Nodes.Count - 1, parts.Before.Nodes.Count + parts.After.Nodes.Count);
                Assert.Equal(function.Outputs.Select(output => output.Name), parts.After.Outputs.Select(output => output.Name));
            }
            else
                Assert.DoesNotContain(function.Nodes, node => node.Operator is GlobalMean);
    }

    [Property]
    public void Tiles_CoverAMapOnce(PositiveInt height, PositiveInt width, PositiveInt rows, PositiveInt columns)
    {
        var covered = Region.Tiles(TensorShape.Map(1, height.Get, width.Get), rows.Get, columns.Get)
            .SelectMany(tile => from row in Enumerable.Range(tile.Rows.Start, tile.Rows.Length) from column in Enumerable.Range(tile.Columns.Start, tile.Columns.Length) select (row, column)).ToList();
        Assert.Equal(height.Get * width.Get, covered.Count);
        Assert.Equal(covered.Count, covered.Distinct().Count());
        Assert.All(covered, pixel => Assert.True(pixel.row < height.Get && pixel.column < width.Get));
    }

    [Fact]
    public void ATile_NeedsTheMemoryOfATile_HoweverLargeTheImage()
    {
        var spec = new ProbabilisticUNetSpec { UNet = new() { Channels = [8, 16, 32] } };
        long Peak(int size, bool whole)
        {
            var function = Lowering.Of(GraphOf(spec with { Image = new(1, size, size) }))["features"];
            var middle = new Region(new(size / 2, size / 2 + 128), new(size / 2, size / 2 + 128));
            return Cost.Of(whole ? function : Assert.IsType<Outcome<FunctionPart, GraphError>.Ok>(FunctionPart.Of(function, [middle])).Value.Function).PeakActivations;
        }
        Assert.InRange(Peak(2048, whole: false), 1, Peak(2048, whole: true) / 60);
        Assert.InRange(Peak(16384, whole: false), 1, 1.1 * Peak(1024, whole: false));
    }

    private static IEnumerable<string> Layers(GraphFunction function) => function.Nodes.Select(node => node.Operator).OfType<LayerOperator>().Select(layer => layer.Layer);

    /// <summary>A part of the function that begins somewhere, if it has parts.</summary>
    private static IEnumerable<FunctionPart> PartOf(GraphFunction function, int place, int size)
    {
        Extent Some(int whole) => place % whole is var start ? new(start, Math.Min(whole, start + size)) : default;
        var regions = function.Outputs.Select(output => function.ShapeOf(output.Value)).Select(shape => new Region(Some(shape.Height), Some(shape.Width))).ToList();
        return FunctionPart.Of(function, regions).Match(part => new[] { part }, error =>
        {
            Assert.True(function.Nodes.Single(node => node.Name == error.Node).Operator is GroupNorm or Conv2d { Padding: PaddingMode.Circular }, error.ToString());
            return [];
        });
    }

    private static Graph GraphOf(ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));
}
