namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// Says where a network enters the precision and layout that it works in, and where it leaves them: maps work in them from the argument on; means over pixels, and so the Gaussians, and all that
/// a caller gets but features, are float32. Which precision that is, is the network's to say when it runs; in float32 this keeps the function to the last bit.
/// </summary>
internal static class WorkingPrecision
{
    /// <summary>Adds the nodes that do it.</summary>
    public static GraphFunction Enter(GraphFunction function)
    {
        var works = new HashSet<int>();   // values of the new function
        // Features are read by a function of the same network, and stay as they are.
        var isInner = function.Result == FunctionResult.List;
        return Rewriter.Rewrite(
            function,
            rewriter =>
            {
                for (var input = 0; input < function.Inputs.Count; input++)
                    if (function.Inputs[input].Shape.IsMap)
                        works.Add(rewriter[input] = rewriter.Add($"{function.Inputs[input].Name}.working", new ToWorkingPrecision(), rewriter[input]));
            },
            (rewriter, node) =>
            {
                var added = rewriter.Keep(node);
                // From a vector to a map, and from maps to a vector: where precision begins and ends.
                if (node.Operator is Broadcast)
                    works.Add(added = rewriter.Add($"{node.Name}.working", new ToWorkingPrecision(), added));
                else if (node.Operator is not GlobalMean && node.Inputs.Any(input => works.Contains(rewriter[input])))
                    works.Add(added);
                return added;
            },
            (rewriter, output) => works.Contains(rewriter[output.Value]) && !isInner ? rewriter.Add($"{output.Name}.float32", new ToFloat32(), rewriter[output.Value]) : rewriter[output.Value]);
    }
}
