using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Search;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Search;

/// <summary>A document of variants: a product of axes, or a list.</summary>
public class SearchSpaceTests
{
    private static readonly GradedData Data = new("squares", ToyData.Squares(2, size: 16), ToyData.Squares(2, size: 16), []);

    [Fact]
    public void ASpace_IsTheProductOfItsAxes_TheLastOneFastest()
    {
        var space = SearchSpace.Read("""{"model": "small", "training": {"batchSize": 4}, "axes": {"unet.channels": [[4, 8], [8, 16]], "training.beta": [1, 5.5], "latent.dimension": [2]}}""");
        Assert.Equal(("small", 4), (space.Model, space.Count));
        var variants = space.VariantsFor(Data);
        Assert.Equal(["channels=4-8,beta=1,dimension=2", "channels=4-8,beta=5.5,dimension=2", "channels=8-16,beta=1,dimension=2", "channels=8-16,beta=5.5,dimension=2"], variants.Select(variant => variant.Name));
        var third = Assert.IsType<ProbabilisticUNetSpec>(variants[2].Spec);
        Assert.Equal((new ImageSpec(1, 16, 16), 2), (third.Image, third.Latent.Dimension));   // the size of the data
        Assert.Equal([8, 16], third.UNet.Channels!);
        Assert.Equal(new TrainingPlan { BatchSize = 4, Beta = 1 }, variants[2].Plan);
    }

    [Fact]
    public void VariantsWithNames_TakeSettingsAsPathsOrAsObjects_AndNetworksToo()
    {
        var variants = SearchSpace.Read("""
            {
              "model": "small",
              "variants": {
                "usual": {},
                "deep": {"unet.depth": 2, "unet.baseChannels": 4},
                "nested": {"unet": {"channels": [4, 8], "normalization": "Group", "groups": 2}, "training": {"augmentation": "Flips", "geco": {"target": 0.1}}},
                "drop": {"model": "small-dropout", "rate": 0.3, "training.optimizer": "adamw"}
              }
            }
            """).VariantsFor(Data);
        Assert.Equal(["usual", "deep", "nested", "drop"], variants.Select(variant => variant.Name));
        // A depth takes back the channels that the network lists.
        Assert.Equal((null, 2, 4), (variants[1].Spec.UNet.Channels, variants[1].Spec.UNet.Depth, variants[1].Spec.UNet.BaseChannels));
        Assert.Equal((Normalization.Group, 2), (variants[2].Spec.UNet.Normalization, variants[2].Spec.UNet.Groups));
        Assert.Equal((true, 0.1), (variants[2].Plan.Augmentation.FlipHorizontal, variants[2].Plan.Geco!.Target));
        Assert.Equal((0.3, Optimization.AdamW), (Assert.IsType<DropoutUNetSpec>(variants[3].Spec).Rate, variants[3].Plan.Optimizer));
    }

    [Fact]
    public void ANetworksFile_IsLookedForBesideTheSpace()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["spaces"]);
        foreach (var (file, latent) in new[] { ("tiny.json", 3), ("other.json", 5) })
            File.WriteAllText(folder[$"spaces/{file}"], SpecJson.Write(new ProbabilisticUNetSpec { Image = new(1, 16, 16), UNet = new() { Channels = [4, 8] }, Latent = new(latent) }));
        File.WriteAllText(folder["spaces/space.json"], """{"model": "tiny.json", "variants": {"own": {}, "another": {"model": "other.json"}, "named": {"model": "small"}}}""");
        Assert.Equal([3, 5, 6], SearchSpace.Open(folder["spaces/space.json"]).VariantsFor(Data).Select(variant => ((ProbabilisticUNetSpec)variant.Spec).Latent.Dimension));
    }

    [Fact]
    public void ValuesThatMakeNoName_AreCounted_AndPathsWithOneEndAreWritten_Whole()
    {
        var names = SearchSpace.Read("""{"model": "small", "axes": {"training.geco": [null, {"target": 0.1}, {"target": 0.2}], "prior.channels": [[4, 8, 8, 8]], "posterior.channels": [[8, 8, 8, 8]], "training.frozen": ["unet.*", "*"]}}""").VariantsFor(Data).Select(variant => variant.Name).ToList();
        Assert.Equal("geco=1of3,prior.channels=4-8-8-8,posterior.channels=8-8-8-8,frozen=1of2", names[0]);
        Assert.Equal(6, names.Distinct().Count());
    }

    [Fact]
    public void AWeightOfTheKl_IsForTheNetworksThatHaveOne_InARecipeForAll_AndRefusedWhereAVariantSaysIt()
    {
        Assert.Equal([3.0, 3.0], SearchSpace.Read("""{"model": "small", "training": {"beta": 3}, "variants": {"latent": {}, "heads": {"model": "small-heads"}}}""").VariantsFor(Data).Select(variant => variant.Plan.Beta));
        Assert.Contains("1 of 2 variants cannot be trained: heads (training.beta: it weighs a KL term, and a MultiHeadUNet has none; leave it out)", Assert.Throws<InputException>(() =>
            SearchSpace.Read("""{"model": "small", "variants": {"latent": {"training.beta": 3}, "heads": {"model": "small-heads", "training.beta": 3}}}""").VariantsFor(Data)).Message);
    }

    [Theory]
    [InlineData(2, "dimnsion=1, dimnsion=2 (")]
    [InlineData(9, "dimnsion=8, dimnsion=9 (")]
    [InlineData(30, "dimnsion=7, dimnsion=8 and 22 more (")]
    public void WhatIsWrongWithSeveral_IsToldOnce(int variants, string names)
    {
        var message = Assert.Throws<InputException>(() => SearchSpace.Read($$"""{"model": "small", "axes": {"latent.dimnsion": [{{string.Join(", ", Enumerable.Range(1, variants))}}] } }""").VariantsFor(Data)).Message;
        Assert.Contains($"{variants} of {variants} variants cannot be trained: dimnsion=1, ", message);
        Assert.Contains($"{names}latent.dimnsion: There is no setting dimnsion here (did you mean dimension?)", message);
        Assert.Equal(2, message.Split("latent.dimnsion").Length);
    }

    [Fact]
    public void AllVariantsThatCannotBeMade_AreNamed_WithThoseThatCannotBeTrained()
    {
        var message = Assert.Throws<InputException>(() => SearchSpace.Read("""
            {
              "model": "small",
              "variants": {
                "good": {},
                "a": {"unet.chanels": [4]},
                "b": {"latent.dimension": 0},
                "c": {"model": "smal"},
                "d": {"training.bta": 1},
                "e": {"training.steps": 5},
                "f": {"model": "lidc"},
                "g": {"training.beta": -1},
                "h": {"unet.channels": "wide"}
              }
            }
            """, "space.json").VariantsFor(Data)).Message;
        Assert.StartsWith("space.json: 8 of 9 variants cannot be trained: a (unet.chanels: There is no setting chanels here (did you mean channels?)", message);
        Assert.Contains("; b (latent.dimension: A latent cannot have 0 dimensions: use 1 to 1024); c (smal: no network has this name (did you mean small?)", message);
        Assert.Contains("; d (training.bta: there is no such setting (did you mean beta?)", message);
        Assert.Contains("; e (training.steps: it is the search that decides this", message);
        Assert.Contains("; h (unet.channels: \"wide\" does not fit: write a list of whole numbers", message);
        Assert.Contains("; f (squares: the images are 1x16x16 and the network takes 1x128x128", message);
        Assert.Contains("; g (training.beta: -1 cannot work; use 0 to 1e9)", message);
        Assert.DoesNotContain("good", message);
    }

    [Theory]
    [InlineData("""{"model": "small", "axes": {"training.beta": [1, 2], "training": [{"beta": 3}, {"clipNorm": 2}]}}""", "training.beta: it is given twice")]
    [InlineData("""{"model": "small", "variants": {"a": {"latent.dimension": 2, "latent": {"dimension": 3}}}}""", "latent.dimension: it is ")]
    [InlineData("""{"model": "small", "variants": {"a": {"training.geco": null, "training.geco.target": 1}}}""", "training.geco.target: it is a part of training.geco, which is given too")]
    public void ASettingThatIsGivenTwice_OrOfWhichAPartIs_IsRefused(string space, string message) =>
        Assert.Contains(message, Assert.Throws<InputException>(() => SearchSpace.Read(space, "space.json").VariantsFor(Data)).Message);

    [Fact]
    public void WhatTheDocumentShows_IsASpace()
    {
        var text = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot(), "docs", "search.md"));
        var shown = System.Text.RegularExpressions.Regex.Matches(text, "^```json\n(.*?)^```", System.Text.RegularExpressions.RegexOptions.Singleline | System.Text.RegularExpressions.RegexOptions.Multiline).Select(match => SearchSpace.Read(match.Groups[1].Value)).ToList();
        Assert.Equal([16, 4], shown.Select(space => space.Count));
        var names = shown.SelectMany(space => space.VariantsFor(Data)).Select(variant => variant.Name).ToList();
        Assert.Contains($"`{names[0]}`", text);
        Assert.All(shown.SelectMany(space => space.VariantsFor(Data)), variant => Assert.Null(Searcher.ProblemOf(variant, Data)));
    }

    [Theory]
    [InlineData("""{}""", "space.json: model: there is no network whose settings vary")]
    [InlineData("""{"model": "small"}""", "space.json: it has neither axes nor variants")]
    [InlineData("""{"model": "small", "axes": {}, "variants": {}}""", "space.json: it has axes and variants")]
    [InlineData("""{"model": "small", "axes": {}}""", "space.json: there are no variants in it")]
    [InlineData("""{"model": "small", "axis": {}}""", "space.json: axis: there is no such part of a search space (did you mean axes?)")]
    [InlineData("""{"model": "small", "axes": {"unet.depth": 3}}""", "space.json: axes: unet.depth: it is no list of values")]
    [InlineData("""{"model": "small", "axes": {"unet.depth": []}}""", "space.json: axes: unet.depth: it is no list of values")]
    [InlineData("""{"model": "small", "axes": []}""", "space.json: axes: it is no object")]
    [InlineData("""{"model": "small", "variants": {"a": 1}}""", "space.json: a: it is no object")]
    [InlineData("""{"model": "small", "training": {"seed": 2}, "variants": {"a": {}}}""", "space.json: training.seed: it is the search that decides this")]
    [InlineData("""{"model": "small", "training": {"beta": "x"}, "variants": {"a": {}}}""", "space.json: training.beta=x: this value cannot be the setting's")]
    [InlineData("""{"model": "small", "variants": {"a": {}}""", "space.json: the text is no JSON from line 1, column")]
    public void ADocumentThatIsNoSpace_IsRefused_WithThePlace(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<InputException>(() => SearchSpace.Read(json, "space.json")).Message);

    [Fact]
    public void TooLargeAProduct_IsRefused_BeforeItIsMade()
    {
        var values = string.Join(',', Enumerable.Range(1, 1000));
        Assert.Contains("more than 10000 combinations", Assert.Throws<InputException>(() => SearchSpace.Read($$$"""{"model": "small", "axes": {"latent.dimension": [{{{values}}}], "training.beta": [{{{values}}}]}}""")).Message);
    }
}
