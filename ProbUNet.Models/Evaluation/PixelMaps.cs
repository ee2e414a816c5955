using System.Numerics;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>Maps with one number a pixel, row-major: what a set of masks or of samples says about each pixel on its own.</summary>
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

    /// <summary>The mean over samples of a pixel's probabilities: what the model says of that pixel once z is integrated out. Summed in double precision.</summary>
    /// <param name="samples">Probabilities in [0, 1], n samples of one size, one after the other: [n, H, W], or [n, K, H, W] of several classes.</param>
    /// <param name="count">n, at least 1.</param>
    /// <returns>As many as a sample has, in [0, 1].</returns>
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

    /// <summary>The standard deviation of probabilities over samples (divided by n, not n − 1): where the model's samples differ.</summary>
    /// <param name="samples">Probabilities in [0, 1], n samples of one size, one after the other.</param>
    /// <param name="count">n, at least 1.</param>
    /// <returns>As many as a sample has, in [0, 0.5].</returns>
    /// <exception cref="ArgumentException">The values are not n whole samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is no probability, or the count is less than 1.</exception>
    public static float[] StandardDeviation(ReadOnlySpan<float> samples, int count)
    {
        var means = MeanProbability(samples, count);
        var squares = new double[means.Length];
        for (var sample = 0; sample < count; sample++)
            for (var pixel = 0; pixel < squares.Length; pixel++)
            {
                var distance = (double)samples[sample * squares.Length + pixel] - means[pixel];
                squares[pixel] += distance * distance;
            }
        return Array.ConvertAll(squares, sum => (float)Math.Sqrt(sum / count));
    }

    /// <summary>
    /// The entropy of each pixel in nats, with 0 ln 0 = 0: of one class −p ln p − (1 − p) ln(1 − p), in [0, ln 2]; of several −Σₖ pₖ ln pₖ, in [0, ln K]. Of the
    /// mean probability over samples it is the predictive entropy (Gal 2016, "Uncertainty in Deep Learning"), the whole uncertainty about the pixel; it does
    /// not tell whether neighbours vary together.
    /// </summary>
    /// <param name="probabilities">Of each class, in [0, 1], [K, H, W]; of one class, of foreground: see <see cref="MeanProbability"/>.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <returns>[H, W].</returns>
    /// <exception cref="ArgumentException">The values are not K whole maps.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is no probability, or there is no class.</exception>
    public static float[] Entropy(ReadOnlySpan<float> probabilities, int classes = 1)
    {
        var entropy = new double[SizeOf(probabilities, classes)];
        for (var i = 0; i < probabilities.Length; i++)
        {
            var p = Probability(probabilities[i]);
            entropy[i % entropy.Length] += classes == 1 ? Surprise(p) + Surprise(1 - p) : Surprise(p);
        }
        return Array.ConvertAll(entropy, nats => (float)nats);

        static double Surprise(double p) => p > 0 ? -p * Math.Log(p) : 0;
    }

    /// <summary>The most probable class of each pixel, the first of equally probable ones; of one class 1 where foreground is likelier than not, else 0.</summary>
    /// <param name="probabilities">Of each class, [K, H, W]; of one class, of foreground.</param>
    /// <param name="classes">K, from 1 to 255.</param>
    /// <returns>[H, W]: labels as <see cref="Segmentation.Labels"/> has them.</returns>
    /// <exception cref="ArgumentException">The values are not K whole maps.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public static byte[] MostProbable(ReadOnlySpan<float> probabilities, int classes)
    {
        var labels = new byte[SizeOf(probabilities, classes)];
        if (classes == 1)
        {
            for (var pixel = 0; pixel < labels.Length; pixel++)
                labels[pixel] = probabilities[pixel] > 0.5f ? (byte)1 : (byte)0;
            return labels;
        }
        var most = probabilities[..labels.Length].ToArray();
        for (var @class = 1; @class < classes; @class++)
        {
            var map = probabilities.Slice(@class * labels.Length, labels.Length);
            for (var pixel = 0; pixel < map.Length; pixel++)
                if (map[pixel] > most[pixel])
                    (most[pixel], labels[pixel]) = (map[pixel], (byte)@class);
        }
        return labels;
    }

    private static int SizeOf(ReadOnlySpan<float> probabilities, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        return probabilities.Length % classes == 0
            ? probabilities.Length / classes
            : throw new ArgumentException($"{probabilities.Length} probabilities are not {classes} maps of one size.", nameof(probabilities));
    }

    /// <summary>The value, if it is in [0, 1].</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not: a logit perhaps, or NaN.</exception>
    internal static double Probability(float value) =>
        value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A probability lies in [0, 1]: apply the sigmoid to logits first.");
}
