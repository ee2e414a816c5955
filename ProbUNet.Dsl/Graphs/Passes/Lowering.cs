namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// From the graph that says what a network is to the one that says how it is computed: the passes, in their order. Every backend computes the second; what people are shown and what is
/// counted is the first.
/// </summary>
public static class Lowering
{
    /// <summary>Channels that each map needs for a convolution over several to be worth a kernel a map: below, one call over a copy is quicker.</summary>
    private const int WorthAKernel = 16;

    /// <summary>The graph as it is computed: the same functions, parameters and names.</summary>
    public static Graph Of(Graph graph) => Of(graph, WorthAKernel);

    /// <summary>The same, for a machine where a call costs otherwise.</summary>
    /// <param name="graph">The graph of a spec.</param>
    /// <param name="worthAKernel">Channels that each of several maps needs for a convolution over them to be worth a kernel a map.</param>
    public static Graph Of(Graph graph, int worthAKernel)
    {
        var read = new HashSet<string>(graph.Functions.SelectMany(function => function.Inputs).Select(input => input.Name));
        var lowered = new Graph(graph.Functions
            .Select(function => WorkingPrecision.Enter(Convolutions.Split(function, worthAKernel), output => read.Contains(output.Name)))
            .ToValueList());
        return GraphVerifier.Verify(lowered).ToValueList() is { Count: > 0 } problems ? throw new InvalidOperationException($"The passes have broken the graph: {problems}") : lowered;
    }
}
