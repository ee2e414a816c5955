using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Search;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Search;

/// <summary>A search trains what goes on, goes on where it was stopped, and says the same however often it was and on however many ranks.</summary>
public class SearcherTests
{
    private static readonly ProbabilisticUNetSpec Network = new() { Image = new(1, 8, 8), UNet = new() { Channels = [4, 6], ConvsPerBlock = 1 }, Latent = new(2) };
    private static readonly TrainingPlan Training = new() { BatchSize = 2, DiversityEvery = 0 };
    private static readonly SearchPlan Plan = new() { Steps = 2, Eta = 2, Samples = 3, Seeds = [1, 2] };
    private static readonly GradedData Data = new("squares", ToyData.Squares(6), ToyData.Squares(5), [Unreadable]);

    private static readonly IReadOnlyList<Variant> Variants =
    [
        new("slow", Network, Training with { LearningRate = 1e-5 }),
        new("quick", Network, Training with { LearningRate = 1e-2 }),
        new("wide", Network.WithChannels(8, 12), Training),
        new("plain", Network.As<DeterministicUNetSpec>(), Training with { Beta = 2 }),   // of a recipe for all, and of no use to this one
    ];

    /// <summary>A test image: whoever looks at it fails.</summary>
    private static GradedImage Unreadable => new("test", "patient", new ImagePixels(1, 8, 8, new Forbidden()), () => throw new InvalidOperationException("a test image was looked at"), SegmentationClasses.Binary);

    [Fact]
    public void EveryRung_KeepsTheBest_AndTrainsThemAnewForEtaTimesAsLong()
    {
        using var folder = new TemporaryFolder();
        var result = Run(folder["a"]);
        Assert.Equal([3, 2, 1, 1], result.Variants.Select(variant => variant.Rungs.Count));
        Assert.All(result.Variants, variant => Assert.All(variant.Rungs.Index(), rung => Assert.Equal(2 << rung.Index, rung.Item.Steps)));
        // Those that went on are the best of their rung, and the ranking is that of the last rung of each.
        Assert.Equal(result.Variants.Select(variant => variant.Rungs[0].Ged!.Value.Mean).Order().Take(2), result.Variants.Take(2).Select(variant => variant.Rungs[0].Ged!.Value.Mean).Order());
        Assert.True(result.Variants[0].Rungs[1].Ged!.Value.Mean <= result.Variants[1].Rungs[1].Ged!.Value.Mean);
        Assert.True(result.Variants[2].Rungs[0].Ged!.Value.Mean <= result.Variants[3].Rungs[0].Ged!.Value.Mean);
        Assert.Null(result.Variants[0].Rungs[1].Behind);
        Assert.Equal(result.Variants[1].Rungs[1].Ged!.Value.Mean - result.Variants[0].Rungs[1].Ged!.Value.Mean, result.Variants[1].Rungs[1].Behind!.Value.Mean, tolerance: 1e-12);
        Assert.Equal(14, Directory.GetFiles(folder["a/scores"], "*.json", SearchOption.AllDirectories).Length);   // of 4 + 2 + 1 variants and two seeds
        // The longest training is one like any other: no step of it was taken on a lower rung.
        var run = RunFolder.Open(folder[$"a/{result.Variants[0].Rungs[2].Runs[1]}"]);
        Assert.Equal((8, 2, 2), (run.Plan.Steps, run.Plan.Seed, run.Seed));
        var variant = Variants.Single(one => one.Name == result.Variants[0].Name);
        Assert.Equal((variant.Spec, variant.Plan.For(variant.Spec) with { Steps = 8, Seed = 2 }), (run.Spec, run.Plan));
    }

    [Fact]
    public void AScore_IsTheEnergyDistance_OfTheValidationImages_WithItsInterval()
    {
        using var folder = new TemporaryFolder();
        var result = Run(folder["a"], Plan with { Seeds = [3] });
        foreach (var rung in result.Variants.SelectMany(variant => variant.Rungs))
        {
            using var model = RunFolder.Open(folder[$"a/{Assert.Single(rung.Runs)}"]).LoadModel();
            var judged = Evaluator.Evaluate(model, Data.Validation, [3], seed: 3);
            Assert.Equal(judged.GedAt(3), rung.Ged!.Value.Mean, tolerance: 1e-12);
            Assert.Equal(Bootstrap.Mean([.. Data.Validation.Select(image => image.Case)], [.. judged.Images.Select(image => image.EnergyDistances[0].Squared)], seed: 1), rung.Ged);
            Assert.Equal(model.ParameterCount, rung.Parameters);
        }
        Assert.Equal((5, 3), (result.ValidationImages, result.ValidationCases));
        Assert.Equal(2, Run(folder["b"], Plan with { ValidationImages = 2 }).ValidationImages);
    }

    [Fact]
    public void AStoppedSearch_GoesOn_AndEndsAsIfItHadNeverStopped()
    {
        using var folder = new TemporaryFolder();
        Run(folder["whole"]);
        // Stopped in the middle of a training of the second rung, then of each one behind it.
        var stopped = 0;
        for (var at = 9; at <= 13; at += 2)
        {
            var (training, until) = (0, at - stopped);
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => Open(folder["parts"], Plan).Run((_, train) =>
            {
                training++;
                train(new Each<TrainingStep>(step =>
                {
                    if (training == until && step.Step == 2)
                        stop.Cancel();
                }));
            }, _ => { }, stop.Token));
            stopped = at - 1;
        }
        Run(folder["parts"]);
        Assert.Equal(Timeless(folder["whole"]), Timeless(folder["parts"]));
        Assert.Equal(File.ReadAllText(folder["whole/search.json"]), File.ReadAllText(folder["parts/search.json"]));
        foreach (var run in Directory.GetDirectories(folder["whole/runs"]).SelectMany(rung => Directory.GetDirectories(rung)))
        {
            var other = run.Replace(folder["whole"], folder["parts"], StringComparison.Ordinal);
            Assert.Equal(File.ReadAllBytes(Path.Combine(run, "metrics.jsonl")), File.ReadAllBytes(Path.Combine(other, "metrics.jsonl")));
            Assert.Equal(File.ReadAllBytes(RunFolder.Open(run).WeightsFile()), File.ReadAllBytes(RunFolder.Open(other).WeightsFile()));
        }
        // Once more there is nothing to do.
        var told = new List<string>();
        Open(folder["parts"], Plan).Run((_, _) => throw new InvalidOperationException("all was done"), told.Add);
        Assert.Empty(told);
    }

    [Fact]
    public void TheResult_IsTheSameBytes_OnAnyNumberOfRanks()
    {
        using var folder = new TemporaryFolder();
        Run(folder["alone"]);
        for (var size = 1; size <= 3; size++)
        {
            var all = InProcessRanks.Run(size, mine => Open(folder[$"{size}"], Plan, ranks: mine).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { }));
            Assert.All(all, result => Assert.Equal(all[0].Variants.Select(variant => variant.Name), result.Variants.Select(variant => variant.Name)));
            Assert.Equal(Timeless(folder["alone"]), Timeless(folder[$"{size}"]));
        }
    }

    [Fact]
    public void VariantsThatCannotBeTrained_AreAllNamed_BeforeAnythingIs()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<Variant> wrong =
        [
            .. Variants,
            new("none", Network.WithLatent(0), Training),
            new("hot", Network, Training with { LearningRate = 0 }),
            new("other", Network with { Image = new(1, 16, 16) }, Training),
            new("geco", Network.As<DeterministicUNetSpec>(), Training with { Geco = new() }),
            new("up/there", Network, Training),
            new("WIDE", Network, Training),
        ];
        var message = Assert.Throws<InputException>(() => new Searcher(folder["a"], Data, wrong, Plan)).Message;
        Assert.StartsWith("the search space: 6 of 10 variants cannot be trained: none (ModelSpec.Latent.Dimension: A latent cannot have 0 dimensions: use 1 to 1024); hot (TrainingPlan.LearningRate: 0 cannot work; use a number above 0, at most 1000); other (squares: the images are 1x8x8 and the network takes 1x16x16; open the data at 16x16, or declare the network with ModelSpec.Image.Height = 8 and ModelSpec.Image.Width = 8)", message);
        Assert.Contains("geco (TrainingPlan.Geco: it weighs a KL term", message);
        Assert.Contains("up/there (its name cannot be a folder's", message);
        Assert.EndsWith("wide (several variants have this name); mend them, or leave them out.", message);
        Assert.False(Directory.Exists(folder["a"]));
    }

    [Fact]
    public void ATrainingThatComesToNoNumber_IsTheLast_AndEndsNoOther()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<Variant> some = [new("wild", Network, Training with { LearningRate = 1000, Optimizer = Optimization.AdamW, WeightDecay = 1e9 }), .. Variants.Take(2)];
        var plan = Plan with { Steps = 30, Eta = 2, Rungs = 2 };
        var result = new Searcher(folder["a"], Data, some, plan).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });
        Assert.Equal(("wild", 1), (result.Variants[^1].Name, result.Variants[^1].Rungs.Count));
        Assert.Contains("training.learningRate 1000: ", result.Variants[^1].Rungs[0].Failed);
        Assert.Null(result.Variants[^1].Rungs[0].Ged);
        var taken = RunFolder.Open(folder[$"a/{result.Variants[^1].Rungs[0].Runs[0]}"]).ReadSteps().Count;
        Assert.Equal((taken, true), (result.Variants[^1].Rungs[0].Steps, taken < 30));
        Assert.Contains("wild could not be trained on rung 0", File.ReadAllText(folder["a/search.md"]));
        // It is not tried again.
        new Searcher(folder["a"], Data, some, plan).Run((_, _) => throw new InvalidOperationException("all was done"), _ => { });
        Assert.Contains("none of its variants could be trained: wild (training.learningRate 1000: ", Assert.Throws<InputException>(() => new Searcher(folder["b"], Data, [some[0]], plan with { Rungs = null }).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { })).Message);
    }

    /// <summary>Weights that are numbers still, and answers that are none: a validation sees it before any loss does, and after the last step the judge.</summary>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(0, 1)]
    [InlineData(0, 4, 1)]
    public void ATrainingWhoseAnswersAreNoNumbers_EndsNoOther_WhoeverSeesIt(int validateEvery, int steps, int diversityEvery = 0)
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<Variant> some = [new("wild", Network.WithChannels(8, 16), Training with { LearningRate = 1000, WeightDecay = 1e9, Optimizer = Optimization.AdamW, ValidateEvery = validateEvery, ValidationSamples = 1, DiversityEvery = diversityEvery }), .. Variants.Take(1)];
        var result = new Searcher(folder["a"], Data, some, Plan with { Steps = steps, Rungs = 1 }).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });
        Assert.Equal("wild", result.Variants[^1].Name);
        Assert.Contains("NaN", result.Variants[^1].Rungs[0].Failed);
        new Searcher(folder["a"], Data, some, Plan with { Steps = steps, Rungs = 1 }).Run((_, _) => throw new InvalidOperationException("all was done"), _ => { });
    }

    [Fact]
    public void Minutes_AreTimedOnce_AndWrittenDown()
    {
        using var folder = new TemporaryFolder();
        var plan = Plan with { Minutes = 0.1 };
        // Every look at this clock is a second after the one before, so that every step takes one.
        var first = Open(folder["a"], plan, new SteadyClock()).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });
        Assert.Equal([6, 12, 24], first.Variants[0].Rungs.Select(rung => rung.Steps));
        // Once for all that have the same network.
        Assert.Equal(["plain.json", "slow.json", "wide.json"], Directory.GetFiles(folder["a/steps"]).Select(Path.GetFileName).Order());
        Directory.Delete(folder["a/scores"], recursive: true);
        Directory.Delete(folder["a/runs"], recursive: true);
        var again = Open(folder["a"], plan, new SteadyClock(2)).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });
        Assert.Equal([6, 12, 24], again.Variants[0].Rungs.Select(rung => rung.Steps));
    }

    [Fact]
    public void TheStepsThatAreTold_AreThoseThatWereTaken_WhateverWouldBePlannedNow()
    {
        using var folder = new TemporaryFolder();
        var plan = Plan with { Minutes = 0.1 };
        var first = Open(folder["a"], plan, new SteadyClock()).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });
        // Timed anew, by a slower clock, and judged anew; the trainings are there.
        Directory.Delete(folder["a/scores"], recursive: true);
        Directory.Delete(folder["a/steps"], recursive: true);
        var again = Open(folder["a"], plan, new SteadyClock(2)).Run((_, _) => throw new InvalidOperationException("all was trained"), _ => { });
        Assert.Equal([3], Directory.GetFiles(folder["a/steps"]).Select(file => (int)System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file))!["steps"]!).Distinct());
        Assert.All(again.Variants.SelectMany(variant => variant.Rungs), rung => Assert.All(rung.Runs, run => Assert.Equal(RunFolder.Open(folder[$"a/{run}"]).ReadSteps()[^1].Step, rung.Steps)));
        Assert.Equal(first.Variants.Select(variant => (variant.Name, variant.Rungs[^1].Steps)), again.Variants.Select(variant => (variant.Name, variant.Rungs[^1].Steps)));
    }

    [Fact]
    public void AnotherSearch_OrAnythingElse_InTheFolder_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Open(folder["a"], Plan);
        Assert.Contains("a search with another plan was begun", Assert.Throws<InputException>(() => Open(folder["a"], Plan with { Samples = 4 })).Message);
        Assert.Contains("a search of other variants was begun", Assert.Throws<InputException>(() => new Searcher(folder["a"], Data, [.. Variants.Skip(1), Variants[0]], Plan)).Message);
        Assert.Contains("a search on other data was begun", Assert.Throws<InputException>(() => new Searcher(folder["a"], Data with { Train = ToyData.Squares(7) }, Variants, Plan)).Message);
        // What the search decides does not make it another.
        _ = new Searcher(folder["a"], Data with { Test = [] }, [.. Variants.Select(variant => variant with { Plan = variant.Plan with { Steps = 7, Seed = 5 } })], Plan);
        Directory.CreateDirectory(folder["b"]);
        File.WriteAllText(folder["b/letter.txt"], "mine");
        Assert.Contains("not empty", Assert.Throws<InputException>(() => Open(folder["b"], Plan)).Message);
        // Killed while it wrote its plan, a search is begun again.
        folder.Write(["d/search.json.0123456789abcdef0123456789abcdef.partial"]);
        Open(folder["d"], Plan);
        Assert.Equal(["search.json"], Directory.GetFiles(folder["d"]).Select(Path.GetFileName));
        foreach (var (plan, option) in new[] { (Plan with { Steps = 0 }, "SearchPlan.Steps: 0 cannot work"), (Plan with { Eta = 1 }, "SearchPlan.Eta: 1 cannot work"), (Plan with { Rungs = 4 }, "SearchPlan.Rungs: 4 cannot work; use 1 to 3"), (Plan with { Samples = 0 }, "SearchPlan.Samples: 0 cannot work"), (Plan with { Seeds = [1, 1] }, "SearchPlan.Seeds: 1,1 cannot work"), (Plan with { Steps = int.MaxValue / 3 }, "SearchPlan.Steps: 715827882 cannot work") })
            Assert.StartsWith(option, Assert.Throws<InputException>(() => Open(folder["c"], plan)).Message);
        Assert.Contains("its val split has no images", Assert.Throws<InputException>(() => new Searcher(folder["c"], Data with { Validation = [] }, Variants, Plan)).Message);
        Assert.False(Directory.Exists(folder["c"]));
        Assert.Contains("no result of a search", Assert.Throws<InputException>(() => Searcher.Read(folder["a"])).Message);
    }

    [Fact]
    public void ARunOfASearch_FindsItsData_ThoughItHasNotSeenTheTestImages()
    {
        using var folder = new TemporaryFolder();
        var lesions = Sources.DataSource.Open("synthetic:lesions", 32, 32);
        var few = new SearchPlan { Steps = 1, Samples = 1, ValidationImages = 1 };
        var result = new Searcher(folder["a"], lesions, [new("one", Network with { Image = new(1, 32, 32) }, Training)], few).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });
        Assert.Equal(lesions.Test.Count, RunFolder.Open(folder[$"a/{result.Variants[0].Rungs[0].Runs[0]}"]).OpenData().Test.Count);
    }

    private static Searcher Open(string path, SearchPlan plan, TimeProvider? time = null, Communicator? ranks = null) => new(path, Data, Variants, plan, time: time, ranks: ranks);

    private static SearchResult Run(string path, SearchPlan? plan = null) => Open(path, plan ?? Plan).Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });

    /// <summary>The result document without the time that it took.</summary>
    private static string Timeless(string folder) => System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(Path.Combine(folder, "result.json")), @"""seconds"": \[[^\]]*\]", "");

    private sealed class Forbidden : PixelStore
    {
        public override int Length => 64;

        public override int Bits => 8;

        public override void Read(int from, int runs, int stride, int length, Span<float> destination) => throw new InvalidOperationException("a test image was looked at");
    }
}
