using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>Runs the functions of a graph: a fold over tensors, in which each value is freed at its last use, as in generated code.</summary>
/// <param name="graph">The network.</param>
/// <param name="make">Makes a layer with initial weights.</param>
internal sealed class GraphRunner(Graph graph, Func<LayerOperator, Layer> make)
{
    private readonly Dictionary<string, (GraphFunction Function, Lifetimes Lifetimes)> _functions =
        graph.Functions.ToDictionary(function => function.Name, function => (function, Lifetimes.Of(function)));

    private readonly Dictionary<string, Layer> _layers = graph.Layers.ToDictionary(layer => layer.Layer, make);

    /// <summary>Shown what each node makes: how tests hold the shape rules against TorchSharp.</summary>
    public Action<Node, Tensor>? Observer { get; set; }

    /// <summary>How many functions the list of this name has.</summary>
    public int CountOf(string list) => _functions.Keys.Count(name => Numbered.Parse(name) is { } element && element.List == list);

    /// <summary>The outputs of a function; the caller owns them.</summary>
    public Tensor[] Call(string name, Generator? random, params Tensor[] arguments)
    {
        var (function, lifetimes) = _functions[name];
        foreach (var list in function.Inputs.Where(input => Numbered.Parse(input.Name) is not null).GroupBy(input => Numbered.ListOf(input.Name)))
            Arguments.CheckCount(arguments[..^(function.Inputs.Count - list.Count())], list.Key, list.Count());
        for (var i = 0; i < arguments.Length; i++)
        {
            Arguments.Check(arguments[i], function.Inputs[i].Name, function.Inputs[i].Shape);
            Arguments.CheckBatch(arguments[0], function.Inputs[0].Name, arguments[i], function.Inputs[i].Name);
        }

        using var scope = NewDisposeScope();
        var values = new Tensor[function.Inputs.Count + function.Nodes.Count];
        arguments.CopyTo(values, 0);
        for (var i = 0; i < function.Nodes.Count; i++)
        {
            var node = function.Nodes[i];
            var inputs = node.Inputs.Select(input => values[input]).ToArray();
            values[function.Inputs.Count + i] = Apply(node.Operator, inputs, lifetimes.OverwritesInput(i), random);
            Observer?.Invoke(node, values[function.Inputs.Count + i]);
            foreach (var dead in lifetimes.DeadAfter(i))
                values[dead].Dispose();
        }
        return [.. function.Outputs.Select(output => values[output.Value].MoveToOuterDisposeScope())];
    }

    private Tensor Apply(Operator @operator, Tensor[] inputs, bool inPlace, Generator? random) => @operator switch
    {
        LayerOperator layer => _layers[layer.Layer].forward(inputs[0]),
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
        Clamp clamp => Operators.Clamp(inputs[0], clamp.Least, clamp.Most),
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
        Dropout dropout => Operators.Dropout(inputs[0], dropout.Rate, random),
        Pad pad => Operators.Pad(inputs[0], pad.Top, pad.Bottom, pad.Left, pad.Right),
        Crop crop => Operators.Crop(inputs[0], crop.Top, crop.Left, crop.Height, crop.Width),
        Identity => Operators.Identity(inputs[0]),
        _ => throw new InvalidOperationException($"{@operator.GetType().Name} cannot run."),   // the set is closed
    };
}
