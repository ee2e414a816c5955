using System.Globalization;
using ProbUNet.Models.Evaluation;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Reports.Html;

/// <summary>How well samples fit the graders, and whether probabilities can be believed.</summary>
internal static class GedParts
{
    /// <summary>The finding in a sentence: GED² at the largest number of samples, beside that of a predictor that sees nothing.</summary>
    public static Element Verdict(EvaluationResult result, double allEmpty)
    {
        var most = result.Counts.Max();
        var line = EvaluationReport.Lines(result).Single(line => line.Key == Key(most));
        var cases = EvaluationReport.CasesOf(result);
        return P("With ", Samples(most), " an image, GED² is ", E("strong", Number(line.Interval.Mean)), " ", Interval(line.Interval.Lower, line.Interval.Upper),
            $" on {Images(result.Images.Count)} of {cases} case{(cases == 1 ? "" : "s")} that the network has never seen; a predictor that sees nothing anywhere reaches ", Number(allEmpty), ". ",
            line.Interval.Upper < allEmpty ? "The network is better than that beyond chance."
            : line.Interval.Lower > allEmpty ? "The network is worse than that beyond chance."
            : "The two cannot be told apart with these cases.").Class("verdict");
    }

    /// <summary>GED² against the number of samples: chart and table.</summary>
    /// <param name="result">What was measured.</param>
    /// <param name="allEmpty">GED² of the predictor that sees nothing.</param>
    /// <param name="attainable">GED² of true draws by the number of samples, where the truth is known.</param>
    public static Part Ged(EvaluationResult result, double allEmpty, IReadOnlyDictionary<int, double> attainable)
    {
        var counts = result.Counts.Order().ToList();
        var lines = EvaluationReport.Lines(result).ToDictionary(line => line.Key);
        var curves = new List<CurveLine> { Curve("V-statistic, as in the paper", counts.ConvertAll(count => (count, lines[Key(count)].Interval))) };
        if (counts.Where(count => lines.ContainsKey($"gedUnbiased{N(count)}")).ToList() is { Count: > 0 } unbiased)
            curves.Add(Curve("unbiased", unbiased.ConvertAll(count => (count, lines[$"gedUnbiased{N(count)}"].Interval))));
        curves.Add(new("sees nothing", [.. counts.Select(count => (double)count)], [.. counts.Select(_ => allEmpty)]));
        if (attainable.Count > 0)
            curves.Add(new("true draws", [.. counts.Select(count => (double)count)], [.. counts.Select(count => attainable[count])]));
        var chart = Reports.Curve.Of(curves, "GED² against samples", "samples an image", "GED²", new() { IsLogarithmicX = true, IsFromZero = true, XTicks = [.. counts.Select(count => (double)count)], HasDots = true });
        return new("ged", "GED² against the number of samples",
            P("The generalised energy distance (section 3) is D²", E("sub", "GED"), " = 2 E[d(S, Y)] − E[d(S, S′)] − E[d(Y, Y′)] with d = 1 − IoU: how far samples S are from graders Y, less how much either differ among themselves. "
                + "It is 0 if and only if both are one distribution. As the V-statistic of the paper it falls with the number of samples even for a perfect model; the unbiased form does not, and may be negative. Only values of the same n compare."),
            EvaluationReport.CautionOf(result) is { } caution ? P(E("strong", "Caution: "), caution, ".") : Markup.None,
            E("div", Figure(Drawings.Of(chart, "chart-ged", $"GED² against the number of samples: {string.Join(", ", counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{lines[Key(count)].Interval.Mean:F3} at {count}")))}; {allEmpty.ToString("F3", CultureInfo.InvariantCulture)} without seeing anything"),
                $"Mean over {Images(result.Images.Count)}; bands are {Bootstrap.DefaultLevelInWords} intervals by bootstrap over cases, since images of one case resemble each other.",
                attainable.Count > 0 ? " “True draws” is what samples of the true distribution reach in expectation, which is known of these data." : Markup.None),
            Table($"All that was measured; {Bootstrap.DefaultLevelInWords} intervals by bootstrap over cases", ["measure", "mean", "interval", "images"], Rows(result, lines.Values, allEmpty))).Class("beside"));
    }

    /// <summary>The reliability diagram; nothing where there are no probabilities or several classes.</summary>
    public static Part? Reliability(EvaluationResult result) => result.Calibration is not { } calibration ? null : new("reliability", "Reliability of the probabilities",
        E("div", E("div", P("Whether a pixel that is called foreground with probability p is drawn by a share p of the graders (Guo et al. 2017, equations 2 and 3; the paper has no such figure). The probability is the mean over samples. The expected calibration error is ",
            Number(calibration.ExpectedError, "F4"), " over ", Number(calibration.Count, "N0"), " pixels, most of which are plainly background: look at the bins, and not at the error alone."),
        P("Points under the diagonal are overconfident, those above it too cautious; the shaded gap is what the error sums up, weighted by the bars below.")),
        Figure(Drawings.Of(ReliabilityDiagram.Of(calibration.Bins, "Reliability"), "chart-reliability", string.Create(CultureInfo.InvariantCulture, $"Reliability diagram with an expected calibration error of {calibration.ExpectedError:F4}")),
            "Observed frequency against predicted probability, and below how many pixels each point stands for, on a logarithmic axis.")).Class("beside"));

    private static IEnumerable<Row> Rows(EvaluationResult result, IEnumerable<EvaluationReport.Line> lines, double allEmpty)
    {
        foreach (var line in lines)
            yield return new(line.Name, Number(line.Interval.Mean), Interval(line.Interval.Lower, line.Interval.Upper), Number(line.Images, "N0")) { Id = $"measure-{line.Key}" };
        if (result.Calibration is { } calibration)
            yield return new("expected calibration error, a pixel", Number(calibration.ExpectedError, "F4"), "", Number(result.Images.Count, "N0")) { Id = "measure-calibrationError" };
        yield return new("GED² of a predictor that sees nothing, for every n", Number(allEmpty), "", Number(result.Images.Count, "N0")) { Id = "measure-gedAllEmpty" };
    }

    private static CurveLine Curve(string name, IReadOnlyList<(int Count, ConfidenceInterval Interval)> points) =>
        new(name, [.. points.Select(point => (double)point.Count)], [.. points.Select(point => point.Interval.Mean)])
        {
            Low = [.. points.Select(point => point.Interval.Lower ?? point.Interval.Mean)],
            High = [.. points.Select(point => point.Interval.Upper ?? point.Interval.Mean)],
        };

    /// <summary>So many samples, in words.</summary>
    public static string Samples(int count) => count == 1 ? "one sample" : $"{N(count)} samples";

    private static string Images(int count) => count == 1 ? "one test image" : $"{N(count)} test images";

    private static string Key(int count) => $"ged{N(count)}";

    private static string N(int count) => count.ToString(CultureInfo.InvariantCulture);
}
