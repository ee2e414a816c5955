using System.CommandLine;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet export</c></summary>
internal static class ExportCommand
{
    /// <summary>Each format that a network can be written in: what writes it, and says which files there are.</summary>
    private static readonly Dictionary<string, Func<SegmentationModel, string, OnnxWeights, IReadOnlyList<string>>> Formats = new()
    {
        ["safetensors"] = (network, path, weights) =>
        {
            if (weights != OnnxWeights.Float32)
                throw new InputException("--weights float16", "safetensors are written as they are", "leave it out, or export with --format onnx");
            // The spec travels along: with it the file is a whole network.
            Weights.Save(network, path, new Dictionary<string, string> { ["format"] = "pt", ["probunet.spec"] = SpecJson.Write(network.Declaration) });
            return [path];
        },
        ["onnx"] = OnnxExport.Save,
    };

    private static readonly Dictionary<string, OnnxWeights> Stored = new() { ["float32"] = OnnxWeights.Float32, ["float16"] = OnnxWeights.Float16 };

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "A run folder." };
        var format = new Option<string>("--format") { Description = "safetensors: the weights, under this project's names, for any program that reads them. onnx: the network, to be run without this library.", Required = true };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        var file = new Option<string>("--out") { Description = "The file to write; of a network with a z, F.encode.onnx and F.decode.onnx are written beside F.onnx.", Required = true };
        var weights = new Option<string>("--weights") { Description = "How ONNX keeps the kernels of convolutions: float32, or float16 for half the size.", DefaultValueFactory = _ => "float32" };
        weights.AcceptOnlyFromAmong([.. Stored.Keys]);
        var checkpoint = Checkpoints.Option();
        var command = new Command("export", "Writes a network for other programs.") { run, checkpoint, format, file, weights };
        command.SetAction(parsed =>
        {
            using var network = Checkpoints.Load(RunFolder.Open(parsed.GetValue(run)!), parsed.GetValue(checkpoint)!, CPU).Network;
            var files = Formats[parsed.GetValue(format)!](network, parsed.GetValue(file)!, Stored[parsed.GetValue(weights)!]);
            Console.WriteLine($"The network is in {string.Join(", ", files)}.");
        });
        return command;
    }
}
