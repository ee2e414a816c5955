using System.CommandLine;
using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Sources;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet sample</c></summary>
internal static class SampleCommand
{
    public static Command Create()
    {
        var run = Networks.TrainedArgument();
        var image = new Option<string?>("--image") { Description = $"{Pictures.ImageHelp} Or a folder of PNGs; masks beside their images (_l0, _l1 …) are left out. Without it, the test image whose graders disagree most." };
        var data = new Option<string?>("--data") { Description = $"{Networks.DataHelp} Without it, those that the run was trained on." };
        var count = new Option<int>("--count") { Description = "Samples an image.", DefaultValueFactory = _ => 16 };
        var seed = new Option<long>("--seed") { Description = "With an image's name, decides its samples.", DefaultValueFactory = _ => 1 };
        var file = new Option<string>("--out") { Description = "The picture to write, .png or .svg; for a folder of images, the folder to write them into.", Required = true };
        var masks = new Option<string?>("--masks") { Description = "A folder for the samples themselves, a PNG each: 0 and 255, or the number of each pixel's class." };
        var tile = new Option<int?>("--tile")
        {
            Description = "Pixels of the side of a tile, for example 512: PNGs may then have any size that the network could be declared for, and are computed a tile at a time, in the memory of one. The samples are those of the whole image.",
        };
        var checkpoint = Checkpoints.Option();
        var command = new Command("sample", "Draws segmentations of an image, or of every image in a folder.") { run, checkpoint, image, data, count, seed, file, masks, tile };
        command.AddDevice();
        command.AddJson();
        command.SetAction(parsed =>
        {
            var (source, samples) = (parsed.GetValue(image), parsed.GetValue(count));
            var isFolder = source is not null && Directory.Exists(source);
            var target = isFolder ? OutputFile.FolderOfPictures(file.Name, parsed.GetValue(file)!) : OutputFile.Picture(file.Name, parsed.GetValue(file)!);
            var trained = TrainedNetwork.Open(parsed.GetValue(run)!);
            if (samples < 1)
                throw new InputException(string.Create(CultureInfo.InvariantCulture, $"--count {samples}"), "there is nothing to draw", "draw 1 sample or more");
            var side = parsed.GetValue(tile);
            if (side < 1)
                throw new InputException(string.Create(CultureInfo.InvariantCulture, $"--tile {side}"), "there is nothing in such a tile", "use 1 pixel or more, for example 512");
            // All input is looked at before anything is written.
            if (isFolder && parsed.GetValue(data) is not null)
                throw new InputException($"--image {source}", "a folder of images is not part of a data set", "leave --data out, or name a test image");
            var (images, skipped) = isFolder ? Pictures.All(trained, source!, anySize: side is not null) : ([Pictures.One(trained, source, parsed.GetValue(data), anySize: side is not null)], 0);

            using var network = trained.Load(parsed.GetValue(checkpoint)!, Networks.DeviceOf(parsed)).Network;
            parsed.TellWhose(run);
            if (skipped > 0)
                Console.Error.WriteLine($"{Counted.Of(skipped, "mask")} beside their images in {source} {Counted.Thing(skipped, "was", "were")} left out.");
            var written = new List<object>();
            foreach (var each in images)
            {
                var picture = isFolder ? Path.Combine(target, $"{each.Name}.png") : target;
                var prediction = Predictor.Predict(network, each, samples, parsed.GetValue(seed), side);
                SamplePicture.Write(picture, each, prediction, $"{ModelCatalog.TitleOf(trained.Spec)}: {each.Name}");
                var kept = parsed.GetValue(masks) is { } place ? ImageFile.WriteSamples(place, each.Name, prediction.Samples) : [];
                written.Add(new { image = each.Name, picture, masks = kept });
            }
            parsed.Say(isFolder ? $"{Counted.Of(images.Count, "picture is", "pictures are")} in {target}." : $"The samples{(source is null ? $" for {images[0].Name}" : "")} are in {target}.", new { samples, seed = parsed.GetValue(seed), images = written });
        });
        return command;
    }
}
