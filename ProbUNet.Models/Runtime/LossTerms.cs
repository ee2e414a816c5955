using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>What a network's loss on a batch is made of, a mask each; differentiable.</summary>
/// <param name="CrossEntropy">Summed over pixels, nats, [N] for N masks.</param>
/// <param name="KullbackLeibler">KL(Q ‖ P), nats, by dimension of the latent, [N, D]; nothing for a network without one.</param>
public readonly record struct LossTerms(Tensor CrossEntropy, Tensor? KullbackLeibler = null) : IDisposable
{
    /// <summary>How many masks each image has among them; 1 unless told otherwise. Whoever makes the terms knows, and says it with <see cref="For"/>.</summary>
    public int MasksOfAnImage { get; private init; } = 1;

    /// <summary>The same, of images and masks whose first axes say how many masks each has.</summary>
    /// <param name="image">[N, …].</param>
    /// <param name="mask">[k·N, …].</param>
    internal LossTerms For(Tensor image, Tensor mask) => this with { MasksOfAnImage = (int)(mask.shape[0] / image.shape[0]) };

    /// <summary>
    /// Cross-entropy of logits [N, classes, H, W] against masks [k·N, classes, H, W], k for each of them, summed over the pixels of each mask, [k·N]: Bernoulli
    /// for one class, softmax for several, where a pixel that is in no class counts nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes differ in more than that.</exception>
    public static Tensor CrossEntropyOf(Tensor logits, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(mask);
        if (!logits.shape.AsSpan(1).SequenceEqual(mask.shape.AsSpan(1)) || mask.shape[0] % logits.shape[0] != 0)
            throw new ArgumentException($"mask is [{string.Join(", ", mask.shape)}], but the logits are [{string.Join(", ", logits.shape)}].", nameof(mask));
        using var scope = NewDisposeScope();
        logits = Repeated(logits, mask);
        var perPixel = logits.shape[1] == 1
            ? nn.functional.binary_cross_entropy_with_logits(logits, mask, reduction: nn.Reduction.None)
            : nn.functional.log_softmax(logits, 1).mul(mask).neg();
        return perPixel.sum([1, 2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>What there is once an image, as often as there are masks of it; as it is where that is once.</summary>
    /// <param name="ofImages">[N, …].</param>
    /// <param name="masks">[k·N, …], the k of the first image first.</param>
    internal static Tensor Repeated(Tensor ofImages, Tensor masks) =>
        masks.shape[0] == ofImages.shape[0] ? ofImages : ofImages.repeat_interleave(masks.shape[0] / ofImages.shape[0], 0);

    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        CrossEntropy.Dispose();
        KullbackLeibler?.Dispose();
    }
}
