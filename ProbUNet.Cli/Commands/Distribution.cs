using System.CommandLine;
using ProbUNet.Models;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Distributed.Mpi;
using ProbUNet.Models.Runtime;
using TorchSharp;

namespace ProbUNet.Cli.Commands;

/// <summary>Commands that several processes may do together.</summary>
internal static class Distribution
{
    private static readonly Option<string?> Kind = new("--distributed") { Description = "mpi: this process is one of those that mpirun or srun has begun, and does its part (docs/scaling.md)." };

    private static readonly Option<string?> Wire = new("--wire") { Description = $"What gradients are rounded to on their way between ranks: {string.Join(" or ", Precisions.ByShortName.Keys)}." };

    /// <summary>Gives a command the option.</summary>
    public static void AddDistributed(this Command command) => command.Add(Kind);

    /// <summary>Gives a command that trains the option of what gradients are rounded to.</summary>
    public static void AddWire(this Command command) => command.Add(Wire);

    /// <summary>Both as they were typed, with a blank before each; nothing of what was left out.</summary>
    public static string Given(ParseResult parsed) => string.Concat(new[] { Kind, Wire }.Select(option => parsed.GetValue(option) is { } value ? $" {option.Name} {value}" : ""));

    /// <summary>What gradients are rounded to on their way.</summary>
    /// <exception cref="InputException">It is no precision, or nothing is on its way.</exception>
    public static Precision WireOf(ParseResult parsed)
    {
        if (parsed.GetValue(Wire) is not { } name)
            return Precision.Float32;
        if (!Precisions.ByName.TryGetValue(name, out var precision))
            throw new InputException($"--wire {name}", "it is no precision", $"use {string.Join(" or ", Precisions.ByShortName.Keys)}");
        return parsed.GetValue(Kind) is not null ? precision : throw new InputException($"--wire {name}", "there is no other rank to send gradients to", "give --distributed mpi too, or leave it out");
    }

    /// <summary>Does a command alone, or as a rank of a job. A rank that cannot go on says why and ends the job, because the others would wait for it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="act">Does this rank's part, and answers with an exit code. Of what it prints, that of the first rank is shown.</param>
    /// <param name="allTell">Whether what the others print on standard error is shown too.</param>
    public static int Together(this ParseResult parsed, Func<Communicator, int> act, bool allTell = false)
    {
        if (parsed.GetValue(Kind) is not { } kind)
            return act(Communicator.Alone);
        if (kind != "mpi")
            throw new InputException($"--distributed {kind}", "it is no way of distribution that is known", "use mpi");
        // A launcher may give its ranks a terminal of its own, whose output is collected all the same: .NET is not to write its control sequences there.
        Environment.SetEnvironmentVariable("TERM", "dumb");
        var error = Console.Error;
        using var ranks = MpiRanks.Join();
        try
        {
            if (!ranks.IsFirst)
            {
                Console.SetOut(TextWriter.Null);
                if (!allTell)
                    Console.SetError(TextWriter.Null);
            }
            var place = Placement.Of(ranks);
            if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null or "")
                torch.set_num_threads(place.Processors);
            if (ranks.Size > 1)
                Console.Error.WriteLine($"{ranks.Size} ranks, {place.Size} on this machine with {torch.get_num_threads()} threads each; {ranks.Version}");
            return act(ranks);
        }
        catch (Exception failure) when (ranks.Size > 1)
        {
            // What is wrong for all is said once: the first rank is the fastest to say it.
            if (!ranks.IsFirst)
                Thread.Sleep(TimeSpan.FromSeconds(1));
            var (sentence, code) = Program.Told(failure);
            error.WriteLine($"rank {ranks.Rank} of {ranks.Size} on {Environment.MachineName}: {sentence}");
            error.Flush();
            ranks.Abort(code);
            return code;
        }
    }

    /// <summary>The device that is asked for; of several GPUs each rank of a machine has its own.</summary>
    /// <exception cref="InputException">There is none such here.</exception>
    public static torch.Device DeviceOf(ParseResult parsed, Communicator ranks)
    {
        var device = Networks.DeviceOf(parsed);
        return ranks.Size > 1 && Networks.IsAnyGpu(parsed) ? new torch.Device(DeviceType.CUDA, Placement.Of(ranks).Rank % torch.cuda.device_count()) : device;
    }
}
