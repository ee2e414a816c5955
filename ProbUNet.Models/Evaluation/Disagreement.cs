using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>How much the graders of an image disagree.</summary>
public static class Disagreement
{
    /// <summary>E[d(Y, Y′)] over two graders of an image, or over two draws from its truth where graders are drawn anew, in [0, 1).</summary>
    /// <exception cref="InvalidOperationException">The image has no graders.</exception>
    public static double Of(GradedImage image) => PairwiseEnergy.Diversity(PairDistances.Within(image.Reference, image.Classes)).All;

    /// <summary>The image on whose segmentation graders disagree most, the first of several.</summary>
    /// <param name="images">At least one.</param>
    /// <exception cref="InvalidOperationException">There are no images, or one has no graders.</exception>
    public static GradedImage Largest(IReadOnlyList<GradedImage> images) => images.MaxBy(Of) ?? throw new InvalidOperationException("There are no images.");
}
