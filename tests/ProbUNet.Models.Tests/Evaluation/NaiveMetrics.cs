namespace ProbUNet.Models.Tests.Evaluation;

/// <summary>The metrics by their definitions, pixel by pixel and permutation by permutation: slow, and plainly right.</summary>
internal static class NaiveMetrics
{
    public static double Iou(bool[] a, bool[] b)
    {
        var intersection = a.Zip(b, (x, y) => x && y).Count(both => both);
        var union = a.Zip(b, (x, y) => x || y).Count(either => either);
        return union == 0 ? 1 : (double)intersection / union;
    }

    public static double MeanDistance(IReadOnlyList<bool[]> left, IReadOnlyList<bool[]> right) =>
        left.SelectMany(a => right.Select(b => 1 - Iou(a, b))).Average();

    public static double SquaredEnergyDistance(IReadOnlyList<bool[]> samples, IReadOnlyList<bool[]> graders) =>
        2 * MeanDistance(samples, graders) - MeanDistance(samples, samples) - MeanDistance(graders, graders);

    /// <summary>The best mean over every one-to-one matching of the sets, repeated to equal sizes.</summary>
    public static double MatchedIou(IReadOnlyList<bool[]> samples, IReadOnlyList<bool[]> graders)
    {
        var size = Enumerable.Range(1, samples.Count * graders.Count).First(n => n % samples.Count == 0 && n % graders.Count == 0);
        var gain = new double[size, size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
                gain[row, column] = Iou(samples[row % samples.Count], graders[column % graders.Count]);
        return Permutations(size).Max(columns => columns.Select((column, row) => gain[row, column]).Sum()) / size;
    }

    /// <summary>Every order of 0 … n−1.</summary>
    public static IEnumerable<int[]> Permutations(int n)
    {
        if (n == 0)
            return [[]];
        return Permutations(n - 1).SelectMany(shorter =>
            Enumerable.Range(0, n).Select(at => (int[])[.. shorter[..at], n - 1, .. shorter[at..]]));
    }
}
