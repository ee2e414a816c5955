using ProbUNet.Models.Data;

namespace ProbUNet.Models.Tests.Evaluation;

/// <summary>Random distributions over masks, and expectations over draws from them.</summary>
internal static class Truths
{
    /// <summary>The masks as modes (equal ones stay apart) with random probabilities, some of which are 0.</summary>
    public static ModeDistribution Over(IReadOnlyList<BitMask> modes, int seed)
    {
        var random = new Random(seed);
        var weights = modes.Select(_ => random.Next(3) == 0 ? 0 : random.NextDouble()).ToArray();
        weights[random.Next(weights.Length)] += 0.1;
        var sum = weights.Sum();
        return new(modes, [.. weights.Select(weight => weight / sum)]);
    }

    /// <summary>E[f(Y₁, …, Yₙ)] over n independent draws, by all k^n of them.</summary>
    public static double Expectation(ModeDistribution truth, int n, Func<BitMask[], double> f) =>
        Tuples(truth.Modes.Count, n)
            .Select(modes => (Probability: modes.Aggregate(1.0, (product, mode) => product * truth.Probabilities[mode]), Modes: modes))
            .Sum(draw => draw.Probability * f([.. draw.Modes.Select(mode => truth.Modes[mode].Foreground)]));

    private static IEnumerable<int[]> Tuples(int k, int n) =>
        n == 0 ? [[]] : Tuples(k, n - 1).SelectMany(shorter => Enumerable.Range(0, k).Select(last => (int[])[.. shorter, last]));
}
