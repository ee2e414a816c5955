using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// The generalised energy distance between what a model samples for an image and what its graders drew, with d = 1 − IoU
/// (Kohl et al. 2018, Appendix B). It is the V-statistic: expectations over all ordered pairs, a mask with itself included. So it is
/// never negative, and it falls with the number of samples even for a perfect model: report that number beside it.
/// </summary>
public static class GeneralizedEnergyDistance
{
    /// <summary>The distance of samples to graders, each mask counting alike.</summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image; at least one.</param>
    /// <param name="graders">Masks [H, W] of the image's graders; at least one.</param>
    /// <exception cref="ArgumentException">A list is empty, or masks differ in size.</exception>
    public static EnergyDistance Between(IReadOnlyList<BitMask> samples, IReadOnlyList<BitMask> graders) =>
        AtCounts(samples, graders, [samples.Count])[0];

    /// <summary>The distance of samples to a known distribution of binary masks: Σᵢ pᵢ d(S, Yᵢ) and Σᵢⱼ pᵢ pⱼ d(Yᵢ, Yⱼ) take the place of the means over graders.</summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image; at least one.</param>
    /// <param name="truth">Its modes [H, W] and their probabilities.</param>
    /// <exception cref="ArgumentException">There is no sample, or masks differ in size.</exception>
    public static EnergyDistance Between(IReadOnlyList<BitMask> samples, ModeDistribution truth) => AtCounts(samples, truth, [samples.Count])[0];

    /// <summary>The distance of samples to a known distribution, of one class or several.</summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image; at least one.</param>
    /// <param name="truth">Its modes [K, H, W] and their probabilities.</param>
    /// <param name="classes">What the planes mean, and which of them count.</param>
    /// <exception cref="ArgumentException">There is no sample, or segmentations differ in size or classes.</exception>
    public static EnergyDistance Between(IReadOnlyList<Segmentation> samples, ModeDistribution truth, SegmentationClasses classes) =>
        AtCounts(samples, truth, classes, [samples.Count])[0];

    /// <summary>
    /// The distances of the first n samples to the graders for several n, for the price of the largest n: the paper's curve over 1, 4, 8 and 16.
    /// </summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image, in the order drawn.</param>
    /// <param name="graders">Masks [H, W] of the image's graders; at least one.</param>
    /// <param name="counts">The n, each from 1 to the number of samples, in any order.</param>
    /// <returns>One distance a count, in the order of <paramref name="counts"/>.</returns>
    /// <exception cref="ArgumentException">A list is empty, or masks differ in size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond the samples.</exception>
    public static IReadOnlyList<EnergyDistance> AtCounts(IReadOnlyList<BitMask> samples, IReadOnlyList<BitMask> graders, IReadOnlyList<int> counts)
    {
        if (graders.Count == 0)
            throw new ArgumentException("A distance to graders needs at least one grader's mask.", nameof(graders));
        var alike = new double[graders.Count];
        Array.Fill(alike, 1.0 / graders.Count);
        return AtCounts(samples, graders, alike, counts, default(MaskDistance));
    }

    /// <summary>The distances of the first n samples to a known distribution of binary masks for several n, for the price of the largest n.</summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image, in the order drawn.</param>
    /// <param name="truth">Its modes [H, W] and their probabilities.</param>
    /// <param name="counts">The n, each from 1 to the number of samples, in any order.</param>
    /// <returns>One distance a count, in the order of <paramref name="counts"/>.</returns>
    /// <exception cref="ArgumentException">There is no sample, or masks differ in size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond the samples.</exception>
    public static IReadOnlyList<EnergyDistance> AtCounts(IReadOnlyList<BitMask> samples, ModeDistribution truth, IReadOnlyList<int> counts) =>
        AtCounts(samples, [.. truth.Modes.Select(mode => mode.Foreground)], [.. truth.Probabilities], counts, default(MaskDistance));

    /// <summary>The distances of the first n samples to a known distribution, of one class or several, for several n, for the price of the largest n.</summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image, in the order drawn.</param>
    /// <param name="truth">Its modes [K, H, W] and their probabilities.</param>
    /// <param name="classes">What the planes mean, and which of them count (<see cref="SegmentationDistance"/>).</param>
    /// <param name="counts">The n, each from 1 to the number of samples, in any order.</param>
    /// <returns>One distance a count, in the order of <paramref name="counts"/>.</returns>
    /// <exception cref="ArgumentException">There is no sample, or segmentations differ in size or classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond the samples.</exception>
    public static IReadOnlyList<EnergyDistance> AtCounts(
        IReadOnlyList<Segmentation> samples, ModeDistribution truth, SegmentationClasses classes, IReadOnlyList<int> counts) =>
        classes.Count == 1
            ? AtCounts([.. samples.Select(sample => sample.Foreground)], truth, counts)
            : AtCounts(samples, truth.Modes, [.. truth.Probabilities], counts, new ClassDistance(classes));

    private static EnergyDistance[] AtCounts<T, TDistance>(
        IReadOnlyList<T> samples, IReadOnlyList<T> modes, double[] probabilities, IReadOnlyList<int> counts, TDistance distance)
        where TDistance : struct, IDistance<T>
    {
        if (samples.Count == 0)
            throw new ArgumentException("A distance of samples needs at least one sample.", nameof(samples));
        foreach (var count in counts)
            if (count < 1 || count > samples.Count)
                throw new ArgumentOutOfRangeException(nameof(counts), count, $"Counts run from 1 to {samples.Count}, the number of samples.");

        T[] drawn = [.. samples], graded = [.. modes];
        // Row n of the distance matrix adds to what the rows before it summed to, so that every count reads its sums off one pass.
        // d is symmetric and 0 on the diagonal: half of the matrix is enough.
        var cross = new double[drawn.Length + 1];
        var among = new double[drawn.Length + 1];
        for (var n = 0; n < drawn.Length; n++)
        {
            double toModes = 0, toEarlier = 0;
            for (var mode = 0; mode < graded.Length; mode++)
                toModes += probabilities[mode] * distance.Between(drawn[n], graded[mode]);
            for (var earlier = 0; earlier < n; earlier++)
                toEarlier += distance.Between(drawn[n], drawn[earlier]);
            cross[n + 1] = cross[n] + toModes;
            among[n + 1] = among[n] + 2 * toEarlier;
        }

        var graderDiversity = 0.0;
        for (var mode = 0; mode < graded.Length; mode++)
            for (var earlier = 0; earlier < mode; earlier++)
                graderDiversity += 2 * probabilities[mode] * probabilities[earlier] * distance.Between(graded[mode], graded[earlier]);

        return [.. counts.Select(n => new EnergyDistance(cross[n] / n, among[n] / ((double)n * n), graderDiversity))];
    }

    // A type argument and not a delegate: the compiler writes the loops anew for masks, and calls nothing indirectly in them.
    private interface IDistance<in T>
    {
        public double Between(T a, T b);
    }

    private readonly struct MaskDistance : IDistance<BitMask>
    {
        public double Between(BitMask a, BitMask b) => IntersectionOverUnion.Distance(a, b);
    }

    private readonly struct ClassDistance(SegmentationClasses classes) : IDistance<Segmentation>
    {
        public double Between(Segmentation a, Segmentation b) => SegmentationDistance.Between(a, b, classes);
    }
}
