using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Terminal;
using ProbUNet.Models.Training;

namespace Quickstart;

// 1. Declare. The compiler writes the network's code into this class: see Generated/. Try Height = 100 and read the error.
[ProbabilisticUNet(ImageChannels = 1, Classes = 1, Height = 64, Width = 64)]
[UNet(Channels = [16, 32, 48, 64], ConvsPerBlock = 2)]
[Latent(6)]
public sealed partial class NoduleNet;

internal static class Program
{
    private static readonly int[] Counts = [1, 4, 8, 16];

    private static int Main(string[] args)
    {
        try
        {
            // Without arguments: drawn lesions whose four graders disagree in a known way. With --data FOLDER: real scans, cut to 64x64.
            var source = args switch
            {
                [] => "synthetic:lesions",
                ["--data", var folder] => folder,
                _ => throw new InputException(string.Join(' ', args), "only --data FOLDER is understood", "name a folder of scans, or leave it out"),
            };
            var data = DataSource.Open(source, height: 64, width: 64);
            Console.WriteLine($"{data.Name}: {data.Train.Count} images to train on, {data.Test.Count} unseen ones to judge by");

            // 2. Train. The seeds decide everything: the same seeds, the same network.
            using var net = new NoduleNet(seed: 1);
            var untrained = Evaluator.Evaluate(net, data.Test, Counts);
            var plan = new TrainingPlan { Steps = 700, BatchSize = 16, LearningRate = 1e-3, Seed = 1 };
            var run = $"out/quickstart/run-{DateTime.Now:yyyyMMdd-HHmmss}";
            TrainingView.Show("NoduleNet", progress => RunTraining.Begin(run, net, data, plan).Train(new() { Progress = progress }));

            // 3. Sample and score: how far are the samples from what the graders drew? 0 is perfect; the mean over unseen images.
            var empty = Evaluator.ScoreAllEmpty(data.Test, Counts);
            var trained = Evaluator.Evaluate(net, data.Test, Counts);
            Console.WriteLine("GED² with n samples      n=1     n=4     n=8    n=16");
            foreach (var (name, result) in new[] { ("all-empty predictor", empty), ("untrained network", untrained), ("trained network", trained) })
                Console.WriteLine($"{name,-20}{string.Concat(Counts.Select(n => $"{result.GedAt(n),8:F3}"))}");

            // 4. Draw: a row a case, with image, graders, samples and their standard deviation.
            var rows = data.Test.Take(8).Select((image, i) =>
            {
                var prediction = Predictor.Predict(net, image, count: 16);
                return new SampleSheetRow(image, prediction.Masks, prediction.StandardDeviation, $"{image.Name}   GED² {trained.Images[i].EnergyDistances[^1].Squared:F2} (n=16)");
            });
            SampleSheet.Write("out/quickstart/samples.png", [.. rows], $"Probabilistic U-Net on {Path.GetFileName(data.Name)}: unseen images");
            Console.WriteLine($"Look at out/quickstart/samples.png; the run is in {run}");
            return 0;
        }
        catch (InputException error)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
    }
}
