using System.Globalization;
using System.Text;
using ProbUNet.Dsl;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Search;

/// <summary>A search in words.</summary>
public static class SearchReport
{
    /// <summary>The table of a result in Markdown, best first: on how many rungs a variant stood, its GED² on the last of them, and how far it was behind the best there.</summary>
    public static string Table(SearchResult result)
    {
        var (text, plan) = (new StringBuilder(), result.Plan);
        var rungs = result.Variants.Max(variant => variant.Rungs.Count);
        var seeds = plan.Seeds.Count == 1 ? $"seed {plan.Seeds[0]}" : $"seeds {string.Join(", ", plan.Seeds)}";
        var budget = plan.Minutes is { } minutes ? string.Create(CultureInfo.InvariantCulture, $"{minutes:0.##} minute{(minutes == 1 ? "" : "s")}") : Counted.Of(plan.Steps, "step");
        text.Append(CultureInfo.InvariantCulture, $"`{Path.GetFileName(Path.TrimEndingDirectorySeparator(result.Data))}`, {result.Image}, {(result.Classes == 1 ? "binary masks" : $"{result.Classes} classes")}: {result.TrainImages} images to train on, chosen by {result.ValidationImages} validation images of {result.ValidationCases} cases; ");
        text.Append(CultureInfo.InvariantCulture, $"{Counted.Of(result.Variants.Count, "variant")}, {Counted.Of(rungs, "rung")}, {budget} on the lowest, on each further one the best 1/{plan.Eta} trained anew {plan.Eta} times as long; {seeds}; made by {result.Version}; data {result.Fingerprint[..12]}.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"GED² (V-statistic) at n = {plan.Samples} on the highest rung that a variant stood on, mean over images and seeds with {Bootstrap.DefaultLevelInWords} bootstrap interval over cases, and how far it is behind the best of that rung on the same images. A predictor that sees nothing has {Number(result.AllEmpty)}.\n\n");
        Row(text, "rank", "variant", "rungs", "steps", "GED²", "behind the best", "parameters", "minutes");
        Row(text, [.. Enumerable.Repeat("---", 8)]);
        foreach (var (place, variant) in result.Variants.Index())
        {
            var last = variant.Rungs.LastOrDefault(rung => rung.Failed is null) ?? variant.Rungs[^1];
            Row(text,
                Invariant(place + 1), variant.Name, Invariant(variant.Rungs.Count), Invariant(last.Steps), last.Ged is { } ged ? Cell(ged) : "no number", last.Behind is { } behind ? Cell(behind) : "", Invariant(last.Parameters),
                string.Create(CultureInfo.InvariantCulture, $"{last.Seconds.Average() / 60:F1}"));
        }
        foreach (var variant in result.Variants.Where(variant => variant.Rungs[^1].Failed is not null))
            text.Append(CultureInfo.InvariantCulture, $"\n{variant.Name} could not be trained on rung {variant.Rungs.Count - 1}: {variant.Rungs[^1].Failed}.\n");
        text.Append(CultureInfo.InvariantCulture, $"\nThe best of many looks better on the images that it was chosen by than it is: judge it once, on the test images, by `probunet evaluate` of `{result.Variants[0].Rungs[^1].Runs[0]}`.\n");
        return text.ToString();
    }

    private static string Cell(ConfidenceInterval interval) => interval is { Lower: { } low, Upper: { } high }
        ? string.Create(CultureInfo.InvariantCulture, $"{interval.Mean:F3} [{low:F3}, {high:F3}]")
        : Number(interval.Mean);

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, params IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
