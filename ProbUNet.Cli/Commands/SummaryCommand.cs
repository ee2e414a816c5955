using System.CommandLine;
using System.Globalization;
using System.Text;
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
        command.SetAction(parsed =>
        {
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
                Console.Write(text);
        });
        return command;
    }
}
