namespace ProbUNet.Models.Data;

/// <summary>A distribution over finitely many masks, known in closed form: what a synthetic task draws its graders from.</summary>
/// <param name="Modes">The masks, each [H, W].</param>
/// <param name="Probabilities">One probability a mode; they sum to 1.</param>
public sealed record ModeDistribution(IReadOnlyList<BitMask> Modes, IReadOnlyList<double> Probabilities);
