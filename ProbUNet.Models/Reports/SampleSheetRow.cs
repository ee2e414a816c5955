using ProbUNet.Models.Data;

namespace ProbUNet.Models.Reports;

/// <summary>One case on a <see cref="SampleSheet"/>.</summary>
/// <param name="Image">The image with its graders.</param>
/// <param name="Samples">What the model drew for it, each [K, H, W] like the image's graders, in the order drawn.</param>
/// <param name="StandardDeviation">
/// [H, W] row-major: the standard deviation over samples of each pixel's predicted probability (divided by n, not n − 1), in [0, 0.5]; of several
/// classes, that of the class for which it is largest.
/// </param>
/// <param name="Caption">One line under the row, such as the name of the case and its GED².</param>
public sealed record SampleSheetRow(GradedImage Image, IReadOnlyList<Segmentation> Samples, ReadOnlyMemory<float> StandardDeviation, string Caption)
{
    /// <summary>A case with binary masks [H, W].</summary>
    public SampleSheetRow(GradedImage image, IReadOnlyList<BitMask> masks, ReadOnlyMemory<float> standardDeviation, string caption)
        : this(image, [.. masks.Select(Segmentation.Binary)], standardDeviation, caption)
    {
    }
}
