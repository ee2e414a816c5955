using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// Runs the functions of a graph: a fold over tensors, in which each value is freed at its last use, as in generated code. What a node calls is found
/// once, when the network is made.
/// </summary>
internal sealed class GraphRunner
{
    private readonly Dictionary<string, Program> _programs;

    /// <param name="owner">The network that runs it.</param>
    /// <param name="graph">As it is computed.</param>
    /// <param name="make">Makes a layer with initial weights.</param>
    /// <exception cref="MissingMethodException">The graph calls what the runtime does not have.</exception>
    public GraphRunner(SegmentationModel owner, Graph graph, Func<LayerOperator, Layer> make)
    {
        Graph = graph;
        var layers = graph.Layers.ToDictionary(layer => layer.Layer, make);
        _programs = graph.Functions.ToDictionary(function => function.Name, function => new Program(owner, function, layers));
    }

    /// <summary>What is run.</summary>
    public Graph Graph { get; }

    /// <summary>Shown what each node makes: how tests hold the shape rules against TorchSharp, and a profile its times.</summary>
    public Action<Node, Tensor>? Observer { get; set; }

    /// <summary>The outputs of a function; the caller owns them.</summary>
    /// <param name="name">The function.</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    /// <param name="arguments">In the order of the function's inputs, the elements of a list one behind the other.</param>
    /// <exception cref="ArgumentException">The arguments are not those of the function, said in the words of generated code.</exception>
    public Tensor[] Call(string name, Generator? random, params Tensor[] arguments)
    {
        var program = _programs[name];
        program.Check(arguments);
        using var scope = NewDisposeScope();
        var values = new Tensor[arguments.Length + program.Steps.Length];
        arguments.CopyTo(values, 0);
        for (var i = 0; i < program.Steps.Length; i++)
        {
            var step = program.Steps[i];
            var made = values[arguments.Length + i] = step.Run(Array.ConvertAll(step.Inputs, input => values[input]), random);
            Observer?.Invoke(step.Node, made);
            foreach (var dead in step.Dead)
                values[dead].Dispose();
        }
        return [.. program.Outputs.Select(output => values[output].MoveToOuterDisposeScope())];
    }

    private sealed record Step(Node Node, Kernel Run, int[] Inputs, int[] Dead);

    /// <summary>A function, ready to run.</summary>
    private sealed class Program
    {
        private readonly Action<Tensor[]>[] _checks;

        public Program(SegmentationModel owner, GraphFunction function, Dictionary<string, Layer> layers)
        {
            _checks = [.. Requirement.Of(function).Select(requirement => CheckOf(function, requirement))];
            var lifetimes = Lifetimes.Of(function);
            Steps = [.. function.Nodes.Select((node, i) => new Step(node, KernelOf(owner, node, lifetimes.CallOf(i), layers), [.. node.Inputs], [.. lifetimes.DeadAfter(i)]))];
            Outputs = [.. function.Outputs.Select(output => output.Value)];
        }

        public Step[] Steps { get; }

        public int[] Outputs { get; }

        public void Check(Tensor[] arguments)
        {
            foreach (var check in _checks)
                check(arguments);
        }

        private static Action<Tensor[]> CheckOf(GraphFunction function, Requirement requirement)
        {
            var names = function.Inputs.Select(input => Numbered.Indexed(input.Name)).ToArray();
            return requirement switch
            {
                // One list at most, the verifier says: what is given lies in one row, in which the lengths of two could not be told apart.
                Requirement.Elements(var list, var count) => arguments => Arguments.CheckCount(arguments.Length - (names.Length - count), list, count),
                Requirement.Shape(var input) => arguments => Arguments.Check(arguments[input], names[input], function.ShapeOf(input)),
                Requirement.Batch(var input) => arguments => Arguments.CheckBatch(arguments[0], names[0], arguments[input], names[input]),
                Requirement.Samples(var input) => arguments => Arguments.CheckSamples(arguments[0], names[0], arguments[input], names[input]),
                _ => throw new InvalidOperationException($"Nobody checks {requirement}."),   // the set is closed
            };
        }

        private static Kernel KernelOf(SegmentationModel owner, Node node, OperatorCall call, Dictionary<string, Layer> layers) =>
            call.Layer is null ? Binding.Kernel(owner, call, node.Inputs.Count) : Forward(layers[call.Layer]);

        private static Kernel Forward(Layer layer) => (inputs, _) => layer.Run(inputs);
    }
}
