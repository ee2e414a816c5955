using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Evaluation;

/// <summary>What a network says about one image.</summary>
/// <param name="Samples">[K, H, W] each: thresholded at a probability of one half for one class, the most probable class of each pixel for several.</param>
/// <param name="StandardDeviation">Of the probabilities over the samples, a pixel each, [H, W] in [0, 0.5]; of several classes, that of the class for which it is largest.</param>
public sealed record Prediction(IReadOnlyList<Segmentation> Samples, float[] StandardDeviation)
{
    /// <summary>The samples' probabilities of foreground, [n, H, W] row-major; empty of several classes.</summary>
    public float[] Probabilities { get; init; } = [];

    /// <summary>The mean of the probabilities over the samples, [K, H, W] row-major.</summary>
    public float[] Mean { get; init; } = [];

    /// <summary>Samples of one class, [H, W] each.</summary>
    /// <exception cref="InvalidOperationException">There are several classes.</exception>
    public IReadOnlyList<BitMask> Masks => [.. Samples.Select(sample => sample.Foreground)];
}

/// <summary>Scores of one image.</summary>
/// <param name="Image">Its name.</param>
/// <param name="Case">Its patient.</param>
/// <param name="EnergyDistances">GED² against the image's <see cref="GradedImage.Reference"/>, one for each count of the evaluation.</param>
/// <param name="MatchedIou">Hungarian-matched IoU of the largest count.</param>
public sealed record ImageScore(string Image, string Case, IReadOnlyList<EnergyDistance> EnergyDistances, double MatchedIou)
{
    /// <summary>Dice of the largest count; binary masks only.</summary>
    public DiceScores? Dice { get; init; }

    /// <summary>PHiSeg's normalised cross-correlation of the largest count; binary masks of networks only, and nothing where a map is constant.</summary>
    public double? CrossCorrelation { get; init; }

    /// <summary>Which modes the samples hit, where they are known.</summary>
    public ModeCoverage? Modes { get; init; }

    /// <summary>How many pixels the samples give to each switched class and to its alternate, in the order of the switches; where there are label switches only.</summary>
    public IReadOnlyList<SwitchedPixels>? SwitchedPixels { get; init; }

    /// <summary>How far the samples' pixel probabilities are from the graders' frequencies; binary masks of networks only.</summary>
    public Calibration? Calibration { get; init; }
}

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

    /// <summary>Calibration over all pixels of all images; nothing where no image has one.</summary>
    public Calibration? Calibration => Images.Select(image => image.Calibration).Where(each => each is not null).Aggregate((Calibration?)null, (all, each) => all?.Merge(each!) ?? each);
}

/// <summary>
/// Judges predictions against all graders of each image, or against the distribution that they are drawn from where they are drawn anew at each
/// visit (as the paper's released evaluation of Cityscapes does). Pixels that graders ignore are taken out of the predictions too.
/// </summary>
public static class Evaluator
{
    /// <summary>Draws samples of a network for every image and scores them.</summary>
    /// <param name="model">A network with the classes of the images.</param>
    /// <param name="images">Images of the network's size; at least one.</param>
    /// <param name="counts">Numbers of samples, for example 1, 4, 8, 16.</param>
    /// <param name="seed">Decides the samples; each image has its own stream, so that an image's score does not depend on the others.</param>
    /// <exception cref="InputException">An image is not of the network's size, or has other classes.</exception>
    public static EvaluationResult Evaluate(SegmentationModel model, IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, long seed = 1)
    {
        Fit.Check(model.Declaration, images);
        Check(images, counts);
        return new EvaluationResult(counts, [.. images.Select(image => Known(ScoreOf(image, counts, Predict(model, image, counts.Max(), seed))))]);

        // Samples that are no independent draws have no unbiased estimate.
        ImageScore Known(ImageScore score) => model.DistinctAnswers is null ? score : score with
        {
            EnergyDistances = [.. score.EnergyDistances.Select(distance => distance with { UnbiasedSampleDiversity = double.NaN })],
        };
    }

    /// <summary>Scores any predictor: a function from an image to at least as many segmentations [K, H, W] as the largest count.</summary>
    /// <exception cref="ArgumentException">There are no images or counts, or a predictor gives too few segmentations or some of another size or other classes.</exception>
    public static EvaluationResult Score(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, Func<GradedImage, IReadOnlyList<Segmentation>> predict)
    {
        Check(images, counts);
        return new EvaluationResult(counts, [.. images.Select(image => ScoreOf(image, counts, new Prediction(predict(image), [])))]);
    }

    private static void Check(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts)
    {
        if (counts.Count == 0 || images.Count == 0)
            throw new ArgumentException("A score needs at least one image and one number of samples.");
    }

    private static ImageScore ScoreOf(GradedImage image, IReadOnlyList<int> counts, Prediction prediction)
    {
        var (reference, classes) = (image.Reference, image.Classes);
        var samples = prediction.Samples.Take(counts.Max());
        if (classes.Count > 1 && reference.Modes[0].Labelled is var labelled)
            samples = samples.Select(sample => sample.Within(labelled));
        Segmentation[] drawn = [.. samples];
        var toTruth = image.Truth is { } truth ? PairDistances.ToTruth(drawn, truth, classes) : null;
        var distances = image.Graders.Count > 0 ? PairDistances.ToGraders(drawn, image.Graders, classes) : toTruth!;
        var score = new ImageScore(image.Name, image.Case, PairwiseEnergy.AtCounts(distances, counts), MatchedIou.Of(distances))
        {
            Modes = toTruth is null ? null : ModeCoverage.Of(toTruth),
            SwitchedPixels = image.Truth?.Switches is { } switches ? Evaluation.SwitchedPixels.Of(drawn, image.Truth, switches) : null,
        };
        if (classes.Count > 1 || image.Graders.Count == 0)
            return score;
        BitMask[] graders = [.. image.Graders.Select(grader => grader.Foreground)];
        score = score with { Dice = Dice.Between([.. drawn.Select(sample => sample.Foreground)], graders) };
        if (prediction.Probabilities.Length == 0)
            return score;
        var correlation = NormalizedCrossCorrelation.Between(prediction.Probabilities, graders);
        return score with
        {
            CrossCorrelation = double.IsNaN(correlation) ? null : correlation,
            Calibration = Calibration.Of(PixelMaps.MeanProbability(prediction.Probabilities, prediction.Samples.Count), PixelMaps.Frequency(graders)),
        };
    }

    /// <summary>The predictor that sees nothing anywhere, of any class: what every trained network must clearly beat.</summary>
    public static EvaluationResult ScoreAllEmpty(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts) =>
        Score(images, counts, image => [.. Enumerable.Repeat(
            Segmentation.Of([.. Enumerable.Repeat(BitMask.Empty(image.Height, image.Width), image.Classes.Count)]), counts.Max())]);

    /// <summary>Samples of a network for one image.</summary>
    /// <param name="model">A network with the classes of the image.</param>
    /// <param name="image">Of the network's size.</param>
    /// <param name="count">Samples; at least 1.</param>
    /// <param name="seed">With the image's name, decides the samples.</param>
    /// <exception cref="InputException">The image is not of the network's size, or has other classes.</exception>
    public static Prediction Predict(SegmentationModel model, GradedImage image, int count, long seed = 1)
    {
        Fit.Check(model.Declaration, [image]);
        using var scope = NewDisposeScope();
        using var random = RandomStream.For(seed, (long)Purpose.Evaluation, RandomStream.Key(image.Name)).Generator();
        var pixels = tensor(image.Pixels.ToArray(), [1, image.Channels, image.Height, image.Width], device: model.Device);
        var probabilities = model.Sample(pixels, count, random)[0].cpu();   // [count, K, H, W]
        var deviation = probabilities.std(0, unbiased: false).amax([0]).data<float>().ToArray();
        var values = model.Declaration.Classes == 1 ? probabilities.contiguous().data<float>().ToArray() : [];
        var samples = values.Length > 0 ? Thresholded(values, count, image.Height, image.Width) : SegmentationsOf(probabilities);
        return new Prediction(samples, deviation)
        {
            Probabilities = values,
            Mean = probabilities.mean([0]).contiguous().data<float>().ToArray(),
        };
    }

    /// <summary>Probabilities [n, K, H, W] as n segmentations: thresholded at one half for one class, the most probable class of each pixel for several.</summary>
    internal static Segmentation[] SegmentationsOf(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        var (count, classes, height, width) = ((int)probabilities.shape[0], (int)probabilities.shape[1], (int)probabilities.shape[2], (int)probabilities.shape[3]);
        if (classes == 1)
            return Thresholded(probabilities.cpu().contiguous().data<float>().ToArray(), count, height, width);
        var size = height * width;
        var labels = probabilities.argmax(1).to(uint8).cpu().contiguous().data<byte>().ToArray();
        return [.. Enumerable.Range(0, count).Select(sample => Segmentation.FromLabels(height, width, labels.AsSpan(sample * size, size), classes))];
    }

    /// <summary>Probabilities of foreground [n, H, W] as n masks.</summary>
    private static Segmentation[] Thresholded(float[] values, int count, int height, int width) => [.. Enumerable.Range(0, count).Select(sample => Segmentation.Binary(
        BitMask.From<float>(height, width, values.AsSpan(sample * height * width, height * width), probability => probability > 0.5f)))];
}
