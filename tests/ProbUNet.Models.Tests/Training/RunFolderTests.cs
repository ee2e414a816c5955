using ProbUNet.Models.Interchange;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

/// <summary>What a training leaves is found again; what is none is refused by name.</summary>
public class RunFolderTests
{
    [Fact]
    public void ARun_ComesBackWithItsNetwork()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        var plan = new TrainingPlan { Steps = 2, BatchSize = 2, Beta = 3, Geco = new GecoPlan(Target: 0.1), Schedule = LearningRateSchedule.Constant };
        Trainer.Train(model, ToyData.Squares(4), plan, run: RunFolder.Create(folder["run"], model, plan, ToyData.Set(4)), cancellation: TestContext.Current.CancellationToken);

        var run = RunFolder.Open(folder["run"]);
        Assert.Equal((TinyNet.Spec, 3, plan, "squares"), (run.Spec, run.Seed, run.Plan, run.Data));
        Assert.EndsWith("step-000002", run.LastCheckpoint);
        using var loaded = run.LoadModel();
        Assert.All(Weights.Copy(model).Zip(Weights.Copy(loaded)), pair => Assert.Equal(pair.First.Value.Values, pair.Second.Value.Values));
    }

    [Fact]
    public void ARunWithoutACheckpoint_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet();
        var run = RunFolder.Create(folder["run"], model, new TrainingPlan(), ToyData.Set(4));
        Assert.Null(run.LastCheckpoint);
        Assert.Contains("there is no checkpoint in this run; train it to its end", Assert.Throws<InputException>(() => RunFolder.Open(folder["run"]).LoadModel()).Message);
    }

    [Theory]
    [InlineData("", "it is no description of a run")]
    [InlineData("{", "it is no description of a run")]
    [InlineData("null", "it is no description of a run")]
    [InlineData("[]", "it is no description of a run")]
    [InlineData("""{"network":"Net"}""", "it is no description of a run")]
    [InlineData("""{"network":"Net","spec":{"family":"VGG"},"seed":1,"parameterCount":1,"plan":{},"data":{"name":"a","fingerprint":"b"},"versions":{}}""", "its spec cannot be used (family: ")]
    public void WhatIsNoDescription_IsRefused(string text, string problem)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["run"]);
        Assert.Contains("there is no run.json", Assert.Throws<InputException>(() => RunFolder.Open(folder["run"])).Message);
        File.WriteAllText(folder["run/run.json"], text);
        var error = Assert.Throws<InputException>(() => RunFolder.Open(folder["run"]));
        Assert.EndsWith("run.json", error.Input);
        Assert.Contains(problem, error.Message);
    }
}
