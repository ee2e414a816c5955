using Microsoft.CodeAnalysis.CSharp.Syntax;
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

    /// <summary>A later version with other defaults reads the same spec, of which the methods beside it were made.</summary>
    [Fact]
    public void TheSpecInTheCode_SaysEverySetting()
    {
        var specs = SpecGen.Valid.Draw(20, (ulong)System.Random.Shared.NextInt64());
        var output = TestCompilation.Run(string.Join('\n', specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}")))).Output;
        for (var i = 0; i < specs.Length; i++)
        {
            var field = (VariableDeclaratorSyntax)output.GetTypeByMetadataName($"Net{i}+Declared")!.GetMembers("Value").Single().DeclaringSyntaxReferences.Single().GetSyntax(TestContext.Current.CancellationToken);
            Assert.Equal(Settings.Of(specs[i]).Select(setting => setting.Path).Order(StringComparer.Ordinal), Said(field.Initializer!.Value, "").Order(StringComparer.Ordinal));
        }

        static IEnumerable<string> Said(ExpressionSyntax made, string path) => made is BaseObjectCreationExpressionSyntax { Initializer: { } initializer }
            ? initializer.Expressions.Cast<AssignmentExpressionSyntax>().SelectMany(setting => Said(setting.Right, $"{path}.{setting.Left}"))
            : [path[1..]];
    }

    /// <summary>Static initializers run in the order of the files that they stand in, and the generated one is the last.</summary>
    [Fact]
    public void TheSpec_IsThereForStaticInitializersOfTheUsersPart()
    {
        var assembly = TestCompilation.Run("""
            [ProbabilisticUNet(Height = 8, Width = 8)] [UNet(Channels = [2, 3])] [Latent(5)]
            public sealed partial class Net
            {
                public static Net Shared { get; } = new(seed: 1);
                public static readonly int Dimension = Spec.Latent.Dimension;
                public static readonly ProbUNet.Dsl.ProbabilisticUNetSpec Wider = Spec with { Latent = new() { Dimension = 7 } };
            }
            """).Load();
        var net = assembly.GetType("Net")!;
        using var shared = (SegmentationModel)net.GetProperty("Shared")!.GetValue(null)!;
        Assert.Equal(5, net.GetField("Dimension")!.GetValue(null));
        Assert.Equal(7, ((ProbabilisticUNetSpec)net.GetField("Wider")!.GetValue(null)!).Latent.Dimension);
        Assert.Same(net.GetProperty("Spec")!.GetValue(null), shared.Declaration);
    }

    private static void Check(ModelSpec spec, SegmentationModel emitted)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(spec, emitted.Declaration);
        using var interpreted = Interpreter.Create(spec, seed: 7).Match(model => model, errors => throw new InvalidOperationException(errors.ToString()));
        var graph = GraphBuilder.Build(spec).Match(Lowering.Of, errors => throw new InvalidOperationException(errors.ToString()));

        var names = graph.Parameters.Select(parameter => (parameter.Name, string.Join('x', parameter.Shape))).ToList();
        Assert.Equal(names, Described(emitted));
        Assert.Equal(names, Described(interpreted));
        Assert.Equal(graph.ParameterCount, emitted.ParameterCount);
        foreach (var ((_, mine), (_, theirs)) in emitted.named_parameters().Zip(interpreted.named_parameters()))
            Assert.True(mine.equal(theirs).all().item<bool>(), "the same seed gives the same weights");

        var nodes = 0;
        interpreted.Runner!.Observer = (node, made) =>
        {
            nodes++;
            Assert.True(Dimensions(node.Shape).SequenceEqual(made.shape), $"{node.Name} should be {node.Shape} and is [{string.Join(", ", made.shape)}]");
        };

        foreach (var seed in new ulong?[] { null, 5 })
        {
            nodes = 0;
            foreach (var (function, mine, theirs) in Functions(graph, emitted, seed).Zip(Functions(graph, interpreted, seed), (mine, theirs) => (graph[mine.Function], mine.Outputs, theirs.Outputs)))
                for (var i = 0; i < function.Outputs.Count; i++)
                {
                    Assert.Equal(Dimensions(function.ShapeOf(function.Outputs[i].Value)), mine[i].shape);
                    Assert.True(mine[i].equal(theirs[i]).all().item<bool>(), $"{function.Name} differs");
                }
            Assert.Equal(graph.Functions.Sum(function => function.Nodes.Count), nodes);
        }
    }

    private static long[] Dimensions(TensorShape shape) => shape.IsMap ? [2, shape.Channels, shape.Height, shape.Width] : [2, shape.Channels];

    /// <summary>
    /// All functions of a network on the same arguments, called as their methods are named and with what functions before them have made; a seed turns
    /// dropout on. No family is known here: what the graph says is what the class must have.
    /// </summary>
    private static IEnumerable<(string Function, Tensor[] Outputs)> Functions(Graph graph, SegmentationModel model, ulong? seed)
    {
        using var arguments = new Generator(3);
        using var random = seed is { } number ? new Generator(number) : null;
        var made = new Dictionary<string, Tensor>();
        foreach (var function in graph.Functions)
        {
            foreach (var input in function.Inputs.Where(input => !made.ContainsKey(input.Name)))
            {
                var drawn = rand(Dimensions(input.Shape), generator: arguments);
                made[input.Name] = input.Name == "mask" ? drawn.round() : drawn;
            }
            var given = function.Inputs.GroupBy(input => Numbered.ListOf(input.Name))
                .Select(list => Numbered.Parse(list.First().Name) is null ? (object)made[list.Key] : list.Select(input => made[input.Name]).ToArray())
                .ToList();
            if (Numbered.Parse(function.Name) is { } element)
                given.Insert(0, element.Number);
            var name = Numbered.ListOf(function.Name);
            var method = model.GetType().GetMethod(char.ToUpperInvariant(name[0]) + name[1..], [.. given.Select(argument => argument.GetType()), typeof(Generator)])!;
            var outputs = method.Invoke(model, [.. given, random]) switch
            {
                DiagonalGaussian gaussian => [gaussian.Mean, gaussian.LogSigma],
                Tensor[] list => list,
                var only => new[] { (Tensor)only! },
            };
            foreach (var (output, value) in function.Outputs.Zip(outputs))
                made[output.Name] = value;
            yield return (function.Name, outputs);
        }
    }

    private static List<(string, string)> Described(nn.Module model) =>
        [.. model.named_parameters().Select(named => (named.name, string.Join('x', named.parameter.shape)))];
}
