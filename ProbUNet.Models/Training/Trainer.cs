using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Training;

/// <summary>How long a training took, since it was begun or went on.</summary>
/// <param name="Steps">Steps that were taken.</param>
/// <param name="Seconds">Validation and checkpoints included.</param>
/// <param name="Waited">Seconds in which a step waited for its images.</param>
public readonly record struct TrainingTimes(int Steps, double Seconds, double Waited)
{
    /// <summary>Seconds of the run from its first step on, the parts before it was stopped included.</summary>
    public double RunSeconds { get; init; }

    /// <summary>The share of the time that was waited, in [0, 1]; 0 where no time went by.</summary>
    public double WaitingShare => Seconds > 0 ? Math.Clamp(Waited / Seconds, 0, 1) : 0;
}

/// <summary>Fits a network to graded images.</summary>
public static class Trainer
{
    /// <summary>How many images the diversity of samples is looked at on, and how many samples of each.</summary>
    private const int DiversityImages = 8, DiversitySamples = 4;

    /// <summary>
    /// Trains in place. A step is a function of the weights, the optimiser's state (and GECO's), the seed and the step's number alone, so that
    /// two runs on one machine are the same, bit for bit; and a run that was stopped anywhere goes on from its last checkpoint to the same end. The members of an ensemble are
    /// trained independently of each other: each has images, graders and noise of its own.
    /// </summary>
    /// <param name="model">The network; its weights change. In a run that was begun they come from its last checkpoint that is whole.</param>
    /// <param name="images">What to train on; all of the network's size.</param>
    /// <param name="plan">How.</param>
    /// <param name="context">Who is told, and where it is written; nobody and nowhere if left out.</param>
    /// <param name="cancellation">Ends the training between two steps, or between two images of a validation, which is done anew when the run goes on; a run has a checkpoint of the last step then.</param>
    /// <exception cref="InputException">
    /// A setting, the data's size, a loss that is no longer a number, a run folder that cannot be written or that another process trains in, or a run none of whose checkpoints can be used.
    /// </exception>
    /// <exception cref="OperationCanceledException">The training was cancelled; the weights are those of the last whole step.</exception>
    public static TrainingTimes Train(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan, TrainingContext? context = null, CancellationToken cancellation = default)
    {
        // A run that was begun goes on, whatever this version thinks of a setting that does nothing in it.
        Check(model, images, context is { GoesOn: true } ? plan.For(model.Living.Declaration) : plan, context?.Validation);
        context ??= new TrainingContext();
        var (run, validation, time, ranks) = (context.Ranks.IsFirst ? context.Run : null, context.Validation, context.Time, context.Ranks);
        CheckRanks(ranks, model, images, plan);
        plan = InSteps(model, images, plan, time, cancellation, ranks);
        if (run is { IsImported: true })
            throw new InputException(run.Path, "its weights were imported, and it has no training to go on with", "begin another run with these weights (--init)");
        if (run is not null && plan != run.Plan)
            throw new InputException("TrainingPlan", "it is not the plan of the run, by which its folder says that it is trained", "train by the plan of the run");
        run?.CheckTrained(model, images);
        var start = time.GetTimestamp();
        using var taken = run is null ? null : RunLock.Take(run.Path);
        var from = run?.Checkpoints.LastGood(CheckpointUse.GoOn, run.Identity, context.Tell ?? (_ => { }));
        run?.Checkpoints.SetAside(behind: from?.State.Step ?? 0);
        if (from is var (checkpoint, _))
            Weights.Load(model, checkpoint.Weights);
        else if (run is { HasForeignStart: true })
            throw new InputException(run.Path, "the weights that this run began with are no longer there", "begin it anew in another folder");
        else
            run?.CheckBeginning(model);
        var state = ranks.Share(from?.State);
        var begun = state?.Step ?? 0;
        using var session = new TrainingSession(model, images, plan, context.Ahead, begun, ranks, context.Wire, time);
        if (begun > 0)
            session.Restore(from?.Checkpoint.ReadTraining(), state!.Geco, from?.Checkpoint.Path ?? "checkpoint");
        var health = Health(model, images, plan, state?.Health);
        var (best, unvalidated) = (state?.Best, state?.Unvalidated?.In(plan.Steps));
        // A step that was not validated has told nobody yet.
        using var metrics = run is null ? null : new MetricsLog(run.MetricsFile, unvalidated is null ? begun : begun - 1);
        void Save()
        {
            session.CheckRanks();
            if (run is null)
                return;
            session.CheckNumbers();
            metrics!.Flush();
            var said = new CheckpointState(session.StepsDone, run.Identity, (state?.Seconds ?? 0) + time.GetElapsedTime(start).TotalSeconds, session.Geco, health.State, best) { Unvalidated = unvalidated is { } left ? MetricsLine.Of(left) : null };
            using var _ = session.Evaluating();
            run.Checkpoints.Save(said, plan.KeepCheckpoints, folder =>
                Checkpoint.Write(folder, said, Weights.Copy(model), session.State.Select(named => KeyValuePair.Create(named.Name, Weights.ToStored(named.Values)))));
        }

        TrainingStep Next()
        {
            var (begin, waited) = (time.GetTimestamp(), session.Waited);
            var done = session.Next();
            done = done with { Times = new StepTimes(plan.BatchSize * model.PartCount, time.GetElapsedTime(begin), session.Waited - waited) };
            return plan.DiversityEvery > 0 && done.Step % plan.DiversityEvery == 0 ? done with { Diversity = DiversityOf(session, model, images, ranks) } : done;
        }

        var saved = begun;
        while (session.StepsDone < plan.Steps || unvalidated is not null)
        {
            // All stop behind the same step, whoever of them was told to.
            if (ranks.Any(cancellation.IsCancellationRequested))
            {
                if (saved < session.StepsDone)
                    Save();
                throw new OperationCanceledException(cancellation);
            }
            var done = unvalidated ?? Next();
            if (plan.ValidateEvery > 0 && validation is not null && (done.Step % plan.ValidateEvery == 0 || done.Step == plan.Steps))
            {
                using var _ = session.Evaluating();
                unvalidated = done;
                if (GedOf(model, validation, plan, ranks, cancellation) is not { } ged)
                    continue;
                unvalidated = null;
                done = done with { ValidationGed = ged, IsBest = best is null || ged < best.Ged };
                if (done.IsBest)
                    best = new BestStep(done.Step, ged);
                context.Validated?.Invoke(model, done);
            }
            done = done with { Warning = health.Notice(done) };
            metrics?.Append(done);
            context.Progress?.Report(done);
            if (done.Step % plan.CheckpointEvery == 0 || done.IsBest || done.Step == plan.Steps)
            {
                Save();
                saved = done.Step;
            }
        }
        // A step tells of the weights before it: what the last one made is looked at here.
        session.CheckNumbers();
        session.Finish();
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return new TrainingTimes(plan.Steps - begun, seconds, session.Waited.TotalSeconds) { RunSeconds = (state?.Seconds ?? 0) + seconds };
    }

    /// <summary>Refuses what <see cref="Train"/> would refuse before its first step.</summary>
    /// <exception cref="InputException">A setting, or the data's size or classes.</exception>
    public static void Check(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan, IReadOnlyList<GradedImage>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(plan);
        plan.Check();
        var network = model.Living.Declaration;
        if (plan.Objective == Objective.Reference && !model.Penalised.Any())
            throw new InputException("TrainingPlan.Objective Reference", $"it is the loss of a Probabilistic U-Net, and this is a {Families.Of(network).Name}", "use Paper");
        if (plan.FaultFor(network) is { } fault)
            throw fault;
        string[] names = [.. model.named_parameters().Select(named => named.name)];
        if (plan.Frozen.FirstOrDefault(pattern => !names.Any(name => Wildcard.Fits(pattern, name))) is { } nothing)
            throw new InputException($"TrainingPlan.Frozen {nothing}", "no parameter of the network has such a name",
                $"use patterns of names such as {string.Join(", ", names.Select(name => name[..(name.IndexOf('.', StringComparison.Ordinal) + 1)] + "*").Distinct().Take(6))}");
        for (var part = 0; part < model.PartCount; part++)
            if (model.ParametersOf(part).All(named => TrainingSession.IsFrozen(plan, named.Name)))
                throw new InputException("TrainingPlan.Frozen", $"all parameters{(model.PartCount > 1 ? $" of part {part}" : "")} stay as they are, so that there is nothing to train", "leave some out");
        Fit.Check(model.Declaration, images);
        if (images.FirstOrDefault(image => image.Grading is Grading.Unknown) is { } ungraded)
            throw new InputException(ungraded.Name, "nobody has graded this image", "train on images that have graders");
        if (plan.ValidateEvery == 0)
            return;
        if (validation is not { Count: > 0 })
            throw new InputException($"TrainingPlan.ValidateEvery {plan.ValidateEvery}", "there are no validation images", "take data with a val split, or leave it out");
        Fit.Check(model.Declaration, validation);
    }

    /// <summary>Refuses ranks that cannot train together.</summary>
    /// <exception cref="InputException">There are more of them than images in a batch, or they were not given the same.</exception>
    internal static void CheckRanks(Communicator ranks, SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan)
    {
        if (ranks.Size == 1)
            return;
        if (plan.BatchSize < ranks.Size)
            throw new InputException($"TrainingPlan.BatchSize {plan.BatchSize}", $"it cannot be spread over {ranks.Size} ranks", "take a larger batch or fewer ranks");
        var mine = string.Join('\n', [SpecJson.Write(model.Declaration), PlanJson.Write(plan), .. images.Select(image => image.Name)]);
        var first = ranks.Share(mine);
        if (ranks.Any(mine != first))
            throw new InputException("the ranks", "they were not given the same network, plan and images", "give every rank the same command and the same data");
    }

    /// <summary>A plan of minutes as one of as many steps as fit into them, which a run folder can hold; any other as it is.</summary>
    /// <inheritdoc cref="StepsIn"/>
    public static TrainingPlan InSteps(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan, TimeProvider? time = null, CancellationToken cancellation = default, Communicator? ranks = null) =>
        plan.Minutes is { } minutes ? plan with { Steps = StepsIn(model, images, plan, 60 * minutes, time, cancellation, ranks), Minutes = null } : plan;

    /// <summary>How many steps fit into a time, by a few steps of the network, whose weights are put back; validation and checkpoints come on top. At least 1.</summary>
    /// <param name="model">The network.</param>
    /// <param name="images">What to train on.</param>
    /// <param name="plan">How.</param>
    /// <param name="seconds">The time; above 0.</param>
    /// <param name="time">By what it is measured; the system's clock if left out.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <param name="ranks">Those who will train together, and take these steps so; the clock of the first of them counts. One alone if left out.</param>
    /// <exception cref="InputException">The clock does not go forward, or a loss is no longer a number.</exception>
    public static int StepsIn(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan, double seconds, TimeProvider? time = null, CancellationToken cancellation = default, Communicator? ranks = null)
    {
        const int warmUp = 3, timed = 11;
        time ??= TimeProvider.System;
        ranks ??= Communicator.Alone;
        var weights = Weights.Copy(model).ToDictionary(named => named.Key, named => named.Value);
        var took = new List<double>();
        try
        {
            using var session = new TrainingSession(model, images, plan with { Steps = warmUp + timed }, ahead: 2, ranks: ranks);
            for (var number = 1; number <= warmUp + timed; number++)
            {
                if (ranks.Any(cancellation.IsCancellationRequested))
                    throw new OperationCanceledException(cancellation);
                var begin = time.GetTimestamp();
                session.Next();
                if (number > warmUp)
                    took.Add(time.GetElapsedTime(begin).TotalSeconds);
            }
        }
        finally
        {
            Weights.Assign(model, weights);
        }
        // The median, because a machine that is busy with something else for a moment shall not decide.
        var step = ranks.Share(took.Order().ElementAt(timed / 2));
        return step > 0
            ? (int)Math.Clamp(seconds / step, 1, int.MaxValue)
            : throw new InputException("TrainingPlan.Minutes", "the clock does not go forward, so that no step can be timed", "give TrainingPlan.Steps in their place");
    }

    private static TrainingHealth Health(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan, HealthState? state)
    {
        var answers = Spread(images.Count, DiversityImages).Max(place => images[place].Reference.Modes.Count);
        var pixels = model.Declaration.Image.Height * model.Declaration.Image.Width;
        var foreseen = model is LatentVariableModel { PriorSeesImage: false } ? (long)answers * images.Count : answers;
        var ambiguous = model.DistinctAnswers == 1 || images.Any(image => image.Whole.Grading.Choices.Count > 1);
        return new TrainingHealth(plan, pixels, foreseen, ambiguous) { State = state ?? new HealthState([], false) };
    }

    /// <summary>How a few images' samples differ, and how their graders do.</summary>
    private static Diversity DiversityOf(TrainingSession session, SegmentationModel model, IReadOnlyList<GradedImage> images, Communicator ranks)
    {
        using var _ = session.Evaluating();
        // Spread over the set, and always the same, so that the numbers of a run are one curve.
        var looked = Spread(images.Count, DiversityImages).Select(place => images[place]).ToList();
        var distances = ranks.Map(looked.Count, place => Evaluator.DistanceOf(looked[place], Predictor.Predict(model, looked[place], DiversitySamples)));
        return new Diversity(distances.Average(distance => distance.SampleDiversity), distances.Average(distance => distance.GraderDiversity));
    }

    /// <summary>GED² on validation images; nothing where it was cancelled.</summary>
    private static double? GedOf(SegmentationModel model, IReadOnlyList<GradedImage> validation, TrainingPlan plan, Communicator ranks, CancellationToken cancellation)
    {
        var looked = Spread(validation.Count, plan.ValidationImages).Select(place => validation[place]).ToList();
        try
        {
            return Evaluator.Evaluate(model, looked, [plan.ValidationSamples], cancellation: cancellation, ranks: ranks).GedAt(plan.ValidationSamples);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>At most so many places of a list, evenly over all of it, each once.</summary>
    internal static IEnumerable<int> Spread(int length, int most)
    {
        var count = Math.Min(length, most);
        return Enumerable.Range(0, count).Select(i => (int)((long)i * length / count));
    }
}
