using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Tests.Data;

namespace ProbUNet.Models.Tests.Evaluation;

public class SegmentationDistanceTests
{
    private const double Rounding = 1e-12;

    private static readonly SegmentationClasses Six = new(["a", "b", "c", "d", "e", "f"], evaluated: [0, 2, 3, 4, 5]);
    private static readonly LabelSwitches Switches = new([new(0, 4, 0.3), new(2, 5, 0.6)]);

    [Property]
    public void SeveralClasses_AgreeWithTheDefinitionOnLabels(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width) = (1 + random.NextInt32(9), 1 + random.NextInt32(30));
        var (a, b) = (LabelMaps.Draw(random, height, width, 1 + random.NextInt32(6)), LabelMaps.Draw(random, height, width, 1 + random.NextInt32(6)));
        var distance = SegmentationDistance.Between(Segmentation.FromLabels(height, width, a, 6), Segmentation.FromLabels(height, width, b, 6), Six);
        Assert.Equal(Naive(a, b, Six.Evaluated), distance, Rounding);
    }

    [Fact]
    public void WhatIsAbsentFromBoth_IsLeftOut_AndIfAllIs_TheDistanceIsZero()
    {
        double Between(byte[] a, byte[] b) => SegmentationDistance.Between(Segmentation.FromLabels(1, 4, a, 6), Segmentation.FromLabels(1, 4, b, 6), Six);
        Assert.Equal(0, Between([1, 1, 1, 1], [1, 1, 1, 255]));     // class 1 is not evaluated
        Assert.Equal(0, Between([255, 255, 255, 255], [1, 255, 255, 255]));
        Assert.Equal(1, Between([0, 0, 1, 1], [1, 1, 1, 1]));       // class 0 alone, which is in one only
        Assert.Equal(1 - (0.5 + 0 + 0) / 3, Between([0, 0, 2, 2], [0, 3, 3, 3]), Rounding);
    }

    [Property]
    public void WhatIsEmpty_IsWhatHasNoEvaluatedClass_InEveryConvention(int seed)
    {
        var random = RandomStream.For(seed);
        Segmentation Drawn() => Segmentation.FromLabels(1, 2, [(byte)random.NextInt32(3), (byte)random.NextInt32(3)], 6);
        var (a, b) = (Drawn(), Drawn());
        var isEmpty = Six.Evaluated.All(@class => a[@class].IsEmpty && b[@class].IsEmpty);   // class 1 alone, which is not evaluated
        var distance = SegmentationDistance.Between(a, b, Six);
        Assert.Equal(isEmpty ? double.NaN : distance, SegmentationDistance.Between(a, b, Six, EmptyMasks.SkipPair));
        Assert.Equal(isEmpty ? double.NaN : distance, SegmentationDistance.Between(a, b, Six, EmptyMasks.SkipImage));
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void OneClass_IsTheDistanceOfMasks(MaskSets sets)
    {
        var (a, b) = (sets.SampleMasks[0], sets.GraderMasks[0]);
        Assert.Equal(a.Intersection(b).Area, a.Overlap(b));
        Assert.Equal(a.Area, a.Overlap(a));
        Assert.Equal(IntersectionOverUnion.Distance(a, b), SegmentationDistance.Between(Segmentation.Binary(a), Segmentation.Binary(b), SegmentationClasses.Binary));
    }

    [Fact]
    public void SegmentationsThatDoNotFitEachOther_AreRefused()
    {
        var a = Segmentation.FromLabels(1, 2, [0, 1], 6);
        Assert.Throws<ArgumentException>(() => SegmentationDistance.Between(a, Segmentation.FromLabels(2, 1, [0, 1], 6), Six));
        Assert.Throws<ArgumentException>(() => SegmentationDistance.Between(a, Segmentation.FromLabels(1, 2, [0, 1], 5), Six));
        Assert.Throws<ArgumentException>(() => SegmentationDistance.Between(a, a, SegmentationClasses.Binary));
    }

    [Property(MaxTest = 50)]
    public void TheEnergyDistance_WeighsModesByTheirProbabilities(int seed)
    {
        var random = RandomStream.For(seed);
        var labels = LabelMaps.Draw(random, 6, 9, classes: 4);
        var truth = Switches.Over(Segmentation.FromLabels(6, 9, labels, 6));
        var drawn = Enumerable.Range(0, 3).Select(_ => LabelMaps.IgnoredAs(labels, LabelMaps.Draw(random, 6, 9, 6))).ToArray();
        var modes = truth.Modes.Select(mode => mode.Labels()).ToArray();

        var distances = GeneralizedEnergyDistance.AtCounts([.. drawn.Select(sample => Segmentation.FromLabels(6, 9, sample, 6))], truth, Six, [3, 1]);

        var p = truth.Probabilities;
        double D(byte[] a, byte[] b) => Naive(a, b, Six.Evaluated);
        var cross = drawn.Average(sample => modes.Select((mode, i) => p[i] * D(sample, mode)).Sum());
        var among = drawn.Average(sample => drawn.Average(other => D(sample, other)));
        var between = modes.Select((mode, i) => p[i] * modes.Select((other, j) => p[j] * D(mode, other)).Sum()).Sum();
        Assert.Equal(2 * cross - among - between, distances[0].Squared, 1e-9);
        Assert.Equal(2 * modes.Select((mode, i) => p[i] * D(drawn[0], mode)).Sum() - between, distances[1].Squared, 1e-9);
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void OneClass_HasTheScoresOfMasks(MaskSets sets)
    {
        Segmentation[] samples = [.. sets.SampleMasks.Select(Segmentation.Binary)], graders = [.. sets.GraderMasks.Select(Segmentation.Binary)];
        var truth = new ModeDistribution(graders, [.. graders.Select(_ => 1.0 / graders.Length)]);
        Assert.Equal(GeneralizedEnergyDistance.Between(sets.SampleMasks, sets.GraderMasks), GeneralizedEnergyDistance.AtCounts(samples, graders, SegmentationClasses.Binary, [samples.Length])[0]);
        Assert.Equal(GeneralizedEnergyDistance.Between(sets.SampleMasks, truth), GeneralizedEnergyDistance.Between(samples, truth, SegmentationClasses.Binary));
        Assert.Equal(MatchedIou.Between(sets.SampleMasks, sets.GraderMasks), MatchedIou.Between(samples, truth, SegmentationClasses.Binary));
    }

    [Property(Arbitrary = [typeof(MaskSets)])]
    public void AGraderRepeated_IsAGraderOfThatWeight_InTheMatchingToo(MaskSets sets)
    {
        var random = new Random(sets.Seed);
        int[] copies = [.. sets.Graders.Select(_ => 1 + random.Next(3))];
        var repeated = sets.GraderMasks.SelectMany((mask, i) => Enumerable.Repeat(mask, copies[i])).ToArray();
        var weighted = new ModeDistribution(sets.GraderMasks, [.. copies.Select(n => (double)n / repeated.Length)]);
        Assert.Equal(
            MatchedIou.Between(sets.SampleMasks, repeated),
            MatchedIou.Between([.. sets.SampleMasks.Select(Segmentation.Binary)], weighted, SegmentationClasses.Binary), 1e-9);
    }

    private static double Naive(byte[] a, byte[] b, IReadOnlyList<int> evaluated)
    {
        var overlaps = evaluated.Select(label => (
            Both: a.Zip(b).Count(pair => pair.First == label && pair.Second == label),
            Either: a.Zip(b).Count(pair => pair.First == label || pair.Second == label))).Where(overlap => overlap.Either > 0).ToList();
        return overlaps.Count == 0 ? 0 : 1 - overlaps.Average(overlap => (double)overlap.Both / overlap.Either);
    }
}
