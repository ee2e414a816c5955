using FsCheck.Xunit;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Evaluation;

public class BootstrapTests
{
    private const double Rounding = 1e-10;

    [Fact]
    public void TheLevelInWords_IsThatOfTheIntervals_WhereverTextsNameIt()
    {
        Assert.Equal("95 %", Bootstrap.DefaultLevelInWords);
        Assert.Contains($"{Bootstrap.DefaultLevelInWords} intervals", EvaluationReport.Text(Evaluator.ScoreAllEmpty(ToyData.Squares(1), [1])));
        var library = Path.Combine(SharedData.RepositoryRoot(), "ProbUNet.Models");
        Assert.DoesNotContain(Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains("95 %", StringComparison.Ordinal));
    }

    [Property(MaxTest = 40)]
    public void Interval_IsThatOfResampledImages_CaseByCase(int seed)
    {
        var (cases, values) = Draw(seed);
        var interval = Bootstrap.Mean(cases, values, seed, resamples: 200, level: 0.9);
        Assert.Equal(values.Average(), interval.Mean, Rounding);
        var names = cases.Distinct().Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 1)
        {
            Assert.Equal((null, null), (interval.Lower, interval.Upper));
            return;
        }

        // Written out: every resample is a list of images.
        var random = RandomStream.For(seed, (long)Purpose.Resampling);
        var means = Enumerable.Range(0, 200).Select(_ => names
            .SelectMany(_ => names[random.NextInt32(names.Length)] is var drawn ? values.Where((_, image) => cases[image] == drawn) : [])
            .Average()).Order().ToArray();
        // 5 % of the way through 200 values is 9.95 steps from the first.
        Assert.Equal(means[9] + 0.95 * (means[10] - means[9]), interval.Lower!.Value, Rounding);
        Assert.Equal(means[189] + 0.05 * (means[190] - means[189]), interval.Upper!.Value, Rounding);
    }

    [Property(MaxTest = 40)]
    public void OrderOfImages_DoesNotMatter(int seed)
    {
        var (cases, values) = Draw(seed);
        var order = Enumerable.Range(0, cases.Length).ToArray();
        new Random(seed).Shuffle(order);
        AssertClose(Bootstrap.Mean(cases, values, 1), Bootstrap.Mean([.. order.Select(i => cases[i])], [.. order.Select(i => values[i])], 1));
    }

    [Property(MaxTest = 40)]
    public void ShiftedAndScaledScores_HaveTheShiftedAndScaledInterval(int seed)
    {
        var (cases, values) = Draw(seed);
        var interval = Bootstrap.Mean(cases, values, seed);
        AssertClose(
            new(3 * interval.Mean - 2, 3 * interval.Lower - 2, 3 * interval.Upper - 2),
            Bootstrap.Mean(cases, [.. values.Select(value => 3 * value - 2)], seed));
    }

    // What resampling by case is for: more slices of the same patients are no more patients.
    [Property(MaxTest = 40)]
    public void RepeatingEveryImageOfACase_DoesNotNarrowTheInterval(int seed)
    {
        var (cases, values) = Draw(seed);
        AssertClose(Bootstrap.Mean(cases, values, seed), Bootstrap.Mean([.. cases, .. cases, .. cases], [.. values, .. values, .. values], seed));
    }

    [Property(MaxTest = 40)]
    public void AHigherLevel_ContainsALowerOne(int seed)
    {
        var (cases, values) = Draw(seed);
        if (cases.Distinct().Count() == 1)
            return;
        ConfidenceInterval wide = Bootstrap.Mean(cases, values, seed), narrow = Bootstrap.Mean(cases, values, seed, level: 0.5);
        Assert.True(wide.Lower <= narrow.Lower && narrow.Lower <= narrow.Upper && narrow.Upper <= wide.Upper);
        Assert.InRange(wide.Lower!.Value, values.Min() - Rounding, values.Max());
        Assert.InRange(wide.Upper!.Value, values.Min(), values.Max() + Rounding);
    }

    [Fact]
    public void TheSeed_DecidesTheInterval()
    {
        string[] cases = [.. Enumerable.Range(0, 50).Select(image => $"patient {image}")];
        double[] values = [.. cases.Select((_, image) => Math.Sqrt(image))];
        Assert.Equal(Bootstrap.Mean(cases, values, 1), Bootstrap.Mean(cases, values, 1));
        Assert.NotEqual(Bootstrap.Mean(cases, values, 1), Bootstrap.Mean(cases, values, 2));
    }

    [Fact]
    public void Intervals_HoldTheTruthAsOftenAsTheySay_AndByImageTheyWouldNot()
    {
        const int Repeats = 300;
        int byCase = 0, byImage = 0;
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            // 40 patients whose own level varies more than their three slices do. Sums of twelve uniforms are nearly normal.
            var random = RandomStream.For(repeat);
            var levels = Enumerable.Range(0, 40).Select(_ => Normal(random)).ToArray();
            string[] cases = [.. Enumerable.Range(0, 120).Select(image => $"{image / 3}")], images = [.. Enumerable.Range(0, 120).Select(image => $"{image}")];
            double[] values = [.. Enumerable.Range(0, 120).Select(image => levels[image / 3] + 0.3 * Normal(random))];
            byCase += Contains(Bootstrap.Mean(cases, values, repeat, resamples: 300), 0) ? 1 : 0;
            byImage += Contains(Bootstrap.Mean(images, values, repeat, resamples: 300), 0) ? 1 : 0;
        }
        Assert.InRange((double)byCase / Repeats, 0.91, 0.98);
        Assert.InRange((double)byImage / Repeats, 0, 0.85);

        static double Normal(RandomStream random) => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
        static bool Contains(ConfidenceInterval interval, double value) => interval.Lower <= value && value <= interval.Upper;
    }

    [Fact]
    public void ImpossibleInputs_AreRefused()
    {
        Assert.Throws<ArgumentException>("values", () => Bootstrap.Mean([], [], 1));
        Assert.Throws<ArgumentException>("values", () => Bootstrap.Mean(["a"], [1, 2], 1));
        Assert.Throws<ArgumentException>("values", () => Bootstrap.Mean(["a", "b"], [1, double.NaN], 1));
        Assert.Throws<ArgumentOutOfRangeException>("resamples", () => Bootstrap.Mean(["a"], [1], 1, resamples: 0));
        Assert.Throws<ArgumentOutOfRangeException>("level", () => Bootstrap.Mean(["a"], [1], 1, level: 95));
        Assert.Throws<ArgumentOutOfRangeException>("level", () => Bootstrap.Mean(["a"], [1], 1, level: double.NaN));
    }

    private static (string[] Cases, double[] Values) Draw(int seed)
    {
        var random = new Random(seed);
        var cases = random.Next(1, 12);
        var images = random.Next(1, 40);
        return (
            [.. Enumerable.Range(0, images).Select(_ => $"patient {random.Next(cases)}")],
            [.. Enumerable.Range(0, images).Select(_ => random.NextDouble())]);
    }

    private static void AssertClose(ConfidenceInterval expected, ConfidenceInterval actual)
    {
        Assert.Equal(expected.Mean, actual.Mean, Rounding);
        Assert.Equal(expected.Lower ?? double.NaN, actual.Lower ?? double.NaN, Rounding);
        Assert.Equal(expected.Upper ?? double.NaN, actual.Upper ?? double.NaN, Rounding);
    }
}
