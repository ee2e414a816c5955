using FsCheck.Xunit;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class CalibrationTests
{
    private const double Rounding = 1e-12;

    [Property]
    public void Bins_AreThePixelsBetweenTheirEdges(int seed)
    {
        var random = new Random(seed);
        var bins = random.Next(1, 20);
        var (probabilities, frequencies) = Draw(random, bins);
        var calibration = Calibration.Of(probabilities, frequencies, bins);
        Assert.Equal(bins, calibration.Bins.Count);
        for (var bin = 0; bin < bins; bin++)
        {
            var (lower, upper) = ((double)bin / bins, (double)(bin + 1) / bins);
            var inside = probabilities.Zip(frequencies)
                .Where(pixel => (pixel.First > lower && pixel.First <= upper) || (bin == 0 && pixel.First == 0)).ToArray();
            Assert.Equal(inside.Length, calibration.Bins[bin].Count);
            Assert.Equal(inside.Select(pixel => (double)pixel.First).DefaultIfEmpty(double.NaN).Average(), calibration.Bins[bin].Confidence, Rounding);
            Assert.Equal(inside.Select(pixel => (double)pixel.Second).DefaultIfEmpty(double.NaN).Average(), calibration.Bins[bin].Frequency, Rounding);
        }
    }

    [Property]
    public void ExpectedError_IsTheGapOfTheBinsWeightedByTheirPixels(int seed)
    {
        var (probabilities, frequencies) = Draw(new Random(seed), Calibration.DefaultBins);
        var calibration = Calibration.Of(probabilities, frequencies);
        var gaps = calibration.Bins.Where(bin => bin.Count > 0).Sum(bin => (double)bin.Count / probabilities.Length * Math.Abs(bin.Frequency - bin.Confidence));
        Assert.Equal(gaps, calibration.ExpectedError, Rounding);
        Assert.Equal(probabilities.Length, calibration.Count);
        Assert.InRange(calibration.ExpectedError, 0, 1);
    }

    [Property]
    public void PartsMerged_AreTheWhole_InAnyOrder(int seed)
    {
        var random = new Random(seed);
        var (probabilities, frequencies) = Draw(random, Calibration.DefaultBins);
        var cut = random.Next(probabilities.Length + 1);
        var whole = Calibration.Of(probabilities, frequencies);
        var head = Calibration.Of(probabilities.AsSpan(0, cut), frequencies.AsSpan(0, cut));
        var tail = Calibration.Of(probabilities.AsSpan(cut), frequencies.AsSpan(cut));
        AssertEqual(whole, head.Merge(tail));
        AssertEqual(whole, tail.Merge(Calibration.Empty()).Merge(head));
    }

    [Property]
    public void APredictionThatIsTheFrequency_IsCalibrated(int seed)
    {
        var (probabilities, _) = Draw(new Random(seed), Calibration.DefaultBins);
        Assert.Equal(0, Calibration.Of(probabilities, probabilities).ExpectedError);
    }

    [Fact]
    public void ASurePredictionThatIsWrongEverywhere_IsOffByOne()
    {
        Assert.Equal(1, Calibration.Of([1, 1, 0], [0, 0, 1]).ExpectedError);
        Assert.Equal(0.5, Calibration.Of([1, 1, 1, 1], [0.5f, 0.5f, 0.25f, 0.75f]).ExpectedError);
    }

    [Fact]
    public void NothingCounted_HasNoError()
    {
        Assert.Equal(double.NaN, Calibration.Empty().ExpectedError);
        Assert.Equal(double.NaN, Calibration.Empty().Bins[3].Confidence);
        Assert.Equal(15, Calibration.Empty().Bins.Count);
    }

    [Fact]
    public void ImpossibleInputs_AreRefused()
    {
        Assert.Throws<ArgumentException>("frequencies", () => Calibration.Of([0.5f], [0.5f, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Of([1.5f], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Of([1], [float.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Of([1], [1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Empty(0));
        Assert.Throws<ArgumentException>(() => Calibration.Empty(15).Merge(Calibration.Empty(10)));
    }

    private static void AssertEqual(Calibration expected, Calibration actual)
    {
        foreach (var (a, b) in expected.Bins.Zip(actual.Bins))
        {
            Assert.Equal(a.Count, b.Count);
            Assert.Equal(a.ConfidenceSum, b.ConfidenceSum, Rounding * Math.Max(a.Count, 1));
            Assert.Equal(a.FrequencySum, b.FrequencySum, Rounding * Math.Max(a.Count, 1));
        }
    }

    /// <summary>Half of the probabilities lie on an edge of a bin or the next number beside it, 0 and 1 among them.</summary>
    private static (float[] Probabilities, float[] Frequencies) Draw(Random random, int bins)
    {
        var size = random.Next(1, 80);
        return ([.. Enumerable.Range(0, size).Select(_ => random.Next(2) == 0 ? random.NextSingle() : Edge())],
            [.. Enumerable.Range(0, size).Select(_ => random.Next(5) / 4f)]);

        float Edge()
        {
            var edge = (float)((double)random.Next(bins + 1) / bins);
            return Math.Clamp(random.Next(3) switch { 0 => MathF.BitDecrement(edge), 1 => MathF.BitIncrement(edge), _ => edge }, 0, 1);
        }
    }
}
