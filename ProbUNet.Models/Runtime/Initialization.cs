using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>Initial weights, drawn from a generator that is an argument.</summary>
internal static class Initialization
{
    /// <summary>Normal with variance 2 / fan-in (He et al. 2015), for a weight [out, in, k, k] before a ReLU; what the paper's own code uses.</summary>
    public static Tensor HeNormal(long[] shape, Generator random)
    {
        var fanIn = shape[1] * shape[2] * shape[3];
        return empty(shape).normal_(0, Math.Sqrt(2.0 / fanIn), random);
    }

    /// <summary>Normal with mean 0, cut at two standard deviations (by the inverse of the distribution function); the paper's biases have 0.001.</summary>
    public static Tensor TruncatedNormal(long[] shape, double standardDeviation, Generator random)
    {
        // Φ(±2) = (1 ± erf(√2)) / 2; erfinv of a uniform draw between ±erf(√2) is the cut normal over √2.
        const double erfOfRootTwo = 0.9544997361036416;
        return empty(shape).uniform_(-erfOfRootTwo, erfOfRootTwo, random).erfinv_().mul_(Math.Sqrt(2) * standardDeviation);
    }
}
