using System.Text.Json.Nodes;

namespace ProbUNet.Cli.Tests;

/// <summary>From a spec to a run, its judgement, and the comparison of systems, as a user's shell does it.</summary>
public sealed class TrainingCommandTests : IDisposable
{
    private const string Tiny = """{"family":"ProbabilisticUNet","image":{"channels":1,"height":32,"width":32},"unet":{"channels":[4,6],"convsPerBlock":1},"latent":{"dimension":2}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public TrainingCommandTests() => File.WriteAllText(Path.Combine(_folder, "tiny.json"), Tiny);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Twice, a pipe would be waited for until the end of days.</summary>
    [Fact]
    public void ANetwork_IsReadOnce_SoThatItMayComeThroughAPipe()
    {
        File.WriteAllText(Path.Combine(_folder, "plain.json"), Tiny.Replace("ProbabilisticUNet", "DeterministicUNet", StringComparison.Ordinal).Replace(",\"latent\":{\"dimension\":2}", "", StringComparison.Ordinal));
        using var running = Programs.Start(_folder, "bash", ["-c", "mkfifo pipe.json && { cat plain.json > pipe.json & } && exec timeout --signal=KILL 60 dotnet \"$0\" compare --model pipe.json --out new", Programs.PathOfProbunet]);
        Assert.Equal((2, "--model pipe.json: it is a U-Net; name a Probabilistic U-Net, whose U-Net the other systems take.\n"), running.End() is var outcome ? (outcome.ExitCode, outcome.Error) : default);
    }

    [Fact]
    public void AVariantInAFile_IsTrained_AndItsRunIsJudged()
    {
        // At the network's size, for nothing else would do.
        var trained = Programs.Probunet(_folder, "train", "tiny.json", "--steps", "3", "--batch", "2", "--out", "run");
        Assert.Equal(0, trained.ExitCode);
        Assert.Contains("The run is in run", trained.Output);
        Assert.Contains("step 3/3", trained.Error);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_folder, "run", "metrics.jsonl")).Length);

        var judged = Programs.Probunet(_folder, "evaluate", "run", "--samples", "1,4", "--json");
        Assert.Equal((0, ""), (judged.ExitCode, judged.Error));
        var document = JsonNode.Parse(judged.Output)!;
        Assert.Equal(("run", 3, "synthetic:lesions", 120, 120), ((string)document["run"]!, (int)document["step"]!, (string)document["data"]!, (int)document["images"]!, (int)document["cases"]!));
        Assert.False(document.AsObject().ContainsKey("caution"));
        Assert.InRange(document["ged4"]!["mean"]!.GetValue<double>(), 0, 2);
        Assert.Null(document["gedUnbiased1"]);   // one sample has no pairs
        Assert.Contains("GED² (V-statistic), n = 4", Programs.Probunet(_folder, "evaluate", "run", "--samples", "4").Output);

        // Against itself nothing differs.
        var paired = JsonNode.Parse(Programs.Probunet(_folder, "evaluate", "run", "--samples", "4", "--against", "run", "--json").Output)!["against"]!["ged4"]!;
        Assert.Equal((0.0, 0.0, 1.0), (paired["difference"]!.GetValue<double>(), paired["betterShare"]!.GetValue<double>(), paired["pValue"]!.GetValue<double>()));

        Assert.Contains("GED² of the all-empty predictor", Programs.Probunet(_folder, "evaluate", "run", "--samples", "1").Output);
        Assert.InRange(document["gedAllEmpty"]!.GetValue<double>(), 0.1, 2);

        // A run is a network too.
        Assert.Contains("encoder1.conv0", Programs.Probunet(_folder, "summary", "run").Output);
        Assert.Equal(2, Programs.Probunet(_folder, "train", "run", "--steps", "3", "--out", "run").ExitCode);
    }

    [Fact]
    public void AWarmUpThatOutlastsTheTraining_IsToldInTheOptionsWords_AndAnUsualBetaIsNothingSaid()
    {
        var trained = Programs.Probunet(_folder, "train", "tiny.json", "--steps", "2", "--batch", "1", "--beta-warmup", "2", "--out", "run");
        Assert.Equal(0, trained.ExitCode);
        Assert.Contains("warning: the KL term never has its whole weight, which rises over --beta-warmup = 2 in a training of --steps = 2: end --beta-warmup earlier, or train for longer", trained.Error);
        Assert.DoesNotContain("warning", Programs.Probunet(_folder, "train", "tiny.json", "--steps", "3", "--batch", "1", "--beta-warmup", "2", "--out", "other").Error);
        // A plan that is written whole says everything that it leaves as it is.
        File.WriteAllText(Path.Combine(_folder, "whole.json"), """{"beta":1,"betaWarmup":0,"geco":null,"steps":1,"batchSize":1}""");
        Assert.Equal(0, Programs.Probunet(_folder, "train", "small-deterministic", "--size", "32x32", "--plan", "whole.json", "--out", "plain").ExitCode);
    }

    [Fact]
    public void ANetworkThatTakesTheFormOfTheData_SaysSo()
    {
        var trained = Programs.Probunet(_folder, "train", "small", "--size", "32x32", "--steps", "1", "--batch", "1", "--out", "run");
        Assert.Equal(0, trained.ExitCode);
        Assert.StartsWith("small takes the form of the data: 1x32x32 with 1 class in the place of 1x64x64 with 1 class.\n", trained.Error);
    }

    [Theory]
    [InlineData("DropoutUNet", "\"rate\":0.5,\"blocks\":1")]
    [InlineData("UNetEnsemble", "\"members\":2")]
    [InlineData("MultiHeadUNet", "\"heads\":3")]
    [InlineData("ImageToImageVae", "\"latent\":{\"dimension\":2}")]
    [InlineData("DeterministicUNet", "\"sizePolicy\":\"Pad\"")]
    public void EveryFamily_IsTrained(string family, string own)
    {
        File.WriteAllText(Path.Combine(_folder, "net.json"), $$"""{"family":"{{family}}","image":{"height":32,"width":32},"unet":{"channels":[2,2],"convsPerBlock":1},{{own}}}""");
        Assert.Equal(0, Programs.Probunet(_folder, "train", "net.json", "--size", "32x32", "--steps", "2", "--batch", "2", "--out", "run").ExitCode);
        Assert.True(File.Exists(Path.Combine(_folder, "run", "checkpoints", "step-000002", "weights.safetensors")));
    }

    [Fact]
    public void Compare_LeavesFigureTableAndCases_AndResultsArePutIntoADocument()
    {
        string[] arguments = ["compare", "--model", "tiny.json", "--size", "32x32", "--steps", "2", "--batch", "2", "--samples", "1,2", "--test-images", "3", "--out", "out/compare"];
        var compared = Programs.Probunet(_folder, arguments);
        Assert.Equal(0, compared.ExitCode);
        foreach (var file in new[] { "comparison.json", "comparison.md", "figure4.png", "figure4.svg", "cases-punet.png", "cases-heads.png", "plan.json", "report.html" })
            Assert.True(File.Exists(Path.Combine(_folder, "out/compare", file)), file);
        Assert.Contains("| Probabilistic U-Net | ", compared.Output);
        // Again: nothing is trained, and the same comes out.
        var again = Programs.Probunet(_folder, arguments);
        Assert.Equal(("", compared.Output), (again.Error, again.Output));

        File.WriteAllText(Path.Combine(_folder, "results.md"), "# Mine\n\nkept\n");
        for (var time = 0; time < 2; time++)
            Assert.Equal((0, ""), Programs.Probunet(_folder, "results", "out/compare", "--out", "results.md") is var outcome ? (outcome.ExitCode, outcome.Error) : default);
        var text = File.ReadAllText(Path.Combine(_folder, "results.md"));
        Assert.StartsWith("# Mine\n\nkept\n", text);
        Assert.Single(text.Split("## synthetic:lesions").Skip(1));
    }

    [Theory]
    [InlineData("nowhere.json: there is no such file", "train", "nowhere.json", "--out", "run")]
    [InlineData("vgg: no network has this name", "train", "vgg", "--out", "run")]
    [InlineData("--size 12: it is no size; write rows x columns", "train", "small", "--size", "12", "--out", "run")]
    [InlineData("--steps: 0 cannot work; use 1 or more", "train", "tiny.json", "--steps", "0", "--out", "run")]
    [InlineData("--geco: it weighs a KL term, and a DropoutUNet has none; leave it out.", "train", "small-dropout", "--geco", "1", "--out", "run")]
    [InlineData("--beta: it weighs a KL term, and a DropoutUNet has none; leave it out.", "train", "small-dropout", "--beta", "5", "--out", "run")]
    [InlineData("--beta: it weighs a KL term, and a DeterministicUNet has none; leave it out.", "train", "plain.json", "--set", "training.beta=0", "--out", "run")]
    [InlineData("--beta-warmup: it weighs a KL term, and a UNetEnsemble has none; leave it out.", "train", "small-ensemble", "--beta-warmup", "10", "--out", "run")]
    [InlineData("--beta: it weighs a KL term, and a MultiHeadUNet has none; leave it out.", "train", "small-heads", "--plan", "plan.json", "--out", "run")]
    [InlineData("synthetic:streets: the masks have 13 classes and tiny.json has 1 class; take data with 1 class, or declare the network with classes = 13. Also: synthetic:streets: the images are 3x32x32 and tiny.json takes 1x32x32; take data with 1 channel, or declare the network with image.channels = 3.", "train", "tiny.json", "--data", "synthetic:streets", "--out", "run")]
    [InlineData("synthetic:streets: the masks have 13 classes and lidc-heads has 1 class; take data with 1 class, or declare the network with classes = 13. Also: synthetic:streets: the images are 3x128x128 and lidc-heads takes 1x128x128; take data with 1 channel, or declare the network with image.channels = 3, or take small-heads, which takes the form of its data.", "train", "lidc-heads", "--data", "synthetic:streets", "--out", "run")]
    [InlineData("--size 64x64: tiny.json takes 32x32; leave it out, or declare the network with image.height = 64 and image.width = 64.", "compare", "--model", "tiny.json", "--size", "64x64", "--out", "out")]
    [InlineData("--size 64x64: lidc takes 128x128; leave it out, or declare the network with image.height = 64 and image.width = 64, or take small, which takes the form of its data.", "train", "lidc", "--size", "64x64", "--out", "run")]
    [InlineData("smal: no network has this name (did you mean small?); use one of small, ", "train", "smal", "--out", "run")]
    [InlineData("--stepz: train has no such option (did you mean --steps?); see 'probunet train --help'.", "train", "--stepz", "5", "small", "--out", "run")]
    [InlineData("trian: there is no such command (did you mean train?); see 'probunet --help'.", "trian", "small")]
    [InlineData("cut.json: The text is no JSON from line 1 on; mend it there.", "summary", "cut.json")]
    [InlineData("odd.json: image.height: Height 33 is not divisible by 2, which 1 pooling needs; use 32 or 34, or the size policy Pad or Crop.", "summary", "odd.json")]
    [InlineData("empty: there is no run.json in this folder", "evaluate", "empty")]
    [InlineData("--beta 2: --set training.beta=3 gives this setting another value; leave one of the two out.", "train", "tiny.json", "--beta", "2", "--set", "training.beta=3", "--out", "run")]
    [InlineData("--set beta=2: --set training.beta=3 gives this setting another value", "train", "tiny.json", "--set", "beta=2", "--set", "training.beta=3", "--out", "run")]
    [InlineData("--geco 0.1: --set training.geco.target=0.2 gives this setting another value", "train", "tiny.json", "--geco", "0.1", "--set", "training.geco.target=0.2", "--out", "run")]
    [InlineData("--set geco=null: --geco 0.3 gives a part of it another value; leave one of the two out.", "train", "tiny.json", "--geco", "0.3", "--set", "geco=null", "--out", "run")]
    [InlineData("--set geco={\"target\":0.1}: --set geco.target=0.3 gives a part of it another value", "train", "tiny.json", "--set", "geco.target=0.3", "--set", "geco={\"target\":0.1}", "--out", "run")]
    [InlineData("--wire f8: it is no precision; use f32 or bf16.", "train", "tiny.json", "--wire", "f8", "--out", "run")]
    [InlineData("--wire bfloat16: there is no other rank to send gradients to; give --distributed mpi too, or leave it out.", "train", "tiny.json", "--wire", "bfloat16", "--out", "run")]
    [InlineData("--set latent.dimension=4: it is a setting of the network, and not of its training; write it into a file with a spec, and name that as the model.", "train", "tiny.json", "--set", "latent.dimension=4", "--out", "run")]
    [InlineData("--set traning.betta=3: there is no such setting (did you mean training.beta?); write --set training.beta=3.", "train", "tiny.json", "--set", "traning.betta=3", "--out", "run")]
    [InlineData("--geco: 0 cannot work; use a finite number above 0.", "train", "tiny.json", "--geco", "0", "--out", "run")]
    [InlineData("training.geco.decay: 1 cannot work; use a number of at least 0 and below 1.", "train", "tiny.json", "--geco", "1", "--set", "geco.decay=1", "--out", "run")]
    [InlineData("--out: it is missing; name the run folder to make. Also: --beta: -1 cannot work; use 0 to 1e9.", "train", "tiny.json", "--beta", "-1")]
    [InlineData("MODEL: it is missing; name a network from 'probunet models', or a run with --from or --resume. Also: --out: it is missing; name the run folder to make.", "train")]
    [InlineData("smal: no network has this name (did you mean small?); use one of ", "train", "smal")]
    [InlineData("--init a: there is no such run, file or network with weights; name a run folder, a file of safetensors or PyTorch, or one of lesions, nodules, nodules-large.", "train", "tiny.json", "--init", "a", "--out", "run")]
    [InlineData("--seeds 1,x: 'x' is no number", "compare", "--seeds", "1,x", "--out", "out")]
    [InlineData("--minutes: -1 cannot work; use a number above 0", "compare", "--size", "32x32", "--minutes", "-1", "--out", "out")]
    [InlineData("training.beta: it is the comparison that decides this; leave it out: each system has the paper's.", "compare", "--size", "32x32", "--set", "beta=2", "--out", "out")]
    [InlineData("training.seed: it is the comparison that decides this; leave it out, and give --seeds.", "compare", "--size", "32x32", "--set", "training.seed=2", "--out", "out")]
    [InlineData("training.steps: it is the comparison that decides this; leave it out, and give --steps or --minutes.", "compare", "--size", "32x32", "--set", "training.steps=7", "--out", "out")]
    [InlineData("--geco: of the systems, dropout cannot be trained so: it weighs", "compare", "--size", "32x32", "--set", "geco.target=0.1", "--out", "out")]
    [InlineData("--model small-vae: it is a Image2Image VAE", "compare", "--size", "32x32", "--model", "small-vae", "--out", "out")]
    [InlineData("empty/comparison.json: it is no result of a comparison", "results", "empty", "--out", "results.md")]
    [InlineData("two.json: image.height: Height 33 is not divisible by 2, which 1 pooling needs; use 32 or 34, or the size policy Pad or Crop. Also: latent.dimension: A latent cannot have 0 dimensions; use 1 to 1024.", "summary", "two.json")]
    [InlineData("training.augmentation.smallestScale: 2 cannot work; use 0.1 to training.augmentation.largestScale, which is 1, or raise that too.", "train", "tiny.json", "--set", "augmentation.smallestScale=2", "--out", "run")]
    [InlineData("training.augmentation.smallestElasticSigma: 20 cannot work; use 1 to training.augmentation.largestElasticSigma, which is 12, or raise that too.", "train", "tiny.json", "--augment", "Paper", "--set", "augmentation.smallestElasticSigma=20", "--out", "run")]
    [InlineData("training.augmentation.largestScale: 1.5 cannot work; use training.augmentation.smallestScale, which is 2, to 10.", "train", "tiny.json", "--set", "augmentation.smallestScale=2", "--set", "augmentation.largestScale=1.5", "--out", "run")]
    [InlineData("broken.json: unet.chanels: There is no setting chanels here (did you mean channels?); use channels, depth, ", "summary", "broken.json")]
    public void BadInput_IsOneSentence_AndLeavesNothing(string start, params string[] arguments)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        File.WriteAllText(Path.Combine(_folder, "broken.json"), """{"family":"ProbabilisticUNet","unet":{"chanels":[4]}}""");
        File.WriteAllText(Path.Combine(_folder, "cut.json"), "{");
        File.WriteAllText(Path.Combine(_folder, "plain.json"), """{"family":"DeterministicUNet","image":{"height":32,"width":32},"unet":{"channels":[2,2]}}""");
        File.WriteAllText(Path.Combine(_folder, "two.json"), Tiny.Replace("\"height\":32", "\"height\":33").Replace("\"dimension\":2", "\"dimension\":0"));
        File.WriteAllText(Path.Combine(_folder, "plan.json"), """{"beta":2}""");
        File.WriteAllText(Path.Combine(_folder, "odd.json"), Tiny.Replace("\"height\":32", "\"height\":33"));
        var outcome = Programs.Probunet(_folder, arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(start, Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(["broken.json", "cut.json", "empty", "odd.json", "plain.json", "plan.json", "tiny.json", "two.json"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void WhatIsSaidTwiceAlike_IsSaidOnce_AndOneStepIsNotSeveral()
    {
        var trained = Programs.Probunet(_folder, "train", "tiny.json", "--steps", "1", "--set", "training.steps=1", "--precision", "bf16", "--set", "training.precision=BFloat16", "--batch", "1", "--out", "run");
        Assert.Equal(0, trained.ExitCode);
        Assert.Contains("; 1 step, ", trained.Output);
        foreach (var (one, other) in new[] { ("bf16", "bfloat16"), ("f16", "float16"), ("f32", "float32") })
        {
            foreach (var weights in new[] { one, other })
                Assert.Equal((0, ""), Programs.Probunet(_folder, "export", "run", "--format", "safetensors", "--weights", weights, "--out", $"{weights}.safetensors") is var outcome ? (outcome.ExitCode, outcome.Error) : default);
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, $"{one}.safetensors")), File.ReadAllBytes(Path.Combine(_folder, $"{other}.safetensors")));
        }
        Assert.StartsWith("--weights bf16: ONNX is written with float32 or float16", Programs.Probunet(_folder, "export", "run", "--format", "onnx", "--weights", "bf16", "--out", "net.onnx").Error);
    }
}
