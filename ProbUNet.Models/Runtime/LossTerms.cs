using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>What a network's loss on a batch is made of, an image each; differentiable.</summary>
/// <param name="CrossEntropy">Summed over pixels, nats, [N].</param>
/// <param name="KullbackLeibler">KL(Q ‖ P), nats, by dimension of the latent, [N, D]; nothing for a network without one.</param>
public readonly record struct LossTerms(Tensor CrossEntropy, Tensor? KullbackLeibler = null) : IDisposable
{
    /// <summary>
    /// Cross-entropy of logits [N, classes, H, W] against a mask of the same shape, summed over the pixels of each image, [N]: Bernoulli
    /// for one class, softmax for several, where a pixel that is in no class counts nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor CrossEntropyOf(Tensor logits, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(mask);
        if (!logits.shape.SequenceEqual(mask.shape))
            throw new ArgumentException($"mask is [{string.Join(", ", mask.shape)}], but the logits are [{string.Join(", ", logits.shape)}].", nameof(mask));
        using var scope = NewDisposeScope();
        var perPixel = logits.shape[1] == 1
            ? nn.functional.binary_cross_entropy_with_logits(logits, mask, reduction: nn.Reduction.None)
            : nn.functional.log_softmax(logits, 1).mul(mask).neg();
        return perPixel.sum([1, 2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        CrossEntropy.Dispose();
        KullbackLeibler?.Dispose();
    }
}
