using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

/// <summary>The energy distance by every convention for pairs and empty masks, against loops over full matrices of distances.</summary>
public class EnergyDistanceConventionTests
{
    private const double Rounding = 1e-12;

    private static readonly EmptyMasks[] Conventions = Enum.GetValues<EmptyMasks>();

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void EveryTerm_IsItsDefinitionOnPixels_AtEveryCount(MaskSets sets)
    {
        int[] counts = [.. Enumerable.Range(1, sets.Samples.Count)];
        foreach (var empty in Conventions)
            foreach (var (count, distance) in counts.Zip(GeneralizedEnergyDistance.AtCounts(sets.SampleMasks, sets.GraderMasks, counts, empty)))
            {
                var samples = sets.Samples.Take(count).ToArray();
                Assert.Equal(NaiveMean(samples, sets.Graders, empty, (_, _) => true), distance.CrossDistance, Rounding);
                Assert.Equal(NaiveMean(samples, samples, empty, (_, _) => true), distance.SampleDiversity, Rounding);
                Assert.Equal(NaiveMean(sets.Graders, sets.Graders, empty, (_, _) => true), distance.GraderDiversity, Rounding);
                Assert.Equal(NaiveMean(samples, samples, empty, (i, j) => i != j), distance.UnbiasedSampleDiversity, Rounding);
                Assert.Equal(NaiveMean(sets.Graders, sets.Graders, empty, (i, j) => i != j), distance.UnbiasedGraderDiversity, Rounding);
            }
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void SquaresAndGap_AreMadeOfTheTermsOfTheirPairs(MaskSets sets)
    {
        var distance = GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks);
        Assert.Equal(2 * distance.CrossDistance - distance.UnbiasedSampleDiversity - distance.UnbiasedGraderDiversity, distance.UnbiasedSquared, Rounding);
        Assert.Equal(distance.Squared, distance.SquaredOver(Pairs.All), Rounding);
        Assert.Equal(distance.UnbiasedSquared, distance.SquaredOver(Pairs.Distinct));
        Assert.Equal(Math.Abs(distance.SampleDiversity - distance.GraderDiversity), distance.DiversityGap(Pairs.All), Rounding);
        Assert.Equal(Math.Abs(distance.UnbiasedSampleDiversity - distance.UnbiasedGraderDiversity), distance.DiversityGap(), Rounding);
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void WithoutTheDiagonal_DiversityGrowsByNOverNMinusOne_AndTheSquareFallsAtMostByBothShares(MaskSets sets)
    {
        double n = sets.Samples.Count, m = sets.Graders.Count;
        var distance = GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks);
        Assert.Equal(n == 1, double.IsNaN(distance.UnbiasedSampleDiversity));
        Assert.Equal(m == 1, double.IsNaN(distance.UnbiasedGraderDiversity));
        Assert.Equal(n == 1 || m == 1, double.IsNaN(distance.UnbiasedSquared));
        if (n == 1 || m == 1)
            return;
        Assert.Equal(distance.SampleDiversity * n / (n - 1), distance.UnbiasedSampleDiversity, Rounding);
        Assert.InRange(distance.UnbiasedSquared, -(1 / n + 1 / m) - Rounding, distance.Squared + Rounding);
    }

    [Fact]
    public void TheSameTwoMasks_AreAtTheLowestUnbiasedSquare()
    {
        BitMask[] masks = [BitMask.Empty(2, 3), Pixels(2, 3, 1)];
        Assert.Equal(-1, GeneralizedEnergyDistance.Between(masks, masks).UnbiasedSquared);
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool AKnownDistributionsDiversity_IsExactByBothConventions(MaskSets sets)
    {
        var truth = Truths.Over(sets.GraderMasks, sets.Seed);
        var distance = GeneralizedEnergyDistance.Between(sets.SampleMasks, truth);
        return distance.UnbiasedGraderDiversity == distance.GraderDiversity;
    }

    // The expectation itself, over every possible draw: no tolerance for chance is needed.
    [Property(Arbitrary = [typeof(MaskSets)], MaxTest = 30)]
    public void UnbiasedSquare_IsZeroInExpectationForDrawsFromTheTruth(MaskSets sets)
    {
        var truth = Truths.Over([.. sets.GraderMasks.Take(3)], sets.Seed);
        foreach (var n in (int[])[2, 3])
            Assert.Equal(0, Truths.Expectation(truth, n, draws => GeneralizedEnergyDistance.Between(draws, truth).UnbiasedSquared), Rounding);
        Assert.Equal(0, Truths.Expectation(truth, 4, draws => GeneralizedEnergyDistance.Between(draws[..2], draws[2..]).UnbiasedSquared), Rounding);
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void Conventions_DifferOnlyWhereAMaskIsEmpty(MaskSets sets)
    {
        var anyEmpty = sets.SampleMasks.Concat(sets.GraderMasks).Any(mask => mask.IsEmpty);
        var agree = GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks);
        var skipImage = GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks, EmptyMasks.SkipImage);
        Assert.Equal(anyEmpty, double.IsNaN(skipImage.Squared));
        if (anyEmpty)
            return;
        Assert.Equal(agree, skipImage);
        Assert.Equal(agree, GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks, EmptyMasks.SkipPair));
    }

    [Fact]
    public void AnEmptySampleAgainstThreeEmptyGraders_ScoresByConvention()
    {
        BitMask[] samples = [BitMask.Empty(2, 3)], graders = [BitMask.Empty(2, 3), BitMask.Empty(2, 3), BitMask.Empty(2, 3), Pixels(2, 3, 1)];
        Assert.Equal(0.125, GeneralizedEnergyDistance.Between(samples, graders).Squared);
        var skipPair = GeneralizedEnergyDistance.Between(samples, graders, EmptyMasks.SkipPair);
        Assert.Equal(1, skipPair.CrossDistance);
        Assert.Equal(double.NaN, skipPair.SampleDiversity);
        Assert.Equal(6.0 / 7, skipPair.GraderDiversity, Rounding); // Six pairs of an empty and a drawn mask; the drawn one with itself.
        Assert.Equal(1, skipPair.UnbiasedGraderDiversity);
        Assert.Equal(double.NaN, GeneralizedEnergyDistance.Between(samples, graders, EmptyMasks.SkipImage).CrossDistance);
    }

    [Fact]
    public void AModeThatCannotOccur_HasNoSay()
    {
        var drawn = Pixels(2, 3, 1);
        var truth = new ModeDistribution([drawn, BitMask.Empty(2, 3)], [1, 0]);
        Assert.Equal(0, GeneralizedEnergyDistance.Between([drawn], truth, EmptyMasks.SkipImage).Squared);
    }

    private static double NaiveMean(IReadOnlyList<bool[]> left, IReadOnlyList<bool[]> right, EmptyMasks empty, Func<int, int, bool> counts)
    {
        var distances =
            from i in Enumerable.Range(0, left.Count)
            from j in Enumerable.Range(0, right.Count)
            where counts(i, j)
            let nothing = empty != EmptyMasks.Agree && !left[i].Contains(true) && !right[j].Contains(true)
            where !(nothing && empty == EmptyMasks.SkipPair)
            select nothing ? double.NaN : 1 - NaiveMetrics.Iou(left[i], right[j]);
        return distances.DefaultIfEmpty(double.NaN).Average();
    }

    private static BitMask Pixels(int height, int width, params int[] foreground) =>
        BitMask.From<int>(height, width, Enumerable.Range(0, height * width).ToArray(), foreground.Contains);
}
