using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Evaluation;

public class AttainableEnergyDistanceTests
{
    private const double Rounding = 1e-12;

    [Property(Arbitrary = [typeof(MaskSets)], MaxTest = 30)]
    public void ClosedForm_IsTheExpectationOverAllDraws(MaskSets sets)
    {
        var truth = Truths.Over([.. sets.GraderMasks.Take(3)], sets.Seed);
        for (var n = 1; n <= 4; n++)
            Assert.Equal(
                Truths.Expectation(truth, n, draws => GeneralizedEnergyDistance.Between(draws, truth).Squared),
                GeneralizedEnergyDistance.Attainable(truth, n), Rounding);
        Assert.Equal(GeneralizedEnergyDistance.Attainable(truth, 2), GeneralizedEnergyDistance.Attainable(truth, truth, 2));
        foreach (var (n, m) in (ReadOnlySpan<(int, int)>)[(1, 1), (1, 3), (2, 2), (3, 1)])
            Assert.Equal(
                Truths.Expectation(truth, n + m, draws => GeneralizedEnergyDistance.Between(draws[..n], draws[n..]).Squared),
                GeneralizedEnergyDistance.Attainable(truth, Draws(truth, m), n), Rounding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void MonteCarlo_MeetsTheClosedForm(int n)
    {
        const int Repeats = 2000;
        var image = DataSource.Open("synthetic:lesions").Test[0];
        var truth = image.Truth!;
        var random = RandomStream.For(3, n);
        var known = new double[Repeats];
        var graded = new double[Repeats];
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            BitMask[] samples = [.. Enumerable.Range(0, n).Select(_ => truth.Draw(random).Foreground)];
            known[repeat] = GeneralizedEnergyDistance.Between(samples, truth).Squared;
            graded[repeat] = GeneralizedEnergyDistance.Between(samples, [.. Enumerable.Range(0, 4).Select(_ => truth.Draw(random).Foreground)]).Squared;
        }
        AssertMean(GeneralizedEnergyDistance.Attainable(truth, n), known);
        AssertMean(GeneralizedEnergyDistance.Attainable(truth, Draws(truth, 4), n), graded);
    }

    [Fact]
    public void ACertainTruth_IsAttainedByOneSample() =>
        Assert.Equal(0, GeneralizedEnergyDistance.Attainable(new([BitMask.Empty(2, 2), BitMask.Empty(2, 2)], [0.5, 0.5]), 1));

    // What the documentation warns of: one mask in the middle beats a draw from the truth when there is one sample.
    [Fact]
    public void AtOneSample_TheLikeliestMaskScoresLessThanADraw()
    {
        var drawn = BitMask.From<int>(1, 3, [0, 1, 2], pixel => pixel == 1);
        var truth = new ModeDistribution([drawn, BitMask.Empty(1, 3)], [0.7, 0.3]);
        Assert.Equal(0.42, GeneralizedEnergyDistance.Attainable(truth, 1), Rounding);
        Assert.Equal(0.18, GeneralizedEnergyDistance.Between([drawn], truth).Squared, Rounding);
    }

    [Fact]
    public void NoSamples_AreRefused()
    {
        var truth = new ModeDistribution([BitMask.Empty(2, 2)], [1]);
        Assert.Throws<ArgumentOutOfRangeException>("samples", () => GeneralizedEnergyDistance.Attainable(truth, 0));
        Assert.Throws<ArgumentOutOfRangeException>("samples", () => GeneralizedEnergyDistance.Attainable(truth, truth, 0));
    }

    /// <summary>Some draws: which ones, the closed form does not ask.</summary>
    private static ModeDistribution Draws(ModeDistribution truth, int count) => ModeDistribution.OfDraws([.. Enumerable.Repeat(truth.Modes[0], count)]);

    /// <summary>Within five standard errors; seeds are fixed, so that this never flickers.</summary>
    private static void AssertMean(double expected, double[] values)
    {
        var mean = values.Average();
        var error = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) / values.Length);
        Assert.InRange(error, 1e-6, 0.02);
        Assert.Equal(expected, mean, 5 * error);
    }
}
