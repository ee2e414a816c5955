using System.Text;
using System.Text.Json.Nodes;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Synthetic;
using ProbUNet.Models.Tests.Data;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

/// <summary>What a training leaves is found again; what is none is refused by name.</summary>
public class RunFolderTests
{
    /// <summary>What a folder tells of a training is so: another network, other weights or other images are refused before anything is written.</summary>
    [Fact]
    public void WhatIsTrained_IsWhatTheFolderTellsOf()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        var plan = new TrainingPlan { Steps = 2, BatchSize = 2, DiversityEvery = 0 };
        var run = RunFolder.Create(folder["run"], model, plan, ToyData.Set(4));
        string Refusal(SegmentationModel network, IReadOnlyList<GradedImage> images, RunFolder? other = null) =>
            Assert.Throws<InputException>(() => Trainer.Train(network, images, plan, new() { Run = other ?? run }, TestContext.Current.CancellationToken)).Message;

        using (var other = Interpreter.Create(TinyNet.Spec with { UNet = TinyNet.Spec.UNet with { Activation = Nonlinearity.Silu } }, 3).Match(made => made, errors => throw new InvalidOperationException(errors[0].Message)))
            Assert.Contains("the network is not the one that this run is of", Refusal(other, ToyData.Squares(4)));
        using (var seeded = new TinyNet(seed: 9))
            Assert.Contains("the network does not have the weights that its seed 3 gives", Refusal(seeded, ToyData.Squares(4)));
        Assert.Contains("these are not the images that this run trains on", Refusal(model, [.. ToyData.Squares(4).Take(3)]));
        Assert.Contains("these are not the images that this run trains on", Refusal(model, ToyData.Squares(1)));
        using (var trained = new TinyNet(seed: 3))
        {
            Trainer.Train(trained, ToyData.Squares(4), plan, cancellation: TestContext.Current.CancellationToken);
            Assert.Contains("the network does not have the weights that its seed 3 gives", Refusal(trained, ToyData.Squares(4)));
            Assert.Contains("the network does not have the weights that its seed 3 gives", Refusal(trained, ToyData.Squares(4), RunFolder.Open(folder["run"])));
            // A run may be made of it as it is: its folder says that its seed does not tell how it began.
            var second = RunFolder.Create(folder["second"], trained, plan, ToyData.Set(4));
            Assert.True(second.HasForeignStart);
            Assert.True(RunFolder.Open(folder["second"]).HasForeignStart);
            Trainer.Train(trained, ToyData.Squares(4), plan, new() { Run = second }, TestContext.Current.CancellationToken);
        }
        Assert.False(Directory.Exists(folder["run/checkpoints"]));
        Assert.False(run.HasForeignStart);
        Trainer.Train(model, ToyData.Squares(4), plan, new() { Run = run }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void ARun_ComesBackWithItsNetwork()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        var plan = new TrainingPlan { Steps = 2, BatchSize = 2, Beta = 3, Geco = new GecoPlan(Target: 0.1), Schedule = LearningRateSchedule.Constant };
        Trainer.Train(model, ToyData.Squares(4), plan, new() { Run = RunFolder.Create(folder["run"], model, plan, ToyData.Set(4)) }, cancellation: TestContext.Current.CancellationToken);

        var run = RunFolder.Open(folder["run"]);
        Assert.Equal((TinyNet.Spec, 3, plan, "squares"), (run.Spec, run.Seed, run.Plan, run.Data));
        Assert.EndsWith("step-000002", run.LastCheckpoint);
        using var loaded = run.LoadModel();
        Assert.All(Weights.Copy(model).Zip(Weights.Copy(loaded)), pair => Assert.Equal(pair.First.Value.Values, pair.Second.Value.Values));
    }

    [Fact]
    public void APrecision_IsTheTrainings_AndComesBackWithTheRun()
    {
        using var folder = new TemporaryFolder();
        var losses = Enum.GetValues<Precision>().Select(precision =>
        {
            using var model = new TinyNet(seed: 3);
            var plan = new TrainingPlan { Steps = 2, BatchSize = 2, Precision = precision };
            var last = 0.0;
            Trainer.Train(model, ToyData.Squares(4), plan, new() { Run = RunFolder.Create(folder[$"{precision}"], model, plan, ToyData.Set(4)), Progress = new Each<TrainingStep>(step => last = step.Loss) }, cancellation: TestContext.Current.CancellationToken);
            using var loaded = RunFolder.Open(folder[$"{precision}"]).LoadModel();
            Assert.Equal((precision, precision), (model.Precision, loaded.Precision));
            return last;
        }).ToList();
        Assert.NotEqual(losses[0], losses[1]);
        Assert.Equal(losses[0], losses[1], 0.02 * losses[0]);
    }

    [Fact]
    public void ARunFolderThatCannotBeMadeWhole_IsNotMade()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet();
        Directory.CreateDirectory(folder["run"]);
        using (RunLock.Take(folder["run"]))
            Assert.Contains("is training in this folder", Assert.Throws<InputException>(() => RunFolder.Create(folder["run"], model, new TrainingPlan(), ToyData.Set(4))).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder["run"]));
        var many = Enumerable.Range(0, 6).AsParallel().WithDegreeOfParallelism(6).Select(seed =>
        {
            try
            {
                return (seed, Run: (RunFolder?)RunFolder.Create(folder["run"], model, new TrainingPlan { Seed = seed }, ToyData.Set(4), initialWeights: "elsewhere"));
            }
            catch (InputException)
            {
                return (seed, null);
            }
        }).Where(made => made.Run is not null).ToList();
        Assert.Equal(Assert.Single(many).seed, RunFolder.Open(folder["run"]).Plan.Seed);
        Assert.Equal([0], RunFolder.Open(folder["run"]).Checkpoints.Steps);
        Assert.Equal(["checkpoints", "run.json"], Directory.GetFileSystemEntries(folder["run"]).Select(Path.GetFileName).Order());
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

    [Fact]
    public void ACheckpointThatIsRefused_LeavesNoTensorBehind()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet();
        var run = RunFolder.Create(folder["run"], model, new TrainingPlan(), ToyData.Set(4));
        Directory.CreateDirectory(run.CheckpointPath(1));
        Safetensors.Write(Path.Combine(run.CheckpointPath(1), "weights.safetensors"), [KeyValuePair.Create("stranger", new StoredTensor([1], [1]))]);
        // A parameter takes the memory of the tensor that it is made of, whose empty shell counts until the garbage collector comes: so also of a network that is freed.
        Assert.Equal(Left(() => Interpreter.Create(TinyNet.Spec).Match(made => made, errors => throw new InvalidOperationException(errors.ToString())).Dispose()), Left(() =>
            Assert.Contains("its tensors are not this network's", Assert.Throws<InputException>(() => run.LoadModel().Dispose()).Message)));

        static long Left(Action action)
        {
            action();   // what the first time makes once
            GC.Collect();   // what other tests left
            GC.WaitForPendingFinalizers();
            var before = TorchSharp.torch.Tensor.TotalCount;
            action();
            return TorchSharp.torch.Tensor.TotalCount - before;
        }
    }

    [Fact]
    public void AnImageThatNobodyGraded_IsRefusedBeforeTheFirstStep_ButHasAFingerprint()
    {
        using var model = new TinyNet();
        var ungraded = Images.Ungraded("scan", 1, 8, 8);
        Assert.Contains("scan: nobody has graded this image", Assert.Throws<InputException>(() => Trainer.Check(model, [.. ToyData.Squares(1), ungraded], new TrainingPlan())).Message);
        Assert.Equal(64, new GradedData("scans", [], [], [ungraded]).Fingerprint().Length);
    }

    [Fact]
    public void TheLastCheckpoint_IsThatOfTheMostSteps_AndWholeOnes()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet();
        var run = RunFolder.Create(folder["run"], model, new TrainingPlan(), ToyData.Set(4));
        foreach (var name in new[] { "step-000900", "step-999999", "step-1000000", "step-1000001.partial", "step-9999999-old", "step-" })
        {
            Directory.CreateDirectory(folder[$"run/checkpoints/{name}"]);
            File.WriteAllText(folder[$"run/checkpoints/{name}/weights.safetensors"], "");
        }
        Assert.EndsWith("step-1000000", run.LastCheckpoint);
        Assert.Equal(run.CheckpointPath(1_000_000), run.LastCheckpoint);
    }

    [Fact]
    public void TheDataOfARun_AreFoundFromAnyFolder_AndRefusedOnceTheyHaveChanged()
    {
        using var folder = new TemporaryFolder();
        using var set = new TinySet();
        using var model = Interpreter.Create(new DeterministicUNetSpec { Image = new(1, 4, 5), UNet = new() { Channels = [2] } }).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        // As it is typed in a shell: the way from the folder where one happens to be.
        var data = DataSource.Open(Path.GetRelativePath(Environment.CurrentDirectory, set.Root));
        RunFolder.Create(folder["run"], model, new TrainingPlan(), data);
        Assert.Equal(set.Root, JsonNode.Parse(File.ReadAllText(folder["run/run.json"]))!["data"]!["path"]!.GetValue<string>());

        var run = RunFolder.Open(folder["run"]);
        Assert.Equal((data.Name, data.Fingerprint()), (run.Data, run.Fingerprint));
        Assert.Equal(run.Fingerprint, run.OpenData().Fingerprint());
        set.AddImage("test", "d", "y");
        var changed = Assert.Throws<InputException>(() => run.OpenData());
        Assert.Equal(set.Root, changed.Input);
        Assert.Contains("not the data that the run was trained on", changed.Message);
        Assert.Equal(2, run.OpenData(set.Root).Test.Count);   // who names them means them
        Directory.Move(set.Of("train"), folder["train"]);
        foreach (var split in new[] { "val", "test" })
            Directory.Delete(set.Of(split), recursive: true);
        Directory.Delete(set.Root);
        Assert.Contains("are no longer there; name", Assert.Throws<InputException>(() => run.OpenData()).Message);
        Directory.CreateDirectory(set.Root);
    }

    /// <summary>The best weights of a run are chosen by one score.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public void ARunThatValidates_GoesOnOverTheClassesThatItBeganWith(int validateEvery)
    {
        using var folder = new TemporaryFolder();
        using var set = new TinySet(empty: true);
        void Evaluate(string classes) => set.Write("dataset.json", Encoding.UTF8.GetBytes($$"""
            {
              "formatVersion": 1, "classes": ["background", "vessel", "lesion"], "evaluated": [{{classes}}],
              "images": "{split}/{case}/{image}.png", "masks": "{split}/{case}/{image}_mask{grader}.png"
            }
            """));
        foreach (var place in new[] { "train/a/x", "val/b/x", "test/c/x" })
        {
            set.Write($"{place}.png", TinySet.Grey());
            set.Write($"{place}_mask0.png", TinyPng.Grey(4, 5, [0, 1, 2, .. new byte[17]]));
        }
        Evaluate("\"vessel\", \"lesion\"");
        using (var model = Interpreter.Create(new DeterministicUNetSpec { Image = new(1, 4, 5), Classes = 3, UNet = new() { Channels = [2] } }).Match(made => made, errors => throw new InvalidOperationException(errors.ToString())))
            RunFolder.Create(folder["run"], model, new TrainingPlan { ValidateEvery = validateEvery }, set.Open());
        var run = RunFolder.Open(folder["run"]);
        foreach (var same in new[] { "\"vessel\", \"lesion\"", "\"lesion\", \"vessel\"" })
        {
            Evaluate(same);
            Assert.Single(run.DataToGoOnWith(null).Train);
        }

        Evaluate("\"lesion\"");
        foreach (var given in new[] { null, set.Open() })
            if (validateEvery == 0)
                Assert.Single(run.DataToGoOnWith(given).Train);
            else
                Assert.Equal($"{set.Root}: a score runs over the class lesion, and ran over the classes vessel, lesion when the run {run.Path} began; evaluate the classes that it began with, or begin a new run.",
                    Assert.Throws<InputException>(() => run.DataToGoOnWith(given)).Message);
        // A run from before this was written down is gone on with.
        var file = folder["run/run.json"];
        var description = JsonNode.Parse(File.ReadAllText(file))!;
        Assert.True(description["data"]!.AsObject().Remove("evaluated"));
        File.WriteAllText(file, description.ToJsonString());
        Assert.Single(RunFolder.Open(folder["run"]).DataToGoOnWith(null).Train);
    }

    [Fact]
    public void DataWhoseClassesHaveOtherNames_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var spec = new DeterministicUNetSpec { Image = new(3, 32, 32), Classes = 13, UNet = new() { Channels = [2] } };
        using var model = Interpreter.Create(spec).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        var data = SyntheticStreets.Draw(32, 32, train: 2, validation: 1, test: 1);
        RunFolder.Create(folder["run"], model, new TrainingPlan(), data);
        var file = folder["run/run.json"];
        Assert.Equal(100, RunFolder.Open(folder["run"]).OpenData(SyntheticStreets.Name).Test.Count);
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"building\"", "\"house\"", StringComparison.Ordinal));
        Assert.Contains("synthetic:streets: the masks have the class building where ", Assert.Throws<InputException>(() => RunFolder.Open(folder["run"]).OpenData(SyntheticStreets.Name)).Message);
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
        Assert.Contains("there is no such run", Assert.Throws<InputException>(() => RunFolder.Open(folder["none"])).Message);
        File.WriteAllText(folder["run/run.json"], text);
        var error = Assert.Throws<InputException>(() => RunFolder.Open(folder["run"]));
        Assert.EndsWith("run.json", error.Input);
        Assert.Contains(problem, error.Message);
    }
}
