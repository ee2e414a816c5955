using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>Gaussians with diagonal covariance, one an image: mean and log sigma, both [N, D].</summary>
/// <param name="Mean">The means, [N, D].</param>
/// <param name="LogSigma">The logarithms of the standard deviations, [N, D].</param>
public readonly record struct DiagonalGaussian(Tensor Mean, Tensor LogSigma) : IDisposable
{
    // Held: see SegmentationModel.Operators.cs.
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar Two = 2.ToScalar();
    private static readonly Scalar Half = 0.5.ToScalar();

    /// <summary>Takes over the two outputs of a function of the graph.</summary>
    internal DiagonalGaussian(Tensor[] outputs) : this(outputs[0], outputs[1]) { }

    /// <summary>z = mean + sigma · noise, [N, D]; differentiable (the reparametrisation of Kingma and Welling 2014).</summary>
    /// <param name="noise">Standard normal draws, [N, D].</param>
    public Tensor At(Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(noise);
        using var sigma = LogSigma.exp();
        using var offset = sigma.mul(noise);
        return Mean.add(offset, One);
    }

    /// <summary>One draw an image, [N, D].</summary>
    public Tensor Sample(Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        using var noise = Noise(Mean.shape, Mean.device, random);
        return At(noise);
    }

    /// <summary>Standard normal draws, [N, D]: made on the generator's device, so that a seed means the same numbers wherever the network lives.</summary>
    internal static Tensor Noise(long[] shape, Device device, Generator random)
    {
        using var drawn = randn(shape, device: random.device, generator: random);
        return drawn.to(device);
    }

    /// <summary>
    /// KL(this ‖ other) = Σ_d [log σ₂ − log σ₁ + (σ₁² + (μ₁ − μ₂)²) / (2σ₂²) − ½] in nats, [N]: analytic, summed over dimensions.
    /// </summary>
    public Tensor KullbackLeibler(DiagonalGaussian other)
    {
        using var perDimension = KullbackLeiblerPerDimension(other);
        return perDimension.sum(1);
    }

    /// <summary>The summands of <see cref="KullbackLeibler"/>, [N, D].</summary>
    public Tensor KullbackLeiblerPerDimension(DiagonalGaussian other)
    {
        // With the difference of the logarithms, no variance is ever divided by another, so that nothing overflows early.
        using var difference = LogSigma.sub(other.LogSigma);
        using var twice = difference.mul(Two);
        using var varianceRatio = twice.exp();
        using var shift = Mean.sub(other.Mean);
        using var inverse = other.LogSigma.neg();
        using var inverseSigma = inverse.exp();
        using var scaled = shift.mul(inverseSigma);
        using var distance = scaled.square();
        using var sum = varianceRatio.add(distance, One);
        using var half = sum.sub(One);
        using var halved = half.mul(Half);
        return halved.sub(difference);
    }

    /// <summary>Frees mean and log sigma.</summary>
    public void Dispose()
    {
        Mean.Dispose();
        LogSigma.Dispose();
    }
}
