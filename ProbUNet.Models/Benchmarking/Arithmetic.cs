using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Benchmarking;

/// <summary>What our sides compute in, by the words of the command line. How a network is told of it is said here and nowhere else.</summary>
internal static class Arithmetic
{
    /// <summary>Those that there are to be: also the keys of our sides.</summary>
    public static IReadOnlyList<string> All { get; } = ["f32", "bf16"];

    /// <summary>Those that networks can work in.</summary>
    public static IReadOnlyList<string> Available { get; } = ["f32"];

    /// <summary>Has a network draw in a precision.</summary>
    public static void Set(SegmentationModel model, string precision) => Check(precision);

    /// <summary>The plan of a training in a precision.</summary>
    public static TrainingPlan Of(TrainingPlan plan, string precision)
    {
        Check(precision);
        return plan;
    }

    /// <summary>The type of the numbers.</summary>
    public static ScalarType TypeOf(string precision) => precision == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>Refuses what networks cannot work in.</summary>
    /// <exception cref="InputException">They cannot.</exception>
    public static void Check(string precision)
    {
        if (!All.Contains(precision))
            throw new InputException($"--precision {precision}", "there is no such precision", $"use {string.Join(" or ", Available)}");
        if (!Available.Contains(precision))
            throw new InputException($"--precision {precision}", "networks do not work in it yet", $"use {string.Join(" or ", Available)}");
    }
}
