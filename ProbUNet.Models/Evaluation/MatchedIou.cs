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
        CheckCounts(samples.Count, graders.Count);
        return Matched(Distances(samples, graders, IntersectionOverUnion.Distance));
    }

    /// <summary>
    /// The same for segmentations of one class or several against a distribution: max over T of Σᵢⱼ Tᵢⱼ (1 − d(Sᵢ, Yⱼ)), where T is a plan whose rows sum to
    /// 1/n, a sample each, and whose columns sum to the probabilities of the modes. If these are alike, it is the matching one to one.
    /// </summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image; at least one.</param>
    /// <param name="truth">Modes [K, H, W] and their probabilities.</param>
    /// <param name="classes">What the planes mean, and which of them count (<see cref="SegmentationDistance"/>).</param>
    /// <exception cref="ArgumentException">There is no sample, or segmentations differ in size or classes.</exception>
    public static double Between(IReadOnlyList<Segmentation> samples, ModeDistribution truth, SegmentationClasses classes)
    {
        CheckCounts(samples.Count, truth.Modes.Count);
        var distances = Distances(samples, truth.Modes, (a, b) => SegmentationDistance.Between(a, b, classes));
        return truth.Probabilities.All(probability => probability == truth.Probabilities[0])
            ? Matched(distances)
            : 1 - OptimalTransport.Minimize(distances, [.. Enumerable.Repeat(1.0 / samples.Count, samples.Count)], truth.Probabilities);
    }

    private static void CheckCounts(int samples, int graders)
    {
        if (samples == 0)
            throw new ArgumentException("A matching needs at least one sample.", nameof(samples));
        if (graders == 0)
            throw new ArgumentException("A matching needs at least one grader's mask.", nameof(graders));
    }

    private static double[,] Distances<T>(IReadOnlyList<T> samples, IReadOnlyList<T> graders, Func<T, T, double> distance)
    {
        T[] drawn = [.. samples], graded = [.. graders];
        var distances = new double[drawn.Length, graded.Length];
        for (var sample = 0; sample < drawn.Length; sample++)
            for (var grader = 0; grader < graded.Length; grader++)
                distances[sample, grader] = distance(drawn[sample], graded[grader]);
        return distances;
    }

    private static double Matched(double[,] distances)
    {
        var (samples, graders) = (distances.GetLength(0), distances.GetLength(1));
        var size = samples / GreatestCommonDivisor(samples, graders) * graders;
        var cost = new double[size * size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
                cost[row * size + column] = distances[row % samples, column % graders];

        var columns = LinearAssignment.Minimize(cost, size);
        var total = 0.0;
        for (var row = 0; row < size; row++)
            total += 1 - cost[row * size + columns[row]];
        return total / size;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
