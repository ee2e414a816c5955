using System.Numerics;
using FsCheck.Xunit;

namespace ProbUNet.Dsl.Tests;

/// <summary>The channels that depth, base channels and growth make.</summary>
public class LevelsTests
{
    /// <summary>For good: compiled networks, documents and weights leave it unsaid, and every later version reads them.</summary>
    [Fact]
    public void WhatNobodySays_IsThePapersNetwork()
    {
        Assert.Equal((null, null, null, null), (new UNetSpec().Depth, new UNetSpec().BaseChannels, new UNetSpec().Growth, new UNetSpec().Channels));
        Assert.Equal([32, 64, 128, 256, 512], new UNetSpec().Levels());
    }

    /// <summary>Of a growth that is written with three decimals: whole numbers, in which nothing is rounded before the end.</summary>
    [Property(MaxTest = 5000)]
    public void Levels_AreRoundedOnce_FromTheExactPower(ushort first, ushort thousandths)
    {
        var (baseChannels, growth) = (1 + first % 8192, 125 + thousandths % 7876);
        var levels = new UNetSpec { Depth = 12, BaseChannels = baseChannels, Growth = growth / 1000.0 }.Levels();
        var exact = Enumerable.Range(0, 12).Select(level => (2 * baseChannels * BigInteger.Pow(growth, level) + BigInteger.Pow(1000, level)) / (2 * BigInteger.Pow(1000, level)));
        Assert.Equal(exact.Select(channels => (int)BigInteger.Min(channels, int.MaxValue)), levels);
    }

    [Theory]
    [InlineData(50, 0.7, "[50, 35, 25]")]   // 24.5, of which powers of doubles make a little less
    [InlineData(15, 0.7, "[15, 11, 7]")]
    [InlineData(32, 1.5, "[32, 48, 72]")]
    [InlineData(20, 0.25, "[20, 5, 1]")]
    public void HalfAChannel_IsRoundedUp_WhereItIsWrittenSo(int baseChannels, double growth, string levels) =>
        Assert.Equal(levels, new UNetSpec { Depth = 3, BaseChannels = baseChannels, Growth = growth }.Levels().ToString());

    /// <summary>What no level can have is an error, and no number that has gone around.</summary>
    [Theory]
    [InlineData(8192, 8)]
    [InlineData(int.MaxValue, 8)]
    [InlineData(32, double.MaxValue)]
    [InlineData(32, double.PositiveInfinity)]
    [InlineData(32, double.NegativeInfinity)]
    [InlineData(32, double.NaN)]
    public void WhatIsTooMany_IsRefused(int baseChannels, double growth)
    {
        var spec = new DeterministicUNetSpec { UNet = new() { Depth = 12, BaseChannels = baseChannels, Growth = growth } };
        Assert.NotEmpty(spec.Validate());
        Assert.Equal(int.MaxValue, spec.UNet.Levels().Max(channels => Math.Abs((long)channels)));
    }
}
