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

    /// <summary>Steps over which beta rises from 0 to its value, in a straight line; 0 or more. Default 0: it is there from the first step, as in the paper.</summary>
    public int BetaWarmup { get; init; }

    /// <summary>A target for the cross-entropy in the place of its fixed weight; <see langword="null"/> (the default) leaves the weight at 1.</summary>
    public GecoPlan? Geco { get; init; }

    /// <summary>Every how many steps the diversity of samples is looked at; 0 is never. Default 200.</summary>
    public int DiversityEvery { get; init; } = 200;

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

    /// <summary>The weight of the KL term in step <paramref name="step"/>, counted from 1.</summary>
    public double BetaAt(int step) => step > BetaWarmup ? Beta : Beta * step / (BetaWarmup + 1.0);

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="InputException">Names the first setting at fault and its range.</exception>
    public void Check()
    {
        Refuse(Steps < 1, nameof(Steps), Steps, "1 or more");
        Refuse(BatchSize < 1, nameof(BatchSize), BatchSize, "1 or more");
        Refuse(!(LearningRate is > 0 and <= 1000), nameof(LearningRate), LearningRate, "a number above 0, at most 1000");
        Refuse(!(WeightDecay is >= 0 and <= 1e9), nameof(WeightDecay), WeightDecay, "0 to 1e9");
        Refuse(!(Beta is >= 0 and <= 1e9), nameof(Beta), Beta, "0 to 1e9");
        Refuse(BetaWarmup < 0, nameof(BetaWarmup), BetaWarmup, "0 or more");
        Refuse(DiversityEvery < 0, nameof(DiversityEvery), DiversityEvery, "0 or more");
        Refuse(Geco is { } geco && !(geco.Target > 0 && geco.Rate > 0 && geco.Decay is >= 0 and < 1 && double.IsFinite(geco.Target + geco.Rate)),
            nameof(Geco), $"{Geco}", "a target and a rate above 0 and a decay of at least 0 and below 1");
        Refuse(!Enum.IsDefined(Schedule), nameof(Schedule), Schedule, "Constant or Cosine");
        Refuse(!Enum.IsDefined(Objective), nameof(Objective), Objective, "Paper or Reference");

        static void Refuse(bool refused, string setting, object value, string range)
        {
            if (refused)
                throw new InputException($"TrainingPlan.{setting}", FormattableString.Invariant($"{value} cannot work"), $"use {range}");
        }
    }
}
