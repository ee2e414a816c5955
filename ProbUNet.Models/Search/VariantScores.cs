namespace ProbUNet.Models.Search;

/// <summary>The scores of one training of a variant, as they lie on disk and go from rank to rank.</summary>
/// <param name="Steps">That its training took; before it came to no number, where it did.</param>
/// <param name="Seconds">Of its training.</param>
/// <param name="Parameters">Trainable values.</param>
/// <param name="Images">A score each; none where it could not be trained.</param>
/// <param name="Failed">Why it could not.</param>
internal sealed record VariantScores(int Steps, double Seconds, long Parameters, IReadOnlyList<ValidationScore> Images, string? Failed = null);

/// <summary>GED² of a validation image.</summary>
internal sealed record ValidationScore(string Image, string Case, double Ged);

/// <summary>How many steps fit into the minutes of the lowest rung, as they lie on disk; or why no step could be timed.</summary>
internal sealed record TimedSteps(int Steps, string? Failed = null);
