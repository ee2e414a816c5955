using System.CommandLine;
using System.Globalization;
using System.Text;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet evaluate</c></summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = Networks.TrainedHelp };
        var data = new Option<string?>("--data") { Description = $"{Networks.DataHelp} Without it, those that the run was trained on." };
        var samples = new Option<string>("--samples") { Description = "Numbers of samples, between commas.", DefaultValueFactory = _ => "1,4,8,16" };
        var seed = new Option<long>("--seed") { Description = "Decides the samples.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Prints one JSON document instead of a table." };
        var modes = new Option<string?>("--modes") { Description = "A picture to write, .png or .svg: how often each mode of the label switches is drawn, and how often it should be." };
        var scores = new Option<string?>("--scores") { Description = "A file to write, .csv: every image with its case and RUN's scores, for statistics of one's own." };
        var against = new Option<string?>("--against") { Description = "Another run folder, or a network that comes with weights, judged on the same images: the differences, image by image, with intervals and p-values by case." };
        var checkpoint = Checkpoints.Option();
        var command = new Command("evaluate", "Judges a trained network on the test images.") { run, checkpoint, data, samples, seed, json, modes, scores, against };
        command.AddDevice();
        command.AddDistributed();
        command.SetAction(parsed => parsed.Together(ranks =>
        {
            var picture = parsed.GetValue(modes) is { } path ? OutputFile.Picture(modes.Name, path) : null;
            var table = parsed.GetValue(scores) is { } named ? OutputFile.Checked(scores.Name, named, "a table of scores", ".csv") : null;
            var trained = TrainedNetwork.Open(parsed.GetValue(run)!);
            var counts = Networks.Numbers("--samples", parsed.GetValue(samples)!);
            var (network, step) = trained.Load(parsed.GetValue(checkpoint)!, Distribution.DeviceOf(parsed, ranks));
            using var _ = network;
            var opened = trained.OpenData(parsed.GetValue(data));
            if (picture is not null && !ModeFrequencies.AreKnown(opened.Test))
                throw new InputException($"--modes {picture}", $"the modes of {opened.Name} are not those of label switches", "leave it out, or judge on synthetic:streets or Cityscapes");
            var result = Evaluator.Evaluate(network, opened.Test, counts, parsed.GetValue(seed), ranks: ranks);
            if (picture is not null && ranks.IsFirst)
            {
                var frequencies = ModeFrequencies.Of(opened.Test, result);
                FrequencyBars.Write(picture, frequencies.Modes, frequencies.Classes, string.Create(CultureInfo.InvariantCulture,
                    $"{ModelCatalog.TitleOf(trained.Spec)}: modes of {Counted.Of(frequencies.Images, "test image")}, {Counted.Of(frequencies.Samples, "sample")} each"));
            }
            var other = parsed.GetValue(against) is { } rival ? Judged(TrainedNetwork.Open(rival), opened, counts, parsed.GetValue(seed), Distribution.DeviceOf(parsed, ranks), ranks) : null;
            if (table is not null && ranks.IsFirst)
                AtomicFile.Write(table, stream => stream.Write(Encoding.UTF8.GetBytes(EvaluationReport.Csv(result))));
            var empty = Evaluator.ScoreAllEmpty(opened.Test, [1]).GedAt(1);
            var subject = new EvaluationSubject(trained.Name, step, opened.Name);
            Console.Write(parsed.GetValue(json) ? EvaluationReport.Json(result, other, empty, subject) + "\n" : EvaluationReport.Text(result, other, empty, subject));
            return 0;
        }));
        return command;
    }

    private static EvaluationResult Judged(TrainedNetwork trained, GradedData data, int[] counts, long seed, Device device, Communicator ranks)
    {
        trained.Check(data);
        using var network = trained.Load(Checkpoints.Last, device).Network;
        return Evaluator.Evaluate(network, data.Test, counts, seed, ranks: ranks);
    }
}
