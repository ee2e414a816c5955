using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class ModeCoverageTests
{
    private const double Rounding = 1e-12;

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void EverySample_CountsForTheFirstOfItsNearestModes(MaskSets sets)
    {
        var found = ModeCoverage.Of(sets.SampleMasks, Truths.Over(sets.GraderMasks, sets.Seed));
        var nearest = sets.Samples.Select(sample =>
        {
            var distances = sets.Graders.Select(mode => 1 - NaiveMetrics.Iou(sample, mode)).ToList();
            return distances.IndexOf(distances.Min());
        }).ToArray();
        Assert.Equal(nearest, found.Nearest);
        Assert.Equal(sets.Graders.Select((_, mode) => (double)nearest.Count(hit => hit == mode) / nearest.Length), found.Frequencies);
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void Probabilities_ArePooledOverEqualMasks_OnTheFirstOfThem(MaskSets sets)
    {
        var truth = Truths.Over(sets.GraderMasks, sets.Seed);
        var pooled = ModeCoverage.Of(sets.SampleMasks, truth).Probabilities;
        Assert.Equal(1, pooled.Sum(), Rounding);
        for (var mode = 0; mode < pooled.Count; mode++)
        {
            var isFirst = Enumerable.Range(0, mode).All(earlier => !truth.Modes[earlier].Equals(truth.Modes[mode]));
            var expected = isFirst ? truth.Modes.Zip(truth.Probabilities).Where(pair => pair.First.Equals(truth.Modes[mode])).Sum(pair => pair.Second) : 0;
            Assert.Equal(expected, pooled[mode], Rounding);
        }
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void CoverageAndTotalVariation_AreThoseOfTheDistinctMasks(MaskSets sets)
    {
        var truth = Truths.Over(sets.GraderMasks, sets.Seed);
        var found = ModeCoverage.Of(sets.SampleMasks, truth);
        var hit = found.Nearest.Select(mode => truth.Modes[mode]).ToArray();
        var weights = truth.Modes.Zip(truth.Probabilities).GroupBy(pair => pair.First, pair => pair.Second)
            .ToDictionary(group => group.Key, group => group.Sum());
        Assert.Equal(weights.Where(pair => pair.Value > 0).Average(pair => hit.Contains(pair.Key) ? 1.0 : 0), found.Coverage, Rounding);
        // Over all events: the largest difference that any set of masks can have.
        Assert.Equal(
            weights.Sum(pair => Math.Max(0, (double)hit.Count(pair.Key.Equals) / hit.Length - pair.Value)), found.TotalVariation, Rounding);
        Assert.InRange(found.TotalVariation, 0, 1);
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void ModesDrawnInProportion_AreCoveredWithoutVariation(MaskSets sets)
    {
        var truth = new ModeDistribution(sets.GraderMasks, [.. sets.Graders.Select(_ => 1.0 / sets.Graders.Count)]);
        var found = ModeCoverage.Of([.. sets.GraderMasks, .. sets.GraderMasks], truth);
        Assert.Equal(1, found.Coverage);
        Assert.Equal(0, found.TotalVariation, Rounding);
    }

    [Property(Arbitrary = [typeof(MaskSets)], MaxTest = 30)]
    public void ExpectedCoverage_IsTheExpectationOverAllDraws(MaskSets sets)
    {
        var truth = Truths.Over([.. sets.GraderMasks.Take(3)], sets.Seed);
        for (var n = 1; n <= 4; n++)
            Assert.Equal(Truths.Expectation(truth, n, draws => ModeCoverage.Of(draws, truth).Coverage), ModeCoverage.Expected(truth, n), Rounding);
    }

    [Fact]
    public void AModeThatCannotOccur_AddsToVariationAndNotToCoverage()
    {
        BitMask[] modes = [.. Enumerable.Range(0, 3).Select(mode => BitMask.From<int>(1, 3, [0, 1, 2], pixel => pixel == mode))];
        var found = ModeCoverage.Of([modes[0], modes[2], modes[2], modes[2]], new(modes, [0.5, 0.5, 0]));
        Assert.Equal([0.25, 0, 0.75], found.Frequencies);
        Assert.Equal(0.5, found.Coverage);
        Assert.Equal(0.75, found.TotalVariation);
    }

    [Fact]
    public void ImpossibleInputs_AreRefused()
    {
        var truth = new ModeDistribution([BitMask.Empty(2, 2)], [1]);
        Assert.Throws<ArgumentException>("samples", () => ModeCoverage.Of([], truth));
        Assert.Throws<ArgumentException>(() => ModeCoverage.Of([BitMask.Empty(2, 3)], truth));
        Assert.Throws<ArgumentOutOfRangeException>("samples", () => ModeCoverage.Expected(truth, 0));
    }
}
