namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// A function that computes regions of another's outputs from regions of its arguments, exactly: each operator says which region of its inputs it needs, and every value is made on the region that is needed of
/// it. So the memory is that of the regions, however large the maps are. It is a function like any other: whatever runs, frees, counts or draws a graph does it with this one too.
/// </summary>
/// <param name="Function">With the same arguments, outputs and layers, its maps of the size of their regions.</param>
/// <param name="Inputs">What it takes of each argument; of a vector, its one pixel.</param>
public sealed record FunctionPart(GraphFunction Function, ValueList<Region> Inputs)
{
    /// <summary>The part of a function that makes regions of its outputs, or which node takes whole maps.</summary>
    /// <param name="function">The whole, of a sound graph.</param>
    /// <param name="outputs">A region of each output, with a pixel at least; of a vector, its one pixel.</param>
    public static Outcome<FunctionPart, GraphError> Of(GraphFunction function, IReadOnlyList<Region> outputs)
    {
        var (inputs, nodes) = (function.Inputs.Count, function.Nodes);
        var needed = new Region?[inputs + nodes.Count];
        var patches = new Patch?[nodes.Count];
        GraphError? error = null;
        for (var output = 0; output < outputs.Count; output++)
            Need(function.Outputs[output].Value, outputs[output]);
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            if (needed[inputs + i] is not { } region)
                continue;
            patches[i] = nodes[i].Operator.Cut(region, ReadBy(function, nodes[i])).Match(
                patch => (Patch?)patch,
                problem =>
                {
                    // Of several the first is told, which is found last.
                    error = new GraphError(function.Name, nodes[i].Name, problem);
                    return null;
                });
            foreach (var input in nodes[i].Inputs)
                Need(input, SeenOf(function, input, patches[i]));
        }
        return error is null ? Write(function, outputs, needed, patches) : error;

        void Need(int value, Region region) => needed[value] = needed[value] is { } other ? other.With(region) : region;
    }

    private static FunctionPart Write(GraphFunction function, IReadOnlyList<Region> outputs, Region?[] needed, Patch?[] patches)
    {
        var errors = new List<GraphError>();
        var builder = new FunctionBuilder(function.Name, errors);
        var places = new int[needed.Length];
        for (var input = 0; input < function.Inputs.Count; input++)
        {
            var shape = function.Inputs[input].Shape;
            // Of what nobody reads, a pixel.
            var region = needed[input] ??= new(new(0, 1), new(0, 1));
            places[input] = builder.Input(function.Inputs[input].Name, shape.IsMap ? TensorShape.Map(shape.Channels, region.Rows.Length, region.Columns.Length) : shape);
        }
        for (var i = 0; i < patches.Length; i++)
        {
            var value = function.Inputs.Count + i;
            if (needed[value] is not { } region)
                continue;
            var (node, patch) = (function.Nodes[i], patches[i]!);
            var seen = node.Inputs.Select((input, place) => Only(SeenOf(function, input, patch), $"{node.Name}.seen{place}", places[input], needed[input]!.Value.Rows.Start, needed[input]!.Value.Columns.Start)).ToArray();
            places[value] = Only(region, $"{node.Name}.part", builder.Add(node.Name, patch.Operator, seen), patch.Top, patch.Left);
        }
        for (var output = 0; output < outputs.Count; output++)
        {
            var (name, value) = (function.Outputs[output].Name, function.Outputs[output].Value);
            builder.Output(name, Only(outputs[output], $"{name}.wanted", places[value], needed[value]!.Value.Rows.Start, needed[value]!.Value.Columns.Start));
        }
        return errors.Count == 0
            ? new(builder.Build(), needed.Take(function.Inputs.Count).Select(region => region!.Value).ToValueList())
            : throw new InvalidOperationException($"A part of {function.Name} is no function: {string.Join("; ", errors)}");

        // A region of a value that begins at (top, left); the value itself, if that is all of it.
        int Only(Region region, string name, int value, int top, int left) =>
            builder.ShapeOf(value) is { IsMap: true } shape && (shape.Height, shape.Width, region.Rows.Start, region.Columns.Start) != (region.Rows.Length, region.Columns.Length, top, left)
                ? builder.Add(name, region.Within(top, left), value)
                : value;
    }

    /// <summary>The first map that a node reads, or the vector.</summary>
    private static TensorShape ReadBy(GraphFunction function, Node node) =>
        node.Inputs.Select(function.ShapeOf).OrderBy(shape => shape.IsMap ? 0 : 1).First();

    /// <summary>What a node reads of a value: of maps a region, if it has a patch, of a vector all.</summary>
    private static Region SeenOf(GraphFunction function, int value, Patch? patch) =>
        function.ShapeOf(value) is { IsMap: true } && patch is not null ? patch.Input : Region.Whole(function.ShapeOf(value));
}
