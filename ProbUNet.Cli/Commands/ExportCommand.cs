using System.CommandLine;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet export</c></summary>
internal static class ExportCommand
{
    /// <summary>How weights can be stored, in each format; by the words that --precision takes too.</summary>
    private static readonly Dictionary<string, (ElementType Safetensors, OnnxWeights? Onnx)> Stored = new()
    {
        ["float32"] = (ElementType.F32, OnnxWeights.Float32),
        ["f32"] = (ElementType.F32, OnnxWeights.Float32),
        ["float16"] = (ElementType.F16, OnnxWeights.Float16),
        ["f16"] = (ElementType.F16, OnnxWeights.Float16),
        ["bfloat16"] = (ElementType.BF16, null),
        ["bf16"] = (ElementType.BF16, null),
    };

    /// <summary>Each format that a network can be written in, whose files end with its name: what they are, and what writes them and says which there are.</summary>
    private static readonly Dictionary<string, (string What, Func<SegmentationModel, string, string, IReadOnlyList<string>> Write)> Formats = new()
    {
        ["safetensors"] = ("a set of safetensors", (network, path, weights) =>
        {
            Weights.Save(network, path, new Dictionary<string, string> { ["format"] = "pt" }, Stored[weights].Safetensors);
            return [path];
        }),
        ["onnx"] = ("an ONNX network", (network, path, weights) => OnnxExport.Save(network, path, Stored[weights].Onnx
            ?? throw new InputException($"--weights {weights}", "ONNX is written with float32 or float16", "use one of these, or export with --format safetensors"))),
    };

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = Networks.TrainedHelp };
        var format = new Option<string>("--format") { Description = "safetensors: the weights, under this project's names, for any program that reads them. onnx: the network, to be run without this library.", Required = true };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        var file = new Option<string>("--out") { Description = "The file to write; of a network with a z, F.encode.onnx and F.decode.onnx are written beside F.onnx.", Required = true };
        var weights = new Option<string>("--weights") { Description = "How weights are stored: float32 (f32), or for half the size float16 (f16; of ONNX, the kernels of convolutions) or bfloat16 (bf16; of safetensors).", DefaultValueFactory = _ => "float32" };
        weights.AcceptOnlyFromAmong([.. Stored.Keys]);
        var checkpoint = Checkpoints.Option();
        var command = new Command("export", "Writes a network for other programs.") { run, checkpoint, format, file, weights };
        command.AddJson();
        command.SetAction(parsed =>
        {
            var (chosen, (what, write)) = (parsed.GetValue(format)!, Formats[parsed.GetValue(format)!]);
            var path = OutputFile.Checked(file.Name, parsed.GetValue(file)!, what, $".{chosen}");
            using var network = TrainedNetwork.Open(parsed.GetValue(run)!).Load(parsed.GetValue(checkpoint)!, CPU).Network;
            var files = write(network, path, parsed.GetValue(weights)!);
            parsed.Say($"The network is in {string.Join(", ", files)}.", new { files });
        });
        return command;
    }
}
