using System.CommandLine;
using ProbUNet.Dsl;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet export</c></summary>
internal static class ExportCommand
{
    /// <summary>Each format that a network can be written in.</summary>
    private static readonly Dictionary<string, Action<SegmentationModel, string>> Formats = new()
    {
        // The spec travels along: with it the file is a whole network.
        ["safetensors"] = (network, path) => Weights.Save(network, path, new Dictionary<string, string> { ["format"] = "pt", ["probunet.spec"] = SpecJson.Write(network.Declaration) }),
    };

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "A run folder." };
        var format = new Option<string>("--format") { Description = "safetensors: the weights, under this project's names, for any program that reads them.", Required = true };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        var file = new Option<string>("--out") { Description = "The file to write.", Required = true };
        var checkpoint = Checkpoints.Option();
        var command = new Command("export", "Writes a network for other programs.") { run, checkpoint, format, file };
        command.SetAction(parsed =>
        {
            using var network = Checkpoints.Load(RunFolder.Open(parsed.GetValue(run)!), parsed.GetValue(checkpoint)!, CPU).Network;
            Formats[parsed.GetValue(format)!](network, parsed.GetValue(file)!);
            Console.WriteLine($"The network is in {parsed.GetValue(file)}.");
        });
        return command;
    }
}
