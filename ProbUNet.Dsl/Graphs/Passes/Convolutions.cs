namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// A convolution over a concatenation is the sum of convolutions over its parts, by the slices of one weight that belong to them: no copy puts the parts behind each other. Over a vector that is the same at
/// every pixel a 1x1 convolution is a product, once a vector. Exact algebra, but for the order of one sum a pixel.
/// </summary>
/// <remarks>
/// At the combiner the two together are what makes samples cheap (Kohl et al. 2018, section 2): its first convolution reads the features once an image, and each z adds a bias.
/// </remarks>
internal static class Convolutions
{
    /// <summary>Lets the convolutions of a function read the parts of what was concatenated for them.</summary>
    /// <param name="function">What is rewritten.</param>
    /// <param name="worthAKernel">Channels that each of several maps has to have.</param>
    public static GraphFunction Split(GraphFunction function, int worthAKernel) => Rewriter.Rewrite(
        function,
        _ => { },
        (rewriter, node) => node.Operator is Conv2d conv && PartsOf(rewriter, conv, node.Inputs) is { } parts && IsWorthwhile(function, parts, worthAKernel)
            ? rewriter.Add(node.Name, conv, [.. parts.Select(part => rewriter[part])])
            : rewriter.Keep(node),
        (rewriter, output) => rewriter[output.Value]);

    private static int[]? PartsOf(Rewriter rewriter, Conv2d conv, ValueList<int> inputs) => inputs is [var only] && rewriter.MakerOf(only) is { Operator: Concat } concat
        ? [.. concat.Inputs.Select(input => conv.Kernel == 1 && rewriter.MakerOf(input) is { Operator: Broadcast } broadcast ? broadcast.Inputs[0] : input)]
        : null;

    private static bool IsWorthwhile(GraphFunction function, int[] parts, int worthAKernel)
    {
        var maps = parts.Where(part => function.ShapeOf(part).IsMap).ToList();
        return maps.Count > 0 && ((maps.Count == 1 && parts.Length > 1) || maps.All(map => function.ShapeOf(map).Channels >= worthAKernel));
    }
}
