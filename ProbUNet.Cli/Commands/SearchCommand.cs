using System.CommandLine;
using System.Globalization;
using ProbUNet.Models.Search;
using ProbUNet.Models.Terminal;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet search</c></summary>
internal static class SearchCommand
{
    public static Command Create()
    {
        var usual = new SearchPlan();
        var file = new Argument<string>("SPACE") { Description = "A JSON file with a network, a training, and the settings that vary (docs/search.md)." };
        var data = Networks.DataOption();
        var size = Networks.SizeOption();
        var folder = new Option<string>("--out") { Description = "Where everything goes. A search that was stopped is gone on with.", Required = true };
        var minutes = new Option<double?>("--minutes") { Description = "Minutes of training on the lowest rung, for each variant and seed." };
        var steps = new Option<int>("--steps") { Description = "Steps of training on the lowest rung, where no minutes are given.", DefaultValueFactory = _ => usual.Steps };
        var eta = new Option<int>("--eta") { Description = "On each rung one variant of so many goes on, and is trained anew so many times as long.", DefaultValueFactory = _ => usual.Eta };
        var rungs = new Option<int?>("--rungs") { Description = "How many rungs there are; without it, as many as it takes until one variant is left." };
        var seeds = new Option<string>("--seeds") { Description = "One training of every variant a seed, on every rung.", DefaultValueFactory = _ => "1" };
        var samples = new Option<int>("--samples") { Description = "Samples an image in the GED² that variants are chosen by.", DefaultValueFactory = _ => usual.Samples };
        var images = new Option<int?>("--validation-images") { Description = "Judge by so many validation images, spread over the set; all without it." };
        var command = new Command("search", "Finds a recipe by measurement: trains variants for a short time, and the best of them longer, chosen by validation images.")
        {
            file, data, size, folder, minutes, steps, eta, rungs, seeds, samples, images,
        };
        command.AddDevice();
        command.AddDistributed();
        command.AddJson();
        command.SetAction(parsed => parsed.Together(ranks => Interruption.Heeded(ranks, cancellation =>
        {
            if (parsed.GetValue(minutes) is { } most && parsed.GetResult(steps) is { Implicit: false })
                throw PlanOptions.StepsAndMinutes(string.Create(CultureInfo.InvariantCulture, $"--minutes {most}"));
            var plan = new SearchPlan
            {
                Minutes = parsed.GetValue(minutes),
                Steps = parsed.GetValue(steps),
                Eta = parsed.GetValue(eta),
                Rungs = parsed.GetValue(rungs),
                Samples = parsed.GetValue(samples),
                ValidationImages = parsed.GetValue(images),
                Seeds = [.. Networks.Numbers("--seeds", parsed.GetValue(seeds)!)],
            };
            var space = SearchSpace.Open(parsed.GetValue(file)!);
            plan.Check(space.Count);   // before data are read
            var (_, opened, taken) = Networks.Open(space.Model, parsed.GetValue(data)!, parsed.GetValue(size));
            var path = parsed.GetValue(folder)!;
            var searcher = new Searcher(path, opened, space.VariantsFor(opened), plan, Distribution.DeviceOf(parsed, ranks), ranks: ranks);
            if (taken is not null)
                Console.Error.WriteLine(taken);
            var result = searcher.Run((name, train) => TrainingView.Show(name, train, TrainCommand.InOptions), Console.Error.WriteLine, cancellation);
            if (!ranks.IsFirst)
                return 0;
            var best = Path.Combine(path, result.Variants[0].Rungs[^1].Runs[0]);
            parsed.Say($"{SearchReport.Table(result)}\nThe best is {result.Variants[0].Name}, in {best}.", new { best = result.Variants[0].Name, run = best, result = Answers.Parsed(File.ReadAllText(Path.Combine(path, "result.json"))) });
            return 0;
        }), allTell: true));
        return command;
    }
}
