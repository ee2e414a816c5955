using System.Globalization;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Dsl.Rendering;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Reports.Html;

/// <summary>The network: its diagram, what it costs, and every step with its shape.</summary>
internal static class NetworkPart
{
    /// <summary>The part.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="name">What it is called.</param>
    public static Part Of(Graph graph, string name) => new("network", "The network",
    [
        P($"{name}: ", Number(graph.ParameterCount, "N0"), $" parameters in {Numeral(graph.Functions.Count)}. The functions are called in the order in which they stand; what does not depend on z is computed once an image, however many samples are drawn (section 2)."),
        Figure(Drawings.Of(Diagram.Svg(graph, $"{name}; {N(graph.ParameterCount)} parameters"), "diagram", $"Diagram of the network: {string.Join(", ", graph.Functions.Select(function => function.Name))}"),
            "A panel a function, a box a stage: as high as its resolution and striped by its operators, each stripe as wide as its channels, both scales compressed. Channels stand above a box, height × width at the row’s start.").Class("broad"),
        Table("What a call of each function costs for one image", ["function", "multiply-adds", "memory at the peak, MB", "for training, MB", "receptive field, pixels"], graph.Functions.Select(function =>
        {
            var cost = Cost.Of(function);
            return new Row(function.Name, Number(cost.MultiplyAdds, "N0"), Number(cost.PeakActivations * sizeof(float) / 1e6, "F1"), Number(cost.Activations * sizeof(float) / 1e6, "F1"), cost.ReceptiveField is { } side ? N(side) : "the whole image");
        })),
        E("div", [.. graph.Functions.Select(Shapes)]).Class("shapes"),
    ]);

    private static Element Shapes(GraphFunction function) => Table(
        Code(function.Signature()), ["step", "operator", "shape", "parameters"],
        function.Nodes.Select(node => new Row(node.Name, node.Operator.Description, node.Shape.ToString(), node.Operator is LayerOperator layer ? Number(layer.Parameters.Sum(parameter => parameter.Count), "N0") : "")));

    private static string Numeral(int functions) => functions == 1 ? "one function" : $"{N(functions)} functions";

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
