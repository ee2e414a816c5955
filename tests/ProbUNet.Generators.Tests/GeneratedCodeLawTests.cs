using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Runtime;
using ProbUNet.Testing;
using static TorchSharp.torch;

namespace ProbUNet.Generators.Tests;

/// <summary>Law 1: emitted code ≡ interpreter ≡ shape algebra, over random specs that are compiled in memory and run.</summary>
public class GeneratedCodeLawTests
{
    private const int Networks = 200;

    [Fact]
    public void EmittedCode_Interpreter_AndShapeAlgebra_AgreeBitForBit()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();   // said when the law fails, so that the specs can be drawn again
        var specs = SpecGen.Valid.Draw(Networks, seed);
        // One compilation for all: the compiler's start costs more than the networks.
        var source = "namespace Laws;\n" + string.Join('\n', specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}")));
        var assembly = TestCompilation.Run(source).Load();

        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            for (var i = 0; i < specs.Length; i++)
            {
                using var emitted = (SegmentationModel)Activator.CreateInstance(assembly.GetType($"Laws.Net{i}")!, 7L, null)!;
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

    private static void Check(ModelSpec spec, SegmentationModel emitted)
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
        ((IInterpreted)interpreted).Runner.Observer = (node, made) =>
        {
            nodes++;
            Assert.True(Dimensions(node.Shape).SequenceEqual(made.shape), $"{node.Name} should be {node.Shape} and is [{string.Join(", ", made.shape)}]");
        };

        foreach (var seed in new ulong?[] { null, 5 })
        {
            nodes = 0;
            foreach (var (function, mine, theirs) in Functions(spec, emitted, seed).Zip(Functions(spec, interpreted, seed), (mine, theirs) => (graph[mine.Function], mine.Outputs, theirs.Outputs)))
                for (var i = 0; i < function.Outputs.Count; i++)
                {
                    Assert.Equal(Dimensions(function.ShapeOf(function.Outputs[i].Value)), mine[i].shape);
                    Assert.True(mine[i].equal(theirs[i]).all().item<bool>(), $"{function.Name} differs");
                }
            Assert.Equal(graph.Functions.Sum(function => function.Nodes.Count), nodes);
        }
    }

    private static long[] Dimensions(TensorShape shape) => shape.IsMap ? [2, shape.Channels, shape.Height, shape.Width] : [2, shape.Channels];

    /// <summary>All functions of a network on the same arguments; a seed turns dropout on.</summary>
    private static IEnumerable<(string Function, Tensor[] Outputs)> Functions(ModelSpec spec, SegmentationModel model, ulong? seed)
    {
        using var arguments = new Generator(3);
        using var random = seed is { } number ? new Generator(number) : null;
        var image = rand(2, spec.Image.Channels, spec.Image.Height, spec.Image.Width, generator: arguments);
        var mask = rand(2, spec.Classes, spec.Image.Height, spec.Image.Width, generator: arguments).round();
        static Tensor[] Both((Tensor, Tensor) pair) => [pair.Item1, pair.Item2];
        switch (model)
        {
            case LatentVariableModel latent:
                var features = latent.Features(image, random);
                yield return ("features", features);
                if (latent is ProbabilisticUNetModel probabilistic)
                    yield return ("prior", Both(probabilistic.Prior(image, random)));
                yield return ("posterior", Both(latent is ProbabilisticUNetModel own ? own.Posterior(image, mask, random) : ((ImageToImageVaeModel)latent).Posterior(mask, random)));
                yield return ("combine", [latent.Combine(features, randn(2, latent.Declaration.Latent.Dimension, generator: arguments), random)]);
                break;
            case UNetEnsembleModel ensemble:
                for (var member = 0; member < ensemble.Declaration.Members; member++)
                    yield return (Numbered.Name("logits", member), [ensemble.Logits(member, image, random)]);
                break;
            default:
                yield return ("logits", [((LogitsModel)model).Logits(image, random)]);
                break;
        }
    }

    private static List<(string, string)> Described(nn.Module model) =>
        [.. model.named_parameters().Select(named => (named.name, string.Join('x', named.parameter.shape)))];
}
