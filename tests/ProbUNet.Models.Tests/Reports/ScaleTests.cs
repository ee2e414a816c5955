using FsCheck.Xunit;
using ProbUNet.Models.Reports.Drawing;

namespace ProbUNet.Models.Tests.Reports;

public class ScaleTests
{
    [Theory]
    [InlineData(0, 2, 5, "0.0 0.5 1.0 1.5 2.0")]
    [InlineData(0, 0.2, 5, "0.00 0.05 0.10 0.15 0.20")]
    [InlineData(-4, 4, 8, "−4 −3 −2 −1 0 1 2 3 4")]
    [InlineData(400, 240_000, 5, "50,000 100,000 150,000 200,000")]
    [InlineData(-0.1, 0.1, 4, "−0.10 −0.05 0.00 0.05 0.10")]
    public void LinearTicks_AreRound(double from, double to, int about, string expected) =>
        Assert.Equal(expected, string.Join(' ', new Scale(from, to, 0, 1).Ticks(about).Select(tick => tick.Label)));

    [Theory]
    [InlineData(1, 1000, 5, "1 10 100 1,000")]
    [InlineData(0.5, 1e7, 3, "1 10³ 10⁶")]
    [InlineData(400, 240_000, 6, "10³ 10⁴ 10⁵")]
    [InlineData(2, 60, 6, "2 5 10 20 50")]
    [InlineData(0.01, 0.5, 6, "0.01 0.02 0.05 0.1 0.2 0.5")]
    public void LogarithmicTicks_ArePowersOfTen_OrTheirDoublesAndHalves(double from, double to, int about, string expected)
    {
        var labels = new Scale(from, to, 0, 1, IsLogarithmic: true).Ticks(about).Select(tick => tick.Label);
        Assert.Equal(expected, string.Join(' ', labels));
    }

    [Property]
    public void EveryTick_LiesOnTheAxis_AndTheyKeepTheirDistance(int from, ushort range, byte about)
    {
        var scale = new Scale(from, from + range + 1.0, 0, 100);
        var ticks = scale.Ticks(about % 8 + 2);
        Assert.All(ticks, tick => Assert.InRange(scale.At(tick.Value), -0.01f, 100.01f));
        Assert.Equal(ticks.Count, ticks.Select(tick => tick.Label).Distinct().Count());
        Assert.True(ticks.Count <= about % 8 + 3);
    }

    [Property]
    public void RoundedEnds_HoldTheirValues(int a, int b)
    {
        var (from, to) = Scale.RoundOut(Math.Min(a, b) / 7.0, Math.Max(a, b) / 7.0, 6);
        Assert.True(from <= Math.Min(a, b) / 7.0 + 1e-6 && to >= Math.Max(a, b) / 7.0 - 1e-6 && from < to);
        Assert.True(Scale.RoundUp(Math.Abs(a / 7.0), 5) >= Math.Abs(a / 7.0) - 1e-6);
    }

    [Fact]
    public void Places_AreLinearInTheValueOrInItsLogarithm()
    {
        Assert.Equal(75, new Scale(0, 4, 100, 0).At(1), 1e-4f);
        Assert.Equal(100f / 3, new Scale(1, 1000, 0, 100, IsLogarithmic: true).At(10), 1e-4f);
    }
}
