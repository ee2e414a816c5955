using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Runtime;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>Scores of predictions against graders, for F#.</summary>
public static class Evaluation
{
    /// <summary>Draws samples for every image and scores them: numbers of samples → images → model; or why the images do not fit. The seed is 1.</summary>
    public static FSharpFunc<FSharpList<GradedImage>, FSharpFunc<SegmentationModel, FSharpResult<EvaluationResult, string>>> score(FSharpList<int> counts) =>
        FuncConvert.FromFunc((FSharpList<GradedImage> images, SegmentationModel model) => Results.Of(() => Evaluator.Evaluate(model, images, counts)));

    /// <summary>The same with samples of another seed: seed → numbers of samples → images → model.</summary>
    public static FSharpFunc<FSharpList<int>, FSharpFunc<FSharpList<GradedImage>, FSharpFunc<SegmentationModel, FSharpResult<EvaluationResult, string>>>> scoreWith(long seed) =>
        FuncConvert.FromFunc((FSharpList<int> counts, FSharpList<GradedImage> images, SegmentationModel model) => Results.Of(() => Evaluator.Evaluate(model, images, counts, seed)));

    /// <summary>Scores any predictor, a function from an image to at least as many segmentations as the largest number: numbers → predict → images; or what does not fit.</summary>
    public static FSharpFunc<FSharpFunc<GradedImage, FSharpList<Segmentation>>, FSharpFunc<FSharpList<GradedImage>, FSharpResult<EvaluationResult, string>>> scoreBy(FSharpList<int> counts) =>
        FuncConvert.FromFunc((FSharpFunc<GradedImage, FSharpList<Segmentation>> predict, FSharpList<GradedImage> images) => Results.Of(() => Evaluator.Score(images, counts, predict.Invoke)));

    /// <summary>Scores the predictor that sees nothing anywhere: numbers of samples → images; or why that cannot be done.</summary>
    public static FSharpFunc<FSharpList<GradedImage>, FSharpResult<EvaluationResult, string>> allEmpty(FSharpList<int> counts) =>
        FuncConvert.FromFunc((FSharpList<GradedImage> images) => Results.Of(() => Evaluator.ScoreAllEmpty(images, counts)));

    /// <summary>GED² (V-statistic) for one of the numbers of samples, mean over images: number → result. <see cref="tryGed"/> is for a number that may not be among them.</summary>
    /// <exception cref="InputException">The number is none of those that the result was scored with.</exception>
    public static FSharpFunc<EvaluationResult, double> ged(int count) => FuncConvert.FromFunc((EvaluationResult result) => result.GedAt(count));

    /// <summary>The same, or nothing for a number that the result was not scored with: number → result.</summary>
    public static FSharpFunc<EvaluationResult, FSharpOption<double>> tryGed(int count) =>
        FuncConvert.FromFunc((EvaluationResult result) => result.Counts.Contains(count) ? FSharpOption<double>.Some(result.GedAt(count)) : FSharpOption<double>.None);

    /// <summary>Hungarian-matched IoU of the largest number, mean over images.</summary>
    public static double matchedIou(EvaluationResult result) => result.MatchedIou;

    /// <summary>The scores of every image as comma-separated values, for other programs: a line of names, then a line an image (<see cref="EvaluationReport.Csv"/>).</summary>
    public static string csv(EvaluationResult result) => EvaluationReport.Csv(result);

    /// <summary>The scores of every image.</summary>
    public static FSharpList<ImageScore> images(EvaluationResult result) => ListModule.OfSeq(result.Images);
}
