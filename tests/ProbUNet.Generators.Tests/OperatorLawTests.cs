using System.Reflection;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Runtime;
using ProbUNet.Testing;
using static TorchSharp.torch;

namespace ProbUNet.Generators.Tests;

/// <summary>
/// Laws of single operators. They are found by reflection and in random networks, so that a new one is held to them without a word here.
/// </summary>
public class OperatorLawTests
{
    private static readonly IReadOnlyList<Type> Types = [.. typeof(Operator).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operator)) && !type.IsAbstract)];

    /// <summary>Every operator of random networks, and of parts of some of them, on every shape, once.</summary>
    private static readonly IReadOnlyList<(Operator Operator, ValueList<TensorShape> Inputs, TensorShape Output)> Nodes =
    [
        .. SpecGen.Valid.Draw(1000, seed: 20260102)
            .SelectMany((spec, place) => Lowering.Of(GraphOf(spec), worthAKernel: 1).Functions.SelectMany(function => place < 100 ? [function, .. PartOf(function)] : new[] { function }))
            .SelectMany(function => function.Nodes.Select(node => (node.Operator, node.Inputs.Select(function.ShapeOf).ToValueList(), node.Shape)))
            .DistinctBy(node => (node.Operator.GetType(), node.Operator.Call, (node.Operator as LayerOperator)?.Creation, node.Item2.First().IsMap))
            .Where(node => node.Item2.All(shape => shape.Values < 20_000)),
    ];

    public static TheoryData<string> Names => [.. Types.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryOperator_HasAKernelWithExactlyItsSettings_AndLosesNone(string name)
    {
        foreach (var (made, settings) in Samples(Types.Single(type => type.Name == name)))
        {
            var call = made is LayerOperator layer ? layer.Creation : made.Call;
            var kernel = Assert.Single(Members(call.Method));
            var parameters = kernel.GetParameters().Where(parameter => parameter.ParameterType != typeof(Tensor) && parameter.ParameterType != typeof(Tensor[])).ToList();
            if (made is LayerOperator)
                Assert.Equal("name", Pop(parameters, 0).Name);
            if (call.TakesRandom)
                Assert.Equal(typeof(Generator), Pop(parameters, parameters.Count - 1).ParameterType);
            Assert.Equal(parameters.Select(parameter => (parameter.Name, parameter.ParameterType)), call.Arguments.Select(argument => ((string?)argument.Name, argument.Value.GetType())));
            Assert.Equal(parameters.Select(parameter => parameter.HasDefaultValue ? parameter.DefaultValue : null), call.Arguments.Select(argument => argument.Default));
            Assert.Equal(made.MayOverwriteInput ? 1 : 0, Members(call.InPlace().Method).Count());
            // What tells two values of the record apart, tells their calls apart.
            foreach (var (parameter, value) in settings.Where(setting => setting.Value is not string))
                Assert.True(call.Arguments.Any(argument => argument.Name == char.ToLowerInvariant(parameter[0]) + parameter[1..] && argument.Value.Equals(value)) || (value is Enum && call.Method.EndsWith($"{value}", StringComparison.Ordinal)), $"{call} without {parameter}");
        }
    }

    [Fact]
    public void EveryKernel_IsCalledByAnOperator()
    {
        var called = Types.SelectMany(Samples).Select(sample => sample.Made).SelectMany(made => new[] { made is LayerOperator layer ? layer.Creation : made.Call }
            .SelectMany(call => made.MayOverwriteInput ? [call.Method, call.InPlace().Method] : new[] { call.Method }));
        var kernels = typeof(SegmentationModel).GetMethods(Everything).Where(method => (method.IsFamily || method.IsFamilyOrAssembly) && IsKernel(method)).Select(method => method.Name);
        Assert.Equal(kernels.Order(StringComparer.Ordinal), called.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryOperator_IsInARandomNetwork() => Assert.Empty(Types.Except(Nodes.Select(node => node.Operator.GetType())));

    [Fact]
    public void ACallWithoutItsKernel_IsRefusedWithBothNames()
    {
        using var owner = new Owner();
        Assert.Contains("calls Nothing", Assert.Throws<MissingMethodException>(() => Binding.Kernel(owner, new OperatorCall("Nothing", []), 1)).Message);
        foreach (var call in new[] { new OperatorCall("Slice", [new("start", 0)]), new("Slice", [new("start", 0), new("size", 1)]), new("Slice", [new("start", 0), new("length", 1.0)]), new("Slice", [new("start", 0), new("length", 1)], TakesRandom: true) })
            Assert.Contains("has Slice(Tensor, Int32 start, Int32 length)", Assert.Throws<MissingMethodException>(() => Binding.Kernel(owner, call, 1)).Message);
        Assert.Contains("calls Slice(Tensor, Tensor, Int32 start, Int32 length)", Assert.Throws<MissingMethodException>(() => Binding.Kernel(owner, new Slice(0, 1).Call, 2)).Message);
    }

    [Fact]
    public void AnOutput_LiesInItsInput_OnlyWhereTheOperatorSaysSo() => Each((made, run, inputs) =>
    {
        using var still = no_grad();
        var output = run(inputs);
        var before = output.clone();
        foreach (var input in inputs)
            input.add_(1);
        Assert.Equal(made.MayAlias, !output.equal(before).all().item<bool>());
    });

    [Fact]
    public void WhatMayBeOverwritten_TheBackwardPassDoesNotRead() => Each((made, run, inputs) =>
    {
        if (!made.MayBeOverwritten)
            return;
        run(inputs).relu_().sum().backward();
        Assert.All(inputs, input => Assert.NotNull(input.grad));
    });

    [Fact]
    public void WrittenOverItsInput_IsTheSame_AndSoIsItsGradient() => Each((made, run, inputs) =>
    {
        if (!made.MayOverwriteInput)
            return;
        using var owner = new Owner();
        var (apart, over) = (run(inputs), Binding.Kernel(owner, made.Call.InPlace(), 1)([inputs[0].mul(1)], null));
        Assert.True(apart.equal(over).all().item<bool>());
        var gradients = new[] { apart, over }.Select(output => autograd.grad([output.square().sum()], [inputs[0]])[0]).ToArray();
        Assert.True(gradients[0].allclose(gradients[1]));   // read off the output instead of the input, it is rounded otherwise
    });

    [Fact]
    public void APixel_DependsOnNothingBeyondItsReach_AndOnTheWholeMapWhereItSaysSo() => Each((made, run, inputs) =>
    {
        var output = run(inputs);
        if (output.dim() != 4 || inputs[0].dim() != 4)
            return;
        // Squared, because the gradient of a normalised sum is zero.
        output[0, TensorIndex.Colon, output.shape[2] / 2, output.shape[3] / 2].square().sum().backward();
        foreach (var input in inputs.Where(input => input.dim() == 4))
            for (var axis = 2; axis <= 3; axis++)
            {
                var seen = input.grad![0].ne(0).any(0).any(axis == 2 ? 1 : 0).nonzero().flatten();
                var side = seen.numel() == 0 ? 0 : seen.max().item<long>() - seen.min().item<long>() + 1;
                if (made.Widen(Reach.Pixel).Pixels is { } reach)
                    Assert.True(made is Conv2d { Padding: PaddingMode.Circular } || side <= reach, $"{made} sees {side} pixels, not {reach}");   // around the edge, far is near
                else if (input.shape[2] * input.shape[3] > 1)   // a pixel alone is normalised to zero, whatever it was
                    Assert.Equal(input.shape[axis], side);
            }
    });

    [Fact]
    public void ARegion_IsMadeOfWhatItsPatchReads()
    {
        var random = new Random(20260103);
        Extent Some(long size) => random.Next((int)size) is var start ? new(start, random.Next(start, (int)size) + 1) : default;
        Each((made, run, inputs) =>
        {
            using var still = no_grad();
            var whole = run(inputs);
            var size = whole.dim() == 4 ? whole.shape[2..] : [1, 1];
            var read = inputs.FirstOrDefault(input => input.dim() == 4, inputs[0]).shape;
            for (var region = 0; region < 4; region++)
            {
                var wanted = new Region(Some(size[0]), Some(size[1]));
                if (made.Cut(wanted, read.Length == 4 ? TensorShape.Map((int)read[1], (int)read[2], (int)read[3]) : TensorShape.Vector((int)read[1])) is not Outcome<Patch, string>.Ok { Value: var patch })
                {
                    Assert.True(made is GlobalMean or GroupNorm or Conv2d { Padding: PaddingMode.Circular }, $"{made} has no patch");
                    return;
                }
                using var owner = new Owner();
                var seen = Array.ConvertAll(inputs, input => Part(input, patch.Input, 0, 0));
                var part = patch.Operator == made ? run(seen) : Binding.Kernel(owner, patch.Operator.Call, seen.Length)(seen, null);
                Assert.True(Part(whole, wanted, 0, 0).allclose(Part(part, wanted, patch.Top, patch.Left), rtol: 1e-5, atol: 1e-5), $"{wanted} by {patch}");
            }
        });

        static Tensor Part(Tensor x, Region region, int top, int left) =>
            x.dim() == 4 ? x.narrow(2, region.Rows.Start - top, region.Rows.Length).narrow(3, region.Columns.Start - left, region.Columns.Length) : x;
    }

    /// <summary>The function for the pixels in the middle, if it has parts.</summary>
    private static IEnumerable<GraphFunction> PartOf(GraphFunction function)
    {
        static Extent Middle(int size) => new(size / 3, size / 3 + (size + 2) / 3);
        return FunctionPart.Of(function, [.. function.Outputs.Select(output => function.ShapeOf(output.Value)).Select(shape => new Region(Middle(shape.Height), Middle(shape.Width)))])
            .Match(part => new[] { part.Function }, _ => []);
    }

    /// <summary>Runs a law for every node, on inputs that gather gradients.</summary>
    private static void Each(Action<Operator, Func<Tensor[], Tensor>, Tensor[]> law)
    {
        using var random = new Generator(1);
        foreach (var (made, shapes, output) in Nodes)
        {
            using var scope = NewDisposeScope();
            using var owner = new Owner();
            var inputs = shapes.Select(shape => Drawn(shape, random).requires_grad_()).ToArray();
            var live = made is LayerOperator layer ? Binding.Layer(owner, layer) : null;
            live?.eval();
            Kernel kernel = live is null ? Binding.Kernel(owner, made.Call, inputs.Length) : (values, _) => live.Run(values);
            try
            {
                law(made, values => kernel(values, null), inputs);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{made} on {shapes} → {output}", error);
            }
        }
    }

    /// <summary>Normal numbers, a map in the layout that networks work in.</summary>
    private static Tensor Drawn(TensorShape shape, Generator random) => shape.IsMap
        ? Layout.ChannelsLast(randn([2, shape.Channels, shape.Height, shape.Width], generator: random)).detach()
        : randn([2, shape.Channels], generator: random);

    /// <summary>An operator of a type with each value of its enumerations, and numbers that are told apart.</summary>
    private static IEnumerable<(Operator Made, IReadOnlyList<(string Name, object Value)> Settings)> Samples(Type type)
    {
        var constructor = type.GetConstructors().Single();
        IEnumerable<object[]> all = [[]];
        foreach (var parameter in constructor.GetParameters())
        {
            object[] values = parameter.ParameterType.IsEnum ? [.. Enum.GetValues(parameter.ParameterType).Cast<object>()]
                : parameter.ParameterType == typeof(int) ? [2 * parameter.Position + 3]
                : parameter.ParameterType == typeof(double) ? [parameter.Position + 0.5]
                : ["part.layer"];
            all = [.. all.SelectMany(_ => values, (before, value) => (object[])[.. before, value])];
        }
        return all.Select(values => ((Operator)constructor.Invoke(values), (IReadOnlyList<(string, object)>)[.. constructor.GetParameters().Zip(values, (parameter, value) => (parameter.Name!, value))]));
    }

    private const BindingFlags Everything = BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static IEnumerable<MethodInfo> Members(string name) => typeof(SegmentationModel).GetMethods(Everything).Where(method => method.Name == name && IsKernel(method));

    private static bool IsKernel(MethodInfo method) => method.ReturnType == typeof(Tensor) || method.ReturnType.IsSubclassOf(typeof(Layer));

    private static ParameterInfo Pop(List<ParameterInfo> parameters, int at)
    {
        var popped = parameters[at];
        parameters.RemoveAt(at);
        return popped;
    }

    private static Graph GraphOf(ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));

    /// <summary>What layers are made in.</summary>
    private sealed class Owner() : DeterministicUNetModel(new DeterministicUNetSpec(), seed: 1)
    {
        public override Tensor Logits(Tensor image, Generator? random = null) => throw new InvalidOperationException("nobody asks");
    }
}
