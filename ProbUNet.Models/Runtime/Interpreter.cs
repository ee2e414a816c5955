using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>Makes a live network of any spec value at run time, with no generated code: the graph is folded over tensors.</summary>
public static class Interpreter
{
    /// <summary>The network of a spec with initial weights: the very values that the generated class has for the same seed.</summary>
    /// <returns>The network, or every rule that the spec breaks.</returns>
    public static Result<ProbabilisticUNetModel, ValueList<SpecError>> Create(ProbabilisticUNetSpec spec, long seed = 0, Device? device = null)
    {
        var errors = spec.Validate();
        if (errors.Count > 0)
            return errors;
        return GraphBuilder.Build(spec).Match<ProbabilisticUNetModel>(
            graph => new InterpretedProbabilisticUNet(spec, graph, seed, device),
            problems => throw new InvalidOperationException($"A spec that validates has no graph: {problems}"));
    }

    /// <summary>Runs a function: each node's result is freed at its last use, as in generated code.</summary>
    internal static Tensor[] Run(GraphFunction function, IReadOnlyDictionary<string, Conv2dLayer> layers, params Tensor[] arguments)
    {
        using var scope = NewDisposeScope();
        var lifetimes = Lifetimes.Of(function);
        var values = new Tensor[function.Inputs.Count + function.Nodes.Count];
        arguments.CopyTo(values, 0);
        for (var i = 0; i < function.Nodes.Count; i++)
        {
            var node = function.Nodes[i];
            var inputs = node.Inputs.Select(input => values[input]).ToArray();
            values[function.Inputs.Count + i] = Apply(node.Operator, layers, inputs, lifetimes.OverwritesInput(i));
            foreach (var dead in lifetimes.DeadAfter(i))
                values[dead].Dispose();
        }
        return [.. function.Outputs.Select(output => values[output.Value].MoveToOuterDisposeScope())];
    }

    private static Tensor Apply(Operator @operator, IReadOnlyDictionary<string, Conv2dLayer> layers, Tensor[] inputs, bool inPlace) => @operator switch
    {
        Conv2d conv => layers[conv.Layer].forward(inputs[0]),
        Relu => inPlace ? Operators.ReluInPlace(inputs[0]) : Operators.Relu(inputs[0]),
        Shift shift => Operators.Shift(inputs[0], shift.Constant),
        AveragePool => Operators.AveragePool(inputs[0]),
        Upsample => Operators.Upsample(inputs[0]),
        Concat => Operators.Concat(inputs),
        GlobalMean => Operators.GlobalMean(inputs[0]),
        Flatten => Operators.Flatten(inputs[0]),
        Slice slice => Operators.Slice(inputs[0], slice.Start, slice.Length),
        Broadcast broadcast => Operators.Broadcast(inputs[0], broadcast.Height, broadcast.Width),
        _ => throw new InvalidOperationException($"{@operator.GetType().Name} cannot run."),   // the set is closed
    };

    private sealed class InterpretedProbabilisticUNet : ProbabilisticUNetModel
    {
        private readonly Graph _graph;
        private readonly Dictionary<string, Conv2dLayer> _layers;

        public InterpretedProbabilisticUNet(ProbabilisticUNetSpec spec, Graph graph, long seed, Device? device) : base(spec, seed)
        {
            _graph = graph;
            _layers = graph.Layers.ToDictionary(layer => layer.Layer, layer => Conv2d(layer.Layer, layer.InChannels, layer.OutChannels, layer.Kernel));
            Complete(device);
        }

        public override Tensor Features(Tensor image) => Call("features", image)[0];

        public override (Tensor mean, Tensor logSigma) Prior(Tensor image) => Call("prior", image) is [var mean, var logSigma] ? (mean, logSigma) : throw new InvalidOperationException();

        public override (Tensor mean, Tensor logSigma) Posterior(Tensor image, Tensor mask) =>
            Call("posterior", image, mask) is [var mean, var logSigma] ? (mean, logSigma) : throw new InvalidOperationException();

        public override Tensor Combine(Tensor features, Tensor z) => Call("combine", features, z)[0];

        private Tensor[] Call(string name, params Tensor[] arguments)
        {
            var function = _graph[name];
            for (var i = 0; i < arguments.Length; i++)
                Check(arguments[i], function.Inputs[i].Name, function.Inputs[i].Shape);
            return Run(function, _layers, arguments);
        }
    }
}
