using System.Diagnostics;
using FsCheck;
using FsCheck.Xunit;
using ProbUNet.Models.Benchmarking;

namespace ProbUNet.Models.Tests.Benchmarking;

public class BenchTests
{
    [Fact]
    public void Sides_TakeTurns_AndAreAllOfOneRun()
    {
        var told = new List<string>();
        var measured = Bench.Run("one", [Toy("a"), Toy("b"), Toy("c")], new BenchPlan(3, 1, 1), told.Add);
        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"], measured.Select(each => $"{each.Side}{each.Round}"));
        Assert.All(measured, each => Assert.Equal(("one", 12.5, 311.0), (each.Run, each.Line.Ms, each.Line.RssMib)));
        Assert.Equal("round 1 of 3: side a", told[0]);
    }

    [Fact]
    public void ASide_IsToldThreadsAndSeconds_AndItsProcessCountsTheSameThreads()
    {
        var lines = new Side("a", "side a", (threads, seconds) => Runs.Bash($"[ $OMP_NUM_THREADS = 3 ] && echo '{Runs.Line}' | sed s/12.5/{seconds}{threads}/")).Run(3, 4);
        Assert.Equal(43, Assert.Single(lines).Ms);
    }

    [Fact]
    public void WhatElseASideSays_DoesNotMatter() =>
        Assert.Single(new Side("a", "side a", (_, _) => Runs.Bash($"echo hello; echo '{Runs.Line}'; echo '{{\"ms\": 3}}'; echo more >&2")).Run(1, 1));

    [Theory]
    [InlineData("echo 'no torch here.' >&2; exit 3", "side a: it ended with code 3 (no torch here); run 'bash -c")]
    [InlineData("true", "side a: it ended with code 0 (it said nothing); run 'bash -c")]
    public void ASideThatCannot_IsNamedWithItsLastWords(string script, string start)
    {
        var error = Assert.Throws<InputException>(() => new Side("a", "side a", (_, _) => Runs.Bash(script)).Run(1, 1));
        Assert.StartsWith(start, error.Message);
    }

    [Fact]
    public void AProgramThatIsNotThere_IsNamed() =>
        Assert.Throws<InputException>(() => new Side("a", "side a", (_, _) => new ProcessStartInfo("/nowhere/peer")).Run(1, 1));

    [Fact]
    public void SettingUp_IsNoMeasurement() => new Side("a", "side a", (_, _) => throw new InvalidOperationException()) { SetUp = () => Runs.Bash("echo usage") }.Prepare();

    [Theory]
    [InlineData(2, 1, 1, "--runs 2: ")]
    [InlineData(3, 0, 1, "--seconds 0: ")]
    [InlineData(3, double.NaN, 1, "--seconds NaN: ")]
    [InlineData(3, 1, 0, "--threads 0: ")]
    [InlineData(3, 1, 100_000, "--threads 100000: ")]
    public void APlanThatCannotWork_IsRefused(int rounds, double seconds, int threads, string start) =>
        Assert.StartsWith(start, Assert.Throws<InputException>(new BenchPlan(rounds, seconds, threads).Check).Message);

    [Property]
    public void ALine_IsReadAsItWasWritten(PositiveInt ms, PositiveInt runs, PositiveInt rss)
    {
        var line = new SideLine("peer \"1\"", "plain", "sample-1", ms.Get / 8.0, runs.Get, rss.Get);
        Assert.Equal(line, SideLine.Read(line.Write()));
    }

    [Theory]
    [InlineData("ms", "0")]
    [InlineData("ms", "-3")]
    [InlineData("ms", "\"12\"")]
    [InlineData("runs", "0")]
    [InlineData("rss_mib", "-1")]
    [InlineData("work", "null")]
    public void ALineWhoseNumbersCannotBe_IsNone(string name, string value)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(Runs.Line)!;
        node[name] = System.Text.Json.Nodes.JsonNode.Parse(value);
        Assert.Null(SideLine.Read(node.ToJsonString()));
    }

    [Fact]
    public void Timing_IsOfSoManyTimesAtLeast_AndWarmUpsDoNotCount()
    {
        var calls = 0;
        Assert.Equal(4, new Timing(WarmUps: 2, Seconds: 0, Least: 4).Of(() => calls++).Length);
        Assert.Equal(6, calls);
        Assert.Equal((2, 2.5), (Timing.Median([3, 1, 2]), Timing.Median([4, 1, 2, 3])));
    }

    private static Side Toy(string key) => new(key, $"side {key}", (_, _) => Runs.Bash($"echo '{Runs.Line}'"));
}
