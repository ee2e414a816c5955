using FsCheck;
using FsCheck.Xunit;
using ProbUNet.Models.Benchmarking;

namespace ProbUNet.Models.Tests.Benchmarking;

public class RatioTests
{
    private const double Rounding = 1e-9;

    [Property]
    public void ARatio_IsTheMiddleOfThoseOfTheRounds_AndLiesBetweenThem((PositiveInt Ours, PositiveInt Theirs)[] rounds)
    {
        Measurement[] measured = [.. rounds.SelectMany((times, round) => new[] { Runs.Of("f32", round, times.Ours.Get, 2 * times.Ours.Get), Runs.Of("eager", round, times.Theirs.Get, times.Theirs.Get) })];
        var (speed, memory) = (Ratio.Of(measured, "train-step-8", Quantity.Speed, "f32", "eager"), Ratio.Of(measured, "train-step-8", Quantity.Memory, "f32", "eager"));
        if (rounds.Length == 0)
        {
            Assert.Equal((null, null), (speed, memory));
            return;
        }
        double[] ratios = [.. rounds.Select(times => (double)times.Theirs.Get / times.Ours.Get).Order()];
        Assert.Equal((ratios[0], ratios[^1]), (speed!.Least, speed.Most));
        Assert.InRange(speed.Median, speed.Least, speed.Most);
        // As many rounds on either side of it.
        Assert.True(2 * ratios.Count(ratio => ratio < speed.Median) <= ratios.Length && 2 * ratios.Count(ratio => ratio > speed.Median) <= ratios.Length);
        Assert.Equal(2 / ratios[^1], memory!.Least, Rounding);
    }

    [Property]
    public void AMachineThatSlowsDownForAWholeRound_ChangesNoRatio(PositiveInt ours, PositiveInt theirs, PositiveInt slower)
    {
        Ratio Of(double factor) => Ratio.Of([Runs.Of("f32", 1, ours.Get), Runs.Of("eager", 1, theirs.Get), Runs.Of("f32", 2, factor * ours.Get), Runs.Of("eager", 2, factor * theirs.Get)],
            "train-step-8", Quantity.Speed, "f32", "eager")!;
        Assert.Equal(Of(1).Median, Of(slower.Get).Median, Rounding * theirs.Get);
    }

    [Property]
    public void SidesOfTwoRuns_HaveNoRatio(PositiveInt rounds, NonNegativeInt stranger)
    {
        Measurement[] measured = [.. Enumerable.Range(1, rounds.Get).SelectMany(round => new[] { Runs.Of("f32", round, 1), Runs.Of("eager", round, 2) })];
        Assert.NotNull(Ratio.Of(measured, "train-step-8", Quantity.Speed, "f32", "eager"));
        // One is enough, whichever it is.
        var place = stranger.Get % measured.Length;
        measured[place] = measured[place] with { Run = "another" };
        var error = Assert.Throws<InputException>(() => Ratio.Of(measured, "train-step-8", Quantity.Speed, "f32", "eager"));
        Assert.Contains("took turns in one run", error.Message);
        Assert.Throws<InputException>(() => Verdict.Of(measured));
    }

    [Fact]
    public void RoundsThatOneSideDidNotDo_DoNotCount()
    {
        Assert.Null(Ratio.Of([Runs.Of("f32", 1, 1), Runs.Of("eager", 2, 2)], "train-step-8", Quantity.Speed, "f32", "eager"));
        Assert.Equal(3, Ratio.Of([Runs.Of("f32", 1, 1), Runs.Of("eager", 1, 3), Runs.Of("eager", 2, 2)], "train-step-8", Quantity.Speed, "f32", "eager")!.Most);
    }

    [Fact]
    public void ATarget_IsMetFromItsBoundOn()
    {
        var speed = Target.All.Single(target => target is { Work: "sample-16", Side: "bf16", Peer: Sides.PyTorchExpert });
        var memory = Target.All.Single(target => target is { Quantity: Quantity.Memory, Peer: Sides.PyTorchExpert });
        Ratio Ratio(Target target, double median) => new(target.Work, target.Quantity, target.Side, target.Peer, median, 0, 10);
        Assert.Equal((true, false), (speed.IsMetBy(Ratio(speed, 1.55)), speed.IsMetBy(Ratio(speed, 1.54))));
        Assert.Equal((true, false), (speed.IsStretchMetBy(Ratio(speed, 2)), speed.IsStretchMetBy(Ratio(speed, 1.99))));
        Assert.Equal((true, false), (memory.IsMetBy(Ratio(memory, 0.9)), memory.IsMetBy(Ratio(memory, 0.91))));
    }

    [Fact]
    public void Targets_NameSidesAndWorksThatThereAre()
    {
        Assert.Subset(Work.Standard.Select(work => work.Name).ToHashSet(), Target.All.Select(target => target.Work).ToHashSet());
        Assert.Subset(Arithmetic.All.ToHashSet(), Target.All.Select(target => target.Side).ToHashSet());
        Assert.Subset(new HashSet<string> { Sides.PyTorchPlain, Sides.PyTorchExpert, Sides.PyTorchExpertFloat32, Sides.OnnxRuntime }, Target.All.Select(target => target.Peer).ToHashSet());
        // No ratio has two.
        Assert.Equal(Target.All.Count, Target.All.DistinctBy(target => (target.Work, target.Quantity, target.Side, target.Peer)).Count());
    }

    [Property]
    public void AWorksName_IsReadAsTheWork(bool trains, PositiveInt count)
    {
        var work = new Work(trains ? WorkKind.TrainStep : WorkKind.Sample, count.Get);
        Assert.Equal(work, Work.Parse(work.Name));
    }

    [Theory]
    [InlineData("sample-0")]
    [InlineData("sample--1")]
    [InlineData("sample-")]
    [InlineData("train-step-8x")]
    [InlineData("")]
    public void WhatIsNoWork_IsNone(string name) => Assert.Null(Work.Parse(name));
}
