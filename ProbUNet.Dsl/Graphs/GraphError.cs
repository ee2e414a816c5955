namespace ProbUNet.Dsl.Graphs;

/// <summary>Why a graph is not a network.</summary>
/// <param name="Function">The function at fault.</param>
/// <param name="Node">The node at fault.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record GraphError(string Function, string Node, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Function}/{Node}: {Problem}";
}
