using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Data;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

/// <summary>Law 10: a training stopped anywhere and resumed is one that was never stopped, bit for bit.</summary>
public partial class ResumeTests
{
    private const int Steps = 9;

    private static readonly GradedData Data = ToyData.Set(9) with { Validation = ToyData.Squares(3) };

    private static readonly UNetSpec Tiny = new() { Channels = [4, 6], ConvsPerBlock = 1 };

    private static readonly ModelSpec[] Specs =
    [
        .. Families.All.Select(family => family.Defaults with { Image = new(1, 8, 8), UNet = Tiny }).Select(spec => spec is DropoutUNetSpec dropout ? dropout with { Blocks = 1 } : spec),
        TinyNet.Spec with { UNet = Tiny with { Normalization = Normalization.Batch } },
    ];

    private static Gen<TrainingPlan> Plans =>
        from optimizer in Gen.Elements(Enum.GetValues<Optimization>())
        from clip in Gen.Elements<double?>(null, 1, 1000)
        from average in Gen.Elements<double?>(null, 0.5, 0.999)
        from geco in Gen.Elements<GecoPlan?>(null, new GecoPlan(Target: 0.3))
        from schedule in Gen.Elements(Enum.GetValues<LearningRateSchedule>())
        from frozen in Gen.Elements<ValueList<string>>([], ["*.bias"])
        from augmentation in Gen.Elements(AugmentationPlan.None, AugmentationPlan.Flips, AugmentationPlan.Paper)
        from every in Gen.Choose(1, 4)
        from validate in Gen.Choose(0, 3)
        from graders in Gen.Choose(1, 3)
        from seed in Gen.Choose(1, 1000)
        select new TrainingPlan
        {
            Steps = Steps, BatchSize = 2, Optimizer = optimizer, ClipNorm = clip, AverageDecay = average, Geco = geco, Schedule = schedule, Frozen = frozen, Augmentation = augmentation, CheckpointEvery = every,
            ValidateEvery = validate, ValidationSamples = 2, DiversityEvery = 4, BetaWarmup = 3, Graders = graders, Warmup = 2, Seed = seed,
        };

    [Property(MaxTest = 25)]
    public Property StoppedAnywhere_AndResumed_IsNeverStopped() => Prop.ForAll(
        Gen.Elements(Specs).ToArbitrary(), Plans.ToArbitrary(), Gen.ListOf(Gen.Choose(0, Steps - 1), 3).ToArbitrary(), (spec, plan, stops) =>
        {
            plan = Fitting(plan, spec);
            using var folder = new TemporaryFolder();
            var whole = Begun(spec, plan, folder["whole"]);
            var uninterrupted = Continued(whole, null);
            // A new process has nothing but the folder: each part opens it anew, and makes its own network.
            Begun(spec, plan, folder["parts"]);
            byte[]? resumed = null;
            foreach (var stop in stops.Order().Append(Steps))
                resumed = Continued(RunFolder.Open(folder["parts"]), stop == Steps ? null : stop);
            Assert.Equal(uninterrupted, resumed);
            Assert.Equal(File.ReadAllText(folder["whole/metrics.jsonl"]), File.ReadAllText(folder["parts/metrics.jsonl"]));
            foreach (var file in new[] { "weights.safetensors", "training.safetensors" })
                Assert.Equal(File.ReadAllBytes(folder[$"whole/checkpoints/step-{Steps:D6}/{file}"]), File.ReadAllBytes(folder[$"parts/checkpoints/step-{Steps:D6}/{file}"]));
            Assert.Equal(whole.Best, RunFolder.Open(folder["parts"]).Best);
        });

    [Property(MaxTest = 20)]
    public Property StoppedAmidValidations_AndResumed_IsNeverStopped() => Prop.ForAll(
        Gen.Elements(Specs).ToArbitrary(), Plans.ToArbitrary(), Gen.ListOf(Gen.Choose(1, 8), 3).ToArbitrary(), (spec, plan, looks) =>
        {
            plan = Fitting(plan, spec) with { ValidateEvery = Math.Max(1, plan.ValidateEvery) };
            using var folder = new TemporaryFolder();
            var whole = Begun(spec, plan, folder["whole"]);
            var uninterrupted = Continued(whole, null);
            Begun(spec, plan, folder["parts"]);
            foreach (var look in looks)
                StoppedAtLook(RunFolder.Open(folder["parts"]), look);
            Assert.Equal(uninterrupted, Continued(RunFolder.Open(folder["parts"]), null));
            Assert.Equal(File.ReadAllText(folder["whole/metrics.jsonl"]), File.ReadAllText(folder["parts/metrics.jsonl"]));
            foreach (var file in new[] { "weights.safetensors", "training.safetensors" })
                Assert.Equal(File.ReadAllBytes(folder[$"whole/checkpoints/step-{Steps:D6}/{file}"]), File.ReadAllBytes(folder[$"parts/checkpoints/step-{Steps:D6}/{file}"]));
            Assert.Equal(whole.Best, RunFolder.Open(folder["parts"]).Best);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AStopAmidAValidation_LooksAtNoOtherImage_AndLeavesACheckpointThatIsNotDone(int look)
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 4, BatchSize = 2, CheckpointEvery = 100, DiversityEvery = 0, ValidateEvery = 4, ValidationSamples = 1, AverageDecay = 0.9 };
        var run = Begun(TinyNet.Spec, plan, folder["run"]);
        Assert.Equal(look, StoppedAtLook(run, look));
        Assert.Equal([4], run.Checkpoints.Steps);
        Assert.False(run.IsDone);
        Assert.Null(run.Best);
        Assert.Equal(3, File.ReadAllLines(folder["run/metrics.jsonl"]).Length);
        // Stopped once more, at the same place.
        Assert.Equal(look, StoppedAtLook(RunFolder.Open(folder["run"]), look));
        var stopped = Directory.GetFiles(folder["run/checkpoints/step-000004"]).ToDictionary(file => file, File.ReadAllBytes);
        Assert.Equal(Continued(Begun(TinyNet.Spec, plan, folder["whole"]), null), Continued(RunFolder.Open(folder["run"]), null));
        Assert.True(run.IsDone);
        Assert.Equal(4, run.Best!.Step);
        Assert.Equal(File.ReadAllText(folder["whole/metrics.jsonl"]), File.ReadAllText(folder["run/metrics.jsonl"]));
        // And killed between the line that tells of the step and its checkpoint.
        foreach (var (file, bytes) in stopped)
            File.WriteAllBytes(file, bytes);
        Continued(RunFolder.Open(folder["run"]), null);
        Assert.Equal(File.ReadAllText(folder["whole/metrics.jsonl"]), File.ReadAllText(folder["run/metrics.jsonl"]));
    }

    /// <summary>Or, killed in the middle of it, a training would lose the last step that it has.</summary>
    [Fact]
    public void OfTheStepThatTheLastCheckpointIsOf_OnlyWhatIsSaidIsWrittenAnew()
    {
        using var folder = new TemporaryFolder();
        var run = Begun(TinyNet.Spec, new TrainingPlan { Steps = 4, BatchSize = 2, CheckpointEvery = 2, DiversityEvery = 0 }, folder["run"]);
        Continued(run, null);
        var (checkpoint, state) = run.Checkpoints.LastGood(CheckpointUse.GoOn, run.Identity, _ => { })!.Value;
        var other = state with { Best = new BestStep(4, 0.25) };
        run.Checkpoints.Save(other, 2, _ => throw new InvalidOperationException("its tensors are there"));
        Assert.Equal(other.Best, run.Checkpoints.Verify(checkpoint, CheckpointUse.GoOn, run.Identity).Best);
        // What is damaged, or another run's, is not kept.
        File.AppendAllText(checkpoint.Weights, "x");
        Assert.Throws<InvalidOperationException>(() => run.Checkpoints.Save(other, 2, _ => throw new InvalidOperationException("its tensors are gone")));
        Assert.Throws<InvalidOperationException>(() => run.Checkpoints.Save(other with { Run = "another" }, 2, _ => throw new InvalidOperationException("its tensors are gone")));
    }

    [Fact]
    public void AStepThatIsLeftToValidate_IsInItsCheckpointAsALineOfTheMetrics_AndIsReadByTheNamesOfTheClassToo()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 4, BatchSize = 2, CheckpointEvery = 100, DiversityEvery = 4, ValidateEvery = 4, ValidationSamples = 1 };
        Continued(Begun(TinyNet.Spec, plan, folder["whole"]), null);
        StoppedAtLook(Begun(TinyNet.Spec, plan, folder["run"]), 1);
        var file = folder["run/checkpoints/step-000004/checkpoint.json"];
        var state = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        var line = JsonNode.Parse(File.ReadLines(folder["whole/metrics.jsonl"]).Last())!.AsObject();
        foreach (var (name, value) in line.Where(named => named.Key is not ("validationGed" or "isBest" or "warning")))
            Assert.Equal(value!.ToJsonString(), state["unvalidated"]![name]!.ToJsonString());

        // As earlier versions wrote it.
        var step = MetricsLine.Read(state["unvalidated"]!.ToJsonString())!.In(plan.Steps);
        state["unvalidated"] = JsonSerializer.SerializeToNode(step, JsonSerializerOptions.Web);
        Assert.Equal(["step", "steps", "loss", "crossEntropy", "kullbackLeibler"], state["unvalidated"]!.AsObject().Select(named => named.Key).Take(5));
        state.Remove("checksum");
        state["checksum"] = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(state)));
        File.WriteAllText(file, state.ToJsonString());
        Continued(RunFolder.Open(folder["run"]), null);
        Assert.Equal(File.ReadAllText(folder["whole/metrics.jsonl"]), File.ReadAllText(folder["run/metrics.jsonl"]));
    }

    /// <summary>Goes on until validation images have been looked at so often, or to the end; how often they were.</summary>
    private static int StoppedAtLook(RunFolder run, int stop)
    {
        using var model = run.MakeModel();
        using var cancellation = new CancellationTokenSource();
        var looks = 0;
        var validation = Data.Validation.Select(image => new GradedImage(image.Name, image.Case, new ImagePixels(1, image.Height, image.Width, new Watched(image.Pixels(), () =>
        {
            if (++looks == stop)
                cancellation.Cancel();
        })), image.Grading, image.Classes)).ToList();
        try
        {
            Trainer.Train(model, Data.Train, run.Plan, new() { Run = run, Validation = validation }, cancellation.Token);
        }
        catch (OperationCanceledException)
        {
        }
        return looks;
    }

    /// <summary>Values that tell when they are read.</summary>
    private sealed class Watched(float[] values, Action read) : PixelStore
    {
        private readonly Values _values = new(values);

        public override int Length => _values.Length;

        public override int Bits => _values.Bits;

        public override void Read(int from, int runs, int stride, int length, Span<float> destination)
        {
            read();
            _values.Read(from, runs, stride, length, destination);
        }
    }

    [Fact]
    public void ATrainingByAnotherPlan_ThanThatOfItsRun_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var run = Begun(TinyNet.Spec, new TrainingPlan { Steps = 4 }, folder["run"]);
        using var model = run.MakeModel();
        Assert.StartsWith("TrainingPlan: it is not the plan of the run", Assert.Throws<InputException>(() =>
            Trainer.Train(model, Data.Train, run.Plan with { Beta = 2 }, new() { Run = run }, TestContext.Current.CancellationToken)).Message);
        Assert.False(File.Exists(folder["run/metrics.jsonl"]));
    }

    [Fact]
    public void MetricsThatHaveLostLines_AreCutByTheirSteps()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 6, BatchSize = 2, CheckpointEvery = 2, DiversityEvery = 0 };
        Continued(Begun(TinyNet.Spec, plan, folder["run"]), 5);
        File.WriteAllLines(folder["run/metrics.jsonl"], File.ReadAllLines(folder["run/metrics.jsonl"])[2..]);
        Directory.Delete(folder["run/checkpoints/step-000005"], recursive: true);
        Continued(RunFolder.Open(folder["run"]), null);
        Assert.Equal([3, 4, 5, 6], File.ReadAllLines(folder["run/metrics.jsonl"]).Select(line => (int)System.Text.Json.Nodes.JsonNode.Parse(line)!["step"]!));
    }

    [Fact]
    public void TheLastFewAndTheBest_AreKept()
    {
        using var folder = new TemporaryFolder();
        var run = Begun(TinyNet.Spec, new TrainingPlan { Steps = 30, BatchSize = 2, CheckpointEvery = 3, KeepCheckpoints = 2, ValidateEvery = 5, ValidationSamples = 2, LearningRate = 1e-2 }, folder["run"]);
        var seen = new List<TrainingStep>();
        using var model = run.MakeModel();
        Trainer.Train(model, Data.Train, run.Plan, new() { Run = run, Validation = Data.Validation, Progress = new Each<TrainingStep>(seen.Add) }, TestContext.Current.CancellationToken);
        var validated = seen.Where(step => step.ValidationGed is not null).ToList();
        Assert.Equal([5, 10, 15, 20, 25, 30], validated.Select(step => step.Step));
        var best = validated.Where(step => step.IsBest).Last();
        Assert.Equal(validated.Min(step => step.ValidationGed), best.ValidationGed);
        Assert.Equal(new BestStep(best.Step, best.ValidationGed!.Value), run.Best);
        Assert.Equal(new[] { 30, 27, best.Step }.Distinct().OrderDescending(), run.Checkpoints.Steps);
        using var loaded = run.LoadModel(best.Step);
        Assert.Equal(best.ValidationGed.Value, ProbUNet.Models.Evaluation.Evaluator.Evaluate(loaded, Data.Validation, [2]).GedAt(2));
        Assert.Contains("there is no checkpoint of step 4; take one of 30, ", Assert.Throws<InputException>(() => run.LoadModel(4)).Message);
    }

    [Fact]
    public void ARunThatBeganWithOtherWeights_GoesOnFromThem()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 3, BatchSize = 2, DiversityEvery = 0 };
        byte[] Trained(string name, bool stop)
        {
            using var other = new TinyNet(seed: 99);
            RunFolder.Create(folder[name], other, plan, Data, initialWeights: "elsewhere.safetensors");
            if (stop)
                Continued(RunFolder.Open(folder[name]), 0);
            return Continued(RunFolder.Open(folder[name]), null);
        }
        Assert.Equal(Trained("a", stop: false), Trained("b", stop: true));
        Assert.NotEqual(Trained("c", stop: false), Continued(Begun(TinyNet.Spec, plan, folder["d"]), null));
    }

    [Fact]
    public void ASecondTraining_InTheSameFolder_IsRefused_WithTheFirstOnesProcess()
    {
        using var folder = new TemporaryFolder();
        var run = Begun(TinyNet.Spec, new TrainingPlan { Steps = 2, BatchSize = 2 }, folder["run"]);
        using (RunLock.Take(run.Path))
            Assert.Equal($"{folder["run"]}: the process {Environment.ProcessId} is training in this folder; wait for it, or stop it, before you go on.",
                Assert.Throws<InputException>(() => Continued(run, null)).Message);
        Continued(run, null);
        Assert.False(File.Exists(folder["run/training.lock"]));
    }

    [Fact]
    public void ANewerFormat_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        Begun(TinyNet.Spec, new TrainingPlan { Steps = 2 }, folder["run"]);
        var text = File.ReadAllText(folder["run/run.json"]);
        File.WriteAllText(folder["run/run.json"], text.Replace("\"formatVersion\": 3", "\"formatVersion\": 4"));
        Assert.Contains("run.json: it has the format 4 and this program knows 3; open it with the program that wrote it.", Assert.Throws<InputException>(() => RunFolder.Open(folder["run"])).Message);
        // Those from before there were versions are read as they are.
        File.WriteAllText(folder["run/run.json"], text.Replace("\"formatVersion\": 3,", "").Replace("\"keepCheckpoints\": 2,", ""));
        Assert.Equal(new TrainingPlan { Steps = 2 }, RunFolder.Open(folder["run"]).Plan);
    }

    [Fact]
    public void ARunOfAVersionWithFewerSettings_GoesOn()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 4, BatchSize = 2, CheckpointEvery = 2, DiversityEvery = 0 };
        var expected = Continued(Begun(TinyNet.Spec, plan, folder["whole"]), null);
        // As if the setting had come later than the run.
        Begun(TinyNet.Spec, plan, folder["run"]);
        File.WriteAllText(folder["run/run.json"], File.ReadAllText(folder["run/run.json"]).Replace("\"warmup\": 0,", "", StringComparison.Ordinal));
        Continued(RunFolder.Open(folder["run"]), 3);
        Assert.Equal(expected, Continued(RunFolder.Open(folder["run"]), null, []));
        Assert.Equal([4, 3], RunFolder.Open(folder["run"]).Checkpoints.Steps);
    }

    [Theory]
    [InlineData(1)]   // the one before it could be gone on from, and what was trained after it is kept
    [InlineData(9)]
    public void ARunWithoutWhatOnlyTheNextStepNeeds_IsJudgedAsBefore_AndNotGoneOnWith(int removed)
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 4, BatchSize = 2, CheckpointEvery = 2, DiversityEvery = 0, ValidateEvery = 2, ValidationSamples = 1, AverageDecay = 0.9 };
        var run = Begun(TinyNet.Spec, plan, folder["run"]);
        Continued(run, null);
        var (weights, best, seconds) = (WeightsOf(run), run.Best, run.Seconds);
        foreach (var step in run.Checkpoints.Steps.Take(removed))
            File.Delete(folder[$"run/checkpoints/step-{step:D6}/training.safetensors"]);
        run = RunFolder.Open(folder["run"]);
        Assert.True(run.IsDone);
        Assert.Equal((best, seconds), (run.Best, run.Seconds));
        Assert.Equal(weights, WeightsOf(run));
        Assert.Contains("without its training.safetensors this checkpoint can be judged, and not gone on from; put it back", Assert.Throws<InputException>(() => Continued(run, null)).Message);
        Assert.Equal(weights, WeightsOf(RunFolder.Open(folder["run"])));

        static byte[] WeightsOf(RunFolder run)
        {
            using var model = run.LoadModel();
            return BytesOf(model);
        }
    }

    /// <summary>Without what weighs a KL term where the loss has none.</summary>
    private static TrainingPlan Fitting(TrainingPlan plan, ModelSpec spec) => spec is LatentVariableSpec ? plan : plan.For(spec) with { Geco = null };

    private static RunFolder Begun(ModelSpec spec, TrainingPlan plan, string path)
    {
        using var model = Interpreter.Create(spec, 3).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        return RunFolder.Create(path, model, plan, Data);
    }

    /// <summary>Goes on to the end, or until a step; the weights that are then in the network.</summary>
    private static byte[] Continued(RunFolder run, int? stop, List<string>? told = null)
    {
        using var model = run.MakeModel();
        using var cancellation = new CancellationTokenSource();
        if (stop == 0)
            cancellation.Cancel();
        try
        {
            Trainer.Train(model, Data.Train, run.Plan, new()
            {
                Run = run,
                Validation = Data.Validation,
                Tell = sentence => told?.Add(sentence),
                Progress = new Each<TrainingStep>(step =>
                {
                    if (step.Step == stop)
                        cancellation.Cancel();
                }),
            }, cancellation.Token);
        }
        catch (OperationCanceledException) when (stop is not null)
        {
        }
        return BytesOf(model);
    }

    private static byte[] BytesOf(SegmentationModel model) =>
        [.. Weights.Copy(model).SelectMany(named => System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(named.Value.Values).ToArray())];

    /// <summary>Whether a byte of JSON says the same as it did: white space that is still white space.</summary>
    private static bool IsMeaningless(string file, byte[] bytes, int at) => file.EndsWith(".json", StringComparison.Ordinal) && bytes[at] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r';
}
