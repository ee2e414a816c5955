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
        return GraphBuilder.Build(spec).Map<ProbabilisticUNetModel>(graph => new InterpretedProbabilisticUNet(spec, graph, seed, device));
    }

    /// <summary>Runs a function: each node's result is freed at its last use, as in generated code.</summary>
    private static Tensor[] Run(GraphFunction function, Lifetimes lifetimes, IReadOnlyDictionary<string, Layer> layers, Action<Node, Tensor>? observer, Tensor[] arguments)
    {
        using var scope = NewDisposeScope();
        var values = new Tensor[function.Inputs.Count + function.Nodes.Count];
        arguments.CopyTo(values, 0);
        for (var i = 0; i < function.Nodes.Count; i++)
        {
            var node = function.Nodes[i];
            var inputs = node.Inputs.Select(input => values[input]).ToArray();
            values[function.Inputs.Count + i] = Apply(node.Operator, layers, inputs, lifetimes.OverwritesInput(i));
            observer?.Invoke(node, values[function.Inputs.Count + i]);
            foreach (var dead in lifetimes.DeadAfter(i))
                values[dead].Dispose();
        }
        return [.. function.Outputs.Select(output => values[output.Value].MoveToOuterDisposeScope())];
    }

    private static Tensor Apply(Operator @operator, IReadOnlyDictionary<string, Layer> layers, Tensor[] inputs, bool inPlace) => @operator switch
    {
        LayerOperator layer => layers[layer.Layer].forward(inputs[0]),
        Activation activation => (activation.Kind, inPlace) switch
        {
            (Nonlinearity.Relu, true) => Operators.ReluInPlace(inputs[0]),
            (Nonlinearity.Relu, false) => Operators.Relu(inputs[0]),
            (Nonlinearity.LeakyRelu, true) => Operators.LeakyReluInPlace(inputs[0]),
            (Nonlinearity.LeakyRelu, false) => Operators.LeakyRelu(inputs[0]),
            (Nonlinearity.Elu, true) => Operators.EluInPlace(inputs[0]),
            (Nonlinearity.Elu, false) => Operators.Elu(inputs[0]),
            (Nonlinearity.Silu, _) => Operators.Silu(inputs[0]),
            (Nonlinearity.Gelu, _) => Operators.Gelu(inputs[0]),
            _ => throw new InvalidOperationException($"{activation.Kind} cannot run."),
        },
        Add => Operators.Add(inputs[0], inputs[1]),
        Shift shift => Operators.Shift(inputs[0], shift.Constant),
        AveragePool => Operators.AveragePool(inputs[0]),
        MaxPool => Operators.MaxPool(inputs[0]),
        Upsample { Kind: Upsampling.BilinearAligned } => Operators.UpsampleBilinearAligned(inputs[0]),
        Upsample { Kind: Upsampling.Bilinear } => Operators.UpsampleBilinear(inputs[0]),
        Upsample { Kind: Upsampling.Nearest } => Operators.UpsampleNearest(inputs[0]),
        Concat => Operators.Concat(inputs),
        GlobalMean => Operators.GlobalMean(inputs[0]),
        Flatten => Operators.Flatten(inputs[0]),
        Slice slice => Operators.Slice(inputs[0], slice.Start, slice.Length),
        Broadcast broadcast => Operators.Broadcast(inputs[0], broadcast.Height, broadcast.Width),
        _ => throw new InvalidOperationException($"{@operator.GetType().Name} cannot run."),   // the set is closed
    };

    internal sealed class InterpretedProbabilisticUNet : ProbabilisticUNetModel
    {
        private readonly Dictionary<string, (GraphFunction Function, Lifetimes Lifetimes)> _functions;
        private readonly Dictionary<string, Layer> _layers;

        public InterpretedProbabilisticUNet(ProbabilisticUNetSpec spec, Graph graph, long seed, Device? device) : base(spec, seed)
        {
            _functions = graph.Functions.ToDictionary(function => function.Name, function => (function, Lifetimes.Of(function)));
            _layers = graph.Layers.ToDictionary(layer => layer.Layer, Make);
            Complete(device);
        }

        /// <summary>Shown what each node makes: how tests hold the shape rules against TorchSharp.</summary>
        public Action<Node, Tensor>? Observer { get; set; }

        private Layer Make(LayerOperator layer) => layer switch
        {
            Dsl.Graphs.Conv2d conv => Conv2d(conv.Layer, conv.InChannels, conv.OutChannels, conv.Kernel, conv.Stride, conv.Padding),
            Dsl.Graphs.TransposedConv2d conv => TransposedConv2d(conv.Layer, conv.Channels),
            Dsl.Graphs.BatchNorm norm => BatchNorm(norm.Layer, norm.Channels),
            Dsl.Graphs.GroupNorm norm => GroupNorm(norm.Layer, norm.Channels, norm.Groups),
            _ => throw new InvalidOperationException($"{layer.GetType().Name} cannot run."),   // the set is closed
        };

        public override Tensor Features(Tensor image) => Call("features", image)[0];

        public override (Tensor mean, Tensor logSigma) Prior(Tensor image) => Call("prior", image) is [var mean, var logSigma] ? (mean, logSigma) : throw new InvalidOperationException();

        public override (Tensor mean, Tensor logSigma) Posterior(Tensor image, Tensor mask) =>
            Call("posterior", image, mask) is [var mean, var logSigma] ? (mean, logSigma) : throw new InvalidOperationException();

        public override Tensor Combine(Tensor features, Tensor z) => Call("combine", features, z)[0];

        private Tensor[] Call(string name, params Tensor[] arguments)
        {
            var (function, lifetimes) = _functions[name];
            for (var i = 0; i < arguments.Length; i++)
            {
                Check(arguments[i], function.Inputs[i].Name, function.Inputs[i].Shape);
                CheckBatch(arguments[0], function.Inputs[0].Name, arguments[i], function.Inputs[i].Name);
            }
            return Run(function, lifetimes, _layers, Observer, arguments);
        }
    }
}
