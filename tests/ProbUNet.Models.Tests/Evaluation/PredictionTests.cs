using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Evaluation;

public class PredictionTests
{
    [Property(MaxTest = 50)]
    public void AllFollowsFromTheProbabilities_AsTensorsSayIt(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var (count, classes, height, width) = (random.Next(1, 5), random.Next(1, 4), random.Next(1, 6), random.Next(1, 6));
        float[] values = [.. Enumerable.Range(0, count * classes * height * width).Select(_ => random.NextSingle())];
        var prediction = new Prediction(values, count, classes, height, width);
        var probabilities = tensor(values, [count, classes, height, width]);

        var labels = classes == 1 ? probabilities.gt(0.5).squeeze(1) : probabilities.argmax(1);
        Assert.Equal(labels.to(uint8).contiguous().data<byte>().ToArray(), prediction.Samples.SelectMany(sample => sample.Labels()));
        Near(probabilities.mean([0]), prediction.Mean);
        Near(probabilities.std(0, unbiased: false).amax([0]), prediction.StandardDeviation);

        var first = prediction.First(1 + random.Next(count));
        Assert.Equal(prediction.Samples.Take(first.Count), first.Samples);
        Near(probabilities[..first.Count].mean([0]), first.Mean);
    }

    [Property(MaxTest = 20)]
    public void AForeignModelOfProbabilities_HasTheScoresOfItsSegmentations_AndThoseOfPixels(int seed)
    {
        var random = RandomStream.For(seed);
        var image = ToyData.Squares(1)[0];
        var prediction = new Prediction(Enumerable.Range(0, 5 * 64).Select(_ => (float)random.NextDouble()).ToArray(), 5, 1, 8, 8);
        var judged = Evaluator.Score([image], [1, 4], _ => prediction).Images[0];
        var bySegmentations = Evaluator.Score([image], [1, 4], _ => prediction.Samples).Images[0];
        Assert.Equal(bySegmentations.EnergyDistances, judged.EnergyDistances);
        Assert.Equal((bySegmentations.MatchedIou, bySegmentations.Dice), (judged.MatchedIou, judged.Dice));
        Assert.Null(bySegmentations.CrossCorrelation);
        Assert.Null(bySegmentations.Calibration);

        BitMask[] graders = [.. image.Graders.Select(grader => grader.Foreground)];
        var four = prediction.First(4);   // the fifth was not asked for
        Assert.Equal(NormalizedCrossCorrelation.Between(four.Probabilities.Span, graders), judged.CrossCorrelation);
        Assert.Equal(Calibration.Of(four.Mean, PixelMaps.Frequency(graders)).Bins, judged.Calibration!.Bins);
    }

    [Fact]
    public void WhatIsNoPrediction_IsRefused()
    {
        Assert.Contains("2 samples of 1x2x2 are not 7 probabilities", Assert.Throws<ArgumentException>("probabilities", () => new Prediction(new float[7], 2, 1, 2, 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>("count", () => new Prediction(Array.Empty<float>(), 0, 1, 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>("classes", () => new Prediction(new float[4 * 256], 1, 256, 2, 2));
        Assert.Contains("sigmoid", Assert.Throws<ArgumentOutOfRangeException>(() => new Prediction(new[] { 1.5f }, 1, 1, 1, 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>("count", () => new Prediction(new float[2], 2, 1, 1, 1).First(3));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => new Prediction(new float[2], 2, 1, 1, 1).First(0));
        Assert.Throws<InputException>(() => Evaluator.Score(ToyData.Squares(1), [2], _ => new Prediction(new float[64], 1, 1, 8, 8)));
    }

    [Fact]
    public void ANetworkThatHasDiverged_DrawsNothing_AndItsMapsAreRefused()
    {
        var prediction = new Prediction(new[] { float.NaN, 1 }, 1, 1, 1, 2);
        Assert.Equal([0, 1], prediction.Samples[0].Labels());
        Assert.Throws<ArgumentOutOfRangeException>(() => prediction.Mean);
    }

    private static void Near(Tensor expected, float[] actual) =>
        Assert.All(expected.contiguous().data<float>().ToArray().Zip(actual, (one, other) => Math.Abs(one - other)), difference => Assert.InRange(difference, 0, 1e-6));
}
