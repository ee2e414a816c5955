namespace ProbUNet.Models.Training;

/// <summary>What one step of training tells.</summary>
/// <param name="Step">Counted from 1.</param>
/// <param name="Steps">How many there will be.</param>
/// <param name="Loss">What was minimised; the mean over an ensemble's members.</param>
/// <param name="CrossEntropy">Summed over pixels, mean over the batch, nats.</param>
/// <param name="KullbackLeibler">KL(Q ‖ P), mean over the batch, nats; 0 for a network without a latent.</param>
/// <param name="LearningRate">Of this step.</param>
public readonly record struct TrainingStep(int Step, int Steps, double Loss, double CrossEntropy, double KullbackLeibler, double LearningRate)
{
    /// <summary>A dimension whose KL is below this many nats tells nothing of the mask.</summary>
    public const double ActiveFrom = 0.01;

    /// <summary>The summands of <see cref="KullbackLeibler"/>, a dimension of the latent each; nothing for a network without one.</summary>
    public IReadOnlyList<double>? KullbackLeiblerPerDimension { get; init; }

    /// <summary>The weight of the KL term in this step.</summary>
    public double Beta { get; init; }

    /// <summary>The weight of the cross-entropy in this step; 1 but for GECO.</summary>
    public double ReconstructionWeight { get; init; }

    /// <summary>The 2-norm of the gradient of all parameters, before it is shortened; the mean over an ensemble's members.</summary>
    public double GradientNorm { get; init; }

    /// <summary>GED² (V-statistic) on validation images; in some steps only.</summary>
    public double? ValidationGed { get; init; }

    /// <summary>Whether <see cref="ValidationGed"/> is the lowest so far.</summary>
    public bool IsBest { get; init; }

    /// <summary>How the samples of a few images differ, against how their graders do; in some steps only.</summary>
    public Diversity? Diversity { get; init; }

    /// <summary>What is going wrong and which setting to change; in the step in which it is noticed.</summary>
    public string? Warning { get; init; }

    /// <summary>What a clock says of the step; in no run's metrics.</summary>
    public StepTimes Times { get; init; }

    /// <summary>Dimensions of the latent that carry at least <see cref="ActiveFrom"/> nats.</summary>
    public int ActiveDimensions => KullbackLeiblerPerDimension?.Count(nats => nats >= ActiveFrom) ?? 0;
}

/// <summary>Mean distances 1 − IoU between masks of the same image, over all ordered pairs.</summary>
/// <param name="Samples">E[d(S, S′)] of a network's samples.</param>
/// <param name="Graders">E[d(Y, Y′)] of the graders.</param>
public readonly record struct Diversity(double Samples, double Graders);

/// <summary>How fast a step was.</summary>
/// <param name="Images">Images that it trained on, of all members of an ensemble.</param>
/// <param name="Taken">How long it took, without validation and checkpoints.</param>
/// <param name="Waited">How long of <paramref name="Taken"/> it waited for its images.</param>
public readonly record struct StepTimes(int Images, TimeSpan Taken, TimeSpan Waited);
