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
            var inputs = string.Join(", ", function.Inputs.Select(input => $"{input.Name} {input.Shape}"));
            var outputs = string.Join(", ", function.Outputs.Select(output => $"{output.Name} {function.ShapeOf(output.Value)}"));
            text.Append(CultureInfo.InvariantCulture, $"{function.Name}({inputs}) → {outputs}\n");
            foreach (var node in function.Nodes)
            {
                var parameters = node.Operator is LayerOperator layer ? layer.Parameters.Sum(parameter => parameter.Count).ToString("N0", CultureInfo.InvariantCulture) : "";
                text.Append($"  {node.Name,-22} {Describe(node.Operator),-16} {node.Shape,-22} {parameters,12}".TrimEnd()).Append('\n');
            }
            var cost = Cost.Of(function);
            text.Append(CultureInfo.InvariantCulture, $"  {cost.MultiplyAdds:N0} multiply-adds; {cost.PeakActivations * sizeof(float) / 1e6:F1} MB of float32 at the peak, {cost.Activations * sizeof(float) / 1e6:F1} MB for training");
            text.Append(CultureInfo.InvariantCulture, $"; receptive field {(cost.ReceptiveField == 0 ? "the whole image" : $"{cost.ReceptiveField} pixels")}\n\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"{graph.ParameterCount:N0} parameters\n");
        return text.ToString();
    }

    /// <summary>An operator in a few words.</summary>
    internal static string Describe(Operator @operator) => @operator switch
    {
        Conv2d conv => $"conv {conv.Kernel}x{conv.Kernel}{(conv.Stride == 1 ? "" : $"/{conv.Stride}")}",
        TransposedConv2d => "transposed 2x2/2",
        BatchNorm => "batch norm",
        GroupNorm norm => $"group norm {norm.Groups}",
        Activation activation => activation.Kind.ToString().ToLowerInvariant(),
        AveragePool => "average pool 2x2",
        MaxPool => "max pool 2x2",
        Upsample upsample => $"{(upsample.Kind == Upsampling.Nearest ? "nearest" : "bilinear")} x2",
        Shift shift => string.Create(CultureInfo.InvariantCulture, $"add {shift.Constant}"),
        Clamp clamp => string.Create(CultureInfo.InvariantCulture, $"clamp {clamp.Least}..{clamp.Most}"),
        Slice slice => $"channels {slice.Start}-{slice.Start + slice.Length - 1}",
        GlobalMean => "global mean",
        Dropout dropout => string.Create(CultureInfo.InvariantCulture, $"dropout {dropout.Rate}"),
        Pad pad => $"pad {pad.Top + pad.Bottom} + {pad.Left + pad.Right}",
        Crop crop => $"crop {crop.Height}x{crop.Width}",
        _ => @operator.GetType().Name.ToLowerInvariant(),
    };
}
