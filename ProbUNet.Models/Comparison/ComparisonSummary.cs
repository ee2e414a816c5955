using System.Globalization;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Comparison;

/// <summary>Means over images and seeds. An image's value is its mean over seeds, so that intervals over cases count each patient once.</summary>
internal static class ComparisonSummary
{
    private const long IntervalSeed = 1;

    public static string Key(int count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>One system.</summary>
    /// <param name="contestant">What it is.</param>
    /// <param name="scores">By seed, then by network.</param>
    /// <param name="plan">How it was compared.</param>
    /// <param name="probabilistic">The Probabilistic U-Net's GED² of each image, by number of samples; nothing for itself.</param>
    public static SystemResult Of(Contestant contestant, List<List<Scores>> scores, ComparisonPlan plan, Dictionary<int, double[]>? probabilistic)
    {
        var images = scores[0][0].Images;
        string[] cases = [.. images.Select(image => image.Case)];
        ConfidenceInterval IntervalOf(double[] values) => Bootstrap.Mean(cases, values, IntervalSeed);
        var ged = ByImage(scores, plan.Counts, distance => distance.Terms.Squared);
        var most = plan.Counts.Max();
        return new SystemResult
        {
            Key = contestant.Key,
            Title = contestant.Title,
            Networks = [.. contestant.Networks.Select((network, i) => new NetworkResult(network.Key, scores[0][i].Parameters, scores[0][i].Steps, [.. scores.Select(seed => seed[i].Seconds)]) { Parts = scores[0][i].Parts })],
            Ged = ged.ToDictionary(pair => Key(pair.Key), pair => IntervalOf(pair.Value)),
            GedUnbiased = ByImage(scores, [.. plan.Counts.Where(count => count > 1)], distance => distance.UnbiasedSquared)
                .Where(pair => pair.Value.All(double.IsFinite)).ToDictionary(pair => Key(pair.Key), pair => IntervalOf(pair.Value)),
            CrossDistance = Means(ByImage(scores, plan.Counts, distance => distance.Terms.CrossDistance)),
            SampleDiversity = Means(ByImage(scores, plan.Counts, distance => distance.Terms.SampleDiversity)),
            GraderDiversity = ByImage(scores, [most], distance => distance.Terms.GraderDiversity)[most].Average(),
            MatchedIou = IntervalOf([.. images.Select((_, image) => scores.Average(seed => seed.Single(network => network.Counts.Contains(most)).Images[image].MatchedIou))]),
            GedBySeed = plan.Counts.ToDictionary(Key, count => (IReadOnlyList<double>)[.. scores.Select(seed => ByImage([seed], [count], distance => distance.Terms.Squared)[count].Average())]),
            GedByImage = ged.ToDictionary(pair => Key(pair.Key), pair => (IReadOnlyList<double>)[.. pair.Value.Select(value => Math.Round(Math.Max(0, value), 6))]),
            BehindProbabilistic = probabilistic is null ? null : ged.ToDictionary(pair => Key(pair.Key), pair => IntervalOf([.. pair.Value.Zip(probabilistic[pair.Key], (mine, theirs) => mine - theirs)])),
        };
    }

    /// <summary>A value of each image, mean over seeds, by number of samples.</summary>
    public static Dictionary<int, double[]> ByImage(List<List<Scores>> scores, IReadOnlyList<int> counts, Func<ScoredDistance, double> value) => counts.ToDictionary(count => count, count =>
    {
        var network = scores[0].FindIndex(each => each.Counts.Contains(count));
        var place = scores[0][network].Counts.ToList().IndexOf(count);
        return scores[0][network].Images.Select((_, image) => scores.Average(seed => value(seed[network].Images[image].Distances[place]))).ToArray();
    });

    private static Dictionary<string, double> Means(Dictionary<int, double[]> values) => values.ToDictionary(pair => Key(pair.Key), pair => pair.Value.Average());
}
