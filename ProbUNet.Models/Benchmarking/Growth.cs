using System.Diagnostics;
using System.Globalization;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Models.Benchmarking;

/// <summary>One measurement of how cost grows.</summary>
/// <param name="Axis">What grows: size, batch, depth, samples or threads; all else is as in the standard work.</param>
/// <param name="Value">How far.</param>
/// <param name="Precision">What was computed in.</param>
/// <param name="Work">The work's name.</param>
/// <param name="Ms">The median time, milliseconds; nothing where it was not done.</param>
/// <param name="RssMib">The most memory resident, MiB; nothing where it was not done.</param>
/// <param name="Left">Why it was not done; nothing where it was.</param>
internal sealed record GrowthCell(string Axis, int Value, string Precision, string Work, double? Ms = null, double? RssMib = null, string? Left = null);

/// <summary>Measures how cost grows, a process a cell.</summary>
internal static class Growth
{
    /// <summary>What a process has resident before any network, MiB; and how many bytes a value costs where nothing was measured yet: itself, and its gradient for a while.</summary>
    private const double Bare = 300, BytesAtFirst = 2 * sizeof(float);

    /// <summary>The part of the machine's memory that a cell may need.</summary>
    private const double MostMemory = 0.7;

    private static readonly SideTask Standard = new("", Work.Standard, 0, default);

    /// <summary>The axes and how far each goes.</summary>
    public static IReadOnlyList<(string Axis, IReadOnlyList<int> Values)> Axes(int cores) =>
    [
        ("size", [64, 128, 256, 512]), ("batch", [1, 2, 4, 8, 16, 32]), ("depth", [3, 4, 5, 6]), ("samples", [1, 4, 16, 64, 256, 1024]),
        ("threads", [.. Enumerable.Range(1, Math.Min(2, cores))]),
    ];

    /// <summary>Measures all cells; those that would need too much memory are told as such.</summary>
    /// <param name="precision">A precision of <see cref="Arithmetic"/>.</param>
    /// <param name="threads">Of libtorch.</param>
    /// <param name="self">Starts this program.</param>
    /// <param name="memoryMib">Of the machine.</param>
    /// <param name="tell">Told what comes next.</param>
    /// <param name="axes">What grows; all of <see cref="Axes"/> if left out.</param>
    public static IEnumerable<GrowthCell> Of(string precision, int threads, Sides.Self self, double memoryMib, Action<string> tell, IReadOnlyList<(string Axis, IReadOnlyList<int> Values)>? axes = null)
    {
        foreach (var (axis, values) in axes ?? Axes(Environment.ProcessorCount))
        {
            // The last cell that was measured of each work: the next one needs as much more as its graph has more values.
            var last = new Dictionary<WorkKind, (double Rss, double Values)>();
            foreach (var value in values)
                foreach (var work in WorksOf(axis, value))
                {
                    var task = TaskOf(axis, value, work) with { Mode = precision };
                    var needed = NeededMib(task, work, last.TryGetValue(work.Kind, out var before) ? before : null);
                    GrowthCell Told(string reason) => new(axis, value, precision, work.Name, Left: reason);
                    if (needed > MostMemory * memoryMib)
                    {
                        yield return Told(string.Create(CultureInfo.InvariantCulture, $"would need about {needed / 1024:0.0} GiB"));
                        continue;
                    }
                    tell(string.Create(CultureInfo.InvariantCulture, $"{axis} {value}: {work.Title}, {precision}"));
                    var (lines, isKilled) = Side.Run($"{axis} {value}", Start(task, axis == "threads" ? value : threads, self), axis == "threads" ? value : threads);
                    if (isKilled || lines.Count == 0)
                    {
                        yield return Told("was killed, most likely for its memory");
                        continue;
                    }
                    last[work.Kind] = (lines[0].RssMib, ValuesOf(task, work));
                    yield return new GrowthCell(axis, value, precision, work.Name, lines[0].Ms, lines[0].RssMib);
                }
        }
    }

    /// <summary>What a cell will need, MiB.</summary>
    internal static double NeededMib(SideTask task, Work work, (double Rss, double Values)? before) => before is var (rss, values)
        ? Bare + Math.Max(0, rss - Bare) * ValuesOf(task, work) / values
        : Bare + BytesAtFirst * ValuesOf(task, work) / (1 << 20);

    /// <summary>How many values the work has alive, by the graph: training keeps what its backward pass reads.</summary>
    internal static double ValuesOf(SideTask task, Work work)
    {
        var graph = GraphBuilder.Build(task.Spec).Match(graph => graph, errors => throw new InputException($"size {task.Size}, depth {task.Depth}", errors[0].Message, "choose others"));
        var costs = graph.Functions.Select(Cost.Of).ToList();
        return work.Kind == WorkKind.TrainStep
            ? (double)work.Count * costs.Sum(cost => cost.Activations)
            : costs.Max(cost => cost.PeakActivations) + 2.0 * work.Count * task.Size * task.Size;   // the answers, and the stack of them
    }

    private static IReadOnlyList<Work> WorksOf(string axis, int value) => axis switch
    {
        "batch" => [new(WorkKind.TrainStep, value)],
        "samples" => [new(WorkKind.Sample, value)],
        _ => Work.Standard,
    };

    private static SideTask TaskOf(string axis, int value, Work work) => Standard with
    {
        Works = [work],
        Size = axis == "size" ? value : Standard.Size,
        Depth = axis == "depth" ? value : Standard.Depth,
    };

    private static ProcessStartInfo Start(SideTask task, int threads, Sides.Self self)
    {
        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        return self(["--mode", task.Mode, "--works", string.Join(',', task.Works.Select(work => work.Name)), "--threads", Text(threads), "--size", Text(task.Size), "--depth", Text(task.Depth),
            "--warm-ups", "1", "--seconds", "0.5", "--least", "3"]);
    }
}
