namespace ProbUNet.Models.Evaluation;

/// <summary>The estimator of the generalised energy distance as a fold over distances: V- and U-statistic at several numbers of samples, in one pass.</summary>
internal static class PairwiseEnergy
{
    /// <summary>The energy distances of the first n samples to modes with probabilities, for several n.</summary>
    /// <param name="distances">Of the samples and modes.</param>
    /// <param name="counts">The n, each from 1 to the number of samples.</param>
    public static EnergyDistance[] AtCounts(PairDistances distances, IReadOnlyList<int> counts)
    {
        var samples = distances.Samples;
        if (samples == 0)
            throw new ArgumentException("A distance of samples needs at least one sample.", nameof(samples));
        foreach (var count in counts)
            if (count < 1 || count > samples)
                throw new ArgumentOutOfRangeException(nameof(counts), count, $"Counts run from 1 to {samples}, the number of samples.");

        // Row n of the distance matrix adds to what the rows before it summed to, so that every count reads its means off one pass.
        Mean cross = new(distances.SkipsUndefined), among = cross, diagonal = cross;
        var atCount = new (Mean Cross, Mean Among, Mean Diagonal)[samples + 1];
        for (var sample = 0; sample < samples; sample++)
        {
            for (var mode = 0; mode < distances.Modes; mode++)
                cross.Add(distances.Weights[mode], distances.Between(sample, mode));
            for (var earlier = 0; earlier < sample; earlier++)
                among.Add(2, distances.AmongSamples(sample, earlier));
            diagonal.Add(1, distances.AmongSamples(sample, sample));
            atCount[sample + 1] = (cross, among, diagonal);
        }

        var (allGraders, distinctGraders) = Diversity(distances);
        var result = new EnergyDistance[counts.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var at = atCount[counts[i]];
            result[i] = new EnergyDistance(at.Cross.Value, at.Among.With(at.Diagonal).Value, allGraders)
            {
                UnbiasedSampleDiversity = at.Among.Value,
                UnbiasedGraderDiversity = distances.AreDraws ? distinctGraders : allGraders,
            };
        }
        return result;
    }

    /// <summary>Σᵢⱼ pᵢ pⱼ d(Yᵢ, Yⱼ), over all pairs and over those i ≠ j, each divided by the probability of its pairs.</summary>
    public static (double All, double Distinct) Diversity(PairDistances distances)
    {
        var probabilities = distances.Weights;
        Mean among = new(distances.SkipsUndefined), diagonal = among;
        for (var mode = 0; mode < probabilities.Count; mode++)
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
