using FsCheck.Xunit;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Evaluation;

public class PairedComparisonTests
{
    private const double Rounding = 1e-10;

    [Property(MaxTest = 40)]
    public void FewCases_AreTestedByEverySignPattern(int seed)
    {
        var (cases, a, b) = Draw(seed, mostCases: 9);
        var totals = cases.Zip(a, b).GroupBy(image => image.First).Select(group => group.Sum(image => image.Second - image.Third)).ToArray();
        var sums = totals.Aggregate((double[])[0.0], (sums, total) => [.. sums.SelectMany(sum => (double[])[sum + total, sum - total])]);
        var expected = (double)sums.Count(sum => Math.Abs(sum) >= Math.Abs(totals.Sum()) - 1e-9) / sums.Length;
        Assert.Equal(expected, PairedComparison.Of(cases, a, b, Better.Lower, seed).PValue);
        Assert.InRange(expected, 2.0 / sums.Length, 1);
    }

    [Property(MaxTest = 40)]
    public void ManyPatternsDrawn_ComeCloseToAllOfThem(int seed)
    {
        var (cases, a, b) = Draw(seed, mostCases: 9);
        if (cases.Distinct().Count() < 9)
            return;
        var exact = PairedComparison.Of(cases, a, b, Better.Lower, seed, resamples: 512).PValue;
        var drawn = PairedComparison.Of(cases, a, b, Better.Lower, seed, resamples: 511).PValue;
        Assert.Equal(exact, drawn, 5.5 * Math.Sqrt(exact * (1 - exact) / 511) + 1.0 / 511);
        Assert.Equal(Math.Round(drawn * 512), drawn * 512, Rounding); // (1 + hits) / (1 + 511)
    }

    [Property(MaxTest = 40)]
    public void Difference_IsTheBootstrapOfTheDifferences_AndSharesAreCounts(int seed)
    {
        var (cases, a, b) = Draw(seed, mostCases: 12);
        var comparison = PairedComparison.Of(cases, a, b, Better.Lower, seed, resamples: 100, level: 0.8);
        Assert.Equal(Bootstrap.Mean(cases, [.. a.Zip(b, (x, y) => x - y)], seed, resamples: 100, level: 0.8), comparison.Difference);
        Assert.Equal(a.Zip(b).Average(pair => pair.First < pair.Second ? 1.0 : 0), comparison.BetterShare, Rounding);
        Assert.Equal(a.Zip(b).Average(pair => pair.First == pair.Second ? 1.0 : 0), comparison.TiedShare, Rounding);
        Assert.Equal(1 - comparison.BetterShare - comparison.TiedShare, PairedComparison.Of(cases, a, b, Better.Higher, seed).BetterShare, Rounding);
    }

    [Property(MaxTest = 40)]
    public void ExchangingTheRuns_ExchangesWhatIsSaid(int seed)
    {
        var (cases, a, b) = Draw(seed, mostCases: 20);
        PairedComparison forth = PairedComparison.Of(cases, a, b, Better.Lower, seed), back = PairedComparison.Of(cases, b, a, Better.Lower, seed);
        Assert.Equal(forth.PValue, back.PValue);
        Assert.Equal(forth.Difference.Mean, -back.Difference.Mean, Rounding);
        Assert.Equal(forth.Difference.Lower ?? double.NaN, -back.Difference.Upper ?? double.NaN, Rounding);
        Assert.Equal(1 - forth.TiedShare - forth.BetterShare, back.BetterShare, Rounding);
    }

    [Fact]
    public void ARunAgainstItself_IsNoDifferent()
    {
        string[] cases = [.. Enumerable.Range(0, 100).Select(image => $"{image}")];
        double[] values = [.. cases.Select(double.Parse)];
        Assert.Equal(new(new(0, 0, 0), 0, 1, 1), PairedComparison.Of(cases, values, values, Better.Lower, 1));
    }

    [Fact]
    public void AClearDifference_IsAsUnlikelyAsTheDrawnPatternsCanTell()
    {
        string[] cases = [.. Enumerable.Range(0, 100).Select(image => $"{image / 2}")];
        double[] a = [.. cases.Select(double.Parse)], b = [.. a.Select(value => value + 1)];
        Assert.Equal(1.0 / 1001, PairedComparison.Of(cases, a, b, Better.Lower, 1).PValue);
    }

    // Only cases past the 64th differ: their signs must be drawn as well as those of the first word.
    [Fact]
    public void UnderTheNull_SmallPValuesAreAsRareAsTheySay()
    {
        const int Repeats = 600;
        var small = 0;
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var random = RandomStream.For(repeat, 1);
            string[] cases = [.. Enumerable.Range(0, 192).Select(image => $"{image / 2:D3}")];
            var levels = Enumerable.Range(0, 96).Select(number => number < 64 ? 0 : random.NextDouble(-1, 1)).ToArray();
            double[] a = [.. Enumerable.Range(0, 192).Select(image => levels[image / 2])];
            small += PairedComparison.Of(cases, a, new double[192], Better.Lower, repeat, resamples: 199).PValue <= 0.1 ? 1 : 0;
        }
        Assert.InRange((double)small / Repeats, 0.1 - 4 * Math.Sqrt(0.09 / Repeats), 0.1 + 4 * Math.Sqrt(0.09 / Repeats));
    }

    [Fact]
    public void RunsOverDifferentImages_AreRefused() =>
        Assert.Throws<ArgumentException>("b", () => PairedComparison.Of(["a", "b"], [1, 2], [1], Better.Lower, 1));

    /// <summary>Scores in tenths, so that ties happen, among images and among the sums of sign patterns, where rounding hides them.</summary>
    private static (string[] Cases, double[] A, double[] B) Draw(int seed, int mostCases)
    {
        var random = new Random(seed);
        var images = random.Next(1, 50);
        var cases = random.Next(1, mostCases + 1);
        return ([.. Enumerable.Range(0, images).Select(_ => $"patient {random.Next(cases)}")], Scores(), Scores());

        double[] Scores() => [.. Enumerable.Range(0, images).Select(_ => random.Next(11) / 10.0)];
    }
}
