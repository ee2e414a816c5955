namespace ProbUNet.Models.Training;

/// <summary>What one step of training tells.</summary>
/// <param name="Step">Counted from 1.</param>
/// <param name="Steps">How many there will be.</param>
/// <param name="Loss">What was minimised.</param>
/// <param name="CrossEntropy">Summed over pixels, mean over the batch, nats.</param>
/// <param name="KullbackLeibler">KL(Q ‖ P), mean over the batch, nats.</param>
/// <param name="LearningRate">Of this step.</param>
public readonly record struct TrainingStep(int Step, int Steps, double Loss, double CrossEntropy, double KullbackLeibler, double LearningRate);
