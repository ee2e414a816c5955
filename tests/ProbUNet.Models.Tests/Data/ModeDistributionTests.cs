using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Data;

public class ModeDistributionTests
{
    private static readonly BitMask[] Three = [.. Enumerable.Range(0, 3).Select(mode => BitMask.From<int>(1, 3, [0, 1, 2], pixel => pixel == mode))];

    [Theory]
    [InlineData(new[] { 0.5, 0.5 }, "3 modes need 3 probabilities, not 2")]
    [InlineData(new[] { 0.5, 0.6, -0.1 }, "not negative and sum to 1")]
    [InlineData(new[] { 0.5, 0.3, 0.2 + 3e-9 }, "not negative and sum to 1")]
    [InlineData(new[] { 0.5, 0.5, double.NaN }, "not negative and sum to 1")]
    public void WhatIsNoDistribution_IsRefused(double[] probabilities, string words) =>
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => new ModeDistribution(Three, probabilities)).Message);

    [Fact]
    public void ModesOfSeveralSizes_AndNoModes_AreRefused()
    {
        Assert.Contains("1x3 and 2x2", Assert.Throws<ArgumentException>(() => new ModeDistribution([Three[0], BitMask.Empty(2, 2)], [0.5, 0.5])).Message);
        Assert.Throws<ArgumentException>(() => new ModeDistribution(Array.Empty<BitMask>(), []));
    }

    [Fact]
    public void AWindowOfDraws_HoldsDraws()
    {
        var draws = ModeDistribution.OfDraws(Segmentation.Binaries(Three));
        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0], draws.Probabilities);
        Assert.True(draws.Crop(new Window(0, 1, 1, 2)).AreDraws);
        Assert.False(new ModeDistribution(Three, draws.Probabilities).Crop(new Window(0, 1, 1, 2)).AreDraws);
    }

    [Fact]
    public void Rounding_IsForgiven() => Assert.Equal(3, new ModeDistribution(Three, [1.0 / 3, 1.0 / 3, 1.0 / 3 - 5e-10]).Modes.Count);

    [Property(MaxTest = 20)]
    public void Draws_AreAsFrequentAsProbable(int seed)
    {
        var random = RandomStream.For(seed);
        var (first, second) = (random.NextDouble(), random.NextDouble());
        double[] probabilities = [first * second, first * (1 - second), 1 - first];
        var truth = new ModeDistribution(Three, probabilities);
        var counts = Enumerable.Range(0, 4000).Select(_ => Array.IndexOf(Three, truth.Draw(random).Foreground)).ToLookup(mode => mode);
        for (var mode = 0; mode < 3; mode++)
            Assert.Equal(probabilities[mode], counts[mode].Count() / 4000.0, 5.5 * Math.Sqrt(probabilities[mode] * (1 - probabilities[mode]) / 4000) + 1e-4);
    }

    [Property]
    public void AModeThatCannotOccur_IsNeverDrawn(int seed)
    {
        var random = RandomStream.For(seed);
        Assert.Equal(Three[1], new ModeDistribution(Three, [0, 1 - 5e-10, 0]).Draw(random).Foreground);
    }
}
