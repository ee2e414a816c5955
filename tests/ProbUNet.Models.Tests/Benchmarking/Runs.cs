using System.Diagnostics;
using ProbUNet.Models.Benchmarking;

namespace ProbUNet.Models.Tests.Benchmarking;

/// <summary>Runs that nobody had to wait for.</summary>
internal static class Runs
{
    public const string Line = """{"peer": "toy 1", "mode": "plain", "work": "sample-16", "ms": 12.5, "runs": 10, "rss_mib": 311}""";

    /// <summary>A measurement of a time, or a memory.</summary>
    public static Measurement Of(string side, int round, double ms, double rss = 100, string work = "train-step-8", string run = "one") => new(run, side, round, new SideLine("toy 1", side, work, ms, 5, rss));

    /// <summary>All works of some sides, in some rounds.</summary>
    public static Report Report(params string[] sides) => new("one", DateTimeOffset.UnixEpoch, new Machine("toy", 2, ["avx2"], 4096, "none", new Dictionary<string, string> { [".NET"] = "10" }, 0.1), new BenchPlan(3, 1, 1),
        [.. from round in Enumerable.Range(1, 3) from side in sides from work in Work.Standard select Of(side, round, side.Length * 10 + round, 50 * side.Length, work.Name)]);

    /// <summary>A process that runs a line of bash.</summary>
    public static ProcessStartInfo Bash(string script) => new("bash", ["-c", script]);
}
