using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Evaluation;

/// <summary>What a network says about one image.</summary>
/// <param name="Masks">Samples [H, W], thresholded at a probability of one half.</param>
/// <param name="StandardDeviation">Of the probabilities over the samples, a pixel each, [H, W] in [0, 0.5].</param>
public sealed record Prediction(IReadOnlyList<BitMask> Masks, float[] StandardDeviation);

/// <summary>Scores of one image.</summary>
/// <param name="Image">Its name.</param>
/// <param name="Case">Its patient.</param>
/// <param name="EnergyDistances">GED² against the image's graders, one for each count of the evaluation.</param>
/// <param name="MatchedIou">Hungarian-matched IoU of the largest count.</param>
public sealed record ImageScore(string Image, string Case, IReadOnlyList<EnergyDistance> EnergyDistances, double MatchedIou);

/// <summary>Scores of all images.</summary>
/// <param name="Counts">The numbers of samples; the first n of those drawn count for n.</param>
/// <param name="Images">One score an image.</param>
public sealed record EvaluationResult(IReadOnlyList<int> Counts, IReadOnlyList<ImageScore> Images)
{
    /// <summary>GED² (V-statistic) for a number of samples, mean over images.</summary>
    /// <exception cref="ArgumentException">The number is not among <see cref="Counts"/>.</exception>
    public double GedAt(int count)
    {
        var place = Counts.ToList().IndexOf(count);
        return place >= 0 ? Images.Average(image => image.EnergyDistances[place].Squared) : throw new ArgumentException($"{count} is not among the counts {string.Join(", ", Counts)}.", nameof(count));
    }

    /// <summary>Hungarian-matched IoU of the largest count, mean over images.</summary>
    public double MatchedIou => Images.Average(image => image.MatchedIou);
}

/// <summary>Judges predictions of binary masks against all graders of each image.</summary>
public static class Evaluator
{
    /// <summary>Draws samples of a network for every image and scores them.</summary>
    /// <param name="model">A network with one class.</param>
    /// <param name="images">Images of the network's size; at least one.</param>
    /// <param name="counts">Numbers of samples, for example 1, 4, 8, 16.</param>
    /// <param name="seed">Decides the samples; each image has its own stream, so that an image's score does not depend on the others.</param>
    /// <exception cref="InputException">An image is not of the network's size, or the network's masks are not binary.</exception>
    public static EvaluationResult Evaluate(SegmentationModel model, IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, long seed = 1)
    {
        Fit.Check(model.Declaration, images);
        return Score(images, counts, image => Predict(model, image, counts.Max(), seed).Masks);
    }

    /// <summary>Scores any predictor: a function from an image to at least as many masks as the largest count.</summary>
    /// <exception cref="ArgumentException">There are no images or counts, or a predictor gives too few masks or masks of another size.</exception>
    public static EvaluationResult Score(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, Func<GradedImage, IReadOnlyList<BitMask>> predict) => new(
        counts.Count > 0 && images.Count > 0 ? counts : throw new ArgumentException("A score needs at least one image and one number of samples."),
        [.. images.Select(image =>
        {
            var samples = predict(image).Take(counts.Max()).ToArray();
            return new ImageScore(image.Name, image.Case, GeneralizedEnergyDistance.AtCounts(samples, image.Graders, counts), MatchedIou.Between(samples, image.Graders));
        })]);

    /// <summary>The predictor that sees nothing anywhere: what every trained network must clearly beat.</summary>
    public static EvaluationResult ScoreAllEmpty(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts) =>
        Score(images, counts, image => [.. Enumerable.Repeat(BitMask.Empty(image.Height, image.Width), counts.Max())]);

    /// <summary>Samples of a network for one image.</summary>
    /// <param name="model">A network with one class.</param>
    /// <param name="image">Of the network's size.</param>
    /// <param name="count">Samples; at least 1.</param>
    /// <param name="seed">With the image's name, decides the samples.</param>
    /// <exception cref="InputException">The image is not of the network's size, or the network's masks are not binary.</exception>
    public static Prediction Predict(SegmentationModel model, GradedImage image, int count, long seed = 1)
    {
        Fit.Check(model.Declaration, [image]);
        using var scope = NewDisposeScope();
        using var random = new Generator(RandomStream.For(seed, (long)Purpose.Evaluation, RandomStream.Key(image.Name)).NextUInt64());
        var pixels = tensor(image.Pixels.ToArray(), [1, image.Channels, image.Height, image.Width], device: model.Device);
        var probabilities = model.Sample(pixels, count, random)[0, TensorIndex.Colon, 0].cpu();   // [count, H, W]
        var deviation = probabilities.std(0, unbiased: false).data<float>().ToArray();
        var values = probabilities.contiguous().data<float>().ToArray();
        var size = image.Height * image.Width;
        var masks = Enumerable.Range(0, count).Select(sample =>
            BitMask.From<float>(image.Height, image.Width, values.AsSpan(sample * size, size), probability => probability > 0.5f));
        return new Prediction([.. masks], deviation);
    }
}
