using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using ProbUNet.Dsl;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Terminal;
using ProbUNet.Models.Training;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>How a network is trained, for F#: <c>Plan.standard |> Plan.steps 300 |> Plan.learningRate 1e-3</c>. Nothing is checked before the training.</summary>
public static class Plan
{
    /// <summary>The defaults: the paper's objective at a size for two cores.</summary>
    public static TrainingPlan standard { get; } = new();

    /// <summary>Optimiser steps; at least 1, 1000 unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> steps(int count) => Change(plan => plan with { Steps = count });

    /// <summary>Minutes to train for in the place of steps; above 0.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> minutes(double time) => Change(plan => plan with { Minutes = time });

    /// <summary>What takes the steps; Adam unless said, as in the paper.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> optimizer(Optimization kind) => Change(plan => plan with { Optimizer = kind });

    /// <summary>Steps over which the learning rate rises to what the schedule says; 0 unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> warmup(int steps) => Change(plan => plan with { Warmup = steps });

    /// <summary>The largest 2-norm that the gradient of all parameters may have; any unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> clipNorm(double norm) => Change(plan => plan with { ClipNorm = norm });

    /// <summary>How much of the running mean of the weights, which a checkpoint then holds, stays in each step; at least 0 and below 1. No mean is taken unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> averageDecay(double decay) => Change(plan => plan with { AverageDecay = decay });

    /// <summary>How images and their segmentations are deformed; not at all unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> augmentation(AugmentationPlan how) => Change(plan => plan with { Augmentation = how });

    /// <summary>Parameters that stay as they are, by patterns of their names in which * stands for any letters; none unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> frozen(FSharpList<string> patterns) => Change(plan => plan with { Frozen = patterns.ToValueList() });

    /// <summary>Every how many steps GED² is measured on validation images; 0 is never, as it is unless said. Of <see cref="Training.runIn"/> alone: <see cref="Training.run"/> has no such images.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> validateEvery(int steps) => Change(plan => plan with { ValidateEvery = steps });

    /// <summary>Validation images that are looked at; at least 1, 32 unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> validationImages(int images) => Change(plan => plan with { ValidationImages = images });

    /// <summary>Samples an image in validation; at least 1, 8 unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> validationSamples(int samples) => Change(plan => plan with { ValidationSamples = samples });

    /// <summary>What the network computes its maps in; float32 unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> precision(Precision kind) => Change(plan => plan with { Precision = kind });

    /// <summary>Every how many steps a checkpoint is written; at least 1, 200 unless said. Of <see cref="Training.runIn"/> alone: <see cref="Training.run"/> keeps nothing.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> checkpointEvery(int steps) => Change(plan => plan with { CheckpointEvery = steps });

    /// <summary>How many of the last checkpoints are kept, beside the best; at least 1, 2 unless said. Likewise.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> keepCheckpoints(int count) => Change(plan => plan with { KeepCheckpoints = count });

    /// <summary>Images a step; at least 1, 8 unless said. The paper's is 32.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> batchSize(int images) => Change(plan => plan with { BatchSize = images });

    /// <summary>Graders of each image in a step; 1 to 1000, 1 unless said, as in the paper. The U-Net and the prior are computed once for all of them.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> graders(int count) => Change(plan => plan with { Graders = count });

    /// <summary>Adam's learning rate at the start; above 0, at most 1000, 1e-3 unless said. The paper's is 1e-4 for a batch of 32.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> learningRate(double rate) => Change(plan => plan with { LearningRate = rate });

    /// <summary>How the learning rate moves over the steps; to 1 % along half a cosine unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> schedule(LearningRateSchedule kind) => Change(plan => plan with { Schedule = kind });

    /// <summary>L2 penalty on convolution weights (not on biases), through Adam's gradient; 0 to 1e9. The paper's, and what it is unless said, is 1e-5.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> weightDecay(double penalty) => Change(plan => plan with { WeightDecay = penalty });

    /// <summary>The weight of the KL term; 0 to 1e9. The paper's, and what it is unless said, is 1.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> beta(double weight) => Change(plan => plan with { Beta = weight });

    /// <summary>Steps over which beta rises from 0 to its value, in a straight line; 0 or more. Unless said it is there from the first step, as in the paper.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> betaWarmup(int steps) => Change(plan => plan with { BetaWarmup = steps });

    /// <summary>A target for the cross-entropy in the place of its fixed weight of 1.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> geco(GecoPlan target) => Change(plan => plan with { Geco = target });

    /// <summary>Every how many steps the diversity of samples is looked at; 0 is never, 200 unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> diversityEvery(int steps) => Change(plan => plan with { DiversityEvery = steps });

    /// <summary>How the loss is put together; the paper's way unless said.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> objective(Objective kind) => Change(plan => plan with { Objective = kind });

    /// <summary>Decides the order of images, the graders and the noise; 1 unless said. The same seed, machine and plan give the same weights, bit for bit.</summary>
    public static FSharpFunc<TrainingPlan, TrainingPlan> seed(long value) => Change(plan => plan with { Seed = value });

    private static FSharpFunc<TrainingPlan, TrainingPlan> Change(Func<TrainingPlan, TrainingPlan> change) => FuncConvert.FromFunc(change);
}

/// <summary>Fits networks to graded images, for F#.</summary>
public static class Training
{
    private static readonly (string Work, string State) CutShort = ("The training", "the weights are those of its last whole step");

    /// <summary>
    /// Trains in place and hands the network on: plan → progress (told of every step) → images → model; or what cannot work. The network that comes back is the one that went in, whose weights have
    /// changed: whoever needs those from before saves them, or creates the network anew. Progress is told the warnings too, the network's with the first step and the training's when they are noticed, which <c>ignore</c> drops: <see cref="shown"/> shows them. Nothing is kept but
    /// the network; what needs a folder (<see cref="Plan.validateEvery"/>, <see cref="Plan.checkpointEvery"/>) is an Error here, and what <see cref="runIn"/> is for.
    /// </summary>
    public static FSharpFunc<FSharpFunc<TrainingStep, Unit>, FSharpFunc<FSharpList<GradedImage>, FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>>>> run(TrainingPlan plan) =>
        runUntil(CancellationToken.None).Invoke(plan);

    /// <summary>The same, and it can be cancelled between two steps, which is an Error too; the weights are then those of the last whole step: cancellation → plan → progress → images → model.</summary>
    public static FSharpFunc<TrainingPlan, FSharpFunc<FSharpFunc<TrainingStep, Unit>, FSharpFunc<FSharpList<GradedImage>, FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>>>>> runUntil(CancellationToken cancellation) =>
        FuncConvert.FromFunc((TrainingPlan plan, FSharpFunc<TrainingStep, Unit> progress, FSharpList<GradedImage> images, SegmentationModel model) =>
            Results.Of(cancellation, CutShort, "train on with these, or create the network anew", () =>
            {
                CheckWithoutFolder(plan);
                Trainer.Train(model, images, plan, new() { Progress = new Told(progress, model) }, cancellation);
                return model;
            }));

    /// <summary>Refuses what acts in a run folder alone. A value that nobody has to say is not taken for said.</summary>
    private static void CheckWithoutFolder(TrainingPlan? plan)
    {
        if (plan is null || plan.Faults().Count > 0)
            return;   // the training itself says so
        var idle = new List<InputException>();
        Refuse(plan.ValidateEvery != Plan.standard.ValidateEvery, nameof(plan.ValidateEvery), plan.ValidateEvery, "has no validation images");
        Refuse(plan.CheckpointEvery != Plan.standard.CheckpointEvery, nameof(plan.CheckpointEvery), plan.CheckpointEvery, "writes no checkpoints");
        Refuse(plan.KeepCheckpoints != Plan.standard.KeepCheckpoints, nameof(plan.KeepCheckpoints), plan.KeepCheckpoints, "writes no checkpoints");
        InputException.Refuse(idle);

        void Refuse(bool said, string setting, int value, string why)
        {
            if (said)
                idle.Add(new(FormattableString.Invariant($"{nameof(TrainingPlan)}.{setting} {value}"), $"Training.run {why}", "train with Training.runIn, or leave it out"));
        }
    }

    /// <summary>
    /// Trains in place, on the data's images to train on, with a new run folder for settings, metrics and weights, which a training that is refused does not make:
    /// folder → plan → progress → data → model.
    /// </summary>
    public static FSharpFunc<TrainingPlan, FSharpFunc<FSharpFunc<TrainingStep, Unit>, FSharpFunc<GradedData, FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>>>>> runIn(string folder) =>
        runInUntil(CancellationToken.None).Invoke(folder);

    /// <summary>
    /// The same, and it can be cancelled between two steps, which is an Error too; <see cref="resume"/> goes on from there: cancellation → folder → plan → progress → data → model.
    /// </summary>
    public static FSharpFunc<string, FSharpFunc<TrainingPlan, FSharpFunc<FSharpFunc<TrainingStep, Unit>, FSharpFunc<GradedData, FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>>>>>> runInUntil(CancellationToken cancellation) =>
        FuncConvert.FromFunc((string folder, TrainingPlan plan, FSharpFunc<TrainingStep, Unit> progress, GradedData data, SegmentationModel model) =>
            Results.Of(cancellation, CutShort, $"go on with Training.resume \"{folder}\" where there is this folder", () =>
            {
                RunTraining.Begin(folder, model, data, plan, cancellation: cancellation).Train(new() { Progress = new Told(progress, model) }, cancellation);
                return model;
            }));

    /// <summary>
    /// Goes on with a training that was cut short, in the folder of its run: folder → progress. The network at its end, or what cannot work. The data are opened where they lay when it was begun; where they
    /// lie elsewhere now, or were never opened from a folder, <see cref="resumeWith"/> takes them.
    /// </summary>
    public static FSharpFunc<FSharpFunc<TrainingStep, Unit>, FSharpResult<SegmentationModel, string>> resume(string folder) => resumeWith(GoingOn.standard).Invoke(folder);

    /// <summary>
    /// The same with whatever of data, device and cancellation is said: how → folder → progress, for example
    /// <c>folder |> Training.resumeWith (GoingOn.standard |> GoingOn.device "cuda" |> GoingOn.data images)</c>.
    /// </summary>
    public static FSharpFunc<string, FSharpFunc<FSharpFunc<TrainingStep, Unit>, FSharpResult<SegmentationModel, string>>> resumeWith(GoingOn how) =>
        FuncConvert.FromFunc((string folder, FSharpFunc<TrainingStep, Unit> progress) => Results.Given(how, nameof(how), said => Results.Of(said.Cancellation, ("The training", $"what is done of it is kept in {folder}"), Results.SameCall, () =>
        {
            var training = RunTraining.Resume(RunFolder.Open(folder), Devices.Open(said.Device), data: said.Data);
            try
            {
                training.Train(new() { Progress = new Told(progress, training.Model) }, said.Cancellation);
                return training.Model;
            }
            catch
            {
                training.Model.Dispose();
                throw;
            }
        })));

    /// <summary>The network of a run folder with the best weights that its training has validated, on the CPU (<see cref="Model.moveTo"/> moves it); or why there are none. Whoever takes it disposes it.</summary>
    public static FSharpResult<SegmentationModel, string> best(string folder) => Results.Of(() =>
    {
        var run = RunFolder.Open(folder);
        return run.LoadModel((run.Best ?? throw (run.IsImported
            ? new InputException(folder, "its weights were imported, and no training has looked for the best ones", "take them with Training.last")
            : new InputException(folder, "the training did not look for the best weights", "train with Plan.validateEvery 100, or take the last ones with Training.last"))).Step);
    });

    /// <summary>The same with the weights of its last checkpoint.</summary>
    public static FSharpResult<SegmentationModel, string> last(string folder) => Results.Of(() => RunFolder.Open(folder).LoadModel());

    /// <summary>
    /// A training that is shown on standard error while it runs, with the network's warnings and its own: name → (progress → result) → result, for example
    /// <c>Training.shown "lesions" (fun progress -> model |> Training.run plan progress images)</c>.
    /// </summary>
    public static FSharpFunc<FSharpFunc<FSharpFunc<TrainingStep, Unit>, T>, T> shown<T>(string name) =>
        FuncConvert.FromFunc((FSharpFunc<FSharpFunc<TrainingStep, Unit>, T> train) =>
        {
            T result = default!;
            TrainingView.Show(name, progress => result = train.Invoke(FuncConvert.FromAction<TrainingStep>(progress.Report)));
            return result;
        });
}
