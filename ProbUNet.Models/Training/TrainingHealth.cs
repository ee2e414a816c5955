using System.Globalization;

namespace ProbUNet.Models.Training;

/// <summary>
/// Watches a training for two failures: the latent is ignored, so that all samples of an image are the same; or the prior is far from the posterior, so
/// that samples come from where the decoder was never trained. Says so once, with the cause and the setting to change.
/// </summary>
/// <param name="plan">How the network is trained.</param>
/// <param name="pixels">Pixels of an image, over which the cross-entropy is summed.</param>
/// <param name="answers">
/// How many answers the prior has to foresee: the graders of an image, or its modes; where it does not see the image, those of all images. The mean KL is what z tells
/// of the answer, at most their logarithm, and the KL from the mean of the posteriors to the prior: what is more than the logarithm is distance.
/// </param>
/// <param name="ambiguous">Whether any image has more than one answer.</param>
internal sealed class TrainingHealth(TrainingPlan plan, int pixels, long answers, bool ambiguous = true)
{
    /// <summary>Nats between posterior and prior that are forgiven. At twenty, the prior meets what the decoder knows about once in e^20 draws; trainings that end well have under ten.</summary>
    private const double Forgiven = 20;

    /// <summary>Steps over which the KL is averaged: fewer in a short training, which shall be warned of too.</summary>
    private readonly int _window = Math.Clamp(plan.Steps / 5, 5, 100);

    private readonly Queue<double> _recent = new();
    private bool _told;

    /// <summary>What the next notice depends on.</summary>
    public HealthState State
    {
        get => new([.. _recent], _told);
        init => (_recent, _told) = (new Queue<double>(value.Recent), value.Told);
    }

    /// <summary>What is wrong as of this step; nothing, or nothing new.</summary>
    public string? Notice(TrainingStep step)
    {
        if (step.Step == 1 && Foreseen() is { Length: > 0 } foreseen)
            return foreseen;
        if (_told || step.KullbackLeiblerPerDimension is not { } dimensions)
            return null;
        _recent.Enqueue(step.KullbackLeibler);
        if (_recent.Count > _window)
            _recent.Dequeue();
        if (step.Step == plan.Steps && Distant(step) is { } distant)
            return distant;
        // While beta rises, or before anything could be learnt, a small KL means nothing.
        if (step.Step < Math.Max(2 * _window, (long)plan.BetaWarmup + _window) || _recent.Average() >= TrainingStep.ActiveFrom * dimensions.Count)
            return null;
        _told = true;
        return string.Create(CultureInfo.InvariantCulture, $"the latent is ignored: the KL over the last {_window} steps is {_recent.Average():0.####} nats in all {dimensions.Count} dimensions; ") + Remedy(step);
    }

    /// <summary>What the plan and the data tell already; empty where that is nothing.</summary>
    private string Foreseen()
    {
        static string Unfinished(string what, string setting, int length, int steps) =>
            FormattableString.Invariant($"{what}, which rises over TrainingPlan.{setting} = {length} in a training of TrainingPlan.Steps = {steps}: end TrainingPlan.{setting} earlier, or train for longer");
        return string.Join(InputException.Also, new[]
        {
            ambiguous ? null : "every image has one grader, so that no ambiguity can be learned from these data: take data with several graders an image, or expect samples that are alike",
            plan.BetaWarmup < plan.Steps ? null : Unfinished("the KL term never has its whole weight", nameof(plan.BetaWarmup), plan.BetaWarmup, plan.Steps),
            plan.Warmup < plan.Steps ? null : Unfinished("the learning rate never comes to what its schedule says", nameof(plan.Warmup), plan.Warmup, plan.Steps),
        }.OfType<string>());
    }

    /// <summary>What is wrong at the end of a training whose prior has not learnt where the posteriors are. The median, because single steps may be wild.</summary>
    private string? Distant(TrainingStep step)
    {
        var (nats, told) = (_recent.Order().ElementAt((_recent.Count - 1) / 2), Math.Log(answers));
        if (!(nats - told > Forgiven))
            return null;
        FormattableString remedy = plan switch
        {
            { Geco: { } geco } when step.ReconstructionWeight > 1 => $"GECO has raised the weight of the cross-entropy to {step.ReconstructionWeight:0.###}: raise TrainingPlan.Geco.Target = {geco.Target}",
            { Beta: < 1 } => $"raise TrainingPlan.Beta = {plan.Beta}",
            _ when plan.BetaWarmup > plan.Steps - 2 * _window => $"end TrainingPlan.BetaWarmup = {plan.BetaWarmup} earlier",
            _ => $"train for more than TrainingPlan.Steps = {plan.Steps}",
        };
        return string.Create(CultureInfo.InvariantCulture, $"the prior is far from the posterior, so that samples may be unlike any grader's mask: the KL over the last {_recent.Count} steps is {nats:0.#} nats, where {told:0.#} would tell all answers to an image apart; ")
            + FormattableString.Invariant(remedy);
    }

    private string Remedy(TrainingStep step) => plan switch
    {
        { Geco: { } geco } when step.ReconstructionWeight < 1 => string.Create(CultureInfo.InvariantCulture, $"the cross-entropy is below GECO's target, so that its weight has fallen to {step.ReconstructionWeight:0.###}: lower TrainingPlan.Geco.Target = {geco.Target}"),
        { Beta: > 1 } => string.Create(CultureInfo.InvariantCulture, $"Beta = {plan.Beta} makes the KL too dear: lower TrainingPlan.Beta, or raise it slowly with TrainingPlan.BetaWarmup"),
        // A cross-entropy of under a ten-thousandth nat a pixel leaves nothing to explain: all graders agree.
        _ when step.CrossEntropy / pixels < 1e-4 => "the masks are explained without it: check that the data has images whose graders differ",
        _ => "if the cross-entropy is summed over pixels, as here, raise beta slowly from 0 with TrainingPlan.BetaWarmup; a cross-entropy averaged over pixels would need a beta smaller by their number",
    };
}

/// <summary>What a <see cref="TrainingHealth"/> remembers.</summary>
/// <param name="Recent">The KL of the last steps, nats.</param>
/// <param name="Told">Whether it has said that the latent is ignored.</param>
internal sealed record HealthState(IReadOnlyList<double> Recent, bool Told);
