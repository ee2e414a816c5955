using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// Which modes of a known distribution samples hit, and how often: each sample counts for the mode nearest to it by d = 1 − IoU, the first of
/// equally near ones. Kohl et al. 2018 count the 32 modes of their Cityscapes task so (released evaluation code).
/// At most 2²⁸ pairs are compared, which are those of 16,384 modes; more is an <see cref="InputException"/>.
/// </summary>
/// <param name="Nearest">The mode of each sample, by its place.</param>
/// <param name="Frequencies">The share of samples that hit a mode, one a mode, in [0, 1].</param>
/// <param name="Probabilities">
/// The true probability of a mode, one a mode. Where modes are equal masks, no sample can tell them apart: the first has the
/// probability of them all, the others 0.
/// </param>
public sealed record ModeCoverage(IReadOnlyList<int> Nearest, IReadOnlyList<double> Frequencies, IReadOnlyList<double> Probabilities)
{
    /// <summary>
    /// The share of modes that can occur which some sample hit, in (0, 1] or 0. It rises with the number of samples: compare it with
    /// <see cref="Expected"/>.
    /// </summary>
    public double Coverage
    {
        get
        {
            int hit = 0, possible = 0;
            for (var mode = 0; mode < Probabilities.Count; mode++)
                if (Probabilities[mode] > 0)
                {
                    possible++;
                    hit += Frequencies[mode] > 0 ? 1 : 0;
                }
            return (double)hit / possible;
        }
    }

    /// <summary>
    /// The total variation distance of frequencies to true probabilities, ½ Σ |f − p|, in [0, 1]; lower is better, and few samples cannot reach 0.
    /// </summary>
    public double TotalVariation => Frequencies.Zip(Probabilities, (frequency, probability) => Math.Abs(frequency - probability)).Sum() / 2;

    /// <summary>Counts the modes of samples.</summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image; at least one.</param>
    /// <param name="truth">The modes [H, W] and their probabilities.</param>
    /// <exception cref="ArgumentException">There is no sample, or masks differ in size.</exception>
    public static ModeCoverage Of(IReadOnlyList<BitMask> samples, ModeDistribution truth) =>
        Of(PairDistances.To(Segmentation.Binaries(samples), truth, SegmentationClasses.Binary));

    /// <summary>Counts the modes of samples of one class or several.</summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image; at least one.</param>
    /// <param name="truth">The modes [K, H, W] and their probabilities.</param>
    /// <param name="classes">What the planes mean, and which of them count.</param>
    /// <exception cref="ArgumentException">There is no sample, or segmentations differ in size or classes.</exception>
    public static ModeCoverage Of(IReadOnlyList<Segmentation> samples, ModeDistribution truth, SegmentationClasses classes) =>
        Of(PairDistances.To(samples, truth, classes));

    /// <summary>The coverage that n independent draws from the truth itself have in expectation: the mean of 1 − (1 − p)ⁿ over modes that can occur.</summary>
    /// <param name="truth">The modes [K, H, W] and their probabilities.</param>
    /// <param name="samples">n, at least 1.</param>
    /// <param name="classes">What the planes mean, and which of them count; binary masks if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample.</exception>
    public static double Expected(ModeDistribution truth, int samples, SegmentationClasses? classes = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return Pooled(PairDistances.Within(truth, classes ?? SegmentationClasses.Binary))
            .Where(probability => probability > 0)
            .Average(probability => 1 - Math.Pow(1 - probability, samples));
    }

    /// <summary>Counts the modes by distances that are known.</summary>
    internal static ModeCoverage Of(PairDistances distances)
    {
        var samples = distances.Samples;
        if (samples == 0)
            throw new ArgumentException("A count of modes needs at least one sample.", nameof(samples));
        var nearest = new int[samples];
        var hits = new int[distances.Modes];
        for (var sample = 0; sample < samples; sample++)
        {
            var least = double.PositiveInfinity;
            for (var mode = 0; mode < distances.Modes; mode++)
                if (distances.Between(sample, mode) is var distance && distance < least)
                    (least, nearest[sample]) = (distance, mode);
            hits[nearest[sample]]++;
        }
        return new(nearest, [.. hits.Select(count => (double)count / samples)], Pooled(distances));
    }

    /// <summary>The probabilities of modes, those of equal masks (at distance 0: d is a metric) with the first of them.</summary>
    private static double[] Pooled(PairDistances distances)
    {
        var pooled = new double[distances.Modes];
        for (var mode = 0; mode < pooled.Length; mode++)
        {
            var first = 0;
            while (first < mode && distances.AmongModes(first, mode) != 0)
                first++;
            pooled[first] += distances.Weights[mode];
        }
        return pooled;
    }
}
