using System.CommandLine;
using System.Globalization;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Commands;

/// <summary>Which weights of a network a command takes.</summary>
internal static class Checkpoints
{
    /// <summary>The checkpoint that is taken where none is named.</summary>
    public const string Last = "last";

    public static Option<string> Option() => new("--checkpoint") { Description = "Whose weights: last, best (on validation images, where the training looked), or a step's number.", DefaultValueFactory = _ => Last };

    /// <summary>The network with the weights that are asked for, and the step after which they were, where a run tells.</summary>
    /// <exception cref="InputException">There are none such.</exception>
    public static (SegmentationModel Network, int? Step) Load(this TrainedNetwork trained, string which, Device device)
    {
        if (trained.Run is not { } run)
            return which == Last
                ? (trained.Load(device: device), null)
                : throw new InputException($"--checkpoint {which}", $"{trained.Name} has the weights that come with the library alone", "leave it out");
        var step = StepOf(run, which);
        return (run.LoadModel(step, device), step ?? 0);   // a run without any step has no network either
    }

    /// <summary>The step of the weights that are asked for; nothing for the last ones, and for imported ones, where there is no other.</summary>
    /// <exception cref="InputException">There are none such.</exception>
    public static int? StepOf(RunFolder run, string which) => which switch
    {
        Last => run.Checkpoints.Steps is [var last and > 0, ..] ? last : null,
        "best" => (run.Best ?? throw new InputException("--checkpoint best", "the training did not look for the best weights", "train with --set training.validateEvery=100, or take the last ones")).Step,
        _ => int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > 0
            ? step
            : throw new InputException($"--checkpoint {which}", "it is no checkpoint", "use last, best, or the number of a step"),
    };
}
