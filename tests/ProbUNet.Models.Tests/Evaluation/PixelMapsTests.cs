using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class PixelMapsTests
{
    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool Frequency_IsTheShareOfMasks_PixelByPixel(MaskSets sets) =>
        PixelMaps.Frequency(sets.GraderMasks).SequenceEqual(
            Enumerable.Range(0, sets.Height * sets.Width).Select(pixel => (float)sets.Graders.Count(grader => grader[pixel]) / sets.Graders.Count));

    [Property(Arbitrary = [typeof(MaskSets)])]
    public bool MeanProbabilityOfHardSamples_IsTheirFrequency(MaskSets sets)
    {
        float[] samples = [.. sets.Samples.SelectMany(sample => sample.Select(pixel => pixel ? 1f : 0f))];
        return PixelMaps.MeanProbability(samples, sets.Samples.Count).SequenceEqual(PixelMaps.Frequency(sets.SampleMasks));
    }

    [Property]
    public void MeanProbability_IsTheMean_PixelByPixel(int seed)
    {
        var random = new Random(seed);
        var (count, size) = (random.Next(1, 6), random.Next(1, 30));
        float[] samples = [.. Enumerable.Range(0, count * size).Select(_ => random.NextSingle())];
        var mean = PixelMaps.MeanProbability(samples, count);
        Assert.Equal(size, mean.Length);
        for (var pixel = 0; pixel < size; pixel++)
            Assert.Equal(Enumerable.Range(0, count).Average(sample => (double)samples[sample * size + pixel]), mean[pixel], 1e-7);
    }

    [Property]
    public void Entropy_IsItsDefinition_AlikeForBothClasses_AndLargestAtOneHalf(int seed)
    {
        // Dyadic, so that 1 − p is exact.
        var p = new Random(seed).Next(1, 4096) / 4096f;
        var entropy = PixelMaps.Entropy([p, 1 - p, 0.5f]);
        Assert.Equal(-p * Math.Log(p) - (1.0 - p) * Math.Log(1.0 - p), entropy[0], 1e-7);
        Assert.Equal(entropy[0], entropy[1]);
        Assert.InRange(entropy[0], float.Epsilon, entropy[2]);
    }

    [Property]
    public void OfSeveralClasses_EntropyAndTheMostProbable_AreTheirDefinitions(int seed)
    {
        var random = new Random(seed);
        var (classes, size) = (random.Next(2, 6), random.Next(1, 30));
        // Few values, so that classes are often equally probable.
        float[] probabilities = [.. Enumerable.Range(0, classes * size).Select(_ => random.Next(5) / 4f)];
        var (entropy, labels) = (PixelMaps.Entropy(probabilities, classes), PixelMaps.MostProbable(probabilities, classes));
        Assert.Equal((size, size), (entropy.Length, labels.Length));
        for (var pixel = 0; pixel < size; pixel++)
        {
            double[] p = [.. Enumerable.Range(0, classes).Select(@class => probabilities[@class * size + pixel])];
            Assert.Equal(p.Sum(each => each == 0 ? 0 : -each * Math.Log(each)), entropy[pixel], 1e-6);
            Assert.Equal(Array.IndexOf(p, p.Max()), labels[pixel]);
        }
    }

    [Fact]
    public void OfOneClass_ForegroundIsWhatIsLikelierThanNot() => Assert.Equal([0, 0, 1, 1, 0], PixelMaps.MostProbable([0, 0.5f, 0.5000001f, 1, float.NaN], 1));

    [Property]
    public void StandardDeviation_IsItsDefinition(int seed)
    {
        var random = new Random(seed);
        var (count, size) = (random.Next(1, 6), random.Next(1, 30));
        float[] samples = [.. Enumerable.Range(0, count * size).Select(_ => random.NextSingle())];
        var deviations = PixelMaps.StandardDeviation(samples, count);
        for (var pixel = 0; pixel < size; pixel++)
        {
            double[] values = [.. Enumerable.Range(0, count).Select(sample => (double)samples[sample * size + pixel])];
            Assert.Equal(Math.Sqrt(values.Average(value => value * value) - Math.Pow(values.Average(), 2) is var square and > 0 ? square : 0), deviations[pixel], 1e-6);
        }
        Assert.Equal([0.5f], PixelMaps.StandardDeviation([0, 1], 2));
    }

    [Fact]
    public void Entropy_IsInNats_AndNothingWhereAPixelIsSure() =>
        Assert.Equal([0, (float)Math.Log(2), 0], PixelMaps.Entropy([0, 0.5f, 1]));

    [Fact]
    public void ImpossibleInputs_AreRefused()
    {
        Assert.Throws<ArgumentException>("masks", () => PixelMaps.Frequency([]));
        Assert.Contains("4x5", Assert.Throws<ArgumentException>("masks", () => PixelMaps.Frequency([BitMask.Empty(4, 4), BitMask.Empty(4, 5)])).Message);
        Assert.Throws<ArgumentException>("samples", () => PixelMaps.MeanProbability([0, 0, 0], 2));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => PixelMaps.MeanProbability([0, 0, 0], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelMaps.MeanProbability([-3], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelMaps.Entropy([float.NaN]));
        Assert.Throws<ArgumentException>("probabilities", () => PixelMaps.Entropy([0, 0, 0], 2));
        Assert.Throws<ArgumentException>("probabilities", () => PixelMaps.MostProbable([0, 0, 0], 2));
        Assert.Throws<ArgumentOutOfRangeException>("classes", () => PixelMaps.MostProbable([0], 0));
    }
}
