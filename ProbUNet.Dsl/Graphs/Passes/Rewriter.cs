namespace ProbUNet.Dsl.Graphs;

/// <summary>Writes a function anew, node by node, and leaves out what nobody reads any more.</summary>
internal sealed class Rewriter
{
    private readonly GraphFunction _old;
    private readonly List<GraphError> _errors = [];
    private readonly FunctionBuilder _builder;
    private readonly int[] _places;

    private Rewriter(GraphFunction old)
    {
        _old = old;
        _builder = new FunctionBuilder(old.Name, _errors);
        _places = new int[old.Inputs.Count + old.Nodes.Count];
        for (var input = 0; input < old.Inputs.Count; input++)
            _places[input] = _builder.Input(old.Inputs[input].Name, old.Inputs[input].Shape);
    }

    /// <summary>Where a value of the old function is in the new one.</summary>
    public int this[int oldValue]
    {
        get => _places[oldValue];
        set => _places[oldValue] = value;
    }

    /// <summary>What makes a value of the old function; nothing for an argument.</summary>
    public Node? MakerOf(int oldValue) => oldValue < _old.Inputs.Count ? null : _old.Nodes[oldValue - _old.Inputs.Count];

    /// <summary>Adds a node to the new function.</summary>
    public int Add(string name, Operator @operator, params int[] inputs) => _builder.Add(name, @operator, inputs);

    /// <summary>Adds an old node as it was.</summary>
    public int Keep(Node node) => Add(node.Name, node.Operator, [.. node.Inputs.Select(input => _places[input])]);

    /// <summary>Rewrites a function.</summary>
    /// <param name="function">What is rewritten.</param>
    /// <param name="begin">Adds what comes before all nodes.</param>
    /// <param name="node">Adds what takes an old node's place, and says where its value is.</param>
    /// <param name="output">Adds what comes behind an output, and says where it is.</param>
    public static GraphFunction Rewrite(GraphFunction function, Action<Rewriter> begin, Func<Rewriter, Node, int> node, Func<Rewriter, GraphOutput, int> output)
    {
        var rewriter = new Rewriter(function);
        begin(rewriter);
        for (var i = 0; i < function.Nodes.Count; i++)
            rewriter._places[function.Inputs.Count + i] = node(rewriter, function.Nodes[i]);
        foreach (var each in function.Outputs)
            rewriter._builder.Output(each.Name, output(rewriter, each));
        return rewriter._errors.Count == 0
            ? WithoutUnread(rewriter._builder.Build())
            : throw new InvalidOperationException($"A pass has broken {function.Name}: {string.Join("; ", rewriter._errors)}");
    }

    /// <summary>A function without the nodes that nobody reads.</summary>
    internal static GraphFunction WithoutUnread(GraphFunction function)
    {
        var inputs = function.Inputs.Count;
        var isRead = new bool[inputs + function.Nodes.Count];
        foreach (var output in function.Outputs)
            isRead[output.Value] = true;
        for (var i = function.Nodes.Count - 1; i >= 0; i--)
            if (isRead[inputs + i])
                foreach (var input in function.Nodes[i].Inputs)
                    isRead[input] = true;
        var places = new int[isRead.Length];
        for (int value = 0, place = 0; value < places.Length; value++)
            places[value] = value < inputs || isRead[value] ? place++ : -1;
        return function with
        {
            Nodes = function.Nodes.Where((_, i) => isRead[inputs + i]).Select(node => node with { Inputs = node.Inputs.Select(input => places[input]).ToValueList() }).ToValueList(),
            Outputs = function.Outputs.Select(output => output with { Value = places[output.Value] }).ToValueList(),
        };
    }
}
