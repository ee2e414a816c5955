using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Search;

/// <summary>Means over images and seeds. An image's value is its mean over seeds, so that intervals over cases count each patient once.</summary>
internal static class SearchSummary
{
    /// <summary>What a variant is chosen by: mean GED² over images and seeds; nothing where one of its trainings came to no number.</summary>
    /// <param name="scores">A seed each.</param>
    public static double? Mean(IReadOnlyList<VariantScores> scores) => Failed(scores) is null ? scores.Average(seed => seed.Images.Average(image => image.Ged)) : null;

    /// <summary>All variants, best first.</summary>
    /// <param name="names">Of the variants, in their order.</param>
    /// <param name="scores">By variant, rung and seed.</param>
    /// <param name="runs">The run folders of a variant on a rung.</param>
    /// <param name="seed">Of the intervals.</param>
    public static IReadOnlyList<VariantResult> Ranked(IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<IReadOnlyList<VariantScores>>> scores, Func<string, int, IReadOnlyList<string>> runs, long seed)
    {
        var best = Enumerable.Range(0, scores.Max(rungs => rungs.Count))
            .Select(rung => Enumerable.Range(0, names.Count).Where(variant => scores[variant].Count > rung && Mean(scores[variant][rung]) is not null).OrderBy(variant => Mean(scores[variant][rung])).Cast<int?>().FirstOrDefault())
            .ToList();
        return
        [
            .. Enumerable.Range(0, names.Count)
                .Select(variant => (Variant: variant, Judged: scores[variant].Where(rung => Failed(rung) is null).ToList()))
                .OrderByDescending(one => one.Judged.Count)
                .ThenBy(one => one.Judged.Count < scores[one.Variant].Count)
                .ThenBy(one => one.Judged.Count > 0 ? Mean(one.Judged[^1]) : null)
                .Select(one => new VariantResult
                {
                    Name = names[one.Variant],
                    Rungs = [.. scores[one.Variant].Select((rung, at) => Of(rung, best[at] is { } first && first != one.Variant ? scores[first][at] : null, runs(names[one.Variant], at), seed))],
                }),
        ];
    }

    private static RungResult Of(IReadOnlyList<VariantScores> scores, IReadOnlyList<VariantScores>? best, IReadOnlyList<string> runs, long seed)
    {
        var failed = Failed(scores);
        string[] cases = [.. scores[0].Images.Select(image => image.Case)];
        return new RungResult
        {
            Steps = scores[0].Steps,
            Seconds = [.. scores.Select(one => one.Seconds)],
            Runs = runs,
            Parameters = scores[0].Parameters,
            Failed = failed,
            Ged = failed is null ? Bootstrap.Mean(cases, ByImage(scores), seed) : null,
            GedBySeed = failed is null ? [.. scores.Select(one => one.Images.Average(image => image.Ged))] : null,
            Behind = failed is null && best is not null ? Bootstrap.Mean(cases, [.. ByImage(scores).Zip(ByImage(best), (mine, theirs) => mine - theirs)], seed) : null,
        };
    }

    private static string? Failed(IReadOnlyList<VariantScores> scores) => scores.Select(seed => seed.Failed).FirstOrDefault(why => why is not null);

    private static double[] ByImage(IReadOnlyList<VariantScores> scores) => [.. scores[0].Images.Select((_, image) => scores.Average(seed => seed.Images[image].Ged))];
}
