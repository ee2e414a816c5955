namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// Says where a network enters the precision and layout that it works in, and where it leaves them: maps work in them from the argument on; means over pixels, and so the Gaussians, and all that
/// a caller gets but features, are float32. Which precision that is, is the network's to say when it runs; in float32 this keeps the function to the last bit.
/// </summary>
internal static class WorkingPrecision
{
    /// <summary>Adds the nodes that do it.</summary>
    /// <param name="function">What is rewritten.</param>
    /// <param name="isInner">Whether a function of the same network reads an output, which then stays as it is.</param>
    public static GraphFunction Enter(GraphFunction function, Func<GraphOutput, bool> isInner)
    {
        var works = new HashSet<int>();   // values of the new function
        return Rewriter.Rewrite(
            function,
            rewriter =>
            {
                for (var input = 0; input < function.Inputs.Count; input++)
                    if (function.Inputs[input].Shape.IsMap && IsSeen(function, input))
                        works.Add(rewriter[input] = rewriter.Add($"{function.Inputs[input].Name}.working", new ToWorkingPrecision(), rewriter[input]));
            },
            (rewriter, node) =>
            {
                var added = rewriter.Keep(node);
                // Of vectors a map, and what is float32 whatever it is made of: where precision begins and ends.
                if (node.Shape.IsMap && !node.Inputs.Any(input => function.ShapeOf(input).IsMap))
                    works.Add(added = rewriter.Add($"{node.Name}.working", new ToWorkingPrecision(), added));
                else if (!node.Operator.MakesFloat32 && node.Inputs.Any(input => works.Contains(rewriter[input])))
                    works.Add(added);
                return added;
            },
            (rewriter, output) => works.Contains(rewriter[output.Value]) && !isInner(output) ? rewriter.Add($"{output.Name}.float32", new ToFloat32(), rewriter[output.Value]) : rewriter[output.Value]);
    }

    /// <summary>Whether a node sees what an argument says: only then does its precision matter.</summary>
    private static bool IsSeen(GraphFunction function, int input) => function.Nodes.Any(node => node.Inputs.Contains(input) && node.Operator.Sees);
}
