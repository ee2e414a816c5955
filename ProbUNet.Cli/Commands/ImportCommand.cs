using System.CommandLine;
using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Training;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet import</c></summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Weights: a safetensors file, or what PyTorch's torch.save wrote for a state_dict (.pth, .pt)." };
        var model = new Option<string?>("--model") { Description = $"The network that they are of. {Networks.ModelHelp} Without it, the one that the file says they are of, as this program's own files do." };
        var run = new Option<string>("--out") { Description = "The run folder to make.", Required = true };
        var map = new Option<string?>("--map") { Description = $"What the file calls the parameters: {string.Join(", ", NameMap.Shipped.Select(each => each.Name))}, or a JSON file (docs/interchange.md). Without it, whichever of these has the most names in common." };
        var command = new Command("import", "Makes a run folder of weights that another program trained.") { file, model, run, map };
        command.AddJson();
        command.SetAction(parsed =>
        {
            using var weights = TensorFile.Open(parsed.GetValue(file)!);
            using var network = (parsed.GetValue(model) is { } source ? ModelSource.Open(source) : InFile(weights)).Create(1);
            var chosen = parsed.GetValue(map) is { } named ? NameMap.Open(named) : NameMap.Shipped.MaxBy(each => Weights.Compare(network, weights, each).Pairs.Count)!;
            var match = Weights.Compare(network, weights, chosen);
            if (!match.Fits)
            {
                (parsed.IsForPrograms() ? Console.Error : Console.Out).Write(match.Table());
                throw match.Refusal(weights.Path, "name the network that they are of, or say with --map what the file calls them");
            }
            StoredSpec.Check(network.Declaration, weights, ", or leave out --model, so that the file's own is taken");
            Weights.Load(network, weights, chosen);
            var folder = RunFolder.Import(parsed.GetValue(run)!, network, weights.Path);
            parsed.Say(
                string.Create(CultureInfo.InvariantCulture, $"The run is in {folder.Path}: {Counted.Of(match.Pairs.Count, "tensor")} by the map {chosen.Name}; judge it with: probunet evaluate {folder.Path} --data D"),
                new { run = folder.Path, tensors = match.Pairs.Count, map = chosen.Name });
        });
        return command;
    }

    private static CatalogEntry InFile(TensorFile weights) => StoredSpec.Of(weights) is { } spec
        ? ModelSource.Of(weights.Path, "a file's", spec)
        : throw new InputException(weights.Path, "it does not say which network its weights are of", "name the network with --model");
}
