using ProbUNet.Models.Data;

namespace ProbUNet.Models.Reports;

/// <summary>One case on a <see cref="SampleSheet"/>.</summary>
/// <param name="Image">The image with its graders.</param>
/// <param name="Samples">What the model drew for it, each [H, W] like the image, in the order drawn.</param>
/// <param name="StandardDeviation">
/// [H, W] row-major: the standard deviation over samples of each pixel's predicted probability (divided by n, not n − 1), in [0, 0.5].
/// </param>
/// <param name="Caption">One line under the row, such as the name of the case and its GED².</param>
public sealed record SampleSheetRow(GradedImage Image, IReadOnlyList<BitMask> Samples, ReadOnlyMemory<float> StandardDeviation, string Caption);
