using System.Globalization;
using System.Text;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Rendering;

/// <summary>A graph as a table: what each step makes, its shape, its parameters, and what a call costs for one image.</summary>
public static class ShapeTable
{
    /// <summary>The table as text, a block a function, columns aligned.</summary>
    public static string Write(Graph graph)
    {
        var text = new StringBuilder();
        foreach (var function in graph.Functions)
        {
            text.Append(function.Signature()).Append('\n');
            foreach (var node in function.Nodes)
            {
                var parameters = node.Operator is LayerOperator layer ? layer.Parameters.Sum(parameter => parameter.Count).ToString("N0", CultureInfo.InvariantCulture) : "";
                text.Append($"  {node.Name,-22} {node.Operator.Description,-16} {node.Shape,-22} {parameters,12}".TrimEnd()).Append('\n');
            }
            var cost = Cost.Of(function);
            text.Append(CultureInfo.InvariantCulture, $"  {cost.MultiplyAdds:N0} multiply-adds; {cost.PeakActivations * sizeof(float) / 1e6:F1} MB of float32 at the peak, {cost.Activations * sizeof(float) / 1e6:F1} MB for training");
            text.Append(CultureInfo.InvariantCulture, $"; receptive field {(cost.ReceptiveField is { } side ? $"{side} pixels" : "the whole image")}\n\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"{graph.ParameterCount:N0} parameters\n");
        return text.ToString();
    }
}
