using ProbUNet.Dsl;
using ProbUNet.Models.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>Draws initial weights, from a generator of its own: making a network neither reads nor moves the global one.</summary>
internal sealed class Initializer(Initialization kind, BiasInitialization biases, long seed) : IDisposable
{
    // Held: see SegmentationModel.Operators.cs.
    private static readonly Scalar BiasScale = (Math.Sqrt(2) * 0.001).ToScalar();

    private readonly Generator _random = RandomStream.GeneratorOf(seed);

    /// <summary>A weight whose outputs sum over <paramref name="fanIn"/> inputs.</summary>
    public Tensor Weight(long[] shape, long fanIn)
    {
        using var _ = no_grad();
        return kind switch
        {
            Initialization.HeNormal => empty(shape).normal_(0, Math.Sqrt(2.0 / fanIn), _random),
            Initialization.Orthogonal => Orthogonal(shape),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), kind, "There is no such initialization."),
        };
    }

    /// <summary>Zeros, or normal with mean 0 and standard deviation 0.001, cut at two of them (paper, released code).</summary>
    public Tensor Bias(long channels)
    {
        using var _ = no_grad();
        if (biases == BiasInitialization.Zeros)
            return zeros(channels);
        // Φ(±2) = (1 ± erf(√2)) / 2; erfinv of a uniform draw between ±erf(√2) is the cut normal over √2.
        const double erfOfRootTwo = 0.9544997361036416;
        return empty(channels).uniform_(-erfOfRootTwo, erfOfRootTwo, _random).erfinv_().mul_(BiasScale);
    }

    /// <summary>Rows (or columns, where there are fewer) of unit length at right angles, uniform over all such matrices, gain 1.</summary>
    private Tensor Orthogonal(long[] shape)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (shape[0], shape[1..].Aggregate(1L, (product, size) => product * size));
        var (tall, wide) = (Math.Max(rows, columns), Math.Min(rows, columns));
        var (q, r) = linalg.qr(empty(tall, wide).normal_(0, 1, _random));
        // The signs of R's diagonal make the decomposition unique, and the draw uniform.
        var matrix = q.mul(r.diagonal().sign());
        return (rows < columns ? matrix.t() : matrix).reshape(shape).contiguous().clone().MoveToOuterDisposeScope();
    }

    public void Dispose() => _random.Dispose();
}
