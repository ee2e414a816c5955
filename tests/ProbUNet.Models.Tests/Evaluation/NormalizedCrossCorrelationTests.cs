using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class NormalizedCrossCorrelationTests
{
    [Property(Arbitrary = [typeof(MaskSets)])]
    public void Score_IsItsDefinition_MapByMap(MaskSets sets)
    {
        var samples = Soft(sets);
        var score = NormalizedCrossCorrelation.Between([.. samples.SelectMany(sample => sample)], sets.GraderMasks);
        var naive = Naive(samples, sets.Graders);
        // Where a map is constant but for rounding, 0/0 comes out as anything; the law asks about those that are not.
        if (naive is { } expected)
        {
            Assert.Equal(expected, score, 1e-9);
            Assert.InRange(score, -1 - 1e-9, 1 + 1e-9);
        }
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void OrderOfSamplesAndGraders_DoesNotMatter(MaskSets sets)
    {
        var samples = Soft(sets);
        var forth = NormalizedCrossCorrelation.Between([.. samples.SelectMany(sample => sample)], sets.GraderMasks);
        var back = NormalizedCrossCorrelation.Between([.. samples.Reverse().SelectMany(sample => sample)], [.. sets.GraderMasks.Reverse()]);
        if (Naive(samples, sets.Graders) is not null)
            Assert.Equal(forth, back, 1e-9);
    }

    [Fact]
    public void UncertaintyWhereAGraderDisagrees_IsRewarded_AndElsewherePunished()
    {
        // One pixel on which samples are torn, three on which they are sure of the background.
        float[] samples = [0.6f, 0.1f, 0.1f, 0.1f, 0.4f, 0.1f, 0.1f, 0.1f];
        Assert.Equal(1, NormalizedCrossCorrelation.Between(samples, [Pixels(0)]), 1e-9);
        Assert.InRange(NormalizedCrossCorrelation.Between(samples, [Pixels(2)]), -1, 0);
        Assert.Equal(
            (1 + NormalizedCrossCorrelation.Between(samples, [Pixels(2)])) / 2,
            NormalizedCrossCorrelation.Between(samples, [Pixels(0), Pixels(2)]), 1e-9);
    }

    // By hand: samples 1/2 and 1/4 on a pixel and 1/8 twice on the next two; a grader who draws the first and the third.
    [Fact]
    public void SmallCase_IsWhatPaperAndPencilSay()
    {
        double unsure = 0.375 * 1.5 * Math.Log(2) - 0.625 * (Math.Log(0.5) + Math.Log(0.75)) / 2, sure = 0.125 * 3 * Math.Log(2) - 0.875 * Math.Log(0.875);
        double[] u = [unsure, sure, sure], e = [1.5 * Math.Log(2), -Math.Log(0.875), 3 * Math.Log(2)];
        double meanU = u.Average(), meanE = e.Average();
        var expected = u.Zip(e, (x, y) => (x - meanU) * (y - meanE)).Sum()
            / Math.Sqrt(u.Sum(x => (x - meanU) * (x - meanU)) * e.Sum(y => (y - meanE) * (y - meanE)));
        var grader = BitMask.From<int>(1, 3, [0, 1, 2], pixel => pixel != 1);
        Assert.Equal(expected, NormalizedCrossCorrelation.Between([0.5f, 0.125f, 0.125f, 0.25f, 0.125f, 0.125f], [grader]), 1e-6); // ε moves the seventh digit.
    }

    [Fact]
    public void AConstantMap_HasNothingToCorrelate()
    {
        // Of several sizes: the mean of equal values is rounded, and their variance as computed is not always 0.
        for (var size = 2; size < 64; size++)
        {
            var grader = BitMask.From<int>(1, size, [.. Enumerable.Range(0, size)], pixel => pixel == 1);
            foreach (var p in (float[])[0.1f, 0.2f, 0.3f, 0.4f])
                Assert.Equal(double.NaN, NormalizedCrossCorrelation.Between([.. Enumerable.Repeat(p, size)], [grader]));
        }
        Assert.Equal(double.NaN, NormalizedCrossCorrelation.Between([0, 0, 0, 0, 0, 0, 0, 0], [Pixels()]));
    }

    [Fact]
    public void ImpossibleInputs_AreRefused()
    {
        Assert.Throws<ArgumentException>("graders", () => NormalizedCrossCorrelation.Between([0, 0, 0, 0], []));
        Assert.Throws<ArgumentException>("graders", () => NormalizedCrossCorrelation.Between([0, 0, 0, 0], [BitMask.Empty(2, 2), BitMask.Empty(1, 4)]));
        Assert.Throws<ArgumentException>("samples", () => NormalizedCrossCorrelation.Between([], [BitMask.Empty(2, 2)]));
        Assert.Throws<ArgumentException>("samples", () => NormalizedCrossCorrelation.Between([0, 0, 0, 0, 0], [BitMask.Empty(2, 2)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalizedCrossCorrelation.Between([0, 0, 0, 2], [BitMask.Empty(2, 2)]));
    }

    /// <summary>Probabilities around the masks: sure ones too.</summary>
    private static float[][] Soft(MaskSets sets)
    {
        var random = new Random(sets.Seed);
        return [.. sets.Samples.Select(sample => sample.Select(pixel => random.Next(4) == 0 ? (pixel ? 1f : 0f) : random.NextSingle()).ToArray())];
    }

    /// <summary>With two classes a pixel and all n · m cross-entropy maps, as the paper writes it; null where a map varies too little for a ratio.</summary>
    private static double? Naive(float[][] samples, IReadOnlyList<bool[]> graders)
    {
        int size = samples[0].Length, n = samples.Length;
        double[][] mean = [.. Enumerable.Range(0, size).Select(pixel => Classes(samples.Average(sample => (double)sample[pixel])))];
        var unsure = Average(samples.Select(sample => CrossEntropy(mean, sample)));
        var correlations = graders.Select(grader =>
        {
            double[][] label = [.. grader.Select(pixel => Classes(pixel ? 1 : 0))];
            return Pearson(unsure, Average(samples.Select(sample => CrossEntropy(label, sample))));
        }).ToArray();
        return correlations.All(correlation => correlation.HasValue) ? correlations.Average() : null;

        static double[] Classes(double p) => [1 - p, p];

        static double[] CrossEntropy(double[][] target, float[] sample) =>
            [.. target.Zip(sample, (classes, p) => -classes.Zip(Classes(p), (t, s) => t * Math.Log(s + 1e-8)).Sum())];

        double[] Average(IEnumerable<double[]> maps) =>
            [.. maps.Aggregate(new double[size], (sum, map) => [.. sum.Zip(map, (a, b) => a + b)]).Select(sum => sum / n)];
    }

    private static double? Pearson(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        var deviationA = Math.Sqrt(a.Average(x => (x - meanA) * (x - meanA)));
        var deviationB = Math.Sqrt(b.Average(y => (y - meanB) * (y - meanB)));
        return deviationA < 1e-6 || deviationB < 1e-6 ? null : a.Zip(b, (x, y) => (x - meanA) / deviationA * ((y - meanB) / deviationB)).Average();
    }

    private static BitMask Pixels(params int[] foreground) => BitMask.From<int>(2, 2, [0, 1, 2, 3], foreground.Contains);
}
