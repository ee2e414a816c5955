using FsCheck.Xunit;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

[Properties(Arbitrary = [typeof(SpecArbitraries)])]
public class CostTests
{
    private static readonly ProbabilisticUNetSpec Standard = new() { UNet = new() { Channels = [32, 64, 128, 192] }, Combiner = new(4) };

    [Fact]
    public void TheStandardNetwork_HasItsMeasuredWork()
    {
        var graph = GraphOf(Standard);
        long MultiplyAdds(string function) => Cost.Of(graph[function]).MultiplyAdds;
        // 293 GFLOP a training step of 8 images: two operations a multiply-add, the backward pass twice the forward one.
        var step = 8 * 3 * 2e-9 * graph.Functions.Sum(function => MultiplyAdds(function.Name));
        Assert.Equal(293, step, tolerance: 3);
    }

    [Property]
    public void MultiplyAdds_GrowWithTheArea_AndNothingElseDoes(ValidProbabilisticSpec valid)
    {
        // Odd sizes round up at every level, so that only sizes that all poolings divide scale exactly.
        var deepest = new[] { valid.Spec.UNet.Levels(), valid.Spec.Prior.Channels, valid.Spec.Posterior.Channels }.Max(channels => channels?.Count ?? 0);
        var side = 1 << (deepest + 2);
        var (small, large) = (GraphOf(valid.Spec with { Image = new(valid.Spec.Image.Channels, side, side) }), GraphOf(valid.Spec with { Image = new(valid.Spec.Image.Channels, 2 * side, 2 * side) }));
        Assert.Equal(small.ParameterCount, large.ParameterCount);
        foreach (var function in small.Functions)
        {
            var heads = function.Nodes.Where(node => node.Operator is Conv2d && node.Shape is { Height: 1, Width: 1 }).Sum(node => ((Conv2d)node.Operator).InChannels * (long)node.Shape.Channels);
            Assert.Equal(4 * (Cost.Of(function).MultiplyAdds - heads) + heads, Cost.Of(large[function.Name]).MultiplyAdds);
            Assert.Equal(Cost.Of(function).ReceptiveField, Cost.Of(large[function.Name]).ReceptiveField);
        }
    }

    [Property]
    public void MultiplyAdds_HaveTheirClosedForm(ValidSpec valid)
    {
        var spec = valid.Spec with { SizePolicy = SizePolicy.Strict, Image = new(valid.Spec.Image.Channels, 32, 48) };   // divided by every depth that is drawn
        var (style, levels) = (spec.UNet, spec.UNet.Levels());
        long Pixels(int level) => (32L >> level) * (48L >> level);
        long Kernels(int from, int to, int side) => (long)from * to * side * side;
        long Block(int from, int to) => Kernels(from, to, style.Kernel) + (style.ConvsPerBlock - 1) * Kernels(to, to, style.Kernel) + (style.Residual && from != to ? Kernels(from, to, 1) : 0);
        // Down: each level at its own size, a strided convolution at the size that comes out. Up: a transposed one meets every pixel that goes in.
        var down = Enumerable.Range(0, levels.Count).Sum(level => Pixels(level) * (Block(level == 0 ? spec.Image.Channels : levels[level - 1], levels[level])
            + (level > 0 && style.Downsampling == Downsampling.StridedConv ? Kernels(levels[level - 1], levels[level - 1], 3) : 0)));
        var up = Enumerable.Range(0, levels.Count - 1).Sum(level => Pixels(level) * Block(levels[level + 1] + levels[level], levels[level])
            + (style.Upsampling == Upsampling.TransposedConv ? Pixels(level + 1) * Kernels(levels[level + 1], levels[level + 1], 2) : 0));
        var expected = down + up + Pixels(0) * Kernels(levels[0], spec.Classes, 1);
        var plain = new DeterministicUNetSpec { Image = spec.Image, Classes = spec.Classes, UNet = spec.UNet with { Padding = PaddingMode.Zeros } };
        Assert.Equal(expected, Cost.Of(GraphOf(plain)["logits"]).MultiplyAdds);
    }

    [Property]
    public void ThePeak_LiesBetweenTheLargestStepAndTheSum(ValidSpec valid)
    {
        foreach (var function in GraphOf(valid.Spec).Functions)
        {
            var cost = Cost.Of(function);
            var arguments = function.Inputs.Sum(input => (long)input.Shape.Channels * input.Shape.Height * input.Shape.Width);
            // What hands its argument on makes nothing.
            Assert.InRange(cost.PeakActivations, arguments + Math.Min(1, cost.Activations), arguments + cost.Activations);
            Assert.Equal(SimulatedPeak(function), cost.PeakActivations);
        }
    }

    /// <summary>Memory as it is taken and given back: a buffer lives until the last value that is in it was read for the last time, or was returned.</summary>
    private static long SimulatedPeak(GraphFunction function)
    {
        var lifetimes = Lifetimes.Of(function);
        var (inputs, total) = (function.Inputs.Count, function.Inputs.Count + function.Nodes.Count);
        var buffers = Enumerable.Range(0, total).ToArray();
        for (var i = 0; i < function.Nodes.Count; i++)
            if (lifetimes.OverwritesInput(i) || function.Nodes[i].Operator.MayAlias)
                buffers[inputs + i] = buffers[function.Nodes[i].Inputs[0]];
        int LastUse(int value) => function.Outputs.Any(output => output.Value == value) ? int.MaxValue
            : function.Nodes.Select((node, i) => node.Inputs.Contains(value) ? i : -1).Append(-1).Max();
        long Size(int value) => function.ShapeOf(value) is var shape ? (long)shape.Channels * shape.Height * shape.Width : 0;
        return Enumerable.Range(0, function.Nodes.Count).Max(now => Enumerable.Range(0, total)
            .Where(buffer => buffers[buffer] == buffer && buffer - inputs <= now
                && (buffer < inputs || Enumerable.Range(0, total).Any(value => buffers[value] == buffer && (LastUse(value) >= now || value - inputs == now))))
            .Sum(Size) + PaddedCopy(function, function.Nodes[now]));
    }

    /// <summary>A convolution pads with zeros as it reads; around anything else it makes a larger map first.</summary>
    private static long PaddedCopy(GraphFunction function, Node node) => node.Operator is Conv2d { Padding: not PaddingMode.Zeros, Kernel: > 1 } conv && function.ShapeOf(node.Inputs[0]) is var shape
        ? (long)conv.InChannels * (shape.Height + 2 * (conv.Kernel / 2)) * (shape.Width + 2 * (conv.Kernel / 2))
        : 0;

    [Property]
    public void Training_KeepsPaddedCopies_AndTwoMapsADropout(ValidSpec valid)
    {
        var spec = valid.Spec with { UNet = valid.Spec.UNet with { Dropout = 0.5 } };
        var zeros = GraphOf(spec with { UNet = spec.UNet with { Padding = PaddingMode.Zeros } });
        var certain = GraphOf(spec with { UNet = spec.UNet with { Dropout = 0 } });
        foreach (var function in GraphOf(spec).Functions)
        {
            Assert.Equal(function.Nodes.Sum(node => PaddedCopy(function, node)), Cost.Of(function).Activations - Cost.Of(zeros[function.Name]).Activations);
            var dropped = function.Nodes.Where(node => node.Operator is Dropout).Sum(node => node.Shape.Values) - certain[function.Name].Nodes.Where(node => node.Operator is Dropout).Sum(node => node.Shape.Values);
            Assert.Equal(2 * dropped, Cost.Of(function).Activations - Cost.Of(certain[function.Name]).Activations);
            Assert.Equal(Cost.Of(certain[function.Name]).PeakActivations, Cost.Of(function).PeakActivations);
        }
    }

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(1, 2, 5)]
    [InlineData(2, 1, 12)]   // convolution 3, pooling 4, convolution at half size 8, upsampling 10, convolution 12
    public void TheReceptiveField_IsThatOfTheDeepestPath(int levels, int convs, int expected)
    {
        var spec = new ProbabilisticUNetSpec { UNet = new() { Channels = Enumerable.Repeat(4, levels).ToValueList(), ConvsPerBlock = convs } };
        Assert.Equal(expected, Cost.Of(GraphOf(spec)["features"]).ReceptiveField);
    }

    /// <summary>In pixels of the argument that is seen farthest: maps of three sizes come together, and the middle one is half as large as what is made of it.</summary>
    [Theory]
    [InlineData(LatentEntry.Combiner, 1)]
    [InlineData(LatentEntry.Bottleneck, 11)]   // three convolutions at the middle level: 7; doubled: 8; three at the first level, whose pixels are half as wide: 11
    public void TheReceptiveField_IsInPixelsOfTheArgument(LatentEntry entry, int expected) => Assert.Equal(expected, Cost.Of(GraphOf(new ProbabilisticUNetSpec
    {
        Image = new(1, 32, 32),
        UNet = new() { Channels = [4, 6, 8], ConvsPerBlock = 3, Upsampling = Upsampling.BilinearAligned },
        Latent = new() { Dimension = 2, Entry = entry },
    })["combine"]).ReceptiveField);

    [Fact]
    public void BehindAMean_TheReceptiveFieldIsTheWholeImage() => Assert.Null(Cost.Of(GraphOf(Standard)["prior"]).ReceptiveField);

    private static Graph GraphOf(ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));
}
