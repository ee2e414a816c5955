namespace ProbUNet.Dsl.Graphs;

/// <summary>A function that takes the mean over the pixels of a map and goes on with nothing else, cut in two there: a mean is a sum over the parts of the map.</summary>
/// <param name="Before">From the arguments to the map, its only output.</param>
/// <param name="After">From the mean, [N, C, 1, 1] in float32, to the outputs.</param>
public sealed record MeanOfParts(GraphFunction Before, GraphFunction After)
{
    /// <summary>The two halves of a function; nothing, where it takes no mean.</summary>
    /// <exception cref="InvalidOperationException">What comes after a mean reads something else too.</exception>
    public static MeanOfParts? Of(GraphFunction function)
    {
        var inputs = function.Inputs.Count;
        var at = inputs + function.Nodes.TakeWhile(node => node.Operator is not GlobalMean).Count();
        if (at == inputs + function.Nodes.Count)
            return null;
        var mean = function.Nodes[at - inputs];
        var before = Rewriter.WithoutUnread(function with { Outputs = [new(mean.Name, mean.Inputs[0])] });
        var errors = new List<GraphError>();
        var after = new FunctionBuilder(function.Name, errors);
        var places = new Dictionary<int, int> { [at] = after.Input(mean.Name, mean.Shape) };
        int PlaceOf(int value) => places.TryGetValue(value, out var place) ? place : throw new InvalidOperationException($"{function.Name} goes on with more than a mean over pixels.");
        for (var value = at + 1; value < inputs + function.Nodes.Count; value++)
        {
            var node = function.Nodes[value - inputs];
            places[value] = after.Add(node.Name, node.Operator, [.. node.Inputs.Select(PlaceOf)]);
        }
        foreach (var output in function.Outputs)
            after.Output(output.Name, PlaceOf(output.Value));
        return errors.Count == 0 ? new(before, after.Build()) : throw new InvalidOperationException($"{function.Name} cannot be cut at its mean: {string.Join("; ", errors)}");
    }
}
