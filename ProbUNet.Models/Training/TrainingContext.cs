using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Training;

/// <summary>What surrounds a training without a say in its numbers (but for rounding): who is told, where it is written, what it is watched by, and who takes part.</summary>
public sealed record TrainingContext
{
    /// <summary>Told of every step.</summary>
    public IProgress<TrainingStep>? Progress { get; init; }

    /// <summary>Shown the network where it is validated, while it has the weights that a user gets and is ready to be asked; leaves it as it was.</summary>
    public Action<SegmentationModel, TrainingStep>? Validated { get; init; }

    /// <summary>Where metrics and checkpoints go on the way; nowhere if left out. <see cref="RunTraining"/> alone names one, for it knows what data the run is of. Of several ranks the first alone writes and reads it.</summary>
    internal RunFolder? Run { get; init; }

    /// <summary>Whether a run goes on that was begun before, maybe by an earlier version, which had not all the rules of this one. The same on all ranks.</summary>
    internal bool GoesOn { get; init; }

    /// <summary>What GED² is measured on where the plan wants that; all of the network's size.</summary>
    public IReadOnlyList<GradedImage>? Validation { get; init; }

    /// <summary>Batches that are made on other threads before they are needed; at least 0, which makes each when it is asked for. The result is the same for any number.</summary>
    public int Ahead { get; init; } = 2;

    /// <summary>Told, in a sentence, of a checkpoint that cannot be used where one before it can.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>Those who train together, each on its share of every batch, to the same weights; one alone if left out. All of them call <see cref="Trainer.Train"/>, with the same network, images and plan.</summary>
    public Communicator Ranks { get; init; } = Communicator.Alone;

    /// <summary>What gradients are rounded to on their way between ranks: float32, or bfloat16, which takes half the time on a slow network.</summary>
    public Precision Wire { get; init; }

    /// <summary>By what time is told.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
