using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Distributed.Mpi;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources.Synthetic;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Benchmarks;

/// <summary>Seconds of the steps of one training.</summary>
/// <param name="Ranks">How many trained it.</param>
/// <param name="Threads">Of each.</param>
/// <param name="Batch">Images of a step, all ranks together.</param>
/// <param name="Precision">What maps were computed in.</param>
/// <param name="Wire">What gradients travelled in.</param>
/// <param name="Round">Which turn of the sides it was.</param>
/// <param name="Seconds">A step each, the first few left out.</param>
internal sealed record StepSeconds(int Ranks, int Threads, int Batch, string Precision, string Wire, int Round, IReadOnlyList<double> Seconds)
{
    public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);
}

/// <summary>The median seconds of an all-reduce of so many values between two ranks of this machine.</summary>
internal sealed record ReduceSeconds(int Values, string Wire, double Seconds);

/// <summary>What was measured on one machine in one run, for <see cref="ScalingModel"/>.</summary>
internal sealed record ScalingNumbers(long Parameters, IReadOnlyList<StepSeconds> Steps, IReadOnlyList<ReduceSeconds> Reduces);

/// <summary>Measures steps of the standard network, by one process of two threads and by two ranks of one, in turns; and all-reduces between the two.</summary>
internal static class ScalingMeasurement
{
    private const int WarmUp = 2, Timed = 6, Rounds = 3, Repeats = 21;

    /// <summary>All of it: each turn is a process, or a job, of its own.</summary>
    public static ScalingNumbers Run()
    {
        var steps = new List<StepSeconds>();
        for (var round = 0; round < Rounds; round++)
            foreach (var precision in new[] { Precision.Float32, Precision.BFloat16 })
            {
                steps.Add(Step(ranks: 1, threads: 2, batch: 8, precision, Precision.Float32, round));
                foreach (var wire in new[] { Precision.Float32, Precision.BFloat16 })
                    steps.Add(Step(ranks: 2, threads: 1, batch: 8, precision, wire, round));
            }
        // What a rank computes by itself, for the model.
        foreach (var precision in new[] { Precision.Float32, Precision.BFloat16 })
            foreach (var batch in new[] { 1, 2, 4, 8 })
                steps.Add(Step(ranks: 1, threads: 1, batch, precision, Precision.Float32, 0));
        var reduces = Start<List<ReduceSeconds>>(2, "reduce");
        using var network = ModelCatalog.Find("standard").Create(1);
        return new ScalingNumbers(network.ParameterCount, steps, reduces);
    }

    /// <summary>What a process of a turn does; the first rank prints what it found.</summary>
    public static void RunPart(string[] arguments)
    {
        using Communicator ranks = Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is null ? Communicator.Alone : MpiRanks.Join();
        object found = arguments[0] == "reduce" ? Reduces(ranks) : Steps(ranks, arguments[1..]);
        if (ranks.IsFirst)
            Console.WriteLine(JsonSerializer.Serialize(found));
    }

    private static List<double> Steps(Communicator ranks, string[] arguments)
    {
        var numbers = arguments.Select(argument => int.Parse(argument, CultureInfo.InvariantCulture)).ToArray();
        var (threads, batch, precision, wire) = (numbers[0], numbers[1], (Precision)numbers[2], (Precision)numbers[3]);
        set_num_threads(threads);
        using var network = ModelCatalog.Find("standard").Create(1);
        var (height, width) = (network.Declaration.Image.Height, network.Declaration.Image.Width);
        var seconds = new List<double>();
        var plan = new TrainingPlan { Steps = WarmUp + Timed, BatchSize = batch, Precision = precision, LearningRate = 1e-4, DiversityEvery = 0, CheckpointEvery = 1000 };
        Trainer.Train(network, SyntheticLesions.Draw(height, width, 64, 0, 0).Train, plan, new()
        {
            Ranks = ranks,
            Wire = wire,
            Progress = new Told(step => seconds.Add(step.Times.Taken.TotalSeconds)),
        });
        return seconds[WarmUp..];
    }

    private static List<ReduceSeconds> Reduces(Communicator ranks)
    {
        var found = new List<ReduceSeconds>();
        for (var length = 1; length <= 1 << 23; length *= 8)
        {
            var (floats, halves) = (new float[length], new ushort[length]);
            found.Add(new(length, nameof(Precision.Float32), Median(ranks, () => ranks.AllReduce(floats))));
            found.Add(new(length, nameof(Precision.BFloat16), Median(ranks, () => ranks.AllReduceBFloat16(halves))));
        }
        return found;
    }

    private static double Median(Communicator ranks, Action act)
    {
        var seconds = new double[Repeats];
        foreach (ref var each in seconds.AsSpan())
        {
            ranks.Barrier();
            var start = Stopwatch.GetTimestamp();
            act();
            each = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return seconds.Order().ElementAt(Repeats / 2);
    }

    private static StepSeconds Step(int ranks, int threads, int batch, Precision precision, Precision wire, int round)
    {
        var seconds = Start<List<double>>(ranks, "step", $"{threads}", $"{batch}", $"{(int)precision}", $"{(int)wire}");
        var step = new StepSeconds(ranks, threads, batch, $"{precision}", $"{wire}", round, seconds);
        Console.Error.WriteLine(FormattableString.Invariant($"round {round}: {ranks} ranks of {threads} threads, {batch} images, {precision}, {wire} on the wire: {1000 * step.Median:0} ms"));
        return step;
    }

    private static T Start<T>(int ranks, params string[] arguments)
    {
        string[] command = ["dotnet", typeof(ScalingMeasurement).Assembly.Location, "scaling", "part", .. arguments];
        string[] all = ranks == 1 ? command : ["mpirun", "--allow-run-as-root", "-n", $"{ranks}", .. command];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true };
        start.Environment["TERM"] = "dumb";   // a launcher may give its ranks a terminal, where .NET would write control sequences
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<T>(output)! : throw new InvalidOperationException($"'{string.Join(' ', all)}' failed.");
    }

    private sealed class Told(Action<TrainingStep> tell) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => tell(value);
    }
}
