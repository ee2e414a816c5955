using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// All distances that an energy distance is made of, whatever the masks are. Each is symmetric, 0 between equal masks, and NaN where the
/// convention leaves it undefined, that of a mask to itself included. Implemented by structs, so that the estimator costs no call a pair.
/// </summary>
internal interface IPairDistances
{
    /// <summary>d(S, Y) of a sample and a mode, by their places.</summary>
    public double Between(int sample, int mode);

    /// <summary>d(S, S′) of two samples, by their places.</summary>
    public double AmongSamples(int first, int second);

    /// <summary>d(Y, Y′) of two modes, by their places.</summary>
    public double AmongModes(int first, int second);
}

/// <summary>d = 1 − IoU of the foreground of binary masks.</summary>
internal readonly struct ForegroundDistances(BitMask[] samples, BitMask[] modes, EmptyMasks empty) : IPairDistances
{
    public double Between(int sample, int mode) => Distance(samples[sample], modes[mode]);

    public double AmongSamples(int first, int second) => Distance(samples[first], samples[second]);

    public double AmongModes(int first, int second) => Distance(modes[first], modes[second]);

    private double Distance(BitMask a, BitMask b)
    {
        if (empty != EmptyMasks.Agree && a.IsEmpty && b.IsEmpty)
            return double.NaN;
        return ReferenceEquals(a, b) ? 0 : IntersectionOverUnion.Distance(a, b);
    }
}

/// <summary>d of segmentations of several classes, <see cref="SegmentationDistance"/>.</summary>
internal readonly struct SegmentationDistances(Segmentation[] samples, Segmentation[] modes, SegmentationClasses classes) : IPairDistances
{
    public double Between(int sample, int mode) => SegmentationDistance.Between(samples[sample], modes[mode], classes);

    public double AmongSamples(int first, int second) => SegmentationDistance.Between(samples[first], samples[second], classes);

    public double AmongModes(int first, int second) => SegmentationDistance.Between(modes[first], modes[second], classes);
}

/// <summary>The estimator of the generalised energy distance over any distances: V- and U-statistic at several numbers of samples, in one pass.</summary>
internal static class PairwiseEnergy
{
    /// <summary>The energy distances of the first n samples to modes with probabilities, for several n.</summary>
    /// <param name="distances">Of the samples and modes.</param>
    /// <param name="samples">How many there are.</param>
    /// <param name="probabilities">One a mode.</param>
    /// <param name="drawn">
    /// Whether the modes are draws (graders, all alike), so that an unbiased estimate leaves out their pairs i = j; else they are the whole
    /// distribution, and Σᵢⱼ pᵢ pⱼ d(Yᵢ, Yⱼ) is exact.
    /// </param>
    /// <param name="counts">The n, each from 1 to <paramref name="samples"/>.</param>
    /// <param name="skipUndefined">Whether a mean leaves out distances that are NaN; else it becomes NaN.</param>
    public static EnergyDistance[] AtCounts<TDistances>(
        TDistances distances, int samples, ReadOnlySpan<double> probabilities, bool drawn, IReadOnlyList<int> counts, bool skipUndefined)
        where TDistances : struct, IPairDistances
    {
        if (samples == 0)
            throw new ArgumentException("A distance of samples needs at least one sample.", nameof(samples));
        foreach (var count in counts)
            if (count < 1 || count > samples)
                throw new ArgumentOutOfRangeException(nameof(counts), count, $"Counts run from 1 to {samples}, the number of samples.");

        // Row n of the distance matrix adds to what the rows before it summed to, so that every count reads its means off one pass.
        // d is symmetric: half of the matrix is enough.
        Mean cross = new(skipUndefined), among = new(skipUndefined), diagonal = new(skipUndefined);
        var atCount = new (Mean Cross, Mean Among, Mean Diagonal)[samples + 1];
        for (var sample = 0; sample < samples; sample++)
        {
            for (var mode = 0; mode < probabilities.Length; mode++)
                cross.Add(probabilities[mode], distances.Between(sample, mode));
            for (var earlier = 0; earlier < sample; earlier++)
                among.Add(2, distances.AmongSamples(sample, earlier));
            diagonal.Add(1, distances.AmongSamples(sample, sample));
            atCount[sample + 1] = (cross, among, diagonal);
        }

        var (allGraders, distinctGraders) = Diversity(distances, probabilities, skipUndefined);
        var result = new EnergyDistance[counts.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var at = atCount[counts[i]];
            result[i] = new EnergyDistance(at.Cross.Value, at.Among.With(at.Diagonal).Value, allGraders)
            {
                UnbiasedSampleDiversity = at.Among.Value,
                UnbiasedGraderDiversity = drawn ? distinctGraders : allGraders,
            };
        }
        return result;
    }

    /// <summary>Σᵢⱼ pᵢ pⱼ d(Yᵢ, Yⱼ), over all pairs and over those i ≠ j, each divided by the probability of its pairs.</summary>
    public static (double All, double Distinct) Diversity<TDistances>(TDistances distances, ReadOnlySpan<double> probabilities, bool skipUndefined)
        where TDistances : struct, IPairDistances
    {
        Mean among = new(skipUndefined), diagonal = new(skipUndefined);
        for (var mode = 0; mode < probabilities.Length; mode++)
        {
            for (var earlier = 0; earlier < mode; earlier++)
                among.Add(2 * probabilities[mode] * probabilities[earlier], distances.AmongModes(mode, earlier));
            diagonal.Add(probabilities[mode] * probabilities[mode], distances.AmongModes(mode, mode));
        }
        return (among.With(diagonal).Value, among.Value);
    }

    /// <summary>A weighted mean that grows; NaN of nothing.</summary>
    private struct Mean(bool skipUndefined)
    {
        private double _sum, _weight;

        public readonly double Value => _sum / _weight;

        public void Add(double weight, double value)
        {
            // What cannot occur has no say, not even that it is undefined.
            if (weight == 0 || (skipUndefined && double.IsNaN(value)))
                return;
            _sum += weight * value;
            _weight += weight;
        }

        public readonly Mean With(Mean other) => this with { _sum = _sum + other._sum, _weight = _weight + other._weight };
    }
}
