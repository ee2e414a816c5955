using System.CommandLine;
using ProbUNet.Models;
using ProbUNet.Models.Benchmarking;

namespace ProbUNet.Cli.Commands;

/// <summary>What <c>probunet bench</c> starts as a process for each turn of one of our sides. Nobody else is meant to.</summary>
internal static class BenchSideCommand
{
    public const string Name = "bench-side";

    public static Command Create()
    {
        var usual = new SideTask("", Work.Standard, 1, default);
        var mode = new Option<string>("--mode") { Description = "A precision, or eager.", Required = true };
        var works = new Option<string>("--works") { Description = "Between commas, in this order.", DefaultValueFactory = _ => string.Join(',', Work.Standard.Select(work => work.Name)) };
        var threads = new Option<int>("--threads") { Description = "Of libtorch.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var size = new Option<int>("--size") { Description = "Rows and columns.", DefaultValueFactory = _ => usual.Size };
        var depth = new Option<int>("--depth") { Description = "Levels of the U-Net.", DefaultValueFactory = _ => usual.Depth };
        var warmUps = new Option<int>("--warm-ups") { Description = "Times that do not count.", DefaultValueFactory = _ => 2 };
        var seconds = new Option<double>("--seconds") { Description = "For so long each work is done.", DefaultValueFactory = _ => 5 };
        var least = new Option<int>("--least") { Description = "And so often at least, a training half as often.", DefaultValueFactory = _ => 10 };
        var command = new Command(Name, "One side of 'probunet bench': a line of JSON a work.") { mode, works, threads, size, depth, warmUps, seconds, least };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var task = new SideTask(
                parsed.GetValue(mode)!,
                [.. parsed.GetValue(works)!.Split(',').Select(name => Work.Parse(name) ?? throw new InputException($"--works {name}", "there is no such work", "use for example sample-16 or train-step-8"))],
                parsed.GetValue(threads),
                new Timing(parsed.GetValue(warmUps), parsed.GetValue(seconds), parsed.GetValue(least)))
            {
                Size = parsed.GetValue(size),
                Depth = parsed.GetValue(depth),
            };
            foreach (var line in OwnSide.Run(task))
                Console.WriteLine(line.Write());
        });
        return command;
    }
}
