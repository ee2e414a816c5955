using System.CommandLine;
using System.Globalization;
using System.Text;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Terminal;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet compare</c></summary>
internal static class CompareCommand
{
    private static readonly PlanOptions Training = new("steps", "minutes", "beta", "betaWarmup", "geco.target", "seed");

    public static Command Create()
    {
        var usual = new ComparisonPlan();
        var data = Networks.DataOption();
        var size = Networks.SizeOption();
        var folder = new Option<string>("--out") { Description = "Where everything goes. A comparison that was stopped is gone on with.", Required = true };
        var model = new Option<string>("--model") { Description = $"The Probabilistic U-Net whose U-Net all systems have. {Networks.ModelHelp}", DefaultValueFactory = _ => "small" };
        var minutes = new Option<double?>("--minutes") { Description = "Minutes of training for each system and seed, shared by the networks that it needs." };
        var steps = new Option<int>("--steps") { Description = "Steps of training for each network, where no minutes are given.", DefaultValueFactory = _ => usual.Steps };
        var seeds = new Option<string>("--seeds") { Description = "Seeds, between commas: every system is trained once for each.", DefaultValueFactory = _ => "1" };
        var samples = new Option<string>("--samples") { Description = "Numbers of samples, between commas.", DefaultValueFactory = _ => "1,4,8,16" };
        var images = new Option<int?>("--test-images") { Description = "Judge by the first so many test images; all without it." };
        var command = new Command("compare", "Trains and judges the paper's five systems alike, and draws its Fig. 4.") { data, size, folder, model, minutes, steps, seeds, samples, images };
        foreach (var option in Training.All)
            command.Add(option);
        command.AddDevice();
        command.AddDistributed();
        command.AddJson();
        command.SetAction(parsed => parsed.Together(ranks => Interruption.Heeded(ranks, cancellation =>
        {
            var path = parsed.GetValue(folder)!;
            if (parsed.GetValue(minutes) is { } most && parsed.GetResult(steps) is { Implicit: false })
                throw PlanOptions.StepsAndMinutes(string.Create(CultureInfo.InvariantCulture, $"--minutes {most}"));
            var (network, opened, taken) = Networks.OpenFitting(parsed.GetValue(model)!, parsed.GetValue(data)!, parsed.GetValue(size));
            if (network.Spec is not ProbabilisticUNetSpec spec)
                throw new InputException($"--model {network.Name}", $"it is a {ModelCatalog.TitleOf(network.Spec)}", "name a Probabilistic U-Net, whose U-Net the other systems take");
            var plan = new ComparisonPlan
            {
                Minutes = parsed.GetValue(minutes),
                Steps = parsed.GetValue(steps),
                Seeds = [.. Networks.Numbers("--seeds", parsed.GetValue(seeds)!)],
                Counts = Networks.Numbers("--samples", parsed.GetValue(samples)!),
                Training = Training.Read(parsed, usual.Training),
                TestImages = parsed.GetValue(images),
            };
            var comparer = new Comparer(path, opened, spec, plan, Distribution.DeviceOf(parsed, ranks), ranks: ranks);
            if (taken is not null)
                Console.Error.WriteLine(taken);
            var result = comparer.Run((name, train) => TrainingView.Show(name, train, TrainCommand.InOptions), Console.Error.WriteLine, cancellation);
            if (!ranks.IsFirst)
                return 0;
            Comparer.Write(result, Path.Combine(path, "comparison.json"));
            foreach (var kind in new[] { "png", "svg" })
                ComparisonReport.DrawFigure4(result, Path.Combine(path, $"figure4.{kind}"));
            var cases = ComparisonReport.DrawCases(comparer, plan.Seeds[0], path);
            var table = ComparisonReport.Table(result);
            AtomicFile.Write(Path.Combine(path, "comparison.md"), stream => stream.Write(Encoding.UTF8.GetBytes(table)));
            ReportCommand.WriteComparison(Path.Combine(path, "report.html"), comparer, result, new ReportSettings().Cases);
            var (report, figure) = (Path.Combine(path, "report.html"), Path.Combine(path, "figure4.png"));
            parsed.Say($"{table}\nLook at {report}, {figure} and {cases[^1]}.", new { report, figure, cases, comparison = Answers.Parsed(File.ReadAllText(Path.Combine(path, "comparison.json"))) });
            return 0;
        }), allTell: true));
        return command;
    }
}
