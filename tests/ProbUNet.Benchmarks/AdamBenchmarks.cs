using BenchmarkDotNet.Attributes;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Adam = ProbUNet.Models.Training.Adam;

namespace ProbUNet.Benchmarks;

/// <summary>A step of the optimiser over the 4,999,449 parameters of the standard network.</summary>
public class AdamBenchmarks
{
    private StandardNet? _network;
    private Adam? _ours;
    private optim.Optimizer? _theirs;

    [GlobalSetup]
    public void SetUp()
    {
        _network = new StandardNet(seed: 1);
        (string, Parameter)[] parameters = [.. _network.named_parameters().Select(named => (named.name, named.parameter))];
        foreach (var (_, parameter) in parameters)
            parameter.grad = randn_like(parameter).DetachFromDisposeScope();
        _ours = new Adam(parameters, new HashSet<string>(), new TrainingPlan());
        _theirs = optim.Adam(parameters.Select(named => named.Item2), 1e-4);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _ours!.Dispose();
        _theirs!.Dispose();
        _network!.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void TorchSharp() => _theirs!.step();

    [Benchmark]
    public void Ours() => _ours!.Step(1e-4);
}
