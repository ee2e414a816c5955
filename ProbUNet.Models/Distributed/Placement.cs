namespace ProbUNet.Models.Distributed;

/// <summary>Which ranks share a machine with this one.</summary>
/// <param name="Rank">Which of them this is, from 0: the number of its GPU, for example.</param>
/// <param name="Size">How many they are; at least 1.</param>
/// <param name="Processors">How many processors each of them has for itself; at least 1.</param>
public sealed record Placement(int Rank, int Size, int Processors)
{
    private const string Status = "/proc/self/status";

    /// <summary>Asks the others; every rank has to.</summary>
    public static Placement Of(Communicator ranks)
    {
        // A launcher may have bound each rank to processors of its own, and .NET counts no others.
        var mine = (Machine: Environment.MachineName, Processors: Bound());
        var all = ranks.Map(ranks.Size, _ => new[] { mine.Machine, mine.Processors });
        var here = Enumerable.Range(0, ranks.Size).Where(rank => all[rank][0] == mine.Machine).ToList();
        return new Placement(here.IndexOf(ranks.Rank), here.Count, Math.Max(1, Environment.ProcessorCount / here.Count(rank => all[rank][1] == mine.Processors)));
    }

    /// <summary>The processors that this process may run on, where the system tells.</summary>
    private static string Bound() =>
        File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal)) ?? "" : "";
}
