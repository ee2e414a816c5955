using BenchmarkDotNet.Attributes;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Benchmarks;

/// <summary>Operators of the standard network at their largest, forward and backward, batch 8.</summary>
public abstract class OperatorBenchmarks
{
    private protected const int Batch = 8;

    /// <summary>Runs a function and its backward pass.</summary>
    private protected static void Differentiated(Func<Tensor> function, params Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        function().sum().backward();
        foreach (var leaf in leaves)
            leaf.grad = null;
    }

    private protected static Tensor Leaf(params long[] shape) => rand(shape).requires_grad_().DetachFromDisposeScope();
}

/// <summary>The last upsampling: [8, 64, 64, 64] → [8, 64, 128, 128].</summary>
public class UpsamplingBenchmarks : OperatorBenchmarks
{
    private readonly Tensor _map = Leaf(Batch, 64, 64, 64);

    [Benchmark]
    public void BilinearAligned() => Differentiated(() => SegmentationModel.UpsampleBilinearAligned(_map), _map);

    [Benchmark]
    public void Nearest() => Differentiated(() => SegmentationModel.UpsampleNearest(_map), _map);
}

/// <summary>The first pooling: [8, 32, 128, 128] → [8, 32, 64, 64].</summary>
public class PoolingBenchmarks : OperatorBenchmarks
{
    private readonly Tensor _map = Leaf(Batch, 32, 128, 128);

    [Benchmark(Baseline = true)]
    public void Average() => Differentiated(() => SegmentationModel.AveragePool(_map), _map);

    [Benchmark]
    public void Max() => Differentiated(() => SegmentationModel.MaxPool(_map), _map);

    [Benchmark]
    public void MeanOfWindows() => Differentiated(() => _map.reshape(Batch, 32, 64, 2, 64, 2).mean([3, 5]), _map);
}

/// <summary>The widest skip: a 3x3 convolution over [8, 64 + 32, 128, 128] → [8, 32, 128, 128].</summary>
public class ConcatenationBenchmarks : OperatorBenchmarks
{
    private static readonly long[] Padding = [1, 1];

    private readonly Tensor _bias = Leaf(32);
    private Tensor _up = Leaf(Batch, 64, 128, 128), _skip = Leaf(Batch, 32, 128, 128), _weight = Leaf(32, 96, 3, 3);

    /// <summary>How the maps and the weight lie in memory.</summary>
    [Params(false, true)]
    public bool ChannelsLast { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        if (ChannelsLast)
            (_up, _skip, _weight) = (Last(_up), Last(_skip), Last(_weight));
    }

    [Benchmark(Baseline = true)]
    public void OverTheConcatenation() => Differentiated(() => nn.functional.conv2d(SegmentationModel.Concat(_up, _skip), _weight, _bias, padding: Padding), _up, _skip, _weight, _bias);

    [Benchmark]
    public void OverItsParts() => Differentiated(
        () => nn.functional.conv2d(_up, _weight.narrow(1, 0, 64), _bias, padding: Padding) + nn.functional.conv2d(_skip, _weight.narrow(1, 64, 32), padding: Padding), _up, _skip, _weight, _bias);

    private static Tensor Last(Tensor map) => map.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).requires_grad_().DetachFromDisposeScope();
}
