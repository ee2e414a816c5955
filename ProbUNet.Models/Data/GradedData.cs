namespace ProbUNet.Models.Data;

/// <summary>A data set, split by case into images to train on, to choose by, and to report on.</summary>
/// <param name="Name">Where it comes from: a folder, or <c>synthetic:lesions</c>.</param>
/// <param name="Train">To fit weights on.</param>
/// <param name="Validation">To choose settings by.</param>
/// <param name="Test">To look at once, at the end.</param>
public sealed record GradedData(string Name, IReadOnlyList<GradedImage> Train, IReadOnlyList<GradedImage> Validation, IReadOnlyList<GradedImage> Test);
