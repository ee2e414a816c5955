using static TorchSharp.torch;

namespace ProbUNet.Models.Reports;

/// <summary>What a report of a run shows.</summary>
public sealed record ReportSettings
{
    /// <summary>The numbers of samples; each at least 1. Default the paper's: 1, 4, 8, 16.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [1, 4, 8, 16];

    /// <summary>The worst cases that are shown; 0 or more. The median and the best one follow.</summary>
    public int Cases { get; init; } = 6;

    /// <summary>Decides the samples, as in <see cref="Evaluation.Evaluator"/>.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Whose weights: the checkpoint after this step; the last one if left out.</summary>
    public int? Step { get; init; }

    /// <summary>Where the network lives; the CPU if left out.</summary>
    public Device? Device { get; init; }

    /// <summary>What the report says of when it was made; nothing if left out.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>What the report says of the machine that judged; its processor, cores and system if left out.</summary>
    public string? Machine { get; init; }

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="InputException">Names the setting and its range.</exception>
    public void Check()
    {
        InputException.Refuse(Counts.Count == 0 || Counts.Any(count => count < 1) || Counts.Distinct().Count() != Counts.Count, "ReportSettings.Counts", string.Join(',', Counts), "different numbers of at least 1");
        InputException.Refuse(Cases < 0, "ReportSettings.Cases", Cases, "0 or more");
    }
}
