using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProbUNet.Dsl;

namespace ProbUNet.Models.Evaluation;

/// <summary>What an evaluation is of.</summary>
/// <param name="Run">The folder of the run, or the name of a network whose weights come with the library.</param>
/// <param name="Step">Steps of training that its weights have behind them, where a run tells.</param>
/// <param name="Data">The name of the data.</param>
public sealed record EvaluationSubject(string Run, int? Step, string Data);

/// <summary>An evaluation in words and as JSON: every mean with its bootstrap interval by case, and n with every GED². Image by image, as CSV.</summary>
public static class EvaluationReport
{
    /// <summary>From so many cases on, intervals over cases are what their level says; below, those of the bootstrap, whose variance is (n − 1)/n of what it should be, are too narrow.</summary>
    private const int EnoughCases = 20;

    private const long IntervalSeed = 1;

    /// <summary>A measure over images: those for which it is defined, by case.</summary>
    private sealed record Measure(string Key, string Name, Func<ImageScore, double?> Of);

    /// <summary>A measure over the images for which it is defined.</summary>
    /// <param name="Key">What the JSON document calls it.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="Interval">Its mean.</param>
    /// <param name="Images">For how many images it is defined.</param>
    internal sealed record Line(string Key, string Name, ConfidenceInterval Interval, int Images);

    /// <summary>All measures that are defined for at least one image.</summary>
    internal static IReadOnlyList<Line> Lines(EvaluationResult result) =>
        [.. Measures(result).Select(measure => IntervalOf(result, measure) is var (interval, images) ? new Line(measure.Key, measure.Name.Trim(), interval, images) : null).OfType<Line>()];

    /// <summary>The table, a line a measure.</summary>
    /// <param name="result">What is told of.</param>
    /// <param name="other">Another network's result on the same images; with it, the differences of GED² follow.</param>
    /// <param name="allEmpty">GED² of the predictor that sees nothing, which is the same for every number of samples; told where it is given.</param>
    /// <param name="subject">What the result is of; told at first where it is given.</param>
    public static string Text(EvaluationResult result, EvaluationResult? other = null, double? allEmpty = null, EvaluationSubject? subject = null)
    {
        var text = new StringBuilder();
        if (subject is not null)
            text.Append(CultureInfo.InvariantCulture, $"{subject.Run}{(subject.Step is { } step ? FormattableString.Invariant($" after step {step}") : "")}, on {subject.Data}: ");
        text.Append(CultureInfo.InvariantCulture, $"{Counted.Of(result.Images.Count, "image")} of {Counted.Of(CasesOf(result), "case")}; {Bootstrap.DefaultLevelInWords} intervals by bootstrap over cases\n");
        if (CautionOf(result) is { } caution)
            text.Append(CultureInfo.InvariantCulture, $"caution: {caution}\n");
        foreach (var measure in Measures(result))
            if (IntervalOf(result, measure) is var (interval, images))
                text.Append(CultureInfo.InvariantCulture, $"{measure.Name,-44} {interval.Mean,7:F3}{Ends(interval)}{(images == result.Images.Count ? "" : $"  of {Counted.Of(images, "image")}")}\n");
        if (result.Calibration is { } calibration)
            text.Append(CultureInfo.InvariantCulture, $"{"expected calibration error, a pixel",-44} {calibration.ExpectedError,7:F4}\n");
        if (allEmpty is { } empty)
            text.Append(CultureInfo.InvariantCulture, $"{"GED² of the all-empty predictor, to be beaten",-44} {empty,7:F3}\n");
        if (other is not null)
            foreach (var (count, paired) in Paired(result, other))
                text.Append(CultureInfo.InvariantCulture, $"{$"GED² less the other run's, n = {count}",-44} {paired.Difference.Mean,7:F3}{Ends(paired.Difference)}  better on {paired.BetterShare:P0} of images, p = {paired.PValue:F3}\n");
        return text.ToString();
    }

    /// <summary>GED² (V-statistic) of two results on the same images, image by image, for each number of samples.</summary>
    /// <exception cref="ArgumentException">The results are of other images or numbers of samples.</exception>
    public static IReadOnlyList<(int Count, PairedComparison Paired)> Paired(EvaluationResult result, EvaluationResult other)
    {
        if (!result.Counts.SequenceEqual(other.Counts) || !result.Images.Select(image => image.Image).SequenceEqual(other.Images.Select(image => image.Image)))
            throw new InputException("The other result", "it is of other images or other numbers of samples, and results are compared image by image", "evaluate both by the same images with the same numbers");
        double[] Values(EvaluationResult of, int place) => [.. of.Images.Select(image => image.EnergyDistances[place].Squared)];
        string[] cases = [.. result.Images.Select(image => image.Case)];
        return [.. result.Counts.Select((count, place) => (count, PairedComparison.Of(cases, Values(result, place), Values(other, place), Better.Lower, IntervalSeed)))];
    }

    /// <summary>The same as one JSON document; what is not defined is null.</summary>
    public static string Json(EvaluationResult result, EvaluationResult? other = null, double? allEmpty = null, EvaluationSubject? subject = null) =>
        ToNode(result, other, allEmpty, subject).ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" });

    /// <summary>The same as a node, to be put into another document.</summary>
    public static JsonObject ToNode(EvaluationResult result, EvaluationResult? other = null, double? allEmpty = null, EvaluationSubject? subject = null)
    {
        var node = new JsonObject();
        if (subject is not null)
            (node["run"], node["step"], node["data"]) = (subject.Run, subject.Step, subject.Data);
        (node["images"], node["cases"]) = (result.Images.Count, CasesOf(result));
        if (CautionOf(result) is { } caution)
            node["caution"] = caution;
        foreach (var measure in Measures(result))
            node[measure.Key] = IntervalOf(result, measure) is var (interval, images)
                ? new JsonObject { ["mean"] = interval.Mean, ["low"] = interval.Lower, ["high"] = interval.Upper, ["images"] = images }
                : null;
        node["calibrationError"] = result.Calibration is { } calibration ? Finite(calibration.ExpectedError) : null;
        if (allEmpty is { } empty)
            node["gedAllEmpty"] = empty;
        if (other is not null)
            node["against"] = new JsonObject(Paired(result, other).Select(pair => KeyValuePair.Create($"ged{pair.Count.ToString(CultureInfo.InvariantCulture)}", (JsonNode?)new JsonObject
            {
                ["difference"] = pair.Paired.Difference.Mean,
                ["low"] = pair.Paired.Difference.Lower,
                ["high"] = pair.Paired.Difference.Upper,
                ["betterShare"] = pair.Paired.BetterShare,
                ["pValue"] = Finite(pair.Paired.PValue),
            })));
        return node;
    }

    /// <summary>
    /// The scores of every image, as comma-separated values for other programs, quoted as in RFC 4180 and with a line feed at the end of each line: a line of names, then a line an image, with its name, its
    /// case and the measures under the names that the JSON document has for them. A number has all its digits; a measure that an image has not is
    /// left empty there, and one that no image has is no column.
    /// </summary>
    /// <param name="result">What is told of.</param>
    public static string Csv(EvaluationResult result)
    {
        var columns = Measures(result).Where(measure => result.Images.Any(image => Defined(measure, image) is not null)).ToList();
        var text = new StringBuilder();
        Line(["image", "case", .. columns.Select(column => column.Key)]);
        foreach (var image in result.Images)
            Line([image.Image, image.Case, .. columns.Select(column => Defined(column, image)?.ToString("R", CultureInfo.InvariantCulture) ?? "")]);
        return text.ToString();

        void Line(IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Quoted)).Append('\n');
        static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    internal static int CasesOf(EvaluationResult result) => result.Images.Select(image => image.Case).Distinct().Count();

    internal static string? CautionOf(EvaluationResult result) =>
        CasesOf(result) < EnoughCases ? string.Create(CultureInfo.InvariantCulture, $"with fewer than {EnoughCases} cases, intervals by case are rough") : null;

    private static IEnumerable<Measure> Measures(EvaluationResult result)
    {
        for (var place = 0; place < result.Counts.Count; place++)
        {
            var (at, n) = (place, result.Counts[place].ToString(CultureInfo.InvariantCulture));
            yield return new($"ged{n}", $"GED² (V-statistic), n = {n}", image => image.EnergyDistances[at].Squared);
            yield return new($"gedUnbiased{n}", $"GED² (unbiased), n = {n}", image => image.EnergyDistances[at].UnbiasedSquared);
            yield return new($"crossDistance{n}", $"  E[d(S, Y)], n = {n}", image => image.EnergyDistances[at].CrossDistance);
            yield return new($"sampleDiversity{n}", $"  E[d(S, S')], n = {n}", image => image.EnergyDistances[at].SampleDiversity);
        }
        var most = result.Counts.Max().ToString(CultureInfo.InvariantCulture);
        var last = result.Counts.ToList().IndexOf(result.Counts.Max());
        yield return new("graderDiversity", "  E[d(Y, Y')]", image => image.EnergyDistances[last].GraderDiversity);
        yield return new("diversityGap", $"|unbiased E[d(S, S')] - E[d(Y, Y')]|, n = {most}", image => image.EnergyDistances[last].DiversityGap());
        yield return new("matchedIou", $"matched IoU, n = {most}", image => image.MatchedIou);
        yield return new("diceMean", $"Dice, mean over pairs, n = {most}", image => image.Dice?.Mean);
        yield return new("diceBest", $"Dice, best sample a grader, n = {most}", image => image.Dice?.Best);
        yield return new("crossCorrelation", $"normalised cross-correlation, n = {most}", image => image.CrossCorrelation);
        yield return new("modeCoverage", $"share of modes that were hit, n = {most}", image => image.Modes?.Coverage);
        yield return new("modeDistance", $"total variation of mode frequencies, n = {most}", image => image.Modes?.TotalVariation);
    }

    /// <summary>A measure of an image, where it is defined.</summary>
    private static double? Defined(Measure measure, ImageScore image) => measure.Of(image) is { } value && double.IsFinite(value) ? value : null;

    private static (ConfidenceInterval Interval, int Images)? IntervalOf(EvaluationResult result, Measure measure)
    {
        var defined = result.Images.Select(image => (image.Case, Value: Defined(measure, image))).Where(image => image.Value is not null).ToList();
        return defined.Count == 0 ? null : (Bootstrap.Mean([.. defined.Select(image => image.Case)], [.. defined.Select(image => image.Value!.Value)], IntervalSeed), defined.Count);
    }

    /// <summary>A case alone says nothing of others.</summary>
    private static string Ends(ConfidenceInterval interval) => interval is { Lower: { } lower, Upper: { } upper }
        ? string.Create(CultureInfo.InvariantCulture, $"  [{lower:F3}, {upper:F3}]")
        : "  (one case: no interval)";

    private static JsonNode? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
