namespace ProbUNet.Models.Evaluation;

/// <summary>The pixels whose predicted probability falls into one bin: a point of the reliability diagram.</summary>
/// <param name="Count">How many pixels there are.</param>
/// <param name="ConfidenceSum">The sum of their predicted probabilities.</param>
/// <param name="FrequencySum">The sum of the shares of graders that drew them as foreground.</param>
public readonly record struct CalibrationBin(long Count, double ConfidenceSum, double FrequencySum)
{
    /// <summary>The mean predicted probability, in [0, 1]; NaN of an empty bin.</summary>
    public double Confidence => ConfidenceSum / Count;

    /// <summary>The mean share of graders that drew a pixel as foreground, in [0, 1]; NaN of an empty bin.</summary>
    public double Frequency => FrequencySum / Count;
}

/// <summary>
/// Whether pixels that are predicted as foreground with probability p are drawn as foreground by a share p of the graders. Bins of several
/// images merge, in any order, so that a set needs no more memory than an image.
/// </summary>
/// <remarks>
/// Guo et al. 2017, "On Calibration of Modern Neural Networks", eq. 2 and 3, for a binary pixel: the confidence is the mean probability
/// of the foreground over samples (not of the likelier class), and the accuracy of a bin is the mean over graders of the pixel's
/// label, a soft frequency. Most pixels of a lesion crop are safe background: they share the first bin, and an error near 0 is
/// easily had; look at the bins.
/// </remarks>
/// <param name="Bins">M bins of equal width: bin i, from 0, holds probabilities in (i/M, (i + 1)/M], the first 0 too.</param>
public sealed record Calibration(IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>As many bins as Guo et al. 2017 use.</summary>
    public const int DefaultBins = 15;

    /// <summary>How many pixels were counted.</summary>
    public long Count => Bins.Sum(bin => bin.Count);

    /// <summary>
    /// The expected calibration error, ECE = Σᵢ (|Bᵢ|/N) |frequency(Bᵢ) − confidence(Bᵢ)|, in [0, 1] (Guo et al. 2017, eq. 3). Lower is better;
    /// NaN before any pixel was counted.
    /// </summary>
    public double ExpectedError => Bins.Sum(bin => Math.Abs(bin.FrequencySum - bin.ConfidenceSum)) / Count;

    /// <summary>Bins without a pixel: where a count over a set begins.</summary>
    /// <param name="bins">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
    public static Calibration Empty(int bins = DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        return new(new CalibrationBin[bins]);
    }

    /// <summary>The bins of one image.</summary>
    /// <param name="probabilities">Predicted for the foreground, in [0, 1], [H, W]: see <see cref="PixelMaps.MeanProbability"/>.</param>
    /// <param name="frequencies">Of the graders, in [0, 1], [H, W]: see <see cref="PixelMaps.Frequency"/>.</param>
    /// <param name="bins">At least 1.</param>
    /// <exception cref="ArgumentException">There are not as many frequencies as probabilities.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside [0, 1], or there is no bin.</exception>
    public static Calibration Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> frequencies, int bins = DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (probabilities.Length != frequencies.Length)
            throw new ArgumentException($"{probabilities.Length} probabilities need as many frequencies, not {frequencies.Length}.", nameof(frequencies));
        var counted = new CalibrationBin[bins];
        for (var pixel = 0; pixel < probabilities.Length; pixel++)
        {
            var (p, frequency) = (PixelMaps.Probability(probabilities[pixel]), PixelMaps.Probability(frequencies[pixel]));
            ref var bin = ref counted[Place(p, bins)];
            bin = new(bin.Count + 1, bin.ConfidenceSum + p, bin.FrequencySum + frequency);
        }
        return new(counted);
    }

    /// <summary>The bins of both: of all pixels that either counted.</summary>
    /// <exception cref="ArgumentException">They have different numbers of bins.</exception>
    public Calibration Merge(Calibration other) => Bins.Count == other.Bins.Count
        ? new([.. Bins.Zip(other.Bins, (a, b) => new CalibrationBin(a.Count + b.Count, a.ConfidenceSum + b.ConfidenceSum, a.FrequencySum + b.FrequencySum))])
        : throw new ArgumentException($"{Bins.Count} bins cannot be merged with {other.Bins.Count}.", nameof(other));

    /// <summary>The bin of a probability. The product is exact, because p has a float's 24 bits: no pixel beside an edge slips over it.</summary>
    private static int Place(double p, int bins) => Math.Max((int)Math.Ceiling(p * bins) - 1, 0);
}
