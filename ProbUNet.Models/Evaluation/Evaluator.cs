using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// Judges predictions against all graders of each image, or against the distribution that they are drawn from where they are drawn anew at each
/// visit (as the paper's released evaluation of Cityscapes does). Pixels that graders ignore are taken out of the predictions too.
/// </summary>
public static class Evaluator
{
    /// <summary>The scores compare each sample with each other, whose distances shall be held in memory.</summary>
    private const int MostSamples = 10_000;

    /// <summary>Draws samples of a network for every image and scores them.</summary>
    /// <param name="model">A network with the classes of the images.</param>
    /// <param name="images">Images of the network's size; at least one.</param>
    /// <param name="counts">Numbers of samples, for example 1, 4, 8, 16; at least one, each from 1 to 10000.</param>
    /// <param name="seed">Decides the samples; each image has its own stream, so that an image's score does not depend on the others.</param>
    /// <param name="progress">Told after each image how many are done.</param>
    /// <param name="cancellation">Ends it between two images.</param>
    /// <param name="ranks">Those who judge together, each a part of the images; every one of them gets the scores of all, the same for any number of ranks. One alone if left out.</param>
    /// <exception cref="InputException">
    /// There are no images or no numbers, a number is not from 1 to 10000, or an image is not of the network's size, has other classes or has no graders; or what the network draws is no number any more.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EvaluationResult Evaluate(SegmentationModel model, IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, long seed = 1,
        IProgress<int>? progress = null, CancellationToken cancellation = default, Communicator? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(images, counts);
        Fit.Check(model.Declaration, images);
        ranks ??= Communicator.Alone;
        return new EvaluationResult(counts, ranks.Map(images.Count, place =>
        {
            cancellation.ThrowIfCancellationRequested();
            var score = Known(ScoreOf(images[place], counts, Predictor.Predict(model, images[place], counts.Max(), seed)));
            progress?.Report(Math.Min(images.Count, place - ranks.Rank + ranks.Size));
            return score;
        }));

        // Samples that are no independent draws have no unbiased estimate.
        ImageScore Known(ImageScore score) => model.DistinctAnswers is null ? score : score with
        {
            EnergyDistances = [.. score.EnergyDistances.Select(distance => distance with { UnbiasedSampleDiversity = double.NaN })],
        };
    }

    /// <summary>
    /// Scores any predictor: a function from an image to at least as many segmentations [K, H, W] as the largest count. One that tells probabilities has more
    /// scores: see the other one.
    /// </summary>
    /// <exception cref="InputException">There are no images or no numbers, a number is not from 1 to 10000, or an image has no graders; or a predictor gives too few segmentations or some of another size or other classes.</exception>
    public static EvaluationResult Score(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, Func<GradedImage, IReadOnlyList<Segmentation>> predict)
    {
        Check(images, counts);
        return new EvaluationResult(counts, [.. images.Select(image => ScoreOf(image, counts, predict(image)))]);
    }

    /// <summary>Scores any predictor of probabilities: a function from an image to at least as many samples as the largest count, of which the first ones are judged.</summary>
    /// <exception cref="InputException">There are no images or no numbers, a number is not from 1 to 10000, or an image has no graders; or a predictor gives too few samples, some of another size or other classes, or no numbers.</exception>
    public static EvaluationResult Score(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, Func<GradedImage, Prediction> predict)
    {
        Check(images, counts);
        return new EvaluationResult(counts, [.. images.Select(image => ScoreOf(image, counts, Enough(predict(image))))]);

        // Too few are refused where they are judged.
        Prediction Enough(Prediction prediction) => prediction.First(Math.Min(counts.Max(), prediction.Count));
    }

    private static void Check(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(counts);
        if (images.Count == 0)
            throw new InputException("The images", "there are none", "give at least one");
        if (counts.Count == 0)
            throw new InputException("The numbers of samples", "there are none", "give at least one, for example 16");
        InputException.Refuse(counts.Any(count => count is < 1 or > MostSamples), "The numbers of samples", string.Join(", ", counts), $"numbers from 1 to {MostSamples}, for example 1, 4, 8, 16");
    }

    /// <summary>What an image is judged against.</summary>
    /// <exception cref="InputException">There is nothing.</exception>
    private static ModeDistribution ReferenceOf(GradedImage image) =>
        image.Grading.Reference ?? throw new InputException(image.Name, "nobody has graded this image", "judge by images that have graders");

    /// <summary>Refuses what is no prediction of an image.</summary>
    /// <exception cref="InputException">There are too few segmentations, or some of another size or other classes.</exception>
    private static void Check(GradedImage image, int count, IReadOnlyList<Segmentation> predicted)
    {
        if (predicted.Count < count)
            throw new InputException($"The prediction for {image.Name}", $"its segmentations are {predicted.Count}, and the first {count} are judged", $"predict at least {count}, or score smaller numbers of samples");
        if (predicted.Take(count).FirstOrDefault(drawn => (drawn.Classes, drawn.Height, drawn.Width) != (image.Classes.Count, image.Height, image.Width)) is { } other)
            throw new InputException($"The prediction for {image.Name}", $"a segmentation is {other.Classes}x{other.Height}x{other.Width} and the image's are {image.Classes.Count}x{image.Height}x{image.Width}",
                "predict the classes of the image at its size");
    }

    /// <summary>What segmentations say, and where graders drew binary masks, what the probabilities say pixel by pixel.</summary>
    private static ImageScore ScoreOf(GradedImage image, IReadOnlyList<int> counts, Prediction prediction)
    {
        var (score, reference) = (ScoreOf(image, counts, prediction.Samples), ReferenceOf(image));
        prediction.CheckNumbers(image.Name);
        if (image.Classes.Count > 1 || !reference.AreDraws)
            return score;
        BitMask[] graders = [.. reference.Modes.Select(grader => grader.Foreground)];
        var correlation = NormalizedCrossCorrelation.Between(prediction.Probabilities.Span, graders);
        return score with
        {
            CrossCorrelation = double.IsNaN(correlation) ? null : correlation,
            Calibration = Calibration.Of(prediction.Mean, PixelMaps.Frequency(graders)),
        };
    }

    private static ImageScore ScoreOf(GradedImage image, IReadOnlyList<int> counts, IReadOnlyList<Segmentation> predicted)
    {
        var (reference, classes) = (ReferenceOf(image), image.Classes);
        Check(image, counts.Max(), predicted);
        var drawn = Judged(image, predicted.Take(counts.Max()));
        var distances = PairDistances.To(drawn, reference, classes);
        var toTruth = image.Truth is not { } truth ? null : ReferenceEquals(truth, reference) ? distances : PairDistances.To(drawn, truth, classes);
        return new ImageScore(image.Name, image.Case, PairwiseEnergy.AtCounts(distances, counts), MatchedIou.Of(distances))
        {
            Dice = classes.Count > 1 || !reference.AreDraws ? null : Dice.Of(distances),
            Modes = toTruth is null ? null : ModeCoverage.Of(toTruth),
            SwitchedPixels = image.Truth?.Switches is { } switches ? Evaluation.SwitchedPixels.Of(drawn, image.Truth, switches) : null,
        };
    }

    /// <summary>How far a network's samples are from an image's graders, without what these ignore.</summary>
    /// <exception cref="InputException">A probability is NaN.</exception>
    internal static EnergyDistance DistanceOf(GradedImage image, Prediction prediction)
    {
        prediction.CheckNumbers(image.Name);
        return GeneralizedEnergyDistance.Between(Judged(image, prediction.Samples), image.Reference, image.Classes);
    }

    /// <summary>Segmentations without what an image's graders ignore, which is nobody's to judge.</summary>
    private static Segmentation[] Judged(GradedImage image, IEnumerable<Segmentation> drawn) =>
        image.Classes.Count > 1 && image.Reference.Modes[0].Labelled is var labelled ? [.. drawn.Select(sample => sample.Within(labelled))] : [.. drawn];

    /// <summary>The predictor that sees nothing anywhere, of any class: what every trained network must clearly beat.</summary>
    /// <exception cref="InputException">There are no images or no numbers, a number is not from 1 to 10000, or an image has no graders.</exception>
    public static EvaluationResult ScoreAllEmpty(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts) =>
        Score(images, counts, image => [.. Enumerable.Repeat(
            Segmentation.Of([.. Enumerable.Repeat(BitMask.Empty(image.Height, image.Width), image.Classes.Count)]), counts.Max())]);
}
