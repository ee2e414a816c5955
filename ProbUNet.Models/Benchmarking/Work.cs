using System.Globalization;
using ProbUNet.Dsl;

namespace ProbUNet.Models.Benchmarking;

/// <summary>What is timed.</summary>
internal enum WorkKind
{
    /// <summary>Samples of one image, drawn in one call.</summary>
    Sample,

    /// <summary>A step of training on so many images: loss, backward pass, optimiser.</summary>
    TrainStep,
}

/// <summary>A work, by the name that it has in every side's lines: <c>sample-16</c>, <c>train-step-8</c>.</summary>
/// <param name="Kind">What.</param>
/// <param name="Count">Samples of the image, or images of the step.</param>
internal readonly record struct Work(WorkKind Kind, int Count)
{
    /// <summary>What performance is judged by, in the order in which every side does it.</summary>
    public static IReadOnlyList<Work> Standard { get; } = [new(WorkKind.Sample, 1), new(WorkKind.Sample, 16), new(WorkKind.TrainStep, 8)];

    /// <summary>The training of <see cref="Standard"/>, whose memory is judged too.</summary>
    public static Work Training { get; } = Standard[^1];

    /// <summary>As sides write it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Prefix(Kind)}{Count}");

    /// <summary>As people say it.</summary>
    public string Title => Kind == WorkKind.TrainStep
        ? string.Create(CultureInfo.InvariantCulture, $"train step, batch {Count}")
        : $"{Counted.Of(Count, "sample")} of an image";

    /// <summary>The work of a name; nothing where it is none.</summary>
    public static Work? Parse(string name)
    {
        foreach (var kind in Enum.GetValues<WorkKind>())
            if (name.StartsWith(Prefix(kind), StringComparison.Ordinal) && int.TryParse(name.AsSpan(Prefix(kind).Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
                return new Work(kind, count);
        return null;
    }

    private static string Prefix(WorkKind kind) => kind == WorkKind.TrainStep ? "train-step-" : "sample-";
}
