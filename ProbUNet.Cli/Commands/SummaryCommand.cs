using System.CommandLine;
using System.Globalization;
using System.Text;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Dsl.Rendering;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet summary</c></summary>
internal static class SummaryCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = Networks.ModelHelp };
        var diagram = new Option<string?>("--diagram") { Description = "Draws the network instead: svg, or mermaid for Markdown." };
        diagram.AcceptOnlyFromAmong("svg", "mermaid");
        var file = new Option<string?>("--out") { Description = "The file to write; without it, standard output." };
        var command = new Command("summary", "Prints a network step by step: shapes and parameters.") { model, diagram, file };
        command.AddJson();
        command.SetAction(parsed =>
        {
            if (parsed.IsForPrograms() && (parsed.GetValue(diagram) is not null || parsed.GetValue(file) is not null))
                throw new InputException("--json", "it is printed, and stands for itself", "leave --diagram and --out out");
            if (parsed.GetValue(file) is { } named)
                _ = parsed.GetValue(diagram) switch
                {
                    "svg" => OutputFile.Checked(file.Name, named, "a diagram in SVG", ".svg"),
                    "mermaid" => OutputFile.Checked(file.Name, named, "a diagram in Mermaid", ".mmd", ".mermaid", ".md"),
                    _ => OutputFile.Checked(file.Name, named, "a table without --diagram", ".txt", ".md"),
                };
            var entry = ModelSource.Open(parsed.GetValue(model)!);
            var graph = Networks.GraphOf(entry);
            var text = parsed.GetValue(diagram) switch
            {
                "svg" => Diagram.Svg(graph, string.Create(CultureInfo.InvariantCulture, $"{entry.Name}: {entry.Description}; {graph.ParameterCount:N0} parameters")),
                "mermaid" => Diagram.Mermaid(graph),
                _ => ShapeTable.Write(graph),
            };
            if (parsed.GetValue(file) is { } path)
                AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            else
                parsed.Say(text.TrimEnd('\n'), Document(entry, graph));
        });
        return command;
    }

    private static object Document(CatalogEntry entry, Graph graph) => new
    {
        name = entry.Name,
        description = entry.Description,
        parameters = graph.ParameterCount,
        spec = Answers.Parsed(SpecJson.Write(entry.Spec)),
        functions = graph.Functions.Select(function => (Function: function, Cost: Cost.Of(function))).Select(each => new
        {
            name = each.Function.Name,
            multiplyAdds = each.Cost.MultiplyAdds,
            peakActivations = each.Cost.PeakActivations,
            activations = each.Cost.Activations,
            receptiveField = each.Cost.ReceptiveField,
            steps = each.Function.Nodes.Select(node => new
            {
                name = node.Name,
                what = node.Operator.Description,
                shape = node.Shape.ToString(),
                parameters = node.Operator is LayerOperator layer ? layer.Parameters.Sum(parameter => parameter.Count) : 0,
            }),
        }),
    };
}
