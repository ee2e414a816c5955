using System.Globalization;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Html;
using ProbUNet.Models.Training;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Comparison;

/// <summary>A comparison in one document: the paper's Fig. 4 with its numbers, the same cases for every system, how they were trained, and how to have it again.</summary>
internal static class ComparisonPage
{
    /// <summary>Samples of a case that are shown of each system.</summary>
    private const int MostSamples = 8;

    /// <summary>The document.</summary>
    public static string Document(ComparisonContent content) => Page.Document(
        $"The paper’s five systems on {ComparisonReport.NameOf(content.Result)}", Verdict(content.Result),
        new[] { Figure4(content.Result), Terms(content.Result), Cases(content), Training(content), content.Provenance.Part() }.OfType<Part>(), content.Date);

    private static Element Verdict(ComparisonResult result)
    {
        var most = result.Plan.Counts.Max();
        var best = result.Systems.MinBy(system => system.Ged[Key(most)].Mean)!;
        var interval = best.Ged[Key(most)];
        return P($"Trained alike and with {GedParts.Samples(most)} an image, ", E("strong", best.Title), " comes nearest to the graders: GED² ", E("strong", Number(interval.Mean)), " ", Interval(interval.Lower, interval.Upper),
            string.Create(CultureInfo.InvariantCulture, $" on {result.TestImages} test images of {result.TestCases} cases; a predictor that sees nothing anywhere reaches "), Number(result.AllEmpty[Key(most)]),
            result.Attainable is { } attainable ? All([", and true draws ", Number(attainable[Key(most)])]) : Markup.None, ".").Class("verdict");
    }

    private static Part Figure4(ComparisonResult result)
    {
        var (counts, binary) = (result.Plan.Counts, result.Classes == 1);
        var rows = result.Systems.Select(system => new Row([
            system.Title,
            .. counts.Select(count => All([Cell(system.Ged[Key(count)]), PaperFigure4.Of(system.Key, binary, count) is { } paper ? E("span", "(", Number(paper, "F2"), ")").Class("paper") : Markup.None])),
            Cell(system.MatchedIou), ComparisonReport.Cost(system), Number(system.Networks.Sum(network => network.Seconds.Average()) / 60, "F1"),
        ]) { Id = $"system-{system.Key}" }).ToList();
        rows.Add(new(["sees nothing", .. counts.Select(count => Number(result.AllEmpty[Key(count)])), "", "", ""]) { Id = "system-empty" });
        if (result.Attainable is { } attainable)
            rows.Add(new(["true draws", .. counts.Select(count => Number(attainable[Key(count)])), "", "", ""]) { Id = "system-truth" });
        return new("figure4", "GED² against the number of samples",
            P("As the paper’s Fig. 4 (section 4): how far the samples of each system are from the graders, against how many it may draw; a dot an image, a marker the mean. GED² is the V-statistic, which falls with the number of samples even for a perfect model: only values of the same n compare. "
                + "Of a single sample the best is the one answer nearest to all graders, whatever they dispute; what a distribution is worth shows from left to right."),
            result.Plan.Minutes is null ? Markup.None : P("The minutes of a system are shared by its networks: each member of the ensemble had its part of them, each M-Heads network a share."),
            Figure(Drawings.Of(ComparisonReport.Figure4Of(result), "chart-figure4", $"GED² of {result.Systems.Count} systems against the number of samples"),
                $"{result.TestImages} unseen images, {ComparisonReport.Seeds(result)}, {ComparisonReport.Training(result)}; whiskers are {Bootstrap.DefaultLevelInWords} intervals by bootstrap over cases."),
            Table($"GED² (V-statistic), mean over images and seeds with {Bootstrap.DefaultLevelInWords} intervals over cases; in brackets the paper’s own mean {(binary ? "on LIDC" : "on Cityscapes")}, of other data, size and training",
                ["system", .. counts.Select(count => (Markup)$"n = {Key(count)}"), "matched IoU", "networks × steps", "minutes"], rows));
    }

    private static Part Terms(ComparisonResult result)
    {
        var counts = result.Plan.Counts;
        var most = Key(counts.Max());
        return new("terms", "What the distances are made of",
            P("GED² = 2 E[d(S, Y)] − E[d(S, S′)] − E[d(Y, Y′)] (section 3): a system may fail by being far from the graders or by being less diverse than they are, and only the terms tell which. “Behind” is the difference of GED² from the Probabilistic U-Net’s on the same images, paired; an interval above 0 is worse beyond chance."),
            Table($"Terms at n = {most}, and how far each system is behind", ["system", "unbiased GED²", "E[d(S, Y)]", "E[d(S, S′)]", "E[d(Y, Y′)]", .. counts.Select(count => (Markup)$"behind, n = {Key(count)}")],
                result.Systems.Select(system => new Row([
                    system.Title, system.GedUnbiased.TryGetValue(most, out var unbiased) ? Cell(unbiased) : "", Number(system.CrossDistance[most]), Number(system.SampleDiversity[most]), Number(system.GraderDiversity),
                    .. counts.Select(count => system.BehindProbabilistic is { } behind ? Cell(behind[Key(count)]) : "")]))),
            result.Plan.Seeds.Count == 1 ? Markup.None : Table($"GED² at n = {most} by seed", ["system", .. result.Plan.Seeds.Select(seed => (Markup)$"seed {seed}")], result.Systems.Select(system => new Row([system.Title, .. system.GedBySeed[most].Select(ged => Number(ged))]))));
    }

    private static Part? Cases(ComparisonContent content)
    {
        if (content.Cases.Count == 0)
            return null;
        var most = Key(content.Result.Plan.Counts.Max());
        return new("cases", "The same cases for every system",
        [
            P($"The images whose graders differ most, which is where the systems do, with the first {MostSamples} samples of the networks of seed {content.Seed.ToString(CultureInfo.InvariantCulture)}; GED² is the image’s at n = {most}, mean over seeds."),
            .. content.Cases.Select((shown, i) =>
            {
                var (image, id) = (shown.Image, $"case{i}");
                var graders = CasePart.Graders(image);
                return E("article", [
                    E("h3", image.Name),
                    E("div", [CasePart.Pane(Drawings.Image(image, $"{id}-image", $"{image.Name}: image"), "image"), .. CasePart.GraderPanes(image, graders, id)]).Class(CasePart.Size(image)),
                    .. content.Result.Systems.SelectMany((system, at) => new Markup[]
                    {
                        P(E("strong", system.Title), ", GED² ", Number(system.GedByImage[most][shown.Place])).Class("system"),
                        E("div", [.. shown.Predictions[at].Samples.Take(MostSamples).Select((sample, s) =>
                            CasePart.Pane(Drawings.Mask(sample, image, $"{id}-image", "sample", $"{image.Name}, {system.Title}: sample {Key(s + 1)}"), $"sample {Key(s + 1)}"))]).Class(CasePart.Size(image)),
                    }),
                    Drawings.Key(image.Classes, [.. graders, .. shown.Predictions.SelectMany(prediction => prediction.Samples.Take(MostSamples))]),
                ]).Class("case");
            }),
        ]);
    }

    private static Part? Training(ComparisonContent content)
    {
        var trained = content.Result.Systems.Zip(content.Steps).Where(system => system.Second.Count > 0).ToList();
        if (trained.Count == 0)
            return null;
        var latent = trained.Where(system => system.Second.Any(step => step.KullbackLeiblerPerDimension is not null)).ToList();
        return new("training", "Training",
            P($"Cross-entropy of the mask, summed over pixels, mean over the batch, of each system’s network for the most samples (seed {content.Seed.ToString(CultureInfo.InvariantCulture)}); under the posterior where there is one, so that systems with and without a latent do not compare by it. The KL, where there is a latent, is that between posterior and prior (section 2)."),
            E("div", [
                TrainingParts.Chart("cross-entropy", "Cross-entropy", "nats an image", [.. trained.Select(system => Line(system, step => step.CrossEntropy))], isLogarithmic: true),
                .. latent.Count == 0 ? [] : new Markup[] { TrainingParts.Chart("kl", "KL(Q ‖ P)", "nats an image", [.. latent.Select(system => Line(system, step => step.KullbackLeibler))], isFromZero: true) },
            ]).Class("charts"));

        static CurveLine Line((SystemResult First, IReadOnlyList<TrainingStep> Second) system, Func<TrainingStep, double> value) =>
            TrainingParts.Smooth(system.First.Title, system.Second, value) with { Low = null, High = null };
    }

    private static Markup Cell(ConfidenceInterval interval) => interval.Lower is null ? Number(interval.Mean) : E("div", Number(interval.Mean), " ", Interval(interval.Lower, interval.Upper)).Class("stacked");

    private static string Key(int count) => ComparisonSummary.Key(count);
}
