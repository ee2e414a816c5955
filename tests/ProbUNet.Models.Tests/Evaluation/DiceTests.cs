using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class DiceTests
{
    private const double Rounding = 1e-12;

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void Scores_AreTheirDefinitionsOnPixels(MaskSets sets)
    {
        foreach (var empty in Enum.GetValues<EmptyMasks>())
        {
            var scores = Dice.Between(sets.SampleMasks, sets.GraderMasks, empty);
            Assert.Equal(Mean(sets.Graders.SelectMany(grader => sets.Samples.Select(sample => Naive(sample, grader, empty))), empty), scores.Mean, Rounding);
            // A grader without any defined pair has no best sample; an undefined pair beside others decides nothing unless it spoils the image.
            var best = sets.Graders.Select(grader => sets.Samples.Select(sample => Naive(sample, grader, empty)).ToArray())
                .Select(dice => empty == EmptyMasks.SkipPair ? [.. dice.Where(value => !double.IsNaN(value))] : dice)
                .Select(dice => dice.Length == 0 || dice.Any(double.IsNaN) ? double.NaN : dice.Max());
            Assert.Equal(Mean(best, empty), scores.Best, Rounding);
        }
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool Best_IsAtLeastTheMean_AndMoreSamplesDoNotLowerIt(MaskSets sets)
    {
        var all = Dice.Between(sets.SampleMasks, sets.GraderMasks);
        var first = Dice.Between([sets.SampleMasks[0]], sets.GraderMasks);
        return all.Best >= all.Mean - Rounding && all.Best >= first.Best - Rounding && Math.Abs(first.Best - first.Mean) <= Rounding;
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool SamplesThatAreTheGraders_AreBestPossible(MaskSets sets) =>
        Math.Abs(Dice.Between([.. sets.GraderMasks.Reverse()], sets.GraderMasks).Best - 1) <= Rounding;

    [Fact]
    public void EmptyMasks_AgreeOrNot_AsTheConventionSays()
    {
        BitMask nothing = BitMask.Empty(1, 4), some = First(2), more = First(3);
        Assert.Equal(1, Dice.Of(nothing, nothing));
        Assert.Equal(0, Dice.Of(nothing, some));
        Assert.Equal(0.8, Dice.Of(some, more), Rounding);
        Assert.Equal(new(0.5, 0.5), Dice.Between([nothing], [nothing, some]));
        Assert.Equal(new(0, 0), Dice.Between([nothing], [nothing, some], EmptyMasks.SkipPair));
        Assert.Equal(new(double.NaN, double.NaN), Dice.Between([nothing], [nothing, some], EmptyMasks.SkipImage));
        Assert.Equal(new(double.NaN, double.NaN), Dice.Between([nothing], [nothing], EmptyMasks.SkipPair));
    }

    [Fact]
    public void ImpossibleInputs_AreRefused()
    {
        Assert.Throws<ArgumentException>("samples", () => Dice.Between([], [BitMask.Empty(4, 5)]));
        Assert.Throws<ArgumentException>("graders", () => Dice.Between([BitMask.Empty(4, 5)], []));
        Assert.Throws<ArgumentException>(() => Dice.Between([BitMask.Empty(4, 5)], [BitMask.Empty(4, 4)]));
    }

    private static BitMask First(int pixels) => BitMask.From<int>(1, 4, [0, 1, 2, 3], pixel => pixel < pixels);

    private static double Naive(bool[] a, bool[] b, EmptyMasks empty)
    {
        double both = a.Zip(b).Count(pair => pair.First && pair.Second), sum = a.Count(x => x) + b.Count(x => x);
        return sum > 0 ? 2 * both / sum : empty == EmptyMasks.Agree ? 1 : double.NaN;
    }

    private static double Mean(IEnumerable<double> values, EmptyMasks empty) =>
        values.Where(value => empty != EmptyMasks.SkipPair || !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();
}
