using System.Collections.Immutable;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Terminal;

/// <summary>GED² on validation images, and when.</summary>
internal readonly record struct Validated(int Step, double Ged);

/// <summary>What there is to see of a training: the last step, smoothed numbers, the curve of the loss, the best validation. A fold over its steps; nothing here changes.</summary>
internal sealed record TrainingOverview
{
    /// <summary>Points of the curve.</summary>
    public const int Points = 40;

    /// <summary>Steps over which numbers are smoothed: a batch of a few images says little by itself.</summary>
    private const double Smoothing = 20;

    /// <summary>What is being trained.</summary>
    public required string Name { get; init; }

    /// <summary>The last step; nothing before the first.</summary>
    public TrainingStep? Last { get; private init; }

    /// <summary>Steps that were seen: fewer than were taken where a training goes on.</summary>
    public int Seen { get; private init; }

    /// <summary>Since the training was begun or went on.</summary>
    public TimeSpan Elapsed { get; private init; }

    /// <summary>The loss, an exponential mean as all that follows.</summary>
    public double Loss { get; private init; }

    /// <summary>Nats an image, summed over its pixels.</summary>
    public double CrossEntropy { get; private init; }

    /// <summary>Nats an image.</summary>
    public double KullbackLeibler { get; private init; }

    /// <summary>Its summands, a dimension of the latent each; nothing of a network without one.</summary>
    public ImmutableArray<double>? PerDimension { get; private init; }

    /// <summary>The gradient's 2-norm.</summary>
    public double GradientNorm { get; private init; }

    /// <summary>Seconds a step.</summary>
    public double SecondsPerStep { get; private init; }

    /// <summary>Of them, those that were waited for images.</summary>
    public double WaitedPerStep { get; private init; }

    /// <summary>The mean loss of each <see cref="Points"/>-th of the run; NaN where no step was seen.</summary>
    public ImmutableArray<double> Curve => Last is { } last ? Past.SetItem(PointOf(last), PointMean) : Past;

    /// <summary>The curve up to the point that the last step is in, whose mean stands beside it: a step copies no curve.</summary>
    private ImmutableArray<double> Past { get; init; } = [.. Enumerable.Repeat(double.NaN, Points)];

    private double PointMean { get; init; }

    private int SeenOfPoint { get; init; }

    /// <summary>The last validation.</summary>
    public Validated? LastValidation { get; private init; }

    /// <summary>The best one that was seen: nothing where an earlier part of the training had a better one.</summary>
    public Validated? BestValidation { get; private init; }

    /// <summary>When diversity was looked at last.</summary>
    public Diversity? Diversity { get; private init; }

    /// <summary>All warnings, in order.</summary>
    public ImmutableList<string> Warnings { get; private init; } = [];

    /// <summary>Dimensions of the latent that carry at least <see cref="TrainingStep.ActiveFrom"/> nats.</summary>
    public int Active => PerDimension?.Count(nats => nats >= TrainingStep.ActiveFrom) ?? 0;

    /// <summary>0 where the clock stands.</summary>
    public double ImagesPerSecond => Last is { Times.Images: var images } && SecondsPerStep > 0 ? images / SecondsPerStep : 0;

    /// <summary>The share of a step's time that it waits for its images, in [0, 1].</summary>
    public double WaitingShare => SecondsPerStep > 0 ? Math.Clamp(WaitedPerStep / SecondsPerStep, 0, 1) : 0;

    /// <summary>Time left, validation and checkpoints included.</summary>
    public TimeSpan Left => Last is { } last ? Elapsed * ((double)(last.Steps - last.Step) / Seen) : TimeSpan.Zero;

    /// <summary>The same after one more step.</summary>
    /// <param name="step">It.</param>
    /// <param name="elapsed">Since the training was begun or went on.</param>
    /// <param name="words">Says a warning in the words of a program.</param>
    public TrainingOverview After(TrainingStep step, TimeSpan elapsed, Func<string, string> words)
    {
        var share = Math.Max(1.0 / (Seen + 1), 1 / Smoothing);
        double Mean(double mean, double next) => mean + share * (next - mean);
        var dimensions = step.KullbackLeiblerPerDimension;
        var (point, before) = (PointOf(step), Last is { } last ? PointOf(last) : -1);
        var count = point == before ? SeenOfPoint + 1 : 1;
        return this with
        {
            Last = step,
            Seen = Seen + 1,
            Elapsed = elapsed,
            Loss = Mean(Loss, step.Loss),
            CrossEntropy = Mean(CrossEntropy, step.CrossEntropy),
            KullbackLeibler = Mean(KullbackLeibler, step.KullbackLeibler),
            PerDimension = dimensions is null ? null : Means(PerDimension, dimensions, share),
            GradientNorm = Mean(GradientNorm, step.GradientNorm),
            SecondsPerStep = Mean(SecondsPerStep, step.Times.Taken.TotalSeconds),
            WaitedPerStep = Mean(WaitedPerStep, step.Times.Waited.TotalSeconds),
            SeenOfPoint = count,
            PointMean = count == 1 ? step.Loss : PointMean + (step.Loss - PointMean) / count,
            Past = count == 1 ? Curve : Past,
            LastValidation = step.ValidationGed is { } ged ? new Validated(step.Step, ged) : LastValidation,
            BestValidation = step is { IsBest: true, ValidationGed: { } best } ? new Validated(step.Step, best) : BestValidation,
            Diversity = step.Diversity ?? Diversity,
            Warnings = step.Warning is { } warning ? Warnings.Add(words(warning)) : Warnings,
        };
    }

    private static ImmutableArray<double> Means(ImmutableArray<double>? before, IReadOnlyList<double> next, double share)
    {
        var means = new double[next.Count];
        for (var d = 0; d < means.Length; d++)
            means[d] = before is { } known ? known[d] + share * (next[d] - known[d]) : next[d];
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(means);
    }

    private static int PointOf(TrainingStep step) => (int)((step.Step - 1L) * Points / step.Steps);
}
