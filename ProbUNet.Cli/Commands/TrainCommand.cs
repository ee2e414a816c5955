using System.CommandLine;
using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Telemetry;
using ProbUNet.Models.Terminal;
using ProbUNet.Models.Training;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet train</c></summary>
internal static class TrainCommand
{
    private static readonly PlanOptions Plan = new();

    public static Command Create()
    {
        var model = new Argument<string?>("MODEL") { Description = $"{Networks.ModelHelp} Left out with --resume and --from.", Arity = ArgumentArity.ZeroOrOne };
        var data = new Option<string?>("--data") { Description = $"{Networks.DataHelp} Without it synthetic:lesions, or those of the run with --from and --resume; with --resume it says where those lie now." };
        var size = Networks.SizeOption();
        var run = new Option<string?>("--out") { Description = "The run folder to make." };
        var resume = new Option<string?>("--resume") { Description = "A run folder whose training was cut short: it goes on to its end, as if it had never stopped." };
        var from = new Option<string?>("--from") { Description = "A run folder to train once more, with its network, seed, plan and data: the same metrics, bit for bit, on the same machine." };
        var init = new Option<string?>("--init") { Description = "A run folder, a file of safetensors or PyTorch with this project's names, or a network that comes with weights, whose weights to begin with (fine-tuning)." };
        var board = new Option<bool>("--tensorboard") { Description = "Writes for TensorBoard too: numbers of every step and pictures of every validation, in the run folder's tensorboard. A run that goes on keeps to it." };
        var command = new Command("train", "Trains a network and leaves a run folder.") { model, data, size, run, resume, from, init, board };
        foreach (var option in Plan.All)
            command.Add(option);
        command.AddDevice();
        command.AddDistributed();
        command.AddWire();
        command.AddJson();
        command.SetAction(parsed => parsed.Together(ranks =>
        {
            var way = new Way(ranks, Distribution.WireOf(parsed), Networks.DeviceGiven(parsed) + Distribution.Given(parsed));
            if (parsed.GetValue(resume) is { } begun)
            {
                if (parsed.GetValue(model) is not null || Plan.AreGiven(parsed) || new Option[] { size, run, from, init }.Any(option => parsed.GetResult(option) is { Implicit: false }))
                    throw new InputException($"--resume {begun}", "a run goes on as it was begun, and takes nothing beside it but --data, --tensorboard, --device, --distributed and --wire", "leave all else out, or begin a new run with --from");
                return Resume(parsed, RunFolder.Open(begun), parsed.GetValue(data), parsed.GetValue(board), way);
            }
            // What is wrong with the words themselves is told at once, before anything is read that takes time.
            var faults = new List<InputException>();
            var source = parsed.GetValue(from) is { } original ? RunFolder.Open(original) : null;
            if (source is null == parsed.GetValue(model) is null)
                faults.Add(new(source is null ? "MODEL" : $"--from {source.Path}", source is null ? "it is missing" : "it brings its own network", source is null ? "name a network from 'probunet models', or a run with --from or --resume" : "leave MODEL out"));
            var spec = source?.Spec;
            if (source is null && parsed.GetValue(model) is { } named)
                Try(faults, () => spec = ModelSource.Open(named).Spec);
            if (parsed.GetValue(run) is not { Length: > 0 })
                faults.Add(new("--out", "it is missing", "name the run folder to make"));
            if (source is not null && parsed.GetValue(size) is { } other)
                faults.Add(new($"--from {source.Path} --size {other}", $"its network is one for {source.Spec.Image.Height}x{source.Spec.Image.Width}", "leave --size out, or train another network"));
            if (source is not null && Plan.FileIn(parsed) is { } file)
                faults.Add(new($"--plan {file}", $"--from {source.Path} brings that run's own plan", "change single settings of it with --set, or name the run as MODEL in the place of --from"));
            // A run that said what does nothing in it was made before that was refused.
            var plan = source?.Plan.For(source.Spec) ?? new TrainingPlan();
            Try(faults, () =>
            {
                plan = Plan.Read(parsed, plan);
                plan.Check();
                if (spec is not null && plan.FaultFor(spec) is { } fault)
                    throw fault;
            });
            InputException.Refuse(faults);
            var (name, network, opened, taken) = source is null
                ? Opened(parsed.GetValue(model)!, parsed.GetValue(data) ?? "synthetic:lesions", parsed.GetValue(size), plan.Seed)
                : (source.Path, source.MakeModel(plan.Seed == source.Plan.Seed ? source.Seed : plan.Seed), source.OpenData(parsed.GetValue(data)), null);
            using (network)
            {
                network.MoveTo(Distribution.DeviceOf(parsed, ranks));
                if (parsed.GetValue(init) is { } weights)
                    TrainedNetwork.LoadInto(network, weights);
                else if (source is { HasForeignStart: true })
                    throw new InputException($"--from {source.Path}", "this run began with weights from elsewhere", "name them with --init");
                var place = parsed.GetValue(run)!;
                var training = RunTraining.Begin(place, network, opened, plan, parsed.GetValue(init), ranks: ranks);
                if (taken is not null)
                    Console.Error.WriteLine(taken);
                return Run(parsed, name, training, place, parsed.GetValue(board), way);
            }
        }));
        return command;
    }

    private static void Try(List<InputException> faults, Action act)
    {
        try
        {
            act();
        }
        catch (InputException error)
        {
            faults.Add(error);
        }
    }

    /// <summary>A refusal of a setting of the plan as one of the option that gives it; any other as it is.</summary>
    public static InputException InOptions(InputException error) => error.Remedy.Contains(RunFolder.GiveOpened, StringComparison.Ordinal)
        ? new InputException(error.Input, error.Problem, error.Remedy.Replace(RunFolder.GiveOpened, "name them with --data", StringComparison.Ordinal), error)
        : Plan.InOptions(error);

    /// <summary>A sentence of the library in words of this program.</summary>
    public static string InOptions(string sentence) => Plan.InOptions(sentence);

    private static (string Name, SegmentationModel Network, GradedData Data, string? Taken) Opened(string model, string data, string? size, long seed)
    {
        var (entry, opened, taken) = Networks.OpenFitting(model, data, size);
        return (entry.Name, entry.Create(seed), opened, taken);
    }

    private static int Resume(ParseResult parsed, RunFolder folder, string? data, bool board, Way way)
    {
        if (folder.IsImported)
            throw new InputException(folder.Path, "its weights were imported, and it has no training to go on with", $"begin one: probunet train {folder.Path} --init {folder.Path} --data D --out NEW");
        if (folder.IsDone)
        {
            parsed.Say($"The run in {folder.Path} came to its end: all of its {Counted.Of(folder.Plan.Steps, "step is", "steps are")} done.", new { run = folder.Path, steps = folder.Plan.Steps, stepsNow = 0 });
            return 0;
        }
        var training = RunTraining.Resume(folder, Distribution.DeviceOf(parsed, way.Ranks), way.Ranks, data is null ? null : DataSource.Open(data, folder.Spec.Image.Height, folder.Spec.Image.Width));
        using var network = training.Model;
        return Run(parsed, folder.Path, training, folder.Path, board || Directory.Exists(BoardOf(folder.Path)), data is null ? way : way with { Again = $"{way.Again} --data {data}" });
    }

    private static string BoardOf(string run) => Path.Combine(run, TensorBoardLog.FolderName);

    /// <summary>Trains to the end, or until it is told to stop.</summary>
    private static int Run(ParseResult parsed, string name, RunTraining training, string path, bool board, Way way)
    {
        using var stop = new Interruption(way.Ranks);
        var (times, last) = (default(TrainingTimes), 0);
        try
        {
            using var log = board && way.Ranks.IsFirst ? new TensorBoardLog(BoardOf(path), training.Data.Validation) : null;
            TrainingView.Show(name, progress =>
            {
                var context = new TrainingContext
                {
                    Progress = new Told(step =>
                    {
                        last = step.Step;
                        progress.Report(step);
                    }),
                    Tell = sentence => Console.Error.WriteLine($"warning: {sentence}"),
                    Wire = way.Wire,
                };
                times = training.Train(log?.Watching(context) ?? context, stop.Token);
            }, Plan.InOptions);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"Stopped {(last == 0 ? "before the next step" : $"after step {last} of {training.Plan.Steps}")}; go on with: probunet train --resume {path}{way.Again}");
            return Program.Failed;
        }
        parsed.Say(
            string.Create(CultureInfo.InvariantCulture, $"The run is in {path}; {Counted.Of(times.Steps, "step")}, {100 * times.WaitingShare:0.0} % of the time spent waiting for images; judge it with: probunet evaluate {path} --data {training.Data.Name}"),
            new { run = path, steps = training.Plan.Steps, stepsNow = times.Steps, waitingShare = times.WaitingShare, data = training.Data.Name });
        return 0;
    }

    /// <summary>Who trains together, and what gradients are rounded to between them.</summary>
    /// <param name="Ranks">Who.</param>
    /// <param name="Wire">To what.</param>
    /// <param name="Again">What to name once more, with a blank before it, when the training goes on: a run does not remember it.</param>
    private sealed record Way(Communicator Ranks, Precision Wire, string Again);

    private sealed class Told(Action<TrainingStep> tell) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => tell(value);
    }
}
