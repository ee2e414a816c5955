using System.Text.Json.Nodes;
using ProbUNet.Dsl;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Reports.Drawing;
using ProbUNet.Models.Sources.Synthetic;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Comparison;

/// <summary>A comparison trains all systems alike, goes on where it was stopped, and says the same however often it was.</summary>
public class ComparerTests
{
    private static readonly ProbabilisticUNetSpec Network = new() { Image = new(1, 8, 8), UNet = new() { Channels = [4, 6], ConvsPerBlock = 1 }, Latent = new(2) };
    private static readonly ComparisonPlan Plan = new() { Steps = 3, Counts = [1, 2, 4], Training = new() { BatchSize = 2 }, Seeds = [1, 2] };
    private static readonly GradedData Data = new("squares", ToyData.Squares(6), ToyData.Squares(2), ToyData.Squares(5));

    [Fact]
    public void TheSystems_AreThePapers_AndShareTheUNet()
    {
        var systems = Contestants.For(Network, [1, 4, 8, 16]);
        Assert.Equal(["dropout", "ensemble", "heads", "vae", "punet"], systems.Select(system => system.Key));
        Assert.All(systems.SelectMany(system => system.Networks), network => Assert.Equal((Network.UNet, Network.Image), (network.Spec.UNet, network.Spec.Image)));
        Assert.All(systems.SelectMany(system => system.Networks), network => Assert.Empty(network.Spec.Validate()));
        // One network for all numbers of samples, but for M-Heads, where a single sample is a random head of the smallest.
        Assert.All(systems.Where(system => system.Key != "heads"), system => Assert.Equal([1, 4, 8, 16], Assert.Single(system.Networks).Counts));
        Assert.Equal([(4, "1,4"), (8, "8"), (16, "16")], systems[2].Networks.Select(network => (((MultiHeadUNetSpec)network.Spec).Heads, string.Join(',', network.Counts))));
        Assert.Equal(16, ((UNetEnsembleSpec)systems[1].Networks[0].Spec).Members);
        Assert.Equal((3, 10.0, LatentEntry.Input), systems[3].Networks[0] is { Spec: ImageToImageVaeSpec vae, Beta: var beta } ? (vae.Latent.Dimension, beta, vae.Latent.Entry) : default);
    }

    [Fact]
    public void EverySystem_HasAMarkerOfItsOwn_AndThePapersMeans_AndNoOtherHas()
    {
        int[] counts = [1, 4, 8, 16];
        var systems = Contestants.For(Network, counts);
        Assert.Equal(systems.Select(system => system.Title).Order(), Marker.Known.Keys.Order());
        Assert.Equal(5, Marker.Known.Values.Select(marker => marker.Shape).Distinct().Count());
        Assert.Equal(5, Marker.Known.Values.Select(marker => marker.Color).Distinct().Count());
        foreach (var binary in (bool[])[true, false])
        {
            Assert.Equal(5, systems.Select(system => string.Join(' ', counts.Select(count => PaperFigure4.Of(system.Key, binary, count)!.Value))).Distinct().Count());
            Assert.All(Families.All.Where(family => systems.All(system => system.Key != family.Key)), family => Assert.All(counts, count => Assert.Null(PaperFigure4.Of(family.Key, binary, count))));
        }
    }

    [Fact]
    public void AStoppedComparison_GoesOn_AndEndsAsIfItHadNeverStopped()
    {
        using var folder = new TemporaryFolder();
        var whole = Json(folder, "whole", Run(folder["whole"], Plan));
        // Stopped in the middle of the fourth training.
        var trained = 0;
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Open(folder["parts"], Plan).Run((_, train) => train(new Each<TrainingStep>(step =>
        {
            if (step.Step == 2 && ++trained == 4)
                stop.Cancel();
        })), _ => { }, stop.Token));
        var again = 0;
        var parts = Json(folder, "parts", Run(folder["parts"], Plan, () => again++));
        Assert.Equal(whole, parts);
        Assert.Equal(2 * 6 - 3, again);   // six networks a seed; three were whole
        // A third time there is nothing to do.
        Run(folder["parts"], Plan, () => throw new InvalidOperationException("all was done"));
    }

    [Fact]
    public void ANetworkThatIsTrained_IsJudgedAnew_AndKeepsItsTime_AlsoInAFolderOfAnEarlierVersion()
    {
        using var folder = new TemporaryFolder();
        var plan = Plan with { Seeds = [1] };
        var result = Run(folder["a"], plan);
        Assert.All(Times(result), time => Assert.True(time > 0));
        ComparisonResult JudgedAnew()
        {
            Directory.Delete(folder["a/scores"], recursive: true);
            return Run(folder["a"], plan, () => throw new InvalidOperationException("all was trained"));
        }

        var again = JudgedAnew();
        Assert.Equal(Json(folder, "whole", result), Json(folder, "again", again));
        Assert.Equal(Times(result), Times(again));
        // Earlier versions wrote the time down beside the run, whose checkpoints once said nothing of themselves.
        foreach (var run in Directory.GetDirectories(folder["a/runs"]))
        {
            File.WriteAllText(Path.Combine(run, "seconds.json"), "12.5");
            File.WriteAllText(Path.Combine(run, "run.json"), File.ReadAllText(Path.Combine(run, "run.json")).Replace("\"formatVersion\": 3,", "", StringComparison.Ordinal));
            foreach (var file in Directory.GetFiles(run, "checkpoint.json", SearchOption.AllDirectories))
                File.Delete(file);
        }
        var old = JudgedAnew();
        Assert.Equal(Json(folder, "whole", result), Json(folder, "old", old));
        Assert.All(Times(old), time => Assert.Equal(12.5, time));

        static IEnumerable<double> Times(ComparisonResult result) => result.Systems.SelectMany(system => system.Networks).SelectMany(network => network.Seconds);
    }

    [Fact]
    public void Seeds_MayBeAdded()
    {
        using var folder = new TemporaryFolder();
        var trained = 0;
        Run(folder["a"], Plan with { Seeds = [2] }, () => trained++);
        Assert.Equal(6, trained);
        Run(folder["a"], Plan, () => trained++);
        Assert.Equal(12, trained);
    }

    [Fact]
    public void AFolderOfBefore_WithTwoSettingsOfTheTrainingAlone_IsTheSameComparison()
    {
        using var folder = new TemporaryFolder();
        var plan = Plan with { Training = new() { BatchSize = 2, LearningRate = 3e-4 } };
        Open(folder["a"], plan);
        var document = JsonNode.Parse(File.ReadAllText(folder["a/plan.json"]))!;
        document["plan"]!.AsObject().Remove("training");
        (document["plan"]!["batchSize"], document["plan"]!["learningRate"]) = (2, 3e-4);
        File.WriteAllText(folder["a/plan.json"], document.ToJsonString());
        Open(folder["a"], plan);
        Assert.Contains("another plan was begun", Assert.Throws<InputException>(() => Open(folder["a"], Plan)).Message);
    }

    [Fact]
    public void ARecipe_DecidesNothingThatTheComparisonDoes()
    {
        void Refused(string setting, TrainingPlan recipe) =>
            Assert.StartsWith($"ComparisonPlan.Training.{setting}: it is the comparison that decides this", Assert.Throws<InputException>(new ComparisonPlan { Training = recipe }.Check).Message);
        Refused("Steps", new() { Steps = 7 });
        Refused("Minutes", new() { Minutes = 7 });
        Refused("Seed", new() { Seed = 7 });
        Refused("Beta", new() { Beta = 7 });
    }

    [Fact]
    public void ARecipe_ByWhichOneSystemCannotBeTrained_IsRefusedBeforeAnyIs()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("of the systems, dropout cannot be trained so: ", Assert.Throws<InputException>(() => Open(folder["a"], Plan with { Training = new() { Geco = new() } })).Message);
        Assert.Contains("of the systems, ensemble cannot be trained so: ", Assert.Throws<InputException>(() => Open(folder["a"], Plan with { Training = new() { Frozen = ["unet.*"] } })).Message);
        Assert.False(Directory.Exists(folder["a"]));
    }

    [Fact]
    public void AnotherComparison_OrAnythingElse_InTheFolder_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Open(folder["a"], Plan);
        Assert.Contains("another plan was begun", Assert.Throws<InputException>(() => Open(folder["a"], Plan with { Steps = 4 })).Message);
        Assert.Contains("another spec was begun", Assert.Throws<InputException>(() => new Comparer(folder["a"], Data, Network.WithLatent(3), Plan)).Message);
        Directory.CreateDirectory(folder["b"]);
        File.WriteAllText(folder["b/letter.txt"], "mine");
        Assert.Contains("not empty", Assert.Throws<InputException>(() => Open(folder["b"], Plan)).Message);
        // Killed while it wrote its plan, a comparison is begun again.
        folder.Write(["d/plan.json.0123456789abcdef0123456789abcdef.partial"]);
        Open(folder["d"], Plan);
        Assert.Equal(["plan.json"], Directory.GetFiles(folder["d"]).Select(Path.GetFileName));
        Assert.Contains("ComparisonPlan.Steps: 0 cannot work", Assert.Throws<InputException>(() => Open(folder["c"], Plan with { Steps = 0 })).Message);
        Assert.False(Directory.Exists(folder["c"]));
    }

    [Fact]
    public void EveryNetwork_IsTrainedAlike_ButForItsSeedAndThePapersBeta()
    {
        using var folder = new TemporaryFolder();
        var recipe = new TrainingPlan { BatchSize = 2, LearningRate = 3e-4, Graders = 2, ClipNorm = 50, Augmentation = AugmentationPlan.Flips, Precision = Precision.BFloat16, BetaWarmup = 1 };
        Run(folder["a"], Plan with { Training = recipe, Steps = 2 });
        var runs = Directory.GetDirectories(folder["a/runs"]).Select(path => (Name: Path.GetFileName(path), Run: RunFolder.Open(path))).ToList();
        Assert.Equal(12, runs.Count);
        Assert.All(runs, run =>
        {
            var seed = run.Name.EndsWith("seed2", StringComparison.Ordinal) ? 2 : 1;
            // What weighs a KL term is for those that have one.
            var (beta, warmup) = run.Run.Spec switch { ImageToImageVaeSpec => (10, 1), ProbabilisticUNetSpec => (1, 1), _ => (1, 0) };
            Assert.Equal((seed, recipe with { Steps = 2, Seed = seed, Beta = beta, BetaWarmup = warmup, DiversityEvery = 0 }), (run.Run.Seed, run.Run.Plan));
        });
    }

    [Fact]
    public void Minutes_AreSharedByTheNetworksOfASystem_AndKeptForAllSeeds()
    {
        using var folder = new TemporaryFolder();
        var steps = new Dictionary<string, HashSet<int>>();
        // Every look at this clock is a second after the one before, so that every step takes one.
        new Comparer(folder["a"], Data, Network, Plan with { Minutes = 0.1 }, time: new SteadyClock()).Run((name, train) => train(new Each<TrainingStep>(step =>
        {
            var network = name.Split(' ')[0];
            steps.TryAdd(network, []);
            steps[network].Add(step.Steps);
        })), _ => { });
        Assert.Equal(
            [("dropout", "6"), ("ensemble", "6"), ("heads-2", "3"), ("heads-4", "3"), ("punet", "6"), ("vae", "6")],
            steps.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, string.Join(',', pair.Value))));
    }

    [Fact]
    public void TheResult_HasEverySystemAndNumber_AndIsReadBack()
    {
        using var folder = new TemporaryFolder();
        var result = Run(folder["a"], Plan);
        Assert.Equal(5, result.Systems.Count);
        Assert.All(result.Systems, system =>
        {
            Assert.Equal(["1", "2", "4"], system.Ged.Keys);
            Assert.All(system.GedByImage.Values, images => Assert.Equal(5, images.Count));
            Assert.All(system.GedBySeed.Values, seeds => Assert.Equal(2, seeds.Count));
            foreach (var count in system.Ged.Keys)
                Assert.Equal(system.Ged[count].Mean, system.GedBySeed[count].Average(), tolerance: 1e-12);
            Assert.Equal(system.Key == "punet", system.BehindProbabilistic is null);
            foreach (var (count, behind) in system.BehindProbabilistic?.AsEnumerable() ?? [])
                Assert.Equal(system.Ged[count].Mean - result.Systems[^1].Ged[count].Mean, behind.Mean, tolerance: 1e-12);
            Assert.Equal(0, system.SampleDiversity["1"]);
            // Heads and members are no independent draws.
            Assert.Equal(system.Key is "ensemble" or "heads" ? [] : ["2", "4"], system.GedUnbiased.Keys);
        });
        Assert.Null(result.Attainable);   // nobody knows what squares' graders are drawn from
        Comparer.Write(result, folder["result.json"]);
        Assert.Equal(ComparisonReport.Table(result), ComparisonReport.Table(Comparer.Read(folder["result.json"])));
        Assert.Contains("no result of a comparison", Assert.Throws<InputException>(() => Comparer.Read(folder["nowhere.json"])).Message);
        foreach (var kind in new[] { "png", "svg" })
        {
            ComparisonReport.DrawFigure4(result, folder[$"figure.{kind}"]);
            Assert.True(File.Exists(folder[$"figure.{kind}"]));
        }
    }

    [Fact]
    public void WhereTheTruthIsKnown_TheAttainableIsSaid()
    {
        using var folder = new TemporaryFolder();
        var lesions = SyntheticLesions.Draw(32, 32);
        var small = lesions with { Train = [.. lesions.Train.Take(4)], Test = [.. lesions.Test.Take(3)] };
        var result = new Comparer(folder["a"], small, Network with { Image = new(1, 32, 32) }, Plan with { Seeds = [1], Steps = 1 }).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });
        Assert.True(result.Attainable!["1"] > result.Attainable["4"]);
        Assert.Contains("true draws (attainable)", ComparisonReport.Table(result));
    }

    [Fact]
    public void ThePapersNumbers_AreThoseMeasuredOffItsFigure()
    {
        Assert.Equal((0.82, 0.39, 0.33, 0.29), Row("punet", binary: true));
        Assert.Equal((0.88, 0.34, 0.25, 0.21), Row("punet", binary: false));
        Assert.Equal((1.15, 0.61, 0.52, 0.47), Row("dropout", binary: true));
        Assert.Equal((0.69, 0.53, 0.50, 0.49), Row("ensemble", binary: true));
        Assert.Equal((0.88, 0.41, 0.40, 0.34), Row("heads", binary: true));
        Assert.Equal((0.92, 0.40, 0.32, 0.28), Row("vae", binary: false));
        Assert.Null(PaperFigure4.Of("punet", binary: true, count: 2));

        static (double?, double?, double?, double?) Row(string system, bool binary) =>
            (PaperFigure4.Of(system, binary, 1), PaperFigure4.Of(system, binary, 4), PaperFigure4.Of(system, binary, 8), PaperFigure4.Of(system, binary, 16));
    }

    [Fact]
    public void AFolderWhoseNetworkIsInAnOlderFormat_IsOfTheSameComparison()
    {
        using var folder = new TemporaryFolder();
        Open(folder["a"], Plan);
        var written = File.ReadAllText(folder["a/plan.json"]);
        var old = written.Replace("\"baseChannels\"", "\"width\"", StringComparison.Ordinal).Replace("\"formatVersion\": 2,", "", StringComparison.Ordinal);
        Assert.True(old.Length < written.Length - "formatVersion".Length);
        File.WriteAllText(folder["a/plan.json"], old);
        Open(folder["a"], Plan);
    }

    [Fact]
    public void AFolderOfAVersionWithFewerSettings_IsOfTheSameComparison()
    {
        using var folder = new TemporaryFolder();
        Open(folder["a"], Plan);
        var document = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(folder["a/plan.json"]))!;
        Assert.True(document["plan"]!.AsObject().Remove("minutes"));
        File.WriteAllText(folder["a/plan.json"], document.ToJsonString());
        Open(folder["a"], Plan);
    }

    [Fact]
    public void AnEmptySplit_IsRefusedBeforeAnythingIsTrained()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("its test split has no images", Assert.Throws<InputException>(() => new Comparer(folder["a"], Data with { Test = [] }, Network, Plan)).Message);
        Assert.Contains("its train split has no images", Assert.Throws<InputException>(() => new Comparer(folder["a"], Data with { Train = [] }, Network, Plan)).Message);
        Directory.CreateDirectory(folder["b"]);
        File.WriteAllText(folder["b/plan.json"], "{");
        Assert.Contains("it is no plan", Assert.Throws<InputException>(() => Open(folder["b"], Plan)).Message);
        File.WriteAllText(folder["b/plan.json"], "{}");
        Assert.Contains("another data", Assert.Throws<InputException>(() => Open(folder["b"], Plan)).Message);
    }

    private static Comparer Open(string path, ComparisonPlan plan) => new(path, Data, Network, plan);

    private static ComparisonResult Run(string path, ComparisonPlan plan, Action? training = null) => Open(path, plan).Run((_, train) =>
    {
        training?.Invoke();
        train(new Each<TrainingStep>(_ => { }));
    }, _ => { });

    /// <summary>The result without the time that it took.</summary>
    private static string Json(TemporaryFolder folder, string name, ComparisonResult result)
    {
        Comparer.Write(result with { Systems = [.. result.Systems.Select(system => system with { Networks = [.. system.Networks.Select(network => network with { Seconds = [] })] })] }, folder[$"{name}.json"]);
        return File.ReadAllText(folder[$"{name}.json"]);
    }
}
