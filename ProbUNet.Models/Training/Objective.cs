using ProbUNet.Models.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>How the terms of the loss become one number.</summary>
public enum Objective
{
    /// <summary>The paper's (section 2, equation 4): cross-entropy summed over pixels, both terms averaged over the batch.</summary>
    Paper,

    /// <summary>
    /// The public PyTorch re-implementation's: cross-entropy summed over the batch too (of several masks of an image it is their mean), and 1e-5 times the 2-norms of the parameters of
    /// prior, posterior and combiner (all but its last layer). Here for parity; its balance depends on the batch size.
    /// </summary>
    Reference,
}

/// <summary>Puts the terms of a loss together.</summary>
public static class Objectives
{
    private const double ReferencePenalty = 1e-5;

    /// <summary>The number to minimise.</summary>
    /// <param name="objective">How the terms are reduced.</param>
    /// <param name="terms">Of a batch.</param>
    /// <param name="beta">The weight of the KL term; the paper's is 1.</param>
    /// <param name="model">The network, whose norms the reference's objective counts.</param>
    /// <param name="reconstruction">The weight of the cross-entropy; 1 but for GECO.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such objective.</exception>
    public static Tensor Reduce(this Objective objective, LossTerms terms, double beta, SegmentationModel model, double reconstruction = 1) =>
        Reduce(objective, terms, beta, model, reconstruction, share: 1);

    /// <summary>What some images of a batch are of the number: the sum over all shares is that of the batch.</summary>
    /// <param name="objective">How the terms are reduced.</param>
    /// <param name="terms">Of these images.</param>
    /// <param name="beta">The weight of the KL term.</param>
    /// <param name="model">The network.</param>
    /// <param name="reconstruction">The weight of the cross-entropy.</param>
    /// <param name="share">What part of the batch they are, in (0, 1].</param>
    internal static Tensor Reduce(Objective objective, LossTerms terms, double beta, SegmentationModel model, double reconstruction, double share)
    {
        using var scope = NewDisposeScope();
        // Held: see SegmentationModel.Operators.cs.
        using Scalar weight = reconstruction.ToScalar(), scale = (beta * share).ToScalar(), part = share.ToScalar(), count = terms.MasksOfAnImage.ToScalar();
        var loss = objective switch
        {
            Objective.Paper => Shared(terms.CrossEntropy.mean()),
            Objective.Reference => OfImages(terms.CrossEntropy.sum()),
            _ => throw new ArgumentOutOfRangeException(nameof(objective), objective, "There are two objectives: Paper and Reference."),
        };
        if (reconstruction != 1)
            loss = loss.mul(weight);
        if (terms.KullbackLeibler is { } divergence)
            loss = loss.add(divergence.sum(1).mean(), scale);
        if (objective == Objective.Reference)
            loss = Penalised(loss, model, share);
        return loss.MoveToOuterDisposeScope();

        Tensor Shared(Tensor mean) => share == 1 ? mean : mean.mul(part);

        // A sum over k masks an image would be k times one over images, beside a KL term that is a mean: a beta of 1/k.
        Tensor OfImages(Tensor sum) => terms.MasksOfAnImage == 1 ? sum : sum.div(count);
    }

    private static Tensor Penalised(Tensor loss, SegmentationModel model, double share)
    {
        using var penalty = (ReferencePenalty * share).ToScalar();
        foreach (var parameter in model.Penalised)
            loss = loss.add(parameter.norm(), penalty);
        return loss;
    }
}
