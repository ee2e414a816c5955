using System.Globalization;

namespace ProbUNet.Models.Training;

/// <summary>
/// Watches a training for the failure that users of every such network ask about: the latent is ignored, so that all samples of an image are the same.
/// Says so once, with the cause and the setting to change.
/// </summary>
/// <param name="plan">How the network is trained.</param>
/// <param name="pixels">Pixels of an image, over which the cross-entropy is summed.</param>
internal sealed class TrainingHealth(TrainingPlan plan, int pixels)
{
    /// <summary>Steps over which the KL is averaged: fewer in a short training, which shall be warned of too.</summary>
    private readonly int _window = Math.Clamp(plan.Steps / 5, 5, 100);

    private readonly Queue<double> _recent = new();
    private bool _told;

    /// <summary>What is wrong as of this step; nothing, or nothing new.</summary>
    public string? Notice(TrainingStep step)
    {
        if (_told || step.KullbackLeiblerPerDimension is not { } dimensions)
            return null;
        _recent.Enqueue(step.KullbackLeibler);
        if (_recent.Count > _window)
            _recent.Dequeue();
        // While beta rises, or before anything could be learnt, a small KL means nothing.
        if (step.Step < Math.Max(2 * _window, (long)plan.BetaWarmup + _window) || _recent.Average() >= TrainingStep.ActiveFrom * dimensions.Count)
            return null;
        _told = true;
        return string.Create(CultureInfo.InvariantCulture, $"the latent is ignored: the KL over the last {_window} steps is {_recent.Average():0.####} nats in all {dimensions.Count} dimensions; ") + Remedy(step);
    }

    private string Remedy(TrainingStep step) => plan switch
    {
        { Geco: { } geco } when step.ReconstructionWeight < 1 => string.Create(CultureInfo.InvariantCulture, $"the cross-entropy is below GECO's target, so that its weight has fallen to {step.ReconstructionWeight:0.###}: lower TrainingPlan.Geco's Target = {geco.Target}"),
        { Beta: > 1 } => string.Create(CultureInfo.InvariantCulture, $"Beta = {plan.Beta} makes the KL too dear: lower TrainingPlan.Beta, or raise it slowly with TrainingPlan.BetaWarmup"),
        // A cross-entropy of under a ten-thousandth nat a pixel leaves nothing to explain: all graders agree.
        _ when step.CrossEntropy / pixels < 1e-4 => "the masks are explained without it: check that the data has images whose graders differ",
        _ => "if the cross-entropy is summed over pixels, as here, raise beta slowly from 0 with TrainingPlan.BetaWarmup; a cross-entropy averaged over pixels would need a beta smaller by their number",
    };
}
