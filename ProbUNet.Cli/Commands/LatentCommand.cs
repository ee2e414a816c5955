using System.CommandLine;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet latent</c></summary>
internal static class LatentCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "A run folder, or a network that comes with weights, of a Probabilistic U-Net or an Image2Image VAE." };
        var image = new Option<string?>("--image") { Description = $"{Pictures.ImageHelp} Without it, the test image whose graders disagree most." };
        var data = new Option<string?>("--data") { Description = $"{Networks.DataHelp} Without it, those that the run was trained on." };
        var seed = new Option<long>("--seed") { Description = "Decides where the main directions of a larger latent space are looked for.", DefaultValueFactory = _ => 1 };
        var file = new Option<string>("--out") { Description = "The picture to write, .png or .svg.", Required = true };
        var checkpoint = Checkpoints.Option();
        var command = new Command("latent", "Draws what a network decodes over its latent space (the paper's Fig. 6).") { run, checkpoint, image, data, seed, file };
        command.AddDevice();
        command.AddJson();
        command.SetAction(parsed =>
        {
            var path = OutputFile.Picture(file.Name, parsed.GetValue(file)!);
            var trained = TrainedNetwork.Open(parsed.GetValue(run)!);
            using var network = trained.Load(parsed.GetValue(checkpoint)!, Networks.DeviceOf(parsed)).Network;
            if (network is not LatentVariableModel model)
                throw new InputException(trained.Name, $"a {ModelCatalog.TitleOf(trained.Spec)} has no latent space", "name the run of a Probabilistic U-Net or an Image2Image VAE");
            var chosen = Pictures.One(trained, parsed.GetValue(image), parsed.GetValue(data));
            var plane = LatentPlane.Of(model, chosen, seed: parsed.GetValue(seed));
            LatentFigure.Write(path, plane, chosen, $"Latent space of the {ModelCatalog.TitleOf(trained.Spec)} for {chosen.Name}");
            parsed.Say($"The latent space for {chosen.Name} is in {path}.", new { image = chosen.Name, picture = path });
        });
        return command;
    }
}
