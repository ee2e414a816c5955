using System.Globalization;
using System.Text.Json.Serialization;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Evaluation;

/// <summary>A mean and how far it can be trusted.</summary>
/// <param name="Mean">Of all images.</param>
/// <param name="Lower">The interval's lower end; nothing if there is only one case.</param>
/// <param name="Upper">The interval's upper end; nothing if there is only one case.</param>
public readonly record struct ConfidenceInterval(double Mean, [property: JsonPropertyName("low")] double? Lower, [property: JsonPropertyName("high")] double? Upper);

/// <summary>
/// Intervals by case. Images of one patient resemble each other: who resamples images takes many slices of few patients for many
/// patients, and reports intervals that are too narrow.
/// </summary>
public static class Bootstrap
{
    /// <summary>Resamples, if nobody says otherwise.</summary>
    public const int DefaultResamples = 1000;

    /// <summary>The level of an interval, if nobody says otherwise.</summary>
    public const double DefaultLevel = 0.95;

    /// <summary>The same as texts and figures have it.</summary>
    internal static string DefaultLevelInWords { get; } = string.Create(CultureInfo.InvariantCulture, $"{100 * DefaultLevel:0.##} %");

    /// <summary>
    /// The percentile bootstrap interval of the mean over images (Efron and Tibshirani 1993, chapter 13), with cases drawn with replacement, as
    /// many as there are, each with all of its images (the cluster bootstrap of Davison and Hinkley 1997, section 3.8). With few cases, fewer
    /// than some twenty, it is too narrow.
    /// </summary>
    /// <param name="cases">The case of each image.</param>
    /// <param name="values">A score of each image, finite: leave out images without a score, and say how many.</param>
    /// <param name="seed">Decides the resamples.</param>
    /// <param name="resamples">At least 1.</param>
    /// <param name="level">The share of resampled means between the ends, in (0, 1). Between order statistics, ends are interpolated linearly.</param>
    /// <returns>The mean over images and its interval. It does not depend on the order of the images, but for rounding.</returns>
    /// <exception cref="ArgumentException">There is no image, the lists differ in length, or a value is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no resample, or the level is not in (0, 1).</exception>
    public static ConfidenceInterval Mean(
        IReadOnlyList<string> cases, IReadOnlyList<double> values, long seed, int resamples = DefaultResamples, double level = DefaultLevel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (level is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "A level lies between 0 and 1, as 0.95 does.");
        var groups = CaseTotals(cases, values);
        var mean = groups.Sum(group => group.Sum) / values.Count;
        if (groups.Length == 1)
            return new(mean, null, null);

        var random = RandomStream.For(seed, (long)Purpose.Resampling);
        var means = new double[resamples];
        for (var resample = 0; resample < resamples; resample++)
        {
            var (sum, count) = (0.0, 0);
            for (var draw = 0; draw < groups.Length; draw++)
            {
                var group = groups[random.NextInt32(groups.Length)];
                sum += group.Sum;
                count += group.Count;
            }
            means[resample] = sum / count;
        }
        Array.Sort(means);
        return new(mean, Quantile(means, (1 - level) / 2), Quantile(means, (1 + level) / 2));
    }

    /// <summary>The sum and the number of each case's values, in the order of the cases' names, so that the order of images decides nothing.</summary>
    /// <exception cref="ArgumentException">There is no image, the lists differ in length, or a value is not finite.</exception>
    internal static (double Sum, int Count)[] CaseTotals(IReadOnlyList<string> cases, IReadOnlyList<double> values)
    {
        if (cases.Count != values.Count || values.Count == 0)
            throw new ArgumentException($"A mean needs images, each with a case and a value, not {cases.Count} cases and {values.Count} values.", nameof(values));
        if (values.Any(value => !double.IsFinite(value)))
            throw new ArgumentException("Values must be finite: leave out images that have no score, and say how many.", nameof(values));
        return
        [
            .. cases.Zip(values).GroupBy(image => image.First, image => image.Second, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => (group.Sum(), group.Count())),
        ];
    }

    /// <summary>The quantile of sorted values, linear between its neighbours (Hyndman and Fan 1996, definition 7).</summary>
    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
