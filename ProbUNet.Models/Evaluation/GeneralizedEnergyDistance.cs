using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// The generalised energy distance between what a model samples for an image and what its graders drew, with d = 1 − IoU
/// (Kohl et al. 2018, Appendix B). The paper's is the V-statistic, <see cref="EnergyDistance.Squared"/>: expectations over all ordered pairs, a
/// mask with itself included. So it is never negative, and it falls with the number of samples even for a perfect model: report that number
/// beside it. The U-statistic, <see cref="EnergyDistance.UnbiasedSquared"/>, comes with it for nothing. At most 2²⁸ pairs are compared, which are those
/// of 16,384 samples or modes; more is an <see cref="InputException"/>.
/// </summary>
public static class GeneralizedEnergyDistance
{
    /// <summary>The distance of samples to graders, each mask counting alike.</summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image; at least one.</param>
    /// <param name="graders">Masks [H, W] of the image's graders; at least one.</param>
    /// <param name="empty">What two empty masks say; the paper's convention by default.</param>
    /// <exception cref="ArgumentException">A list is empty, or masks differ in size.</exception>
    public static EnergyDistance Between(IReadOnlyList<BitMask> samples, IReadOnlyList<BitMask> graders, EmptyMasks empty = EmptyMasks.Agree) =>
        AtCounts(samples, graders, [samples.Count], empty)[0];

    /// <summary>
    /// The distance of samples to a distribution of binary masks: Σᵢ pᵢ d(S, Yᵢ) and Σᵢⱼ pᵢ pⱼ d(Yᵢ, Yⱼ) take the place of the means over graders. What is
    /// unbiased goes by whether its modes are draws (<see cref="ModeDistribution.AreDraws"/>).
    /// </summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image; at least one.</param>
    /// <param name="reference">Its modes [H, W] and their probabilities.</param>
    /// <param name="empty">What two empty masks say; the paper's convention by default.</param>
    /// <exception cref="ArgumentException">There is no sample, or masks differ in size.</exception>
    public static EnergyDistance Between(IReadOnlyList<BitMask> samples, ModeDistribution reference, EmptyMasks empty = EmptyMasks.Agree) =>
        AtCounts(samples, reference, [samples.Count], empty)[0];

    /// <summary>The distance of samples to a distribution, of one class or several.</summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image; at least one.</param>
    /// <param name="reference">Its modes [K, H, W] and their probabilities.</param>
    /// <param name="classes">What the planes mean, and which of them count.</param>
    /// <exception cref="ArgumentException">There is no sample, or segmentations differ in size or classes.</exception>
    public static EnergyDistance Between(IReadOnlyList<Segmentation> samples, ModeDistribution reference, SegmentationClasses classes) =>
        AtCounts(samples, reference, classes, [samples.Count])[0];

    /// <summary>
    /// The distances of the first n samples to the graders for several n, for the price of the largest n: the paper's curve over 1, 4, 8 and 16.
    /// </summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image, in the order drawn.</param>
    /// <param name="graders">Masks [H, W] of the image's graders; at least one.</param>
    /// <param name="counts">The n, each from 1 to the number of samples, in any order.</param>
    /// <param name="empty">What two empty masks say; the paper's convention by default.</param>
    /// <returns>One distance a count, in the order of <paramref name="counts"/>.</returns>
    /// <exception cref="ArgumentException">A list is empty, or masks differ in size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond the samples.</exception>
    public static IReadOnlyList<EnergyDistance> AtCounts(
        IReadOnlyList<BitMask> samples, IReadOnlyList<BitMask> graders, IReadOnlyList<int> counts, EmptyMasks empty = EmptyMasks.Agree)
    {
        if (graders.Count == 0)
            throw new ArgumentException("A distance to graders needs at least one grader's mask.", nameof(graders));
        return PairwiseEnergy.AtCounts(PairDistances.To(samples, graders, empty), counts);
    }

    /// <summary>The distances of the first n samples to a distribution of binary masks for several n, for the price of the largest n.</summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image, in the order drawn.</param>
    /// <param name="reference">Its modes [H, W] and their probabilities.</param>
    /// <param name="counts">The n, each from 1 to the number of samples, in any order.</param>
    /// <param name="empty">What two empty masks say; the paper's convention by default.</param>
    /// <returns>One distance a count, in the order of <paramref name="counts"/>.</returns>
    /// <exception cref="ArgumentException">There is no sample, or masks differ in size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond the samples.</exception>
    public static IReadOnlyList<EnergyDistance> AtCounts(
        IReadOnlyList<BitMask> samples, ModeDistribution reference, IReadOnlyList<int> counts, EmptyMasks empty = EmptyMasks.Agree) =>
        PairwiseEnergy.AtCounts(PairDistances.To(Segmentation.Binaries(samples), reference, SegmentationClasses.Binary, empty), counts);

    /// <summary>The distances of the first n samples to graders, of one class or several, for several n, for the price of the largest n.</summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image, in the order drawn.</param>
    /// <param name="graders">Segmentations [K, H, W] of the image's graders; at least one.</param>
    /// <param name="classes">What the planes mean, and which of them count (<see cref="SegmentationDistance"/>).</param>
    /// <param name="counts">The n, each from 1 to the number of samples, in any order.</param>
    /// <returns>One distance a count, in the order of <paramref name="counts"/>.</returns>
    /// <exception cref="ArgumentException">A list is empty, or segmentations differ in size or classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond the samples.</exception>
    public static IReadOnlyList<EnergyDistance> AtCounts(
        IReadOnlyList<Segmentation> samples, IReadOnlyList<Segmentation> graders, SegmentationClasses classes, IReadOnlyList<int> counts) =>
        PairwiseEnergy.AtCounts(PairDistances.To(samples, ModeDistribution.OfDraws(graders), classes), counts);

    /// <summary>The distances of the first n samples to a distribution, of one class or several, for several n, for the price of the largest n.</summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image, in the order drawn.</param>
    /// <param name="reference">Its modes [K, H, W] and their probabilities.</param>
    /// <param name="classes">What the planes mean, and which of them count (<see cref="SegmentationDistance"/>).</param>
    /// <param name="counts">The n, each from 1 to the number of samples, in any order.</param>
    /// <returns>One distance a count, in the order of <paramref name="counts"/>.</returns>
    /// <exception cref="ArgumentException">There is no sample, or segmentations differ in size or classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond the samples.</exception>
    public static IReadOnlyList<EnergyDistance> AtCounts(
        IReadOnlyList<Segmentation> samples, ModeDistribution reference, SegmentationClasses classes, IReadOnlyList<int> counts) =>
        PairwiseEnergy.AtCounts(PairDistances.To(samples, reference, classes), counts);

    /// <summary>
    /// The attainable GED²: what n independent draws from the truth itself score in expectation against that truth, E[d(Y, Y′)]/n. A curve over n
    /// that falls like this says nothing about a model, and one that reaches it is as good as knowing the truth.
    /// </summary>
    /// <remarks>
    /// Let S₁ … Sₙ be independent draws of any Q, P the truth, D = E[d(·, ·)] over two draws of one of them. Of the n² pairs of the V-statistic n have
    /// distance 0 and the others D_Q in expectation, so E[d(S, S′)] = (1 − 1/n) D_Q and the whole is GED²(Q, P) + D_Q/n: for Q = P, D_P/n (for the
    /// U-statistic, 0). It is no lower bound: at small n less diversity may pay, and for n = 1 the one mask with the least mean distance to
    /// the graders scores best, which is why deterministic networks lead there in the paper's Figure 4.
    /// </remarks>
    /// <param name="truth">The modes [K, H, W] and their probabilities.</param>
    /// <param name="samples">n, at least 1.</param>
    /// <param name="classes">What the planes mean, and which of them count; binary masks if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample.</exception>
    public static double Attainable(ModeDistribution truth, int samples, SegmentationClasses? classes = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return Diversity(truth, classes ?? SegmentationClasses.Binary) / samples;
    }

    /// <summary>
    /// The attainable GED² against what an image is judged by: where that are draws from the truth, not known to the model, E[d(Y, Y′)] (1/n + 1/m) for m
    /// of them, because the graders' own term misses m of its m² pairs as the samples' does; where it is the truth itself, as above.
    /// </summary>
    /// <param name="truth">The modes [K, H, W] and their probabilities.</param>
    /// <param name="reference">The truth, or draws from it (<see cref="Grading.Reference"/>).</param>
    /// <param name="samples">n, at least 1.</param>
    /// <param name="classes">What the planes mean, and which of them count; binary masks if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample.</exception>
    public static double Attainable(ModeDistribution truth, ModeDistribution reference, int samples, SegmentationClasses? classes = null)
    {
        var known = Attainable(truth, samples, classes);
        return reference.AreDraws ? known + Diversity(truth, classes ?? SegmentationClasses.Binary) / reference.Modes.Count : known;
    }

    private static double Diversity(ModeDistribution truth, SegmentationClasses classes) => PairwiseEnergy.Diversity(PairDistances.Within(truth, classes)).All;
}
