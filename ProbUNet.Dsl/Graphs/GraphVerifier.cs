namespace ProbUNet.Dsl.Graphs;

/// <summary>Checks that a graph is one: run when it is built, and when the passes are through with it.</summary>
public static class GraphVerifier
{
    /// <summary>Everything that is wrong; nothing for a sound graph.</summary>
    public static IEnumerable<GraphError> Verify(Graph graph)
    {
        var functions = new HashSet<string>();
        var layers = new HashSet<string>();
        var sound = new List<GraphFunction>();
        foreach (var function in graph.Functions)
        {
            if (!functions.Add(function.Name))
                yield return new GraphError(function.Name, "", "the name is used by two functions");
            foreach (var node in function.Nodes)
                if (node.Operator is LayerOperator { Layer: var layer } && !layers.Add(layer))
                    yield return new GraphError(function.Name, node.Name, $"the layer {layer} is used twice");
            var errors = Verify(function).ToList();
            if (errors.Count == 0)
            {
                errors.AddRange(VerifyList(function, sound));
                sound.Add(function);
            }
            foreach (var error in errors)
                yield return error;
        }
    }

    /// <summary>What is wrong with a function by itself.</summary>
    internal static IEnumerable<GraphError> Verify(GraphFunction function)
    {
        var names = new HashSet<string>();
        foreach (var input in function.Inputs)
        {
            if (!names.Add(input.Name))
                yield return new GraphError(function.Name, input.Name, "the name is used twice");
            if (!IsPositive(input.Shape))
                yield return new GraphError(function.Name, input.Name, $"the shape {input.Shape} is not positive");
        }
        var lists = function.Inputs.Where(input => Numbered.Parse(input.Name) is not null).Select(input => Numbered.ListOf(input.Name)).Distinct().ToList();
        if (lists.Count > 1)
            yield return new GraphError(function.Name, lists[1], $"it is a second list beside {lists[0]}: a function takes one, so that what it is given has one meaning");
        for (var i = 0; i < function.Nodes.Count; i++)
        {
            var node = function.Nodes[i];
            if (!names.Add(node.Name))
                yield return new GraphError(function.Name, node.Name, "the name is used twice");
            if (node.Inputs.Any(input => input < 0 || input >= function.Inputs.Count + i))
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
        // Whoever calls a function owns what it returns, and frees it: each output is a value of its own, and none is what the caller has already. (An Identity makes one of any value, without a copy.)
        var (outputs, returned) = (new HashSet<string>(), new HashSet<int>());
        foreach (var output in function.Outputs)
        {
            if (!outputs.Add(output.Name))
                yield return new GraphError(function.Name, output.Name, "the name is used by two outputs");
            if (output.Value < 0 || output.Value >= function.Inputs.Count + function.Nodes.Count)
                yield return new GraphError(function.Name, output.Name, "it returns a value that is not made");
            else if (output.Value < function.Inputs.Count)
                yield return new GraphError(function.Name, output.Name, "it returns an argument, which is the caller's already");
            else if (!returned.Add(output.Value))
                yield return new GraphError(function.Name, output.Name, "it returns what another output is");
        }
    }

    /// <summary>A list is what an earlier function returns, all of it in its order, and comes before the other arguments: every backend hands it on by place, and none looks at it any more.</summary>
    private static IEnumerable<GraphError> VerifyList(GraphFunction function, IEnumerable<GraphFunction> before)
    {
        if (function.Inputs.Where(input => Numbered.Parse(input.Name) is not null).ToList() is not [{ Name: var first }, ..] taken)
            yield break;
        var list = Numbered.ListOf(first);
        if (before.LastOrDefault(other => other.Outputs.Any(output => Numbered.Parse(output.Name)?.List == list)) is not { } maker)
            yield return new GraphError(function.Name, list, "it takes a list that no function before it returns");
        else if (maker.Outputs.Select(output => new GraphInput(output.Name, maker.ShapeOf(output.Value))).ToValueList() is var made && (!made.Equals(taken.ToValueList()) || !made.Equals(function.Inputs.Take(made.Count).ToValueList())))
            yield return new GraphError(function.Name, list, $"it is called {function.Signature()}, and {maker.Signature()} returns another list");
    }

    private static bool IsPositive(TensorShape shape) => shape is { Channels: > 0, Height: > 0, Width: > 0 };
}
