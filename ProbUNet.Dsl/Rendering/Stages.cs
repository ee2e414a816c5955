using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Rendering;

/// <summary>A function of a graph as people draw it: nodes grouped into stages, and what flows between these.</summary>
/// <param name="Function">What is drawn.</param>
/// <param name="Items">The inputs, then the stages in the order of their first nodes.</param>
/// <param name="Flows">From item to item, each pair once, in the order in which the nodes read.</param>
/// <param name="Sources">For each output of the function, the item that it comes from.</param>
internal sealed record Stages(GraphFunction Function, ValueList<Item> Items, ValueList<Flow> Flows, ValueList<int> Sources)
{
    /// <summary>The function, by the part of its nodes' names before the first dot.</summary>
    public static Stages Of(GraphFunction function)
    {
        var names = function.Nodes.Select(Stage.NameOf).Distinct().ToList();
        var items = function.Inputs.Select(input => new Item(input.Name, input.Shape, []))
            .Concat(Stage.Of(function).Select(stage => new Item(stage.Name, stage.Shape, stage.Nodes))).ToValueList();
        int ItemOf(int value) => value < function.Inputs.Count ? value : function.Inputs.Count + names.IndexOf(Stage.NameOf(function.Nodes[value - function.Inputs.Count]));

        var flows = new List<Flow>();
        for (var i = 0; i < function.Nodes.Count; i++)
        {
            var (node, to) = (function.Nodes[i], ItemOf(function.Inputs.Count + i));
            foreach (var read in node.Inputs)
                if (ItemOf(read) is var from && from != to && !flows.Exists(flow => flow.From == from && flow.To == to))
                    flows.Add(new Flow(from, to, KindOf(node, function.ShapeOf(read), items[from].Shape, items[to].Shape)));
        }
        return new Stages(function, items, flows.ToValueList(), function.Outputs.Select(output => ItemOf(output.Value)).ToValueList());
    }

    /// <summary>name(inputs) → outputs.</summary>
    public string Signature => Function.Signature(hasShapes: false);

    private static FlowKind KindOf(Node reader, TensorShape read, TensorShape from, TensorShape to) =>
        Area(to) < Area(from) ? FlowKind.Down
        : Area(to) > Area(from) ? FlowKind.Up
        : reader.Inputs.Count > 1 && Area(read) == Area(to) ? FlowKind.Skip
        : FlowKind.Along;

    private static long Area(TensorShape shape) => (long)shape.Height * shape.Width;
}

/// <summary>What a diagram draws: an input of a function, or a stage.</summary>
/// <param name="Name">The input's, or what the nodes' names have in common: <c>encoder0</c>.</param>
/// <param name="Shape">What comes out.</param>
/// <param name="Nodes">Empty for an input.</param>
internal sealed record Item(string Name, TensorShape Shape, ValueList<Node> Nodes)
{
    public bool IsInput => Nodes.Count == 0;

    /// <summary>The operators in few words, what repeats written once: <c>average pool 2x2, 3 × (conv 3x3, relu)</c>.</summary>
    public string Summary
    {
        get
        {
            var words = Nodes.Select(node => node.Operator.Description).ToArray();
            var parts = new List<string>();
            for (var start = 0; start < words.Length;)
            {
                // The period whose repetitions cover most; a single word where nothing repeats.
                var (period, times) = Enumerable.Range(1, words.Length - start)
                    .Select(length => (Length: length, Times: Repetitions(words, start, length)))
                    .Where(run => run.Times > 1)
                    .DefaultIfEmpty((Length: 1, Times: 1))
                    .MaxBy(run => (run.Length * run.Times, run.Times));
                var text = string.Join(", ", words.Skip(start).Take(period));
                parts.Add(times == 1 ? text : period == 1 ? $"{times} × {text}" : $"{times} × ({text})");
                start += period * times;
            }
            return string.Join(", ", parts);
        }
    }

    private static int Repetitions(string[] words, int start, int period)
    {
        var times = 1;
        while (start + (times + 1) * period <= words.Length && words.AsSpan(start, period).SequenceEqual(words.AsSpan(start + times * period, period)))
            times++;
        return times;
    }
}

/// <summary>One item reads what another makes.</summary>
internal sealed record Flow(int From, int To, FlowKind Kind);

/// <summary>What an arrow between stages means.</summary>
internal enum FlowKind
{
    /// <summary>On at one resolution.</summary>
    Along,

    /// <summary>To a lower resolution.</summary>
    Down,

    /// <summary>To a higher resolution.</summary>
    Up,

    /// <summary>Into a node that joins several values of one resolution.</summary>
    Skip,
}
