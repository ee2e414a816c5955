using System.CommandLine;
using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models.Catalog;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet models</c></summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var command = new Command("models", "Lists the networks that come with the library.");
        command.AddJson();
        command.SetAction(parsed => parsed.Say(
            string.Join('\n', ModelCatalog.All.Select(Line)),
            ModelCatalog.All.Select(entry => new
            {
                name = entry.Name,
                description = entry.Description,
                parameters = Networks.GraphOf(entry).ParameterCount,
                hasWeights = entry.Pretrained is not null,
                spec = Answers.Parsed(SpecJson.Write(entry.Spec)),
            })));
        return command;
    }

    private static string Line(CatalogEntry entry)
    {
        var image = entry.Spec.Image;
        return string.Create(CultureInfo.InvariantCulture,
            $"{entry.Name,-26} {image.Channels}x{image.Height}x{image.Width}, {Networks.GraphOf(entry).ParameterCount:N0} parameters: {entry.Description}{(entry.Pretrained is null ? "" : "; comes with weights")}");
    }
}
