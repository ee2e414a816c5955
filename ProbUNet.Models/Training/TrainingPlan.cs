using ProbUNet.Dsl;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Training;

/// <summary>What takes the steps.</summary>
public enum Optimization
{
    /// <summary>Adam (Kingma and Ba 2015), with weight decay as an L2 penalty in the gradient: the paper's.</summary>
    Adam,

    /// <summary>AdamW (Loshchilov and Hutter 2019): weight decay beside the gradient.</summary>
    AdamW,
}

/// <summary>How the learning rate moves over the steps.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls to 1 % along half a cosine (Loshchilov and Hutter 2017, one period).</summary>
    Cosine,

    /// <summary>
    /// It falls to 1 % in five equal factors, after each sixth of the steps: the paper's "lowered to 1e-6 in 5 steps" from 1e-4 (appendix H.1), whose heights and places it does
    /// not give.
    /// </summary>
    Staircase,
}

/// <summary>How a network is trained, as a value. The defaults are the paper's objective at a size for two cores.</summary>
public sealed record TrainingPlan
{
    /// <summary>Optimiser steps; at least 1. Where <see cref="Minutes"/> are given, they decide and this number does not.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>
    /// Minutes to train for in the place of <see cref="Steps"/>, whatever that is, above 0: a few steps are timed first, and the run is of as many steps as fit, which its folder says.
    /// <see langword="null"/> (the default) leaves the steps as they are.
    /// </summary>
    public double? Minutes { get; init; }

    /// <summary>Images a step; at least 1. The paper's is 32.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>
    /// Graders of each image in a step; at least 1, at most 1000. The paper's is one that is drawn. With more, the loss is their mean, and what does not depend on the grader (the U-Net, the prior) is computed once for all of
    /// them; where an image has fewer, they are met again.
    /// </summary>
    public int Graders { get; init; } = 1;

    /// <summary>What takes the steps. The paper's is Adam.</summary>
    public Optimization Optimizer { get; init; } = Optimization.Adam;

    /// <summary>The learning rate at the start; above 0, at most 1000. The paper's is 1e-4 for a batch of 32.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the learning rate moves.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Steps over which the learning rate rises to what the schedule says, in a straight line; 0 (the default) or more.</summary>
    public int Warmup { get; init; }

    /// <summary>Decay of convolution weights (not of biases or norms); 0 to 1e9. The paper's is 1e-5, an L2 penalty.</summary>
    public double WeightDecay { get; init; } = 1e-5;

    /// <summary>The largest 2-norm that the gradient of all parameters may have; a longer one is shortened to it. Above 0; <see langword="null"/> (the default) lets any pass.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>
    /// How much of the running mean of the weights stays in each step, at least 0 and below 1, for example 0.999; a checkpoint's weights, and what is validated, are that mean.
    /// <see langword="null"/> (the default) takes the weights themselves. In the first steps less stays: (1 + step) / (10 + step), so that the mean does not remember where it began.
    /// </summary>
    public double? AverageDecay { get; init; }

    /// <summary>The weight of the KL term; 0 to 1e9. The paper's is 1.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>Steps over which beta rises from 0 to its value, in a straight line; 0 or more. Default 0: it is there from the first step, as in the paper.</summary>
    public int BetaWarmup { get; init; }

    /// <summary>A target for the cross-entropy in the place of its fixed weight; <see langword="null"/> (the default) leaves the weight at 1.</summary>
    public GecoPlan? Geco { get; init; }

    /// <summary>How images and their segmentations are deformed, anew at each visit; not at all by default. The paper's is <see cref="AugmentationPlan.Paper"/>.</summary>
    public AugmentationPlan Augmentation { get; init; } = AugmentationPlan.None;

    /// <summary>How the loss is put together.</summary>
    public Objective Objective { get; init; } = Objective.Paper;

    /// <summary>
    /// Parameters that stay as they are, by patterns of their names in which * stands for any letters: <c>unet.*</c> trains the latent alone. None by default.
    /// </summary>
    public ValueList<string> Frozen { get; init; } = [];

    /// <summary>Every how many steps the diversity of samples is looked at; 0 is never. Default 200.</summary>
    public int DiversityEvery { get; init; } = 200;

    /// <summary>Every how many steps GED² is measured on validation images, and the best weights so far are kept; 0 (the default) is never.</summary>
    public int ValidateEvery { get; init; }

    /// <summary>Validation images that are looked at, spread over the set; at least 1. Default 32.</summary>
    public int ValidationImages { get; init; } = 32;

    /// <summary>Samples an image in validation; at least 1. Default 8.</summary>
    public int ValidationSamples { get; init; } = 8;

    /// <summary>Every how many steps a checkpoint is written, from which a training goes on that was cut short; at least 1. Default 200. The last step writes one always.</summary>
    public int CheckpointEvery { get; init; } = 200;

    /// <summary>How many of the last checkpoints are kept, beside the best; at least 1. Default 2: should the last be damaged, there is the one before it.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>What the network computes its maps in; the default is float32. It keeps that precision behind the training, and a run folder gives it back with it. Weights are float32 in any.</summary>
    public Precision Precision { get; init; }

    /// <summary>Decides the order of images, the graders and the noise: the same seed, machine and plan give the same weights, bit for bit.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The learning rate of step <paramref name="step"/>, counted from 1.</summary>
    public double LearningRateAt(int step)
    {
        var scheduled = Schedule switch
        {
            LearningRateSchedule.Constant => LearningRate,
            LearningRateSchedule.Staircase => LearningRate * Math.Pow(0.01, (long)(step - 1) * 6 / Steps / 5.0),
            _ => LearningRate * (0.01 + 0.99 * (1 + Math.Cos(Math.PI * (step - 1) / Steps)) / 2),
        };
        return step > Warmup ? scheduled : scheduled * step / (Warmup + 1.0);
    }

    /// <summary>The weight of the KL term in step <paramref name="step"/>, counted from 1.</summary>
    public double BetaAt(int step) => step > BetaWarmup ? Beta : Beta * step / (BetaWarmup + 1.0);

    /// <summary>
    /// The plan by which a network is trained in a recipe for several: where its loss has no KL term, without a weight of that. Of a plan for one network such a weight is a fault (<see cref="FaultFor"/>),
    /// and GECO is one in a recipe for several too: it is a goal for the cross-entropy, which such a network would be taken to have reached.
    /// </summary>
    internal TrainingPlan For(ModelSpec network) => network is LatentVariableSpec ? this : this with { Beta = Usual.Beta, BetaWarmup = Usual.BetaWarmup };

    /// <summary>The setting that can do nothing in a network, because its loss has no KL term; nothing where there is none such. A value that nobody has to say is not taken for said.</summary>
    internal InputException? FaultFor(ModelSpec network)
    {
        var setting = network is LatentVariableSpec ? null : Beta != Usual.Beta ? nameof(Beta) : BetaWarmup != Usual.BetaWarmup ? nameof(BetaWarmup) : Geco is not null ? nameof(Geco) : null;
        return setting is null ? null : new($"{nameof(TrainingPlan)}.{setting}", $"it weighs a KL term, and a {Families.Of(network).Name} has none", "leave it out");
    }

    private static TrainingPlan Usual { get; } = new();

    /// <summary>How much of the mean of the weights stays in step <paramref name="step"/>, counted from 1.</summary>
    internal double AverageDecayAt(int step) => Math.Min(AverageDecay ?? 0, (1.0 + step) / (10.0 + step));

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="InputException">Names every setting at fault and its range, in one sentence.</exception>
    public void Check() => InputException.Refuse(Faults());

    /// <summary>All that cannot work.</summary>
    internal List<InputException> Faults()
    {
        var faults = new List<InputException>();
        Refuse(Steps < 1, nameof(Steps), Steps, "1 or more");
        Refuse(Minutes is { } minutes && !(minutes is > 0 and <= 100_000), nameof(Minutes), Minutes!, "a number above 0, at most 100000");
        Refuse(BatchSize < 1, nameof(BatchSize), BatchSize, "1 or more");
        Refuse(Graders is < 1 or > 1000, nameof(Graders), Graders, "1 to 1000");
        Refuse(!Enum.IsDefined(Optimizer), nameof(Optimizer), Optimizer, Choices<Optimization>());
        Refuse(!(LearningRate is > 0 and <= 1000), nameof(LearningRate), LearningRate, "a number above 0, at most 1000");
        Refuse(!Enum.IsDefined(Schedule), nameof(Schedule), Schedule, Choices<LearningRateSchedule>());
        Refuse(Warmup < 0, nameof(Warmup), Warmup, "0 or more");
        Refuse(!(WeightDecay is >= 0 and <= 1e9), nameof(WeightDecay), WeightDecay, "0 to 1e9");
        Refuse(ClipNorm is { } norm && !(norm > 0 && double.IsFinite(norm)), nameof(ClipNorm), ClipNorm!, "a finite number above 0");
        Refuse(AverageDecay is { } decay && !(decay is >= 0 and < 1), nameof(AverageDecay), AverageDecay!, "a number of at least 0 and below 1, for example 0.999");
        Refuse(!(Beta is >= 0 and <= 1e9), nameof(Beta), Beta, "0 to 1e9");
        Refuse(BetaWarmup < 0, nameof(BetaWarmup), BetaWarmup, "0 or more");
        if (Geco is { } geco)
        {
            Refuse(!(geco.Target > 0 && double.IsFinite(geco.Target)), $"{nameof(Geco)}.{nameof(geco.Target)}", geco.Target, "a finite number above 0");
            Refuse(!(geco.Rate > 0 && double.IsFinite(geco.Rate)), $"{nameof(Geco)}.{nameof(geco.Rate)}", geco.Rate, "a finite number above 0");
            Refuse(geco.Decay is not (>= 0 and < 1), $"{nameof(Geco)}.{nameof(geco.Decay)}", geco.Decay, "a number of at least 0 and below 1");
        }
        Refuse(!Enum.IsDefined(Objective), nameof(Objective), Objective, Choices<Objective>());
        faults.AddRange(Augmentation.Faults());
        Refuse(Frozen.Any(string.IsNullOrWhiteSpace), nameof(Frozen), Frozen, "patterns of parameter names, for example unet.*");
        Refuse(DiversityEvery < 0, nameof(DiversityEvery), DiversityEvery, "0 or more");
        Refuse(ValidateEvery < 0, nameof(ValidateEvery), ValidateEvery, "0 or more");
        Refuse(ValidationImages < 1, nameof(ValidationImages), ValidationImages, "1 or more");
        Refuse(ValidationSamples is < 1 or > 1000, nameof(ValidationSamples), ValidationSamples, "1 to 1000");
        Refuse(CheckpointEvery < 1, nameof(CheckpointEvery), CheckpointEvery, "1 or more");
        Refuse(KeepCheckpoints < 1, nameof(KeepCheckpoints), KeepCheckpoints, "1 or more");
        Refuse(!Enum.IsDefined(Precision), nameof(Precision), Precision, Choices<Precision>());
        return faults;

        static string Choices<T>() where T : struct, Enum => string.Join(" or ", Enum.GetNames<T>());

        void Refuse(bool refused, string setting, object value, string range)
        {
            if (refused)
                faults.Add(InputException.CannotWork($"{nameof(TrainingPlan)}.{setting}", value, range));
        }
    }
}
