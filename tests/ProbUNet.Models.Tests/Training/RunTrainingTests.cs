using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

/// <summary>A training in a folder is begun in one call and gone on with in one, by one rank or several.</summary>
public class RunTrainingTests
{
    private static readonly GradedData Data = new("squares", ToyData.Squares(6), ToyData.Squares(2), ToyData.Squares(2));
    private static readonly TrainingPlan Plan = new() { Steps = 4, BatchSize = 2, DiversityEvery = 0, ValidateEvery = 2, ValidationSamples = 1 };

    [Fact]
    public void ARunThatIsBegunAndStopped_GoesOnToTheBitsOfOneThatIsNot()
    {
        using var folder = new TemporaryFolder();
        using var whole = new TinyNet(seed: 3);
        RunTraining.Begin(folder["whole"], whole, Data, Plan).Train(cancellation: TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        using (var stopped = new TinyNet(seed: 3))
            Assert.Throws<OperationCanceledException>(() => RunTraining.Begin(folder["parts"], stopped, Data, Plan).Train(new() { Progress = new Each<TrainingStep>(_ => stop.Cancel()) }, stop.Token));
        using var resumed = new TinyNet(seed: 3);
        RunTraining.Of(RunFolder.Open(folder["parts"]), resumed, Data).Train(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllText(folder["whole/metrics.jsonl"]), File.ReadAllText(folder["parts/metrics.jsonl"]));
        Assert.Contains("validationGed", File.ReadAllText(folder["whole/metrics.jsonl"]));
        Assert.Equal(Bits(whole), Bits(resumed));
    }

    [Fact]
    public void ARunOnDataOfOnesOwn_GoesOnWithThem_AndWithNoOthers()
    {
        using var folder = new TemporaryFolder();
        using (var model = new TinyNet(seed: 3))
            RunTraining.Begin(folder["run"], model, Data, Plan);
        var run = RunFolder.Open(folder["run"]);
        var unknown = Assert.Throws<InputException>(() => RunTraining.Resume(run)).Message;
        Assert.Equal("squares: the run knows the name of the data that it was trained on, and not where they are; give them, opened, to RunTraining.Resume.", unknown);
        var others = Assert.Throws<InputException>(() => RunTraining.Resume(run, data: Data with { Name = "others", Train = ToyData.Squares(5) })).Message;
        Assert.Equal($"others: these are not the data that the run {folder["run"]} was trained on; give those, or begin a new run on these.", others);
        var training = RunTraining.Resume(run, data: Data with { Name = "moved" });
        using var resumed = training.Model;
        training.Train(cancellation: TestContext.Current.CancellationToken);
        using var whole = new TinyNet(seed: 3);
        RunTraining.Begin(folder["whole"], whole, Data, Plan).Train(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllText(folder["whole/metrics.jsonl"]), File.ReadAllText(folder["run/metrics.jsonl"]));
    }

    [Fact]
    public void WhatIsRefused_LeavesNoFolder()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        string Refusal(string path, GradedData data, TrainingPlan plan) => Assert.Throws<InputException>(() => RunTraining.Begin(path, model, data, plan)).Message;
        Assert.StartsWith("TrainingPlan.BatchSize", Refusal(folder["a"], Data, Plan with { BatchSize = 0 }));
        Assert.Contains("there are no validation images", Refusal(folder["a"], Data with { Validation = [] }, Plan));
        Assert.StartsWith("The run folder: it has no name", Refusal("", Data, Plan));
        Assert.False(Directory.Exists(folder["a"]));
    }

    /// <summary>Killed while it makes its folder, a training is begun again by the same command; what is not of such an end is nobody's to remove.</summary>
    [Theory]
    [InlineData("run.json.0123456789abcdef0123456789abcdef.partial")]
    [InlineData("training.lock", "training.pid", "training.pid.0123456789abcdef0123456789abcdef.partial")]
    [InlineData("checkpoints/step-000000.partial/weights.safetensors")]
    [InlineData("checkpoints/step-000000.partial/checkpoint.json", "run.json.0123456789abcdef0123456789abcdef.partial")]
    public void WhatAKilledBeginningLeft_IsInNobodysWay_AndGoes(params string[] left)
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        folder.Write(left.Select(name => $"run/{name}"));
        RunTraining.Begin(folder["run"], model, Data, Plan);
        Assert.Equal(["run.json"], Directory.GetFileSystemEntries(folder["run"]).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("run.json.partial")]
    [InlineData("run.json.mine.partial")]
    [InlineData("plan.json.0123456789abcdef0123456789abcdef.partial")]
    [InlineData("checkpoints/step-000002/weights.safetensors", "checkpoints/step-000000/weights.safetensors")]
    [InlineData("checkpoints/mine.txt")]
    [InlineData("checkpoints/step-000000.partial/weights.safetensors", "checkpoints/mine.txt")]
    [InlineData("checkpoints/step-000000.partial/weights.safetensors", "checkpoints/step-000002/weights.safetensors")]
    [InlineData("checkpoints/step-000000/weights.safetensors", "checkpoints/step-000000/checkpoint.json")]
    [InlineData("step-000000/weights.safetensors")]
    public void WhatNoKilledBeginningLeaves_IsKept(params string[] kept)
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        folder.Write(kept.Select(name => $"run/{name}"));
        Assert.Contains("the folder is not empty", Assert.Throws<InputException>(() => RunTraining.Begin(folder["run"], model, Data, Plan)).Message);
        Assert.All(kept, name => Assert.True(File.Exists(folder[$"run/{name}"])));
    }

    /// <summary>Killed between the weights that it begins with and the file that makes it a run; those of another run are kept, for they may be all that there is of it.</summary>
    [Fact]
    public void TheWeightsThatAKilledBeginningLeft_AreWrittenAnew_ByTheSameTrainingAlone()
    {
        using var folder = new TemporaryFolder();
        SegmentationModel Other(long seed)
        {
            var model = new TinyNet(seed: 3);
            using var start = new TinyNet(seed);
            Weights.Assign(model, Weights.Copy(start).ToDictionary(named => named.Key, named => named.Value));
            return model;
        }
        using var mine = Other(5);
        using var others = Other(6);
        RunTraining.Begin(folder["run"], mine, Data, Plan);
        File.Delete(folder["run/run.json"]);
        Assert.Contains("the folder is not empty", Assert.Throws<InputException>(() => RunTraining.Begin(folder["run"], others, Data, Plan)).Message);
        Assert.True(File.Exists(folder["run/checkpoints/step-000000/weights.safetensors"]));
        RunTraining.Begin(folder["run"], mine, Data, Plan);
        Assert.Equal([0], RunFolder.Open(folder["run"]).Checkpoints.Steps);
    }

    [Fact]
    public void Minutes_AreStepsInTheFolder()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        var training = RunTraining.Begin(folder["run"], model, Data, Plan with { Minutes = 0.1 }, time: new SteadyClock());
        Assert.Equal(Plan with { Steps = 6 }, training.Plan);
        Assert.Equal(training.Plan, RunFolder.Open(folder["run"]).Plan);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ASettingThatDoesNothing_IsRefusedWhereARunBegins_AndGoneOnWithWhereOneOfAnEarlierVersionHasIt(int size)
    {
        using var folder = new TemporaryFolder();
        var (spec, plan) = (new DropoutUNetSpec { Image = TinyNet.Spec.Image, UNet = TinyNet.Spec.UNet, Blocks = 1 }, Plan with { Beta = 5 });
        SegmentationModel Made() => KeptTraining.Make(spec, seed: 3, TorchSharp.torch.CPU);
        using (var model = Made())
        {
            Assert.StartsWith("TrainingPlan.Beta: it weighs a KL term", Assert.Throws<InputException>(() => RunTraining.Begin(folder["run"], model, Data, plan)).Message);
            RunFolder.Create(folder["run"], model, plan, Data);
        }
        var steps = InProcessRanks.Run(size, ranks =>
        {
            using var model = Made();
            RunTraining.Of(RunFolder.Open(folder["run"]), model, Data, ranks).Train();
            return File.ReadAllLines(folder["run/metrics.jsonl"]).Length;
        });
        Assert.All(steps, taken => Assert.Equal(plan.Steps, taken));
    }

    [Fact]
    public void OfSeveralRanks_TheFirstAloneMakesTheFolder()
    {
        using var folder = new TemporaryFolder();
        var weights = InProcessRanks.Run(2, ranks =>
        {
            using var model = new TinyNet(seed: 3);
            RunTraining.Begin(folder["run"], model, Data, Plan, ranks: ranks).Train();
            return Bits(model);
        });
        Assert.Equal(weights[0], weights[1]);
        Assert.True(RunFolder.Open(folder["run"]).IsDone);
    }

    private static string Bits(TinyNet model) => string.Join(' ', Weights.Copy(model).SelectMany(named => named.Value.Values.ToArray()).Select(BitConverter.SingleToInt32Bits));
}
