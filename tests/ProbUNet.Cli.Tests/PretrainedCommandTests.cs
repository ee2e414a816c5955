using System.Text.Json.Nodes;

namespace ProbUNet.Cli.Tests;

/// <summary>A network that comes with weights is taken wherever a run is, and its name alone is the network without them.</summary>
public sealed class PretrainedCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ItIsListed_Sampled_Judged_Drawn_AndExported()
    {
        Assert.Equal(["lesions", "nodules", "nodules-large"], Done("models").Split('\n').Where(line => line.EndsWith("; comes with weights", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]));
        Assert.Contains("460,137 parameters", Done("summary", "lesions"));
        Done("sample", "lesions", "--data", "synthetic:lesions", "--image", "test-0003", "--count", "2", "--out", "a.png", "--masks", "masks");
        Done("sample", "lesions", "--image", "masks/test-0003_s0.png", "--count", "1", "--out", "b.png");   // a PNG needs no data
        Done("latent", "lesions", "--data", "synthetic:lesions", "--image", "test-0003", "--out", "c.svg");
        Done("export", "lesions", "--format", "onnx", "--out", "lesions.onnx");
        // What was rounded stays as it is: the file that is embedded comes out again.
        Done("export", "lesions", "--format", "safetensors", "--weights", "bfloat16", "--out", "lesions.safetensors");
        Assert.Equal(File.ReadAllBytes(Path.Combine(Programs.RepositoryRoot, "ProbUNet.Models", "Catalog", "Weights", "lesions.safetensors")), File.ReadAllBytes(At("lesions.safetensors")));
        var judged = JsonNode.Parse(Done("evaluate", "lesions", "--data", "synthetic:lesions", "--samples", "1", "--json"))!;
        Assert.Equal(("lesions", null), ((string?)judged["run"], (int?)judged["step"]));
    }

    [Fact]
    public void ATrainingBeginsWithItsWeights_OnlyWhereTheyAreNamed_AndAFolderGoesBeforeTheName()
    {
        Done("train", "lesions", "--init", "lesions", "--steps", "1", "--batch", "1", "--out", "tuned");
        Done("train", "lesions", "--steps", "1", "--batch", "1", "--out", "fresh");
        Assert.Contains("\"initialWeights\": \"lesions ", File.ReadAllText(At("tuned/run.json")));
        Assert.DoesNotContain("initialWeights", File.ReadAllText(At("fresh/run.json")));
        Directory.Move(At("fresh"), At("lesions"));
        Assert.StartsWith("lesions after step 1, on synthetic:lesions: ", Done("evaluate", "lesions", "--samples", "1", "--against", "tuned"));
    }

    [Fact]
    public void WithoutAName_TheNetworkForNodulesDraws_AndSaysSo()
    {
        Done("sample", "nodules", "--data", "synthetic:lesions", "--image", "test-0003", "--count", "1", "--out", "a.png", "--masks", "masks");
        var outcome = Programs.Probunet(_folder, ["sample", "--image", "masks/test-0003_s0.png", "--count", "1", "--out", "b.png", "--masks", "more"]);
        Assert.Equal((0, "By nodules, which comes with weights for 128x128 crops of lung CT; name a run to look at another network."), (outcome.ExitCode, outcome.Error.Trim()));
        Done("sample", "nodules", "--image", "masks/test-0003_s0.png", "--count", "1", "--out", "c.png", "--masks", "named");
        Assert.Equal(File.ReadAllBytes(At("named/test-0003_s0_s0.png")), File.ReadAllBytes(At("more/test-0003_s0_s0.png")));
    }

    [Theory]
    [InlineData("lesions: its weights come with the library, and it does not know any data; name with --data what to look at.", "evaluate", "lesions")]
    [InlineData("--checkpoint best: lesions has the weights that come with the library alone; leave it out.", "evaluate", "lesions", "--data", "synthetic:lesions", "--checkpoint", "best")]
    [InlineData("small: this network comes without weights; name the folder that a training of it wrote, or a network that comes with weights: lesions, nodules, nodules-large.", "evaluate", "small", "--data", "synthetic:lesions")]
    [InlineData("small: this network comes without weights; train it, or use one of lesions, nodules, nodules-large.", "train", "lesions", "--init", "small", "--out", "run")]
    [InlineData("lesion: there is no such run, or network with weights (did you mean lesions?); name a run folder, or one of lesions, nodules, nodules-large.", "evaluate", "lesion")]
    [InlineData("nodules: its weights come with the library, and it does not know any data; name with --data what to look at.", "sample", "--out", "x.png")]
    [InlineData("nowhere: there is no such run, or network with weights; name a run folder, or one of lesions, nodules, nodules-large.", "export", "nowhere", "--format", "onnx", "--out", "x.onnx")]
    [InlineData("synthetic:streets: the masks have 13 classes and lesions has 1 class; take data with 1 class. Also: synthetic:streets: the images are 3x64x64 and lesions takes 1x64x64; take data with 1 channel.", "evaluate", "lesions", "--data", "synthetic:streets")]
    public void WhatHasNoWeights_OrNoData_IsOneSentence(string start, params string[] arguments)
    {
        var outcome = Programs.Probunet(_folder, arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(start, Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    private string Done(params string[] arguments)
    {
        var outcome = Programs.Probunet(_folder, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome.Output;
    }

    private string At(string name) => Path.Combine(_folder, name);
}
