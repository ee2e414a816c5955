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

    [Fact]
    public void ImpossibleInputs_AreRejected()
    {
        Assert.Throws<ArgumentException>(() => MatchedIou.Between([], [BitMask.Empty(4, 5)]));
        Assert.Throws<ArgumentException>(() => MatchedIou.Between([BitMask.Empty(4, 5)], []));
        Assert.Throws<ArgumentException>(() => MatchedIou.Between([BitMask.Empty(4, 5)], [BitMask.Empty(4, 4)]));
    }

    private static int LeastCommonMultiple(int a, int b) => Enumerable.Range(1, a * b).First(n => n % a == 0 && n % b == 0);
}
