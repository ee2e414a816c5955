using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Benchmarking;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Benchmarking;

public class StandardWorkTests
{
    private static readonly ProbabilisticUNetSpec Tiny = new() { Image = new(1, 32, 32), UNet = new() { Channels = [4, 6] } };

    [Fact]
    public void ThePlainNetwork_IsTheStandardOne()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var ours = new StandardNet(seed: 1);
        using var plain = new PlainNetwork();
        foreach (var (own, other) in ours.parameters().Zip(plain.parameters(), (own, other) => (own, other)))
        {
            Assert.Equal(own.shape, other.shape);
            other.copy_(own);
        }
        Assert.Equal(ours.ParameterCount, plain.parameters().Sum(parameter => parameter.numel()));
        var (image, mask, z) = (rand(2, 1, 128, 128), rand(2, 1, 128, 128).round(), randn(2, 6));
        AssertClose(ours.Prior(image).Mean, plain.Prior(image).Mean);
        AssertClose(ours.Prior(image).LogSigma, plain.Prior(image).LogSigma);
        AssertClose(ours.Posterior(image, mask).Mean, plain.Posterior(image, mask).Mean);
        AssertClose(ours.Combine(ours.Features(image), z), plain.Combine(plain.Features(image), z));
        // The loss has noise of its own: it is near to ours in the mean of the draws' differences at best, but of one size.
        var (own1, plain1) = (ours.LossAt(image, mask, zeros(2, 6)), plain.Loss(image, mask).item<float>());
        Assert.InRange(plain1 / (own1.CrossEntropy.mean().item<float>() + own1.KullbackLeibler!.sum(1).mean().item<float>()), 0.5, 2);
    }

    [Theory]
    [InlineData("f32")]
    [InlineData(Sides.Eager)]
    public void ASide_SaysALineForEachWork(string mode)
    {
        Work[] works = [new(WorkKind.Sample, 2), new(WorkKind.TrainStep, 1)];
        var lines = OwnSide.Run(new SideTask(mode, works, Threads: 1, new Timing(0, 0, 2))).ToList();
        Assert.Equal(["sample-2", "train-step-1"], lines.Select(line => line.Work));
        Assert.Equal([2, 1], lines.Select(line => line.Runs));
        Assert.All(lines, line => Assert.Equal(line, SideLine.Read(line.Write())));
    }

    [Fact]
    public void AModeThatIsNone_IsRefused() => Assert.Throws<InputException>(() => OwnSide.Run(new SideTask("f16", Work.Standard, 1, default)).ToList());

    [Fact]
    public void TheUsualTask_IsTheStandardNetwork()
    {
        var task = new SideTask("f32", Work.Standard, 1, default);
        Assert.Equal(StandardNet.Spec, task.Spec);
        Assert.Equal([32, 64, 128, 192, 192, 192], (task with { Depth = 6 }).Spec.UNet.Channels!);
    }

    [Fact]
    public void APhase_IsOfTheOperationsOfItsFunction()
    {
        using var network = Interpreter.Create(Tiny).Match(model => model, errors => throw new InvalidOperationException(errors[0].Message));
        var before = network.parameters().First().detach().clone();
        var profile = Profiler.Step(network, "f32", new Work(WorkKind.TrainStep, 3), peak: 100, runs: 2);
        var graph = network.Runner!.Graph;
        Assert.Equal(["zero gradients", "prior", "posterior", "features", "combine", "loss", "backward", "optimiser"], profile.Phases.Select(phase => phase.Name));
        foreach (var function in graph.Functions)
            Assert.Equal(2e-9 * 3 * Cost.Of(function).MultiplyAdds, profile.Phases.Single(phase => phase.Name == function.Name).Gigaflops, 1e-12);
        Assert.Equal(2 * profile.Operators.Sum(row => row.Gigaflops), profile.Phases.Single(phase => phase.Name == "backward").Gigaflops, 1e-12);
        // Every node once, in the order in which it ran.
        Assert.Equal(graph.Functions.Sum(function => function.Nodes.Count), profile.Operators.Count);
        Assert.All(profile.Operators, row => Assert.True(row.Ms > 0));
        Assert.StartsWith("prior/", profile.Operators[0].Name);
        // It trained, and left the network ready to be asked.
        Assert.False(network.training);
        Assert.NotEqual(before.data<float>().ToArray(), network.parameters().First().data<float>().ToArray());
        Assert.Null(network.Runner.Observer);
    }

    [Fact]
    public void SixteenSamples_RunTheFeaturesOnce()
    {
        using var network = Interpreter.Create(Tiny).Match(model => model, errors => throw new InvalidOperationException(errors[0].Message));
        var profile = Profiler.Samples(network, "f32", new Work(WorkKind.Sample, 16), peak: 100, runs: 2);
        var features = network.Runner!.Graph["features"];
        Assert.Equal(2e-9 * Cost.Of(features).MultiplyAdds, profile.Operators.Where(row => row.Name.StartsWith("features/", StringComparison.Ordinal)).Sum(row => row.Gigaflops), 1e-12);
        Assert.Contains(profile.Operators, row => row.Name.StartsWith("combine/", StringComparison.Ordinal));
        Assert.DoesNotContain(profile.Operators, row => row.Name.StartsWith("posterior/", StringComparison.Ordinal));
    }

    [Fact]
    public void CellsThatWouldNeedTooMuch_AreToldAsSuch_AndNotDone()
    {
        var cells = Growth.Of("f32", 1, _ => Runs.Bash($"echo '{Runs.Line}' | sed s/311/1200/"), memoryMib: 4096, _ => { }).ToList();
        Assert.Contains("would need about", cells.Single(cell => cell is { Axis: "size", Value: 512, Work: "train-step-8" }).Left);
        Assert.Equal(12.5, cells.Single(cell => cell is { Axis: "size", Value: 64, Work: "train-step-8" }).Ms);
        Assert.Equal([1, 4, 16, 64, 256, 1024], cells.Where(cell => cell.Axis == "samples").Select(cell => cell.Value));
        Assert.All(cells, cell => Assert.Equal(cell.Left is null, cell is { Ms: not null, RssMib: not null }));
    }

    [Fact]
    public void ACellThatIsKilled_IsToldAsSuch()
    {
        var cells = Growth.Of("f32", 1, _ => Runs.Bash("exit 137"), memoryMib: 1e6, _ => { }, [("batch", [1])]);
        Assert.Contains("killed", Assert.Single(cells).Left);
    }

    [Fact]
    public void WhatACellNeeds_GrowsAsItsGraphDoes()
    {
        var (step, small) = (new Work(WorkKind.TrainStep, 8), new SideTask("f32", Work.Standard, 1, default) { Size = 64 });
        var large = small with { Size = 128 };
        Assert.Equal(4, Growth.ValuesOf(large, step) / Growth.ValuesOf(small, step), 0.01);
        Assert.Equal(2, Growth.ValuesOf(small, new Work(WorkKind.TrainStep, 16)) / Growth.ValuesOf(small, step), 1e-9);
        // From what the smaller one needed, less what any process needs.
        Assert.Equal(300 + 4 * 500, Growth.NeededMib(large, step, (800, Growth.ValuesOf(small, step))), 10.0);
    }

    private static void AssertClose(Tensor expected, Tensor actual) => Assert.True(expected.allclose(actual, rtol: 1e-4, atol: 1e-4), $"{(expected - actual).abs().max().item<float>()} apart");
}
