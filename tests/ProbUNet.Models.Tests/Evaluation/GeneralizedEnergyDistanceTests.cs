using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class GeneralizedEnergyDistanceTests
{
    /// <summary>Far below any digit that is ever reported, far above the rounding of a few hundred additions.</summary>
    private const double Rounding = 1e-12;

    public static TheoryData<string> Cases => [.. MetricFixtures.Names];

    [Theory, MemberData(nameof(Cases))]
    public void GoldenCase_GivesItsThreeTermsAndTheirSum(string name)
    {
        var golden = MetricFixtures.Named(name);
        var distance = GeneralizedEnergyDistance.Between(golden.SampleMasks(), golden.GraderMasks());
        Assert.Equal(golden.ExpectedCrossDistance, distance.CrossDistance, Rounding);
        Assert.Equal(golden.SampleDiversity, distance.SampleDiversity, Rounding);
        Assert.Equal(golden.GraderDiversity, distance.GraderDiversity, Rounding);
        Assert.Equal(golden.GedSquared, distance.Squared, Rounding);
    }

    [Fact]
    public void Fixtures_HaveAllFiveCases() => Assert.Equal(5, MetricFixtures.Names.Count);

    // The values that the paper's Figure 4a shows as lines of dots, and the rest of their family: they hold for the V-statistic only.
    [Theory]
    [InlineData(0, 2.0)]
    [InlineData(1, 1.125)]
    [InlineData(2, 0.5)]
    [InlineData(3, 0.125)]
    [InlineData(4, 0.0)]
    public void EmptySampleAgainstSomeEmptyAndElseIdenticalGraders_IsKnownInClosedForm(int emptyGraders, double squared)
    {
        var graders = Enumerable.Range(0, 4).Select(i => i < emptyGraders ? BitMask.Empty(6, 7) : Pixels(6, 7, 10, 11, 12)).ToArray();
        Assert.Equal(squared, GeneralizedEnergyDistance.Between([BitMask.Empty(6, 7)], graders).Squared, Rounding);
    }

    [Fact]
    public void DisjointSampleAgainstThreeEmptyGraders_IsThirteenEighths()
    {
        var graders = new[] { BitMask.Empty(6, 7), BitMask.Empty(6, 7), BitMask.Empty(6, 7), Pixels(6, 7, 10, 11) };
        Assert.Equal(1.625, GeneralizedEnergyDistance.Between([Pixels(6, 7, 30, 31, 32)], graders).Squared, Rounding);
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool BitMasks_AgreeWithTheDefinitionOnPixels(MaskSets sets)
    {
        var distance = GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks);
        return Close(distance.CrossDistance, NaiveMetrics.MeanDistance(sets.Samples, sets.Graders))
            && Close(distance.SampleDiversity, NaiveMetrics.MeanDistance(sets.Samples, sets.Samples))
            && Close(distance.GraderDiversity, NaiveMetrics.MeanDistance(sets.Graders, sets.Graders))
            && Close(distance.Squared, NaiveMetrics.SquaredEnergyDistance(sets.Samples, sets.Graders));
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool Square_IsNeverNegative(MaskSets sets) =>
        GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks).Squared >= -Rounding;

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool EqualMultisets_AreAtDistanceZero(MaskSets sets) =>
        Close(GeneralizedEnergyDistance.Between(sets.SampleMasks, Shuffled(sets.SampleMasks, sets.Seed)).Squared, 0);

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool Order_DoesNotMatter(MaskSets sets) => Close(
        GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks),
        GeneralizedEnergyDistance.Between(Shuffled(sets.SampleMasks, sets.Seed), Shuffled(sets.GraderMasks, sets.Seed + 1)));

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool RepeatingAWholeSet_DoesNotMatter(MaskSets sets) => Close(
        GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks),
        GeneralizedEnergyDistance.Between([.. sets.SampleMasks, .. sets.SampleMasks], [.. sets.GraderMasks, .. sets.GraderMasks, .. sets.GraderMasks]));

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool ExchangingSamplesAndGraders_ExchangesTheirDiversities(MaskSets sets)
    {
        var forth = GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks);
        var back = GeneralizedEnergyDistance.Between(sets.GraderMasks, sets.SampleMasks);
        return Close(forth, new(back.CrossDistance, back.GraderDiversity, back.SampleDiversity));
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool DistancesAtCounts_AreThoseOfTheFirstSamples(MaskSets sets)
    {
        // Descending and repeated counts too: the order of the question is the caller's business.
        int[] counts = [sets.Samples.Count, .. Enumerable.Range(1, sets.Samples.Count)];
        var distances = GeneralizedEnergyDistance.AtCounts(sets.SampleMasks, sets.GraderMasks, counts);
        return distances.Count == counts.Length
            && counts.Zip(distances).All(pair =>
                Close(pair.Second, GeneralizedEnergyDistance.Between([.. sets.SampleMasks.Take(pair.First)], sets.GraderMasks)));
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool WeightedModes_AreModesRepeatedInProportion(MaskSets sets)
    {
        var random = new Random(sets.Seed);
        var copies = sets.Graders.Select(_ => random.Next(4)).ToArray();
        copies[0]++;
        var repeated = sets.GraderMasks.Zip(copies).SelectMany(pair => Enumerable.Repeat(pair.First, pair.Second)).ToArray();
        var modes = new ModeDistribution(sets.GraderMasks, [.. copies.Select(n => (double)n / repeated.Length)]);
        return Close(GeneralizedEnergyDistance.Between(sets.SampleMasks, modes), GeneralizedEnergyDistance.Between(sets.SampleMasks, repeated))
            && Close(GeneralizedEnergyDistance.AtCounts(sets.SampleMasks, modes, [1])[0], GeneralizedEnergyDistance.Between([sets.SampleMasks[0]], repeated));
    }

    [Fact]
    public void DifferentSizes_AreRejectedWithBothSizes()
    {
        var thrown = Assert.Throws<ArgumentException>(() =>
            GeneralizedEnergyDistance.Between([BitMask.Empty(4, 5)], [BitMask.Empty(4, 5), BitMask.Empty(5, 4)]));
        Assert.Contains("4x5", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("5x4", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GeneralizedEnergyDistance.Between([BitMask.Empty(4, 5), BitMask.Empty(4, 4)], [BitMask.Empty(4, 5)]));
    }

    [Fact]
    public void NoSamplesOrNoGraders_AreRejected()
    {
        BitMask[] none = [], one = [BitMask.Empty(4, 5)];
        Assert.Throws<ArgumentException>("samples", () => GeneralizedEnergyDistance.Between(none, one));
        Assert.Throws<ArgumentException>("graders", () => GeneralizedEnergyDistance.Between(one, none));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void CountBeyondTheSamples_IsRejected(int count) => Assert.Throws<ArgumentOutOfRangeException>(() =>
        GeneralizedEnergyDistance.AtCounts([BitMask.Empty(4, 5), BitMask.Empty(4, 5)], [BitMask.Empty(4, 5)], [1, count]));

    private static BitMask Pixels(int height, int width, params int[] foreground) =>
        BitMask.From<int>(height, width, Enumerable.Range(0, height * width).ToArray(), foreground.Contains);

    private static BitMask[] Shuffled(IReadOnlyList<BitMask> masks, int seed)
    {
        var shuffled = masks.ToArray();
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) <= Rounding;

    private static bool Close(EnergyDistance a, EnergyDistance b) =>
        Close(a.CrossDistance, b.CrossDistance) && Close(a.SampleDiversity, b.SampleDiversity) && Close(a.GraderDiversity, b.GraderDiversity);
}
