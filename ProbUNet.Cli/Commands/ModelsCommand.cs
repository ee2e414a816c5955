using System.CommandLine;
using System.Globalization;
using ProbUNet.Models.Catalog;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet models</c></summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var command = new Command("models", "Lists the networks that come with the library.");
        command.SetAction(_ =>
        {
            foreach (var entry in ModelCatalog.All)
            {
                var image = entry.Spec.Image;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{entry.Name,-26} {image.Channels}x{image.Height}x{image.Width}, {Networks.GraphOf(entry).ParameterCount:N0} parameters: {entry.Description}{(entry.Pretrained is null ? "" : "; comes with weights")}"));
            }
        });
        return command;
    }
}
