using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>
/// A training that leaves a run folder: what is trained, on what and by which plan, checked, and ready to begin or to go on. Of several ranks each has one, and the first alone the folder.
/// </summary>
public sealed class RunTraining
{
    private readonly RunFolder? _run;
    private readonly bool _goesOn;
    private readonly Communicator _ranks;

    private RunTraining(RunFolder? run, bool goesOn, SegmentationModel model, GradedData data, TrainingPlan plan, Communicator? ranks) =>
        (_run, _goesOn, Model, Data, Plan, _ranks) = (run, goesOn, model, data, plan, ranks ?? Communicator.Alone);

    /// <summary>What is trained. Whoever gave it, or had the training made, disposes it.</summary>
    public SegmentationModel Model { get; }

    /// <summary>On what.</summary>
    public GradedData Data { get; }

    /// <summary>How: the plan of the run, in steps.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>Begins a run: refuses what <see cref="Trainer.Train"/> would, turns minutes into steps, and makes the folder last, so that a training which is refused leaves none.</summary>
    /// <param name="path">A folder that is missing or empty.</param>
    /// <param name="model">What is trained; its weights are those that it begins with.</param>
    /// <param name="data">On what.</param>
    /// <param name="plan">How; of steps or minutes.</param>
    /// <param name="initialWeights">The file that its weights came from, where they are not those of its seed. Such weights, also those of a network that was trained before, are kept as the checkpoint of step 0.</param>
    /// <param name="time">By what minutes are measured; the system's clock if left out.</param>
    /// <param name="cancellation">Ends the measuring.</param>
    /// <param name="ranks">Those who train together; one alone if left out.</param>
    /// <exception cref="InputException">A setting, the data's size or classes, or the folder.</exception>
    public static RunTraining Begin(string path, SegmentationModel model, GradedData data, TrainingPlan plan, string? initialWeights = null,
        TimeProvider? time = null, CancellationToken cancellation = default, Communicator? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(plan);
        if (path.Length == 0)
            throw new InputException("The run folder", "it has no name", "name a new folder");
        plan.Check();
        Fit.Check(model.Living.Declaration, data.Train, data.Name);   // by the data's name, which the trainer does not know
        Trainer.Check(model, data.Train, plan, data.Validation);
        Trainer.CheckRanks(ranks ?? Communicator.Alone, model, data.Train, plan);
        plan = Trainer.InSteps(model, data.Train, plan, time, cancellation, ranks);
        return new(ranks is { IsFirst: false } ? null : RunFolder.Create(path, model, plan, data, initialWeights), goesOn: false, model, data, plan, ranks);
    }

    /// <summary>A run that was begun, with its data and a network of its own, which the caller disposes.</summary>
    /// <param name="run">Its folder.</param>
    /// <param name="device">Where the network lives; the CPU if left out.</param>
    /// <param name="ranks">Those who train together; one alone if left out.</param>
    /// <param name="data">The data of the run, opened: those of a program's own making, and those that lie elsewhere now. If left out they are opened where they lay when the run was begun.</param>
    /// <exception cref="InputException">Its data are gone or have changed since, those given are not the run's (<see cref="RunFolder.Fingerprint"/>), or its spec breaks a rule of this version.</exception>
    public static RunTraining Resume(RunFolder run, Device? device = null, Communicator? ranks = null, GradedData? data = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        data = run.DataToGoOnWith(data);
        return Of(run, run.MakeModel(device: device), data, ranks);
    }

    /// <summary>The same with a network and data that are open already.</summary>
    internal static RunTraining Of(RunFolder run, SegmentationModel model, GradedData data, Communicator? ranks = null) =>
        new(ranks is { IsFirst: false } ? null : run, goesOn: true, model, data, run.Plan, ranks);

    /// <summary>Trains to the end of the plan, as <see cref="Trainer.Train"/> says, from the last checkpoint where there is one.</summary>
    /// <param name="context">Who is told, and all else; run, validation images and ranks are this training's.</param>
    /// <param name="cancellation">Ends it between two steps; a checkpoint is there then.</param>
    /// <inheritdoc cref="Trainer.Train" path="/exception"/>
    public TrainingTimes Train(TrainingContext? context = null, CancellationToken cancellation = default) =>
        Trainer.Train(Model, Data.Train, Plan, (context ?? new()) with { Run = _run, GoesOn = _goesOn, Validation = Data.Validation, Ranks = _ranks }, cancellation);
}
