using System.Numerics;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>Maps with one number a pixel, [H, W] row-major: what a set of masks or of samples says about each pixel on its own.</summary>
public static class PixelMaps
{
    /// <summary>The share of masks in which a pixel is foreground, in [0, 1]: over graders, the soft truth.</summary>
    /// <param name="masks">Masks of one size [H, W]; at least one.</param>
    /// <returns>[H, W].</returns>
    /// <exception cref="ArgumentException">There is no mask, or masks differ in size.</exception>
    public static float[] Frequency(IReadOnlyList<BitMask> masks)
    {
        if (masks.Count == 0)
            throw new ArgumentException("A frequency needs at least one mask.", nameof(masks));
        var (height, width) = (masks[0].Height, masks[0].Width);
        var counts = new int[height * width];
        foreach (var mask in masks)
        {
            if (mask.Height != height || mask.Width != width)
                throw new ArgumentException($"Masks of {height}x{width} and {mask.Height}x{mask.Width} differ in size: bring them to one.", nameof(masks));
            for (var i = 0; i < mask.Words.Length; i++)
                for (var left = mask.Words[i]; left != 0; left &= left - 1)
                    counts[64 * i + BitOperations.TrailingZeroCount(left)]++;
        }
        return Array.ConvertAll(counts, count => (float)count / masks.Count);
    }

    /// <summary>The mean over samples of a pixel's foreground probability: what the model says of that pixel once z is integrated out.</summary>
    /// <param name="samples">Probabilities in [0, 1], [n, H, W] row-major: n samples, one after the other.</param>
    /// <param name="count">n, at least 1.</param>
    /// <returns>[H, W], in [0, 1].</returns>
    /// <exception cref="ArgumentException">The values are not n whole samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is no probability, or the count is less than 1.</exception>
    public static float[] MeanProbability(ReadOnlySpan<float> samples, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (samples.Length % count != 0)
            throw new ArgumentException($"{samples.Length} probabilities are not {count} samples of one size.", nameof(samples));
        var sums = new double[samples.Length / count];
        for (var sample = 0; sample < count; sample++)
            for (var pixel = 0; pixel < sums.Length; pixel++)
                sums[pixel] += Probability(samples[sample * sums.Length + pixel]);
        return Array.ConvertAll(sums, sum => (float)(sum / count));
    }

    /// <summary>
    /// The entropy of each pixel, −p ln p − (1 − p) ln(1 − p), in nats, in [0, ln 2], with 0 ln 0 = 0. Of the mean probability over samples it is
    /// the predictive entropy (Gal 2016, "Uncertainty in Deep Learning"), the whole uncertainty about the pixel; it does not tell whether
    /// neighbours vary together.
    /// </summary>
    /// <param name="probabilities">Of the foreground, in [0, 1], [H, W]: see <see cref="MeanProbability"/>.</param>
    /// <returns>[H, W].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is no probability.</exception>
    public static float[] Entropy(ReadOnlySpan<float> probabilities)
    {
        var entropy = new float[probabilities.Length];
        for (var pixel = 0; pixel < entropy.Length; pixel++)
        {
            var p = Probability(probabilities[pixel]);
            entropy[pixel] = (float)(Surprise(p) + Surprise(1 - p));
        }
        return entropy;

        static double Surprise(double p) => p > 0 ? -p * Math.Log(p) : 0;
    }

    /// <summary>The value, if it is in [0, 1].</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not: a logit perhaps, or NaN.</exception>
    internal static double Probability(float value) =>
        value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A probability lies in [0, 1]: apply the sigmoid to logits first.");
}
