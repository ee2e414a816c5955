namespace ProbUNet.Dsl.Graphs;

/// <summary>Checks that a graph is one: run when it is built, and when the passes are through with it.</summary>
public static class GraphVerifier
{
    /// <summary>Everything that is wrong; nothing for a sound graph.</summary>
    public static IEnumerable<GraphError> Verify(Graph graph)
    {
        var functions = new HashSet<string>();
        var layers = new HashSet<string>();
        foreach (var function in graph.Functions)
        {
            if (!functions.Add(function.Name))
                yield return new GraphError(function.Name, "", "the name is used by two functions");
            foreach (var input in function.Inputs)
                if (!IsPositive(input.Shape))
                    yield return new GraphError(function.Name, input.Name, $"the shape {input.Shape} is not positive");
            var lists = function.Inputs.Where(input => Numbered.Parse(input.Name) is not null).Select(input => Numbered.ListOf(input.Name)).Distinct().ToList();
            if (lists.Count > 1)
                yield return new GraphError(function.Name, lists[1], $"it is a second list beside {lists[0]}: a function takes one, so that what it is given has one meaning");
            var names = new HashSet<string>(function.Inputs.Select(input => input.Name));
            for (var i = 0; i < function.Nodes.Count; i++)
            {
                var node = function.Nodes[i];
                var value = function.Inputs.Count + i;
                if (!names.Add(node.Name))
                    yield return new GraphError(function.Name, node.Name, "the name is used twice");
                if (node.Operator is LayerOperator { Layer: var layer } && !layers.Add(layer))
                    yield return new GraphError(function.Name, node.Name, $"the layer {layer} is used twice");
                if (node.Inputs.Any(input => input < 0 || input >= value))
                {
                    yield return new GraphError(function.Name, node.Name, "it reads a value that is not made yet");
                    continue;
                }
                var inferred = node.Operator.Infer([.. node.Inputs.Select(function.ShapeOf)]);
                var problem = inferred.Match(
                    shape => shape != node.Shape ? $"it claims {node.Shape} but makes {shape}" : !IsPositive(shape) ? $"the shape {shape} is not positive" : null,
                    error => error);
                if (problem is not null)
                    yield return new GraphError(function.Name, node.Name, problem);
            }
            foreach (var output in function.Outputs)
                if (output.Value < 0 || output.Value >= function.Inputs.Count + function.Nodes.Count)
                    yield return new GraphError(function.Name, output.Name, "it returns a value that is not made");
        }
    }

    private static bool IsPositive(TensorShape shape) => shape is { Channels: > 0, Height: > 0, Width: > 0 };
}
