using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// Hungarian-matched IoU: how well samples and graders can be told to be the same set, sample by sample. Unlike the energy distance it
/// does not reward diversity for its own sake (Kohl et al. 2019, "A Hierarchical Probabilistic U-Net").
/// </summary>
public static class MatchedIou
{
    /// <summary>
    /// max over π of (1/k) Σᵢ IoU(Sᵢ, Yπ(i)), in [0, 1], higher is better: both sets are repeated to the least common multiple k of their
    /// sizes and matched one to one; IoU(∅, ∅) = 1. Takes O(k³): 16 samples against 4 graders have k = 16, against 10 graders k = 80.
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
        if (distances.Weights.All(probability => probability == distances.Weights[0]))
            return Matched(distances);
        var cost = new double[samples, distances.Modes];
        for (var sample = 0; sample < samples; sample++)
            for (var mode = 0; mode < distances.Modes; mode++)
                cost[sample, mode] = distances.Between(sample, mode);
        return 1 - OptimalTransport.Minimize(cost, [.. Enumerable.Repeat(1.0 / samples, samples)], distances.Weights);
    }

    private static double Matched(PairDistances distances)
    {
        var (samples, graders) = (distances.Samples, distances.Modes);
        var size = samples / GreatestCommonDivisor(samples, graders) * graders;
        var cost = new double[size * size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
                cost[row * size + column] = distances.Between(row % samples, column % graders);

        var columns = LinearAssignment.Minimize(cost, size);
        var total = 0.0;
        for (var row = 0; row < size; row++)
            total += 1 - cost[row * size + columns[row]];
        return total / size;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
