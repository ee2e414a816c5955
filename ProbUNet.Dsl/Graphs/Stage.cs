namespace ProbUNet.Dsl.Graphs;

/// <summary>Nodes of a function that belong together: a block of the network, as people speak of it.</summary>
/// <param name="Name">What the names of its nodes begin with, for example <c>encoder1</c>.</param>
/// <param name="Shape">Of what the last node makes.</param>
/// <param name="Parameters">Trainable values of its layers.</param>
/// <param name="MultiplyAdds">Of its convolutions, for one image.</param>
/// <param name="Nodes">Its nodes, in order.</param>
public sealed record Stage(string Name, TensorShape Shape, long Parameters, long MultiplyAdds, ValueList<Node> Nodes)
{
    /// <summary>The stages of a function, in the order in which they begin.</summary>
    public static IEnumerable<Stage> Of(GraphFunction function) => function.Nodes
        .GroupBy(NameOf)
        .Select(nodes => new Stage(
            nodes.Key,
            nodes.Last().Shape,
            nodes.Select(node => node.Operator).OfType<LayerOperator>().Sum(layer => layer.Parameters.Sum(parameter => parameter.Count)),
            nodes.Sum(node => node.Operator.MultiplyAdds(function.ShapeOf(node.Inputs[0]), node.Shape)),
            nodes.ToValueList()));

    /// <summary>The stage that a node belongs to.</summary>
    public static string NameOf(Node node) => node.Name.IndexOf('.') is var dot and > 0 ? node.Name.Substring(0, dot) : node.Name;
}
