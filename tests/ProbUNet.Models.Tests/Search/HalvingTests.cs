using FsCheck.Xunit;
using ProbUNet.Models.Search;

namespace ProbUNet.Models.Tests.Search;

/// <summary>Who goes on, and how long it is trained.</summary>
public class HalvingTests
{
    [Property]
    public void Halving_KeepsExactlyTheBest_OfEqualOnesTheEarlier(byte[] raw, byte share)
    {
        var (scores, eta) = (raw.Select(value => (double?)(value % 16)).ToList(), share % 6 + 2);   // many are equal
        var best = Halving.Best(scores, eta);
        Assert.Equal((scores.Count + eta - 1) / eta, best.Count);
        Assert.Equal(best.Count, best.Distinct().Count());
        // Whoever goes on is better than whoever does not, or as good and earlier; and they stand in that order.
        Assert.All(best, kept => Assert.All(Enumerable.Range(0, scores.Count).Except(best), left => Assert.True(IsBetter(kept, left))));
        Assert.All(best.Zip(best.Skip(1)), pair => Assert.True(IsBetter(pair.First, pair.Second)));

        bool IsBetter(int one, int other) => scores[one] < scores[other] || (scores[one] == scores[other] && one < other);
    }

    [Property]
    public void WhatCouldNotBeTrained_NeverGoesOn(byte?[] raw, byte share)
    {
        var (scores, eta) = (raw.Select(value => (double?)value).ToList(), share % 6 + 2);
        var best = Halving.Best(scores, eta);
        Assert.All(best, place => Assert.NotNull(scores[place]));
        Assert.Equal(Math.Min(Halving.Kept(scores.Count, eta), scores.Count(score => score is not null)), best.Count);
    }

    [Property]
    public void TheRungs_AreAsMany_AsItTakesUntilOneIsLeft(ushort variants, byte share)
    {
        var (count, eta) = (variants + 1, share % 6 + 2);
        var rungs = Halving.Rungs(count, eta);
        for (var rung = 1; rung < rungs; rung++)
        {
            Assert.True(count > 1);
            count = Halving.Kept(count, eta);
        }
        Assert.Equal(1, count);
    }

    [Fact]
    public void ATraining_IsEtaTimesAsLong_OnEachFurtherRung()
    {
        Assert.Equal([100, 300, 900, 2700], Enumerable.Range(0, 4).Select(rung => Halving.StepsOn(rung, 100, 3)));
        Assert.Equal(int.MaxValue, Halving.StepsOn(31, 1, 2));
        Assert.Equal([9, 3, 1], new[] { 9, 3, 1 }.Select((_, rung) => Enumerable.Range(0, rung).Aggregate(9, (count, _) => Halving.Kept(count, 3))));
        Assert.Equal([1, 1, 2, 2, 3, 3], new[] { 0, 1, 2, 3, 4, 9 }.Select(count => Halving.Rungs(count, 3)));
    }
}
