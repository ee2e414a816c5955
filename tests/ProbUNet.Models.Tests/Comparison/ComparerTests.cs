using ProbUNet.Dsl;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Data;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Comparison;

/// <summary>A comparison trains all systems alike, goes on where it was stopped, and says the same however often it was.</summary>
public class ComparerTests
{
    private static readonly ProbabilisticUNetSpec Network = new() { Image = new(1, 8, 8), UNet = new() { Channels = [4, 6], ConvsPerBlock = 1 }, Latent = new(2) };
    private static readonly ComparisonPlan Plan = new() { Steps = 3, Counts = [1, 2, 4], BatchSize = 2, Seeds = [1, 2] };
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
    public void AStoppedComparison_GoesOn_AndEndsAsIfItHadNeverStopped()
    {
        using var folder = new TemporaryFolder();
        var whole = Json(folder, "whole", Run(folder["whole"], Plan));
        // Stopped in the middle of the fourth training.
        var trained = 0;
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Open(folder["parts"], Plan).Run((_, train) => train(new Each(step =>
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
    public void AnotherComparison_OrAnythingElse_InTheFolder_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Open(folder["a"], Plan);
        Assert.Contains("another plan was begun", Assert.Throws<InputException>(() => Open(folder["a"], Plan with { Steps = 4 })).Message);
        Assert.Contains("another spec was begun", Assert.Throws<InputException>(() => new Comparer(folder["a"], Data, Network.WithLatent(3), Plan)).Message);
        Directory.CreateDirectory(folder["b"]);
        File.WriteAllText(folder["b/letter.txt"], "mine");
        Assert.Contains("not empty", Assert.Throws<InputException>(() => Open(folder["b"], Plan)).Message);
        Assert.Contains("--steps 0", Assert.Throws<InputException>(() => Open(folder["c"], Plan with { Steps = 0 })).Message);
        Assert.False(Directory.Exists(folder["c"]));
    }

    [Fact]
    public void Minutes_AreSharedByTheNetworksOfASystem_AndKeptForAllSeeds()
    {
        using var folder = new TemporaryFolder();
        var steps = new Dictionary<string, HashSet<int>>();
        Open(folder["a"], Plan with { Minutes = 0.002 }).Run((name, train) => train(new Each(step =>
        {
            var network = name.Split(' ')[0];
            steps.TryAdd(network, []);
            steps[network].Add(step.Steps);
        })), _ => { });
        Assert.Equal(6, steps.Count);
        Assert.All(steps.Values, counts => Assert.Single(counts));
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
            Assert.Equal(0, system.SampleDiversity["1"]);
        });
        Assert.Null(result.Attainable);   // nobody knows what squares' graders are drawn from
        // A plain U-Net says the same thing each time: one member answers for n = 1.
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
        var result = new Comparer(folder["a"], small, Network with { Image = new(1, 32, 32) }, Plan with { Seeds = [1], Steps = 1 }).Run((_, train) => train(new Each(_ => { })), _ => { });
        Assert.True(result.Attainable!["1"] > result.Attainable["4"]);
        Assert.Contains("true draws (attainable)", ComparisonReport.Table(result));
    }

    private static Comparer Open(string path, ComparisonPlan plan) => new(path, Data, Network, plan);

    private static ComparisonResult Run(string path, ComparisonPlan plan, Action? training = null) => Open(path, plan).Run((_, train) =>
    {
        training?.Invoke();
        train(new Each(_ => { }));
    }, _ => { });

    /// <summary>The result without the time that it took.</summary>
    private static string Json(TemporaryFolder folder, string name, ComparisonResult result)
    {
        Comparer.Write(result with { Systems = [.. result.Systems.Select(system => system with { Networks = [.. system.Networks.Select(network => network with { Seconds = [] })] })] }, folder[$"{name}.json"]);
        return File.ReadAllText(folder[$"{name}.json"]);
    }

    private sealed class Each(Action<TrainingStep> handle) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => handle(value);
    }
}
