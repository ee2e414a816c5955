using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// Hungarian-matched IoU: how well samples and graders can be told to be the same set, sample by sample. Unlike the energy distance it
/// does not reward diversity for its own sake (Kohl et al. 2019, "A Hierarchical Probabilistic U-Net"). Where both sets are repeated to the least
/// common multiple of their sizes, a matching one to one is a plan of transport between amounts that are alike, and is solved as one: 10,000
/// samples against 4 graders take about a second. At most 2²⁸ pairs are compared; more is an <see cref="InputException"/>.
/// </summary>
public static class MatchedIou
{
    /// <summary>
    /// max over π of (1/k) Σᵢ IoU(Sᵢ, Yπ(i)), in [0, 1], higher is better: both sets are repeated to the least common multiple k of their
    /// sizes and matched one to one; IoU(∅, ∅) = 1. Takes O(many² · few) for the larger and the smaller set.
    /// </summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image; at least one.</param>
    /// <param name="graders">Masks [H, W] of the image's graders; at least one.</param>
    /// <exception cref="ArgumentException">A list is empty, or masks differ in size.</exception>
    public static double Between(IReadOnlyList<BitMask> samples, IReadOnlyList<BitMask> graders)
    {
        if (graders.Count == 0)
            throw new ArgumentException("A matching needs at least one grader's mask.", nameof(graders));
        return Of(PairDistances.To(samples, graders));
    }

    /// <summary>
    /// The same for segmentations of one class or several against a distribution: max over T of Σᵢⱼ Tᵢⱼ (1 − d(Sᵢ, Yⱼ)), where T is a plan whose rows sum to
    /// 1/n, a sample each, and whose columns sum to the probabilities of the modes. If these are alike, it is the matching one to one.
    /// </summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image; at least one.</param>
    /// <param name="truth">Modes [K, H, W] and their probabilities.</param>
    /// <param name="classes">What the planes mean, and which of them count (<see cref="SegmentationDistance"/>).</param>
    /// <exception cref="ArgumentException">There is no sample, or segmentations differ in size or classes.</exception>
    public static double Between(IReadOnlyList<Segmentation> samples, ModeDistribution truth, SegmentationClasses classes) =>
        Of(PairDistances.To(samples, truth, classes));

    /// <summary>The same of distances that are known.</summary>
    internal static double Of(PairDistances distances)
    {
        var samples = distances.Samples;
        if (samples == 0)
            throw new ArgumentException("A matching needs at least one sample.", nameof(samples));
        return Math.Clamp(1 - OptimalTransport.Minimize(distances.AllBetween, [.. Enumerable.Repeat(1.0 / samples, samples)], distances.Weights), 0, 1);   // rounding may leave a little below 0
    }
}
