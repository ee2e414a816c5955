namespace ProbUNet.Models.Training;

/// <summary>
/// GECO (Rezende and Viola 2018, "Taming VAEs"; Kohl et al. 2019): instead of a fixed beta, the cross-entropy is given a target and its weight λ moves
/// until the target is met. The KL term keeps the plan's beta.
/// </summary>
/// <param name="Target">Nats a pixel that the cross-entropy shall come down to; above 0. Default 0.05, the hierarchical network's.</param>
/// <param name="Rate">How fast λ moves; above 0. Default 0.01.</param>
/// <param name="Decay">Of the running mean of the cross-entropy; at least 0, below 1. Default 0.99.</param>
public sealed record GecoPlan(double Target = 0.05, double Rate = 0.01, double Decay = 0.99);

/// <summary>The state of GECO: a running mean and a weight.</summary>
/// <param name="Weight">λ, the weight of the cross-entropy; starts at 1.</param>
/// <param name="Excess">Running mean of how far the cross-entropy is above its target, as a multiple of it.</param>
internal readonly record struct Geco(double Weight, double Excess)
{
    private const double Smallest = 1e-4;
    private const double Largest = 1e4;

    public static Geco Start { get; } = new(1, double.NaN);

    /// <summary>
    /// After a step: m ← decay · m + (1 − decay) · (CE − target) / target, λ ← λ · exp(rate · m), with CE in nats a pixel. λ grows while the target is
    /// missed and falls once it is met; dividing by the target makes the rate the same for every size of image.
    /// </summary>
    /// <param name="plan">The settings.</param>
    /// <param name="perPixel">The step's cross-entropy, nats a pixel.</param>
    public Geco After(GecoPlan plan, double perPixel)
    {
        var excess = perPixel / plan.Target - 1;
        var mean = double.IsNaN(Excess) ? excess : plan.Decay * Excess + (1 - plan.Decay) * excess;
        return new Geco(Math.Clamp(Weight * Math.Exp(plan.Rate * Math.Clamp(mean, -10, 10)), Smallest, Largest), mean);
    }
}
