using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>How the terms of the loss become one number.</summary>
public enum Objective
{
    /// <summary>The paper's (section 2, equation 4): cross-entropy summed over pixels, both terms averaged over the batch.</summary>
    Paper,

    /// <summary>
    /// The public PyTorch re-implementation's: cross-entropy summed over the batch too, and 1e-5 times the 2-norms of the parameters of
    /// prior, posterior and combiner (all but its last layer). Here for parity; its balance depends on the batch size.
    /// </summary>
    Reference,
}

/// <summary>The two terms of the negative ELBO, an image each; differentiable.</summary>
/// <param name="CrossEntropy">Summed over pixels, nats, [N].</param>
/// <param name="KullbackLeibler">KL(Q ‖ P), nats, by dimension, [N, D].</param>
public readonly record struct ElboTerms(Tensor CrossEntropy, Tensor KullbackLeibler) : IDisposable
{
    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        CrossEntropy.Dispose();
        KullbackLeibler.Dispose();
    }
}

/// <summary>The loss that trains a network with a latent.</summary>
public static class ElboLoss
{
    private const double ReferencePenalty = 1e-5;

    /// <summary>Runs all four functions at one z an image and gives the terms of the loss.</summary>
    /// <param name="model">The network.</param>
    /// <param name="image">[N, C, H, W].</param>
    /// <param name="mask">[N, classes, H, W] of zeros and ones; one-hot where there are several classes.</param>
    /// <param name="noise">Standard normal draws, [N, D]: z = posterior mean + sigma · noise.</param>
    /// <exception cref="ArgumentException">Shapes do not fit the network or each other.</exception>
    public static ElboTerms Terms(LatentVariableModel model, Tensor image, Tensor mask, Tensor noise)
    {
        long[] wanted = [image.shape[0], model.Declaration.Latent.Dimension];
        if (!noise.shape.SequenceEqual(wanted))
            throw new ArgumentException($"noise is [{string.Join(", ", noise.shape)}], but this batch takes [{string.Join(", ", wanted)}].", nameof(noise));
        using var scope = NewDisposeScope();
        var prior = model.PriorOf(image);
        var posterior = model.PosteriorOf(image, mask);
        var logits = model.Combine(model.Features(image), posterior.At(noise));
        return new ElboTerms(
            CrossEntropy(logits, mask).MoveToOuterDisposeScope(),
            posterior.KullbackLeiblerPerDimension(prior).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Cross-entropy of logits [N, classes, H, W] against a mask of the same shape, summed over the pixels of each image, [N]: Bernoulli
    /// for one class, softmax for several.
    /// </summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor mask)
    {
        if (!logits.shape.SequenceEqual(mask.shape))
            throw new ArgumentException($"mask is [{string.Join(", ", mask.shape)}], but the logits are [{string.Join(", ", logits.shape)}].", nameof(mask));
        using var scope = NewDisposeScope();
        var perPixel = logits.shape[1] == 1
            ? nn.functional.binary_cross_entropy_with_logits(logits, mask, reduction: nn.Reduction.None)
            : nn.functional.log_softmax(logits, 1).mul(mask).neg();
        return perPixel.sum([1, 2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>The number to minimise.</summary>
    /// <param name="terms">Of a batch.</param>
    /// <param name="beta">The weight of the KL term; the paper's is 1.</param>
    /// <param name="objective">How the terms are reduced.</param>
    /// <param name="model">The network, whose norms the reference's objective counts.</param>
    public static Tensor Reduce(ElboTerms terms, double beta, Objective objective, SegmentationModel model)
    {
        using var scope = NewDisposeScope();
        var divergence = terms.KullbackLeibler.sum(1).mean().mul(beta);
        var loss = objective switch
        {
            Objective.Paper => terms.CrossEntropy.mean().add(divergence),
            Objective.Reference => Penalised(terms.CrossEntropy.sum().add(divergence), model),
            _ => throw new ArgumentOutOfRangeException(nameof(objective), objective, "There are two objectives: Paper and Reference."),
        };
        return loss.MoveToOuterDisposeScope();
    }

    private static Tensor Penalised(Tensor loss, SegmentationModel model)
    {
        foreach (var (name, parameter) in model.named_parameters())
            if (!name.StartsWith("unet.", StringComparison.Ordinal) && !name.StartsWith("combiner.logits.", StringComparison.Ordinal))
                loss = loss.add(parameter.norm(), ReferencePenalty);
        return loss;
    }
}
