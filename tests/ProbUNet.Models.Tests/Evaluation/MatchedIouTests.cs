using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class MatchedIouTests
{
    private const double Rounding = 1e-12;

    public static TheoryData<string> Cases => [.. MetricFixtures.Names];

    [Theory, MemberData(nameof(Cases))]
    public void GoldenCase_GivesItsMatchedIou(string name)
    {
        var golden = MetricFixtures.Named(name);
        Assert.Equal(golden.HungarianMatchedIou, MatchedIou.Between(golden.SampleMasks(), golden.GraderMasks()), Rounding);
    }

    // 7! matchings at most, so that a hundred cases stay quick; 2 against 6, 3 against 6 and their like still repeat a set.
    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool MatchedIou_IsTheBestOfAllPermutations(MaskSets sets)
    {
        var graders = sets.Graders.Take(Enumerable.Range(1, sets.Graders.Count).Last(n => LeastCommonMultiple(n, sets.Samples.Count) <= 7)).ToArray();
        var matched = MatchedIou.Between(sets.SampleMasks, [.. sets.GraderMasks.Take(graders.Length)]);
        return Math.Abs(matched - NaiveMetrics.MatchedIou(sets.Samples, graders)) <= Rounding;
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool OrderAndRepeatingAWholeSet_DoNotMatter(MaskSets sets)
    {
        var samples = sets.SampleMasks.Reverse().Concat(sets.SampleMasks).ToArray();
        return Math.Abs(MatchedIou.Between(sets.SampleMasks, sets.GraderMasks) - MatchedIou.Between(samples, [.. sets.GraderMasks.Reverse()])) <= Rounding;
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool EqualMultisets_MatchPerfectly(MaskSets sets) =>
        Math.Abs(MatchedIou.Between(sets.SampleMasks, [.. sets.SampleMasks.Reverse()]) - 1) <= Rounding;

    // Half of the samples is each of two graders, whose share of the graders is 1/n each: all that a matching can gain.
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void TenThousandSamples_AreMatched(int graders)
    {
        BitMask[] masks = [.. Enumerable.Range(0, graders).Select(grader => BitMask.From<int>(1, graders, [.. Enumerable.Range(0, graders)], pixel => pixel == grader))];
        Assert.Equal(2.0 / graders, MatchedIou.Between([.. Enumerable.Range(0, 10_000).Select(sample => masks[sample % 2])], masks), Rounding);
    }

    [Fact]
    public void MoreThanCanBeCompared_IsRefusedInASentence()
    {
        BitMask[] many = [.. Enumerable.Repeat(BitMask.Empty(1, 1), 65_536)];
        var truth = new ModeDistribution(many, [.. Enumerable.Repeat(1.0 / many.Length, many.Length)]);
        foreach (var judging in (Action[])[() => MatchedIou.Between(many, many), () => GeneralizedEnergyDistance.Between(many, [many[0]]), () => ModeCoverage.Expected(truth, 1)])
            Assert.Equal("The segmentations: 65536 are to be compared with 65536, which are 4294967296 distances, and at most 268435456 are held; compare fewer samples, graders or modes.",
                Assert.Throws<InputException>(judging).Message);
    }

    [Fact]
    public void ImpossibleInputs_AreRejected()
    {
        Assert.Throws<ArgumentException>(() => MatchedIou.Between([], [BitMask.Empty(4, 5)]));
        Assert.Throws<ArgumentException>(() => MatchedIou.Between([BitMask.Empty(4, 5)], []));
        Assert.Throws<ArgumentException>(() => MatchedIou.Between([BitMask.Empty(4, 5)], [BitMask.Empty(4, 4)]));
    }

    private static int LeastCommonMultiple(int a, int b) => Enumerable.Range(1, a * b).First(n => n % a == 0 && n % b == 0);
}
