using ProbUNet.Dsl;

namespace ProbUNet.Models.Comparison;

/// <summary>
/// The means of Kohl et al. 2018, Fig. 4, as measured off the figure's pixels to ±0.01–0.02: the paper prints no table. Other data, sizes and
/// hours of training: they say which order to expect, not which numbers.
/// </summary>
public static class PaperFigure4
{
    private static readonly int[] Counts = [1, 4, 8, 16];

    private static readonly Dictionary<string, (double[] Lidc, double[] Cityscapes)> Means = new()
    {
        [Families.Of<DropoutUNetSpec>().Key] = ([1.15, 0.61, 0.52, 0.47], [1.03, 0.48, 0.39, 0.34]),
        [Families.Of<UNetEnsembleSpec>().Key] = ([0.69, 0.53, 0.50, 0.49], [0.74, 0.46, 0.41, 0.38]),
        [Families.Of<MultiHeadUNetSpec>().Key] = ([0.88, 0.41, 0.40, 0.34], [0.77, 0.40, 0.33, 0.29]),
        [Families.Of<ImageToImageVaeSpec>().Key] = ([1.03, 0.53, 0.45, 0.41], [0.92, 0.40, 0.32, 0.28]),
        [Families.Of<ProbabilisticUNetSpec>().Key] = ([0.82, 0.39, 0.33, 0.29], [0.88, 0.34, 0.25, 0.21]),
    };

    /// <summary>The paper's mean GED² (V-statistic) of a system, on LIDC for binary masks and on Cityscapes for several classes.</summary>
    public static double? Of(string system, bool binary, int count) =>
        Means.TryGetValue(system, out var means) && Array.IndexOf(Counts, count) is var place and >= 0 ? (binary ? means.Lidc : means.Cityscapes)[place] : null;
}
