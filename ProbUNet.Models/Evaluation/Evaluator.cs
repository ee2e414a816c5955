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
    /// <summary>Draws samples of a network for every image and scores them.</summary>
    /// <param name="model">A network with the classes of the images.</param>
    /// <param name="images">Images of the network's size; at least one.</param>
    /// <param name="counts">Numbers of samples, for example 1, 4, 8, 16.</param>
    /// <param name="seed">Decides the samples; each image has its own stream, so that an image's score does not depend on the others.</param>
    /// <param name="progress">Told after each image how many are done.</param>
    /// <param name="cancellation">Ends it between two images.</param>
    /// <param name="ranks">Those who judge together, each a part of the images; every one of them gets the scores of all, the same for any number of ranks. One alone if left out.</param>
    /// <exception cref="InputException">An image is not of the network's size, or has other classes.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EvaluationResult Evaluate(SegmentationModel model, IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, long seed = 1,
        IProgress<int>? progress = null, CancellationToken cancellation = default, Communicator? ranks = null)
    {
        Fit.Check(model.Declaration, images);
        Check(images, counts);
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
    /// <exception cref="ArgumentException">There are no images or counts, or a predictor gives too few segmentations or some of another size or other classes.</exception>
    public static EvaluationResult Score(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, Func<GradedImage, IReadOnlyList<Segmentation>> predict)
    {
        Check(images, counts);
        return new EvaluationResult(counts, [.. images.Select(image => ScoreOf(image, counts, predict(image)))]);
    }

    /// <summary>Scores any predictor of probabilities: a function from an image to at least as many samples as the largest count, of which the first ones are judged.</summary>
    /// <exception cref="ArgumentException">There are no images or counts, or a predictor gives too few samples or some of another size or other classes.</exception>
    public static EvaluationResult Score(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts, Func<GradedImage, Prediction> predict)
    {
        Check(images, counts);
        return new EvaluationResult(counts, [.. images.Select(image => ScoreOf(image, counts, predict(image).First(counts.Max())))]);
    }

    private static void Check(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts)
    {
        if (counts.Count == 0 || images.Count == 0)
            throw new ArgumentException("A score needs at least one image and one number of samples.");
    }

    /// <summary>What segmentations say, and where graders drew binary masks, what the probabilities say pixel by pixel.</summary>
    private static ImageScore ScoreOf(GradedImage image, IReadOnlyList<int> counts, Prediction prediction)
    {
        var (score, reference) = (ScoreOf(image, counts, prediction.Samples), image.Reference);
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
        var (reference, classes) = (image.Reference, image.Classes);
        var samples = predicted.Take(counts.Max());
        if (classes.Count > 1 && reference.Modes[0].Labelled is var labelled)
            samples = samples.Select(sample => sample.Within(labelled));
        Segmentation[] drawn = [.. samples];
        var distances = PairDistances.To(drawn, reference, classes);
        var toTruth = image.Truth is not { } truth ? null : ReferenceEquals(truth, reference) ? distances : PairDistances.To(drawn, truth, classes);
        return new ImageScore(image.Name, image.Case, PairwiseEnergy.AtCounts(distances, counts), MatchedIou.Of(distances))
        {
            Dice = classes.Count > 1 || !reference.AreDraws ? null : Dice.Of(distances),
            Modes = toTruth is null ? null : ModeCoverage.Of(toTruth),
            SwitchedPixels = image.Truth?.Switches is { } switches ? Evaluation.SwitchedPixels.Of(drawn, image.Truth, switches) : null,
        };
    }

    /// <summary>The predictor that sees nothing anywhere, of any class: what every trained network must clearly beat.</summary>
    public static EvaluationResult ScoreAllEmpty(IReadOnlyList<GradedImage> images, IReadOnlyList<int> counts) =>
        Score(images, counts, image => [.. Enumerable.Repeat(
            Segmentation.Of([.. Enumerable.Repeat(BitMask.Empty(image.Height, image.Width), image.Classes.Count)]), counts.Max())]);
}
