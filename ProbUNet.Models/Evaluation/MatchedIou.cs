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
        if (samples.Count == 0)
            throw new ArgumentException("A matching needs at least one sample.", nameof(samples));
        if (graders.Count == 0)
            throw new ArgumentException("A matching needs at least one grader's mask.", nameof(graders));

        var distances = new double[samples.Count, graders.Count];
        for (var sample = 0; sample < samples.Count; sample++)
            for (var grader = 0; grader < graders.Count; grader++)
                distances[sample, grader] = IntersectionOverUnion.Distance(samples[sample], graders[grader]);

        var size = samples.Count / GreatestCommonDivisor(samples.Count, graders.Count) * graders.Count;
        var cost = new double[size * size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
                cost[row * size + column] = distances[row % samples.Count, column % graders.Count];

        var columns = LinearAssignment.Minimize(cost, size);
        var total = 0.0;
        for (var row = 0; row < size; row++)
            total += 1 - cost[row * size + columns[row]];
        return total / size;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
