namespace ProbUNet.Models.Search;

/// <summary>The arithmetic of successive halving (Jamieson and Talwalkar 2016): how many variants stand on a rung, which of them go on, and how long they are trained.</summary>
internal static class Halving
{
    /// <summary>How many of so many go on: ⌈count/eta⌉.</summary>
    public static int Kept(int count, int eta) => (int)(((long)count + eta - 1) / eta);

    /// <summary>The rungs that it takes until one is left.</summary>
    public static int Rungs(int count, int eta) => count <= 1 ? 1 : 1 + Rungs(Kept(count, eta), eta);

    /// <summary>The steps of a training on a rung, counted from 0: those on the lowest times eta^rung, or <see cref="int.MaxValue"/> where an integer does not hold them.</summary>
    public static int StepsOn(int rung, int steps, int eta) => (int)Math.Min(int.MaxValue, steps * Math.Pow(eta, rung));

    /// <summary>The best ⌈n/eta⌉ of n, best first: those with the lowest scores. Of equal scores the earlier is the better, and what has none, because it could not be trained, never goes on.</summary>
    /// <param name="scores">Lower is better.</param>
    /// <param name="eta">At least 2.</param>
    /// <returns>Places in the list.</returns>
    public static IReadOnlyList<int> Best(IReadOnlyList<double?> scores, int eta) =>
        [.. Enumerable.Range(0, scores.Count).Where(place => scores[place] is not null).OrderBy(place => scores[place]!.Value).Take(Kept(scores.Count, eta))];
}
