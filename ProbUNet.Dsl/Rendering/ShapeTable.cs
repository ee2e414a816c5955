using System.Globalization;
using System.Text;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Rendering;

/// <summary>A graph as a table: what each step makes, its shape, its parameters.</summary>
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
                var parameters = node.Operator is Conv2d conv ? Count(conv) : "";
                text.Append($"  {node.Name,-22} {Describe(node.Operator),-16} {node.Shape,-22} {parameters,12}".TrimEnd()).Append('\n');
            }
            text.Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"{graph.ParameterCount:N0} parameters\n");
        return text.ToString();
    }

    private static string Count(Conv2d conv) =>
        ((long)conv.OutChannels * (conv.InChannels * conv.Kernel * conv.Kernel + 1)).ToString("N0", CultureInfo.InvariantCulture);

    private static string Describe(Operator @operator) => @operator switch
    {
        Conv2d conv => $"conv {conv.Kernel}x{conv.Kernel}",
        AveragePool => "average pool 2x2",
        Upsample => "bilinear x2",
        Shift shift => string.Create(CultureInfo.InvariantCulture, $"add {shift.Constant}"),
        Slice slice => $"channels {slice.Start}-{slice.Start + slice.Length - 1}",
        GlobalMean => "global mean",
        _ => @operator.GetType().Name.ToLowerInvariant(),
    };
}
