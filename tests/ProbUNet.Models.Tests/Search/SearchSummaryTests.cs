using FsCheck.Xunit;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Search;

namespace ProbUNet.Models.Tests.Search;

/// <summary>A ranking goes by rungs first, and by scores on the last of them.</summary>
public class SearchSummaryTests
{
    [Fact]
    public void WhoStoodOnMoreRungs_IsTheBetter_WhateverItsScore()
    {
        var ranked = Ranked(("low", [0.2]), ("high", [0.5, 0.9]), ("higher", [0.6, 0.8, 1.5]), ("lower", [0.3]));
        Assert.Equal(["higher", "high", "low", "lower"], ranked.Select(variant => variant.Name));
        // Behind whom a variant is, is said of those on its rung.
        Assert.Equal(0.1, ranked[1].Rungs[1].Behind!.Value.Mean, tolerance: 1e-12);
        Assert.Equal(0.1, ranked[3].Rungs[0].Behind!.Value.Mean, tolerance: 1e-12);
        Assert.Null(ranked[2].Rungs[0].Behind);
        Assert.Null(ranked[0].Rungs[2].Behind);
    }

    [Fact]
    public void WhatCouldNotBeTrained_IsBehindThoseThatStandWhereItFell()
    {
        var ranked = Ranked(("never", [null]), ("fell", [0.1, null]), ("stayed", [0.4]), ("went", [0.3, 0.2]), ("too", [null]));
        Assert.Equal(["went", "stayed", "fell", "never", "too"], ranked.Select(variant => variant.Name));
        Assert.Equal("no number", ranked[2].Rungs[1].Failed);
        Assert.Null(ranked[2].Rungs[1].Ged);
    }

    [Property]
    public void OfEqualScores_TheEarlierIsTheBetter(byte[] raw)
    {
        if (raw.Length == 0)
            return;
        var scores = raw.Select(value => value % 4 / 4.0).ToList();
        var expected = Enumerable.Range(0, raw.Length).OrderBy(place => scores[place]).ThenBy(place => place).Select(place => $"{place}");
        Assert.Equal(expected, Ranked([.. scores.Select((score, place) => ($"{place}", new double?[] { score }))]).Select(variant => variant.Name));
    }

    [Fact]
    public void AScore_IsTheMeanOverImagesAndSeeds_AndAPatientCountsOnce()
    {
        VariantScores Of(params double[] values) => new(1, 2, 3, [.. values.Select((value, image) => new ValidationScore($"{image}", $"{image / 2}", value))]);
        var result = Assert.Single(SearchSummary.Ranked(["one"], [[[Of(0, 0.2, 0.4), Of(0.6, 0.8, 1)]]], (_, _) => ["a", "b"], seed: 1)).Rungs[0];
        Assert.Equal(0.5, result.Ged!.Value.Mean, tolerance: 1e-12);
        Assert.Equal([0.2, 0.8], result.GedBySeed!.Select(value => Math.Round(value, 12)));
        Assert.Equal(Bootstrap.Mean(["0", "0", "1"], [0.3, 0.5, 0.7], seed: 1).Upper!.Value, result.Ged.Value.Upper!.Value, tolerance: 1e-12);
    }

    /// <summary>Variants with their scores, a rung each; nothing where they could not be trained.</summary>
    private static IReadOnlyList<VariantResult> Ranked(params (string Name, double?[] Rungs)[] variants) => SearchSummary.Ranked(
        [.. variants.Select(variant => variant.Name)],
        [.. variants.Select(variant => (IReadOnlyList<IReadOnlyList<VariantScores>>)[.. variant.Rungs.Select(score => (IReadOnlyList<VariantScores>)
            [score is { } ged ? new VariantScores(1, 0, 1, [new("a", "x", ged), new("b", "y", ged)]) : new VariantScores(1, 0, 0, [], "no number")])])],
        (name, rung) => [$"{name}{rung}"], seed: 1);
}
