using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Evaluation;

/// <summary>Which of two scores is the better one.</summary>
public enum Better
{
    /// <summary>The lower, as of distances and errors.</summary>
    Lower,

    /// <summary>The higher, as of overlaps and correlations.</summary>
    Higher,
}

/// <summary>Two runs, A and B, over the same images.</summary>
/// <param name="Difference">The mean over images of A − B, with its bootstrap interval by case.</param>
/// <param name="BetterShare">The share of images where A is better, in [0, 1].</param>
/// <param name="TiedShare">The share of images where both score exactly alike, in [0, 1].</param>
/// <param name="PValue">
/// Two-sided, of the sign-flip test by case, in (0, 1]: how often runs that are worth the same would differ in the mean as much as these.
/// </param>
public sealed record PairedComparison(ConfidenceInterval Difference, double BetterShare, double TiedShare, double PValue)
{
    /// <summary>Compares two runs image by image.</summary>
    /// <remarks>
    /// If A and B are exchangeable within a case, the sum Dₖ of a case's differences might as well have the other sign, independently of other
    /// cases (Fisher 1935). The p-value is the share of sign patterns with |Σₖ ±Dₖ| ≥ |Σₖ Dₖ|: over all 2ᶜ of them for C cases, if these are no more
    /// than <paramref name="resamples"/>; else over as many drawn at random and the pattern observed, (1 + hits)/(1 + resamples), which is never
    /// 0 (Phipson and Smyth 2010). Over all patterns it cannot fall below 2/2ᶜ: five cases can never show a difference at 0.05.
    /// </remarks>
    /// <param name="cases">The case of each image.</param>
    /// <param name="a">A score of each image by run A, finite.</param>
    /// <param name="b">The same by run B, in the same order.</param>
    /// <param name="better">Which score is better.</param>
    /// <param name="seed">Decides resamples and sign patterns.</param>
    /// <param name="resamples">Of the interval, and sign patterns of the test; at least 1.</param>
    /// <param name="level">The interval's, in (0, 1).</param>
    /// <exception cref="ArgumentException">There is no image, the lists differ in length, or a value is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no resample, or the level is not in (0, 1).</exception>
    public static PairedComparison Of(IReadOnlyList<string> cases, IReadOnlyList<double> a, IReadOnlyList<double> b, Better better, long seed,
        int resamples = Bootstrap.DefaultResamples, double level = Bootstrap.DefaultLevel)
    {
        if (a.Count != b.Count)
            throw new ArgumentException($"Both runs score the same images: {a.Count} values cannot be paired with {b.Count}.", nameof(b));
        double[] differences = [.. a.Zip(b, (left, right) => left - right)];
        var interval = Bootstrap.Mean(cases, differences, seed, resamples, level);
        return new(
            interval,
            (double)differences.Count(difference => better == Better.Lower ? difference < 0 : difference > 0) / differences.Length,
            (double)differences.Count(difference => difference == 0) / differences.Length,
            SignFlips([.. Bootstrap.CaseTotals(cases, differences).Select(total => total.Sum)], seed, resamples));
    }

    private static double SignFlips(double[] totals, long seed, int resamples)
    {
        // Sums of the same numbers in another order are equal but for rounding, and count as equal.
        var atLeast = Math.Abs(totals.Sum()) - 1e-12 * totals.Sum(Math.Abs);
        var hits = 0;
        if (totals.Length < 31 && 1 << totals.Length <= resamples)
        {
            var patterns = 1 << totals.Length;
            for (var pattern = 0; pattern < patterns; pattern++)
                hits += Reaches([(ulong)pattern]) ? 1 : 0;
            return (double)hits / patterns;
        }

        var random = RandomStream.For(seed, (long)Purpose.SignFlips);
        var signs = new ulong[(totals.Length + 63) / 64];
        for (var resample = 0; resample < resamples; resample++)
        {
            for (var word = 0; word < signs.Length; word++)
                signs[word] = random.NextUInt64();
            hits += Reaches(signs) ? 1 : 0;
        }
        return (1.0 + hits) / (1.0 + resamples);

        bool Reaches(ReadOnlySpan<ulong> minus)
        {
            var sum = 0.0;
            for (var i = 0; i < totals.Length; i++)
                sum += (minus[i >> 6] >> (i & 63) & 1) == 0 ? totals[i] : -totals[i];
            return Math.Abs(sum) >= atLeast;
        }
    }
}
