using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// Whether a model is unsure where its graders are at odds with it: S_NCC of PHiSeg (Baumgartner et al. 2019, "PHiSeg: Capturing Uncertainty in
/// Medical Image Segmentation"), as its published code computes it.
/// </summary>
public static class NormalizedCrossCorrelation
{
    /// <summary>Added to a probability before its logarithm, as in PHiSeg's code: a sure and wrong pixel costs 18.4 nats, not infinitely many.</summary>
    private const double Epsilon = 1e-8;

    /// <summary>
    /// S_NCC = (1/m) Σⱼ NCC(U, Eⱼ), in [−1, 1], higher is better. With CE(q, s) = −q ln(s + ε) − (1 − q) ln(1 − s + ε) pixel by pixel, ε = 1e-8:
    /// U = (1/n) Σᵢ CE(s̄, sᵢ), with s̄ the mean sample, is how unsure the samples are; Eⱼ = (1/n) Σᵢ CE(yⱼ, sᵢ) how wrong they are by grader j; and
    /// NCC is the zero-mean normalised cross-correlation at shift 0, Pearson's correlation over all pixels.
    /// </summary>
    /// <param name="samples">Foreground probabilities in [0, 1], [n, H, W] row-major; n at least 1. Not thresholded.</param>
    /// <param name="graders">Masks [H, W] of the image's graders; at least one.</param>
    /// <returns>The score; NaN where a map is the same at all pixels, so that there is nothing to correlate (PHiSeg's code gives NaN, too).</returns>
    /// <exception cref="ArgumentException">There is no grader or no sample, or the sizes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is no probability.</exception>
    public static double Between(ReadOnlySpan<float> samples, IReadOnlyList<BitMask> graders)
    {
        if (graders.Count == 0)
            throw new ArgumentException("A correlation with graders needs at least one grader's mask.", nameof(graders));
        var (height, width) = (graders[0].Height, graders[0].Width);
        if (graders.FirstOrDefault(grader => grader.Height != height || grader.Width != width) is { } other)
            throw new ArgumentException($"Masks of {height}x{width} and {other.Height}x{other.Width} differ in size: bring them to one.", nameof(graders));
        var size = height * width;
        if (samples.Length == 0 || samples.Length % size != 0)
            throw new ArgumentException($"{samples.Length} probabilities are not whole samples of {height}x{width}.", nameof(samples));

        // Every map is made of three means over samples: of s, of −ln(s + ε) and of −ln(1 − s + ε).
        var count = samples.Length / size;
        double[] mean = new double[size], foreground = new double[size], background = new double[size];
        for (var i = 0; i < samples.Length; i++)
        {
            var (pixel, s) = (i % size, PixelMaps.Probability(samples[i]));
            mean[pixel] += s / count;
            foreground[pixel] -= Math.Log(s + Epsilon) / count;
            background[pixel] -= Math.Log(1 - s + Epsilon) / count;
        }

        var unsure = new double[size];
        for (var pixel = 0; pixel < size; pixel++)
            unsure[pixel] = mean[pixel] * foreground[pixel] + (1 - mean[pixel]) * background[pixel];
        var wrong = new double[size];
        var total = 0.0;
        foreach (var grader in graders)
        {
            for (var pixel = 0; pixel < size; pixel++)
                wrong[pixel] = (grader.Words[pixel >> 6] >> (pixel & 63) & 1) != 0 ? foreground[pixel] : background[pixel];
            total += Correlation(unsure, wrong);
        }
        return total / graders.Count;
    }

    /// <summary>Pearson's correlation, in [−1, 1] to rounding; NaN if either list holds one value only.</summary>
    internal static double Correlation(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        // Asked exactly: the mean of equal values is rounded, and their variance then is not quite 0.
        if (!a.ContainsAnyExcept(a[0]) || !b.ContainsAnyExcept(b[0]))
            return double.NaN;
        double meanA = Mean(a), meanB = Mean(b), covariance = 0, varianceA = 0, varianceB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (a[i] - meanA, b[i] - meanB);
            covariance += x * y;
            varianceA += x * x;
            varianceB += y * y;
        }
        return covariance / Math.Sqrt(varianceA) / Math.Sqrt(varianceB);
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }
}
