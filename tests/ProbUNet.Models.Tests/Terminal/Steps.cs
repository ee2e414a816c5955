using ProbUNet.Models.Terminal;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Terminal;

/// <summary>Trainings that need no network.</summary>
internal static class Steps
{
    /// <summary>A network with a latent of six dimensions, of which three come to be used, a step.</summary>
    public static TrainingStep Latent(int step, int steps) => Plain(step, steps) with
    {
        KullbackLeibler = Kl(step).Sum(),
        KullbackLeiblerPerDimension = Kl(step),
        Beta = 1,
        ReconstructionWeight = 1,
    };

    /// <summary>A network without one.</summary>
    public static TrainingStep Plain(int step, int steps) => new(step, steps, 2000.0 / (1 + step) + 100, 2000.0 / (1 + step) + 92, 0, 1e-3 * (1 - (double)step / (2 * steps)))
    {
        GradientNorm = 350,
        Times = new StepTimes(16, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(2)),
    };

    /// <summary>What is seen after all of them, a tenth of a second each.</summary>
    public static TrainingOverview Seen(string name, IEnumerable<TrainingStep> steps) => steps.Aggregate(
        new TrainingOverview { Name = name }, (seen, step) => seen.After(step, TimeSpan.FromSeconds(0.1 * (seen.Seen + 1)), words => words));

    private static double[] Kl(int step) => [0.02 * step, 0.01 * step, 0.005 * step, 0.003, 0.002, 0.001];
}
