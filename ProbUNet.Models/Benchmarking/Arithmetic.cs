using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Benchmarking;

/// <summary>What our sides compute in, by the words of the command line. How a network is told of it is said here and nowhere else.</summary>
internal static class Arithmetic
{
    /// <summary>All of them: also the keys of our sides.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Precisions.ByShortName.Keys];

    /// <summary>Has a network draw in a precision.</summary>
    public static void Set(SegmentationModel model, string precision) => model.Precision = Of(precision);

    /// <summary>The plan of a training in a precision.</summary>
    public static TrainingPlan Of(TrainingPlan plan, string precision) => plan with { Precision = Of(precision) };

    /// <summary>The type of the numbers.</summary>
    public static ScalarType TypeOf(string precision) => Of(precision).Type();

    /// <summary>Refuses what is none.</summary>
    /// <exception cref="InputException">There is no such precision.</exception>
    public static void Check(string precision) => Of(precision);

    /// <summary>The word for it that is the key of our sides.</summary>
    /// <exception cref="InputException">There is no such precision.</exception>
    public static string KeyOf(string precision) => Of(precision).ShortName();

    private static Precision Of(string precision) => Precisions.ByName.TryGetValue(precision, out var found)
        ? found
        : throw new InputException($"--precision {precision}", "there is no such precision", $"use {string.Join(" or ", All)}");
}
