namespace ProbUNet.Models.Training;

/// <summary>How the learning rate moves over the steps.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls to 1 % along half a cosine (Loshchilov and Hutter 2017, one period).</summary>
    Cosine,
}

/// <summary>How a network is trained, as a value. The defaults are the paper's objective at a size for two cores.</summary>
public sealed record TrainingPlan
{
    /// <summary>Optimiser steps; at least 1.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Images a step; at least 1. The paper's is 32.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Adam's learning rate at the start; above 0, at most 1000. The paper's is 1e-4 for a batch of 32.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the learning rate moves.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>L2 penalty on convolution weights (not on biases), through Adam's gradient; 0 to 1e9. The paper's is 1e-5.</summary>
    public double WeightDecay { get; init; } = 1e-5;

    /// <summary>The weight of the KL term; 0 to 1e9. The paper's is 1.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>How the loss is put together.</summary>
    public Objective Objective { get; init; } = Objective.Paper;

    /// <summary>Decides the order of images, the graders and the noise: the same seed, machine and plan give the same weights, bit for bit.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The learning rate of step <paramref name="step"/>, counted from 1.</summary>
    public double LearningRateAt(int step) => Schedule switch
    {
        LearningRateSchedule.Constant => LearningRate,
        _ => LearningRate * (0.01 + 0.99 * (1 + Math.Cos(Math.PI * (step - 1) / Steps)) / 2),
    };

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="InputException">Names the first setting at fault and its range.</exception>
    public void Check()
    {
        Refuse(Steps < 1, nameof(Steps), Steps, "1 or more");
        Refuse(BatchSize < 1, nameof(BatchSize), BatchSize, "1 or more");
        Refuse(!(LearningRate is > 0 and <= 1000), nameof(LearningRate), LearningRate, "a number above 0, at most 1000");
        Refuse(!(WeightDecay is >= 0 and <= 1e9), nameof(WeightDecay), WeightDecay, "0 to 1e9");
        Refuse(!(Beta is >= 0 and <= 1e9), nameof(Beta), Beta, "0 to 1e9");
        Refuse(!Enum.IsDefined(Schedule), nameof(Schedule), Schedule, "Constant or Cosine");
        Refuse(!Enum.IsDefined(Objective), nameof(Objective), Objective, "Paper or Reference");

        static void Refuse(bool refused, string setting, object value, string range)
        {
            if (refused)
                throw new InputException($"TrainingPlan.{setting}", FormattableString.Invariant($"{value} cannot work"), $"use {range}");
        }
    }
}
