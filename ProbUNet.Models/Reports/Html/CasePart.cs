using System.Globalization;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports.Drawing;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Reports.Html;

/// <summary>An image with what was drawn for it.</summary>
/// <param name="Rank">Which it is among all: <c>worst</c>, <c>median</c> …</param>
/// <param name="Image">The image with its graders.</param>
/// <param name="Score">How near the samples are.</param>
/// <param name="Prediction">The samples that were judged.</param>
internal sealed record ReportedCase(string Rank, GradedImage Image, ImageScore Score, Prediction Prediction)
{
    /// <summary>The images that a report shows: the worst ones first, then the median and the best, by GED² at the largest number of samples; each once.</summary>
    /// <param name="result">The scores of all images.</param>
    /// <param name="worst">How many of the worst; at least 0.</param>
    public static IReadOnlyList<(string Rank, int Place)> Choose(EvaluationResult result, int worst)
    {
        var at = result.Counts.ToList().IndexOf(result.Counts.Max());
        // The order of the set breaks ties.
        var order = Enumerable.Range(0, result.Images.Count).OrderByDescending(place => Math.Round(result.Images[place].EnergyDistances[at].Squared, 9)).ToList();
        return
        [
            .. order.Take(worst).Select((place, i) => (string.Create(CultureInfo.InvariantCulture, $"Worst {i + 1} of {order.Count}"), place)),
            .. new[] { ("Median", order.Count / 2), ("Best", order.Count - 1) }.Where(each => each.Item2 >= worst).DistinctBy(each => each.Item2).Select(each => (each.Item1, order[each.Item2])),
        ];
    }
}

/// <summary>Images with graders, samples, and what the samples say pixel by pixel.</summary>
internal static class CasePart
{
    /// <summary>Graders, or draws from the truth, that are shown.</summary>
    private const int MostGraders = 4;

    private const float LargestDeviation = 0.5f;

    /// <summary>The part.</summary>
    /// <param name="cases">In their order.</param>
    /// <param name="counts">The numbers of samples, in the order of the scores.</param>
    public static Part Of(IReadOnlyList<ReportedCase> cases, IReadOnlyList<int> counts) => new("cases", "Cases, the worst first",
    [
        P($"Where the samples are furthest from the graders: that is what to look at before anything is believed. Cases are in the order of GED² at n = {N(counts.Max())}; a median and the best case follow for scale. "
            + "The mean is that of the sampled probabilities; its entropy, in nats, is the uncertainty of a pixel whatever it comes from; the standard deviation over samples is the part of it that the latent, or what stands in its place, accounts for."),
        .. cases.Select((each, i) => Case(each, $"case{i}", counts.ToList().IndexOf(counts.Max()))),
    ]);

    private static Element Case(ReportedCase shown, string id, int most)
    {
        var (image, prediction) = (shown.Image, shown.Prediction);
        var distance = shown.Score.EnergyDistances[most];
        var graders = Graders(image);
        return E("article",
            E("h3", $"{shown.Rank}: {image.Name}"),
            P("GED² ", Number(distance.Squared), " = 2 · ", Number(distance.CrossDistance), " (samples to graders) − ", Number(distance.SampleDiversity), " (among samples) − ", Number(distance.GraderDiversity), " (among graders); matched IoU ", Number(shown.Score.MatchedIou), "."),
            E("div", [Pane(Drawings.Image(image, $"{id}-image", $"{image.Name}: image"), "image"), .. GraderPanes(image, graders, id), .. Maps(image, prediction)]).Class(Size(image)),
            E("div", [.. prediction.Samples.Select((sample, i) => Pane(Drawings.Mask(sample, image, $"{id}-image", "sample", $"{image.Name}: sample {N(i + 1)}"), $"sample {N(i + 1)}"))]).Class(Size(image)),
            Drawings.Key(image.Classes, [.. graders, .. prediction.Samples])).Class("case");
    }

    /// <summary>The graders of an image, or some draws from its truth.</summary>
    public static IReadOnlyList<Segmentation> Graders(GradedImage image) => [.. image.Shown(MostGraders).Take(MostGraders)];

    /// <summary>A pane for each of them.</summary>
    public static IEnumerable<Markup> GraderPanes(GradedImage image, IReadOnlyList<Segmentation> graders, string id)
    {
        var name = image.Grading is Grading.DrawnAnew ? "true draw" : "grader";
        return graders.Select((grader, i) => (Markup)Pane(Drawings.Mask(grader, image, $"{id}-image", "grader", $"{image.Name}: {name} {N(i)}"), $"{name} {N(i)}"));
    }

    /// <summary>A small picture and its name.</summary>
    public static Element Pane(Element picture, params IReadOnlyList<Markup> name) => Figure(picture, name).Class("small");

    /// <summary>The class of panes in a row: wide images take more of it.</summary>
    public static string Size(GradedImage image) => image.Width > 1.5 * image.Height ? "panes wide" : "panes";

    private static IEnumerable<Markup> Maps(GradedImage image, Prediction prediction)
    {
        var (classes, height, width) = (image.Classes.Count, image.Height, image.Width);
        if (prediction.Mean.Length == 0 || Array.Exists(prediction.Mean, float.IsNaN))
            yield break;
        var entropy = PixelMaps.Entropy(prediction.Mean, classes);
        var largest = classes == 1 ? MathF.Log(2) : (float)Scale.RoundUp(entropy.Max(), 5);
        yield return classes == 1
            ? Pane(Drawings.Map(prediction.Mean, height, width, 1, $"{image.Name}: mean probability"), "mean", Drawings.MapScale(1))
            : Pane(Drawings.Mask(Segmentation.FromLabels(height, width, PixelMaps.MostProbable(prediction.Mean, classes), classes), image, "", "sample", $"{image.Name}: most probable class"), "most probable");
        yield return Pane(Drawings.Map(entropy, height, width, largest, $"{image.Name}: entropy"), "entropy", Drawings.MapScale(largest));
        yield return Pane(Drawings.Map(prediction.StandardDeviation, height, width, LargestDeviation, $"{image.Name}: standard deviation"), "std. dev.", Drawings.MapScale(LargestDeviation));
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
