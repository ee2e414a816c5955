using FsCheck.Fluent;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Runtime;
using ProbUNet.Testing;
using static TorchSharp.torch;

namespace ProbUNet.Generators.Tests;

/// <summary>Law 1: emitted code ≡ interpreter ≡ shape algebra, over random specs that are compiled in memory and run.</summary>
public class GeneratedCodeLawTests
{
    private const int Networks = 100;

    [Fact]
    public void EmittedCode_Interpreter_AndShapeAlgebra_AgreeBitForBit()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();   // said when the law fails, so that the specs can be drawn again
        var specs = SpecGen.Valid.Sample(50, new FsCheck.Rnd(seed), Networks);
        // One compilation for all: the compiler's start costs more than the networks.
        var source = "namespace Laws;\n" + string.Join('\n', specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}")));
        var assembly = TestCompilation.Run(source).Load();

        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            for (var i = 0; i < specs.Length; i++)
            {
                using var emitted = (ProbabilisticUNetModel)Activator.CreateInstance(assembly.GetType($"Laws.Net{i}")!, 7L, null)!;
                try
                {
                    Check(specs[i], emitted);
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"Seed {seed}, spec {i}: {specs[i]}", error);
                }
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static void Check(ProbabilisticUNetSpec spec, ProbabilisticUNetModel emitted)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(spec, emitted.Declaration);
        using var interpreted = Interpreter.Create(spec, seed: 7).Match(model => model, errors => throw new InvalidOperationException(errors.ToString()));
        var graph = GraphBuilder.Build(spec).Match(built => built, errors => throw new InvalidOperationException(errors.ToString()));

        var names = graph.Parameters.Select(parameter => (parameter.Name, string.Join('x', parameter.Shape))).ToList();
        Assert.Equal(names, Described(emitted));
        Assert.Equal(names, Described(interpreted));
        Assert.Equal(graph.ParameterCount, emitted.ParameterCount);
        foreach (var ((_, mine), (_, theirs)) in emitted.named_parameters().Zip(interpreted.named_parameters()))
            Assert.True(mine.equal(theirs).all().item<bool>(), "the same seed gives the same weights");

        var nodes = 0;
        ((Interpreter.InterpretedProbabilisticUNet)interpreted).Observer = (node, made) =>
        {
            nodes++;
            Assert.True(Dimensions(node.Shape).SequenceEqual(made.shape), $"{node.Name} should be {node.Shape} and is [{string.Join(", ", made.shape)}]");
        };

        using var random = new Generator(3);
        var image = rand(2, spec.Image.Channels, spec.Image.Height, spec.Image.Width, generator: random);
        var mask = rand(2, spec.Classes, spec.Image.Height, spec.Image.Width, generator: random).round();
        var z = randn(2, spec.Latent.Dimension, generator: random);
        foreach (var run in Functions(emitted, interpreted, image, mask, z))
        {
            var function = graph[run.Function];
            for (var i = 0; i < function.Outputs.Count; i++)
            {
                Assert.Equal(Dimensions(function.ShapeOf(function.Outputs[i].Value)), run.Emitted[i].shape);
                Assert.True(run.Emitted[i].equal(run.Interpreted[i]).all().item<bool>(), $"{run.Function} differs");
            }
        }
        Assert.Equal(graph.Functions.Sum(function => function.Nodes.Count), nodes);
    }

    private static long[] Dimensions(TensorShape shape) => shape.IsMap ? [2, shape.Channels, shape.Height, shape.Width] : [2, shape.Channels];

    private static IEnumerable<(string Function, Tensor[] Emitted, Tensor[] Interpreted)> Functions(
        ProbabilisticUNetModel emitted, ProbabilisticUNetModel interpreted, Tensor image, Tensor mask, Tensor z)
    {
        static Tensor[] Both((Tensor, Tensor) pair) => [pair.Item1, pair.Item2];
        var features = emitted.Features(image);
        yield return ("features", [features], [interpreted.Features(image)]);
        yield return ("prior", Both(emitted.Prior(image)), Both(interpreted.Prior(image)));
        yield return ("posterior", Both(emitted.Posterior(image, mask)), Both(interpreted.Posterior(image, mask)));
        yield return ("combine", [emitted.Combine(features, z)], [interpreted.Combine(features, z)]);
    }

    private static List<(string, string)> Described(nn.Module model) =>
        [.. model.named_parameters().Select(named => (named.name, string.Join('x', named.parameter.shape)))];
}
