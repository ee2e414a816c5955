using System.CommandLine;
using System.Globalization;
using System.Text;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Dsl.Rendering;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;

namespace ProbUNet.Cli;

/// <summary>The <c>probunet</c> tool. Exit codes: 0 done, 1 failed, 2 wrong usage or bad input.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int BadInput = 2;

    private static int Main(string[] args)
    {
        var root = new RootCommand("Looks at probabilistic segmentation networks and at data for them.") { Models(), Summary(), Data() };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // A word that is not understood says more than what is missing without it.
            var error = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is not understood here" : parsed.Errors[0].Message.TrimEnd('.');
            var path = string.Join(' ', parsed.CommandResult.Command.Parents.Append(parsed.CommandResult.Command).OfType<Command>().Where(command => command is not RootCommand).Select(command => $" {command.Name}"));
            Console.Error.WriteLine($"{error}; see 'probunet{path} --help'.");
            return BadInput;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (InputException error)
        {
            Console.Error.WriteLine(error.Message);
            return BadInput;
        }
        catch (Exception error)
        {
            // No stack trace reaches a user; what gets here is a fault of ours.
            Console.Error.WriteLine($"probunet failed: {error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}; please report this with the command that you gave.");
            return Failed;
        }
    }

    private static Command Models()
    {
        var command = new Command("models", "Lists the networks that come with the library.");
        command.SetAction(_ =>
        {
            foreach (var entry in ModelCatalog.All)
            {
                var image = entry.Spec.Image;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{entry.Name,-12} {image.Channels}x{image.Height}x{image.Width}, {GraphOf(entry).ParameterCount:N0} parameters: {entry.Description}"));
            }
        });
        return command;
    }

    private static Command Summary()
    {
        var model = new Argument<string>("MODEL") { Description = "A name from 'probunet models'." };
        var diagram = new Option<string?>("--diagram") { Description = "Draws the network instead: svg, or mermaid for Markdown." };
        diagram.AcceptOnlyFromAmong("svg", "mermaid");
        var file = new Option<string?>("--out") { Description = "The file to write; without it, standard output." };
        var command = new Command("summary", "Prints a network step by step: shapes and parameters.") { model, diagram, file };
        command.SetAction(parsed =>
        {
            var entry = ModelCatalog.Find(parsed.GetValue(model)!);
            var graph = GraphOf(entry);
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

    private static Command Data()
    {
        var path = new Argument<string>("PATH") { Description = "A folder of graded images in a known layout, synthetic:lesions or synthetic:streets." };
        var describe = new Command("describe", "Reads a data set whole and says what is in it.") { path };
        describe.SetAction(parsed =>
        {
            var data = DataSource.Open(parsed.GetValue(path)!);
            foreach (var (name, images) in new[] { ("train", data.Train), ("val", data.Validation), ("test", data.Test) })
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-6} {Described(images)}"));
            var classes = data.Classes;
            if (classes.Count > 1)
                Console.WriteLine($"classes {string.Join(", ", classes.Names)}; " +
                    $"the metric runs over {string.Join(", ", classes.Evaluated.Select(@class => classes.Names[@class]))}");
            if (data.Test.Concat(data.Train).FirstOrDefault()?.Truth is { } truth)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"modes   each image has {truth.Modes.Count} with known probabilities, " +
                    $"those of the first from {truth.Probabilities.Min():G3} to {truth.Probabilities.Max():G3}"));
        });
        return new Command("data", "Looks at data.") { describe };
    }

    private static string Described(IReadOnlyList<GradedImage> images)
    {
        if (images.Count == 0)
            return "no images";
        var first = images[0];
        var what = $"{images.Count} images of {images.Select(image => image.Case).Distinct().Count()} cases, {first.Channels}x{first.Height}x{first.Width}";
        if (first.Graders.Count == 0)
            return $"{what}, {first.Classes.Count} classes, a grader drawn anew at each visit";
        var graders = $"{string.Join(" or ", images.Select(image => image.Graders.Count).Distinct().Order())} graders an image";
        return first.Classes.Count > 1
            ? $"{what}, {first.Classes.Count} classes, {graders}"
            : $"{what}, {graders}; in {images.Count(image => image.Graders.Any(mask => mask.IsEmpty))} at least one grader drew nothing";
    }

    private static Graph GraphOf(CatalogEntry entry) => GraphBuilder.Build(entry.Spec).Match(
        graph => graph,
        errors => throw new InvalidOperationException($"{entry.Name} is in the catalog but has no graph: {errors}"));
}
