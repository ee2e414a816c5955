using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Data;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

/// <summary>What the settings of a plan do.</summary>
public class TrainingPlanTests
{
    private static readonly TrainingPlan Plan = new() { Steps = 5, BatchSize = 2, DiversityEvery = 0 };

    [Property]
    public void SchedulesStartAtTheLearningRate_AndFallToAPercent(int steps)
    {
        steps = 1 + Math.Abs(steps % 1000);
        foreach (var schedule in Enum.GetValues<LearningRateSchedule>())
        {
            var plan = Plan with { Steps = steps, LearningRate = 0.5, Schedule = schedule };
            var rates = Enumerable.Range(1, steps).Select(plan.LearningRateAt).ToArray();
            Assert.Equal(0.5, rates[0], 1e-12);
            Assert.Equal(rates.OrderDescending(), rates);
            Assert.InRange(rates[^1], 0.005 - 1e-12, 0.5);
        }
        var stairs = Plan with { Steps = 6 * steps, LearningRate = 1, Schedule = LearningRateSchedule.Staircase };
        Assert.Equal([1, Math.Pow(0.01, 0.2), Math.Pow(0.01, 0.4), Math.Pow(0.01, 0.6), Math.Pow(0.01, 0.8), 0.01], Enumerable.Range(1, 6 * steps).Select(stairs.LearningRateAt).Distinct());
    }

    [Theory]
    [InlineData(nameof(GecoPlan.Target), 0, "a finite number above 0")]
    [InlineData(nameof(GecoPlan.Target), double.NaN, "a finite number above 0")]
    [InlineData(nameof(GecoPlan.Target), double.PositiveInfinity, "a finite number above 0")]
    [InlineData(nameof(GecoPlan.Rate), 0, "a finite number above 0")]
    [InlineData(nameof(GecoPlan.Rate), double.NaN, "a finite number above 0")]
    [InlineData(nameof(GecoPlan.Rate), double.PositiveInfinity, "a finite number above 0")]
    [InlineData(nameof(GecoPlan.Decay), 1, "a number of at least 0 and below 1")]
    [InlineData(nameof(GecoPlan.Decay), -0.1, "a number of at least 0 and below 1")]
    [InlineData(nameof(GecoPlan.Decay), double.NaN, "a number of at least 0 and below 1")]
    public void OfATarget_TheSettingIsNamedThatCannotWork(string setting, double value, string range)
    {
        var geco = setting switch
        {
            nameof(GecoPlan.Target) => new GecoPlan { Target = value },
            nameof(GecoPlan.Rate) => new GecoPlan { Rate = value },
            _ => new GecoPlan { Decay = value },
        };
        Assert.Equal(FormattableString.Invariant($"TrainingPlan.Geco.{setting}: {value} cannot work; use {range}."), Assert.Throws<InputException>(() => (Plan with { Geco = geco }).Check()).Message);
    }

    [Fact]
    public void AWarmup_RisesInAStraightLine_UpToTheSchedule()
    {
        var plan = Plan with { Steps = 100, LearningRate = 1, Schedule = LearningRateSchedule.Constant, Warmup = 4 };
        Assert.Equal([0.2, 0.4, 0.6, 0.8, 1, 1], Enumerable.Range(1, 6).Select(plan.LearningRateAt));
    }

    [Fact]
    public void WhatIsFrozen_StaysAsItIs_AndAllElseMoves()
    {
        using var model = new TinyNet(seed: 3);
        var before = Weights.Copy(model).ToDictionary(named => named.Key, named => named.Value.Values);
        Trainer.Train(model, ToyData.Squares(7), Plan with { Frozen = ["unet.*", "*.bias"] }, cancellation: TestContext.Current.CancellationToken);
        foreach (var (name, after) in Weights.Copy(model))
            Assert.True(before[name].SequenceEqual(after.Values) == (name.StartsWith("unet.", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal)), name);
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad));
        Assert.StartsWith("TrainingPlan.Frozen net.*: no parameter of the network has such a name; use patterns of names such as unet.*, ",
            Assert.Throws<InputException>(() => Trainer.Check(model, ToyData.Squares(1), Plan with { Frozen = ["net.*"] })).Message);
        Assert.StartsWith("TrainingPlan.Frozen: all parameters stay as they are", Assert.Throws<InputException>(() => Trainer.Check(model, ToyData.Squares(1), Plan with { Frozen = ["*"] })).Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.5)]
    public void WhatIsFrozen_StaysAsItIs_ItsStatisticsToo_AndUnderAMean(double? average)
    {
        var spec = TinyNet.Spec with { UNet = TinyNet.Spec.UNet with { Normalization = Normalization.Batch } };
        using var model = Made(spec);
        var before = Weights.Copy(model).ToDictionary(named => named.Key, named => named.Value.Values);
        Assert.Contains(before.Keys, name => name.StartsWith("unet.", StringComparison.Ordinal) && name.EndsWith(".running_var", StringComparison.Ordinal));
        Trainer.Train(model, ToyData.Squares(7), Plan with { Steps = 30, Frozen = ["unet.*"], AverageDecay = average, DiversityEvery = 10 }, cancellation: TestContext.Current.CancellationToken);
        foreach (var (name, after) in Weights.Copy(model))
            Assert.True(before[name].SequenceEqual(after.Values) == name.StartsWith("unet.", StringComparison.Ordinal), name);
    }

    [Fact]
    public void APart_ThatIsFrozenWhole_IsRefused()
    {
        using var model = Made(new UNetEnsembleSpec { Image = TinyNet.Spec.Image, UNet = TinyNet.Spec.UNet, Members = 2 });
        Assert.StartsWith("TrainingPlan.Frozen: all parameters of part 0 stay as they are", Assert.Throws<InputException>(() => Trainer.Check(model, ToyData.Squares(1), Plan with { Frozen = ["member0.*"] })).Message);
        Trainer.Check(model, ToyData.Squares(1), Plan with { Frozen = ["member*.*.bias"] });
    }

    private static ProbUNet.Models.Runtime.SegmentationModel Made(ModelSpec spec) =>
        ProbUNet.Models.Runtime.Interpreter.Create(spec, 3).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));

    public static TheoryData<ModelSpec> Normalised => [TinyNet.Spec with { UNet = TinyNet.Spec.UNet with { Normalization = Normalization.Batch } },
        new UNetEnsembleSpec { Image = TinyNet.Spec.Image, UNet = TinyNet.Spec.UNet with { Normalization = Normalization.Batch }, Members = 3 }];

    [Theory]
    [MemberData(nameof(Normalised))]
    public void AStepThatIsRefused_ChangesNothing_OfNoPart_NorOfTheStatistics(ModelSpec spec)
    {
        using var model = Made(spec);
        var broken = Images.Broken("broken", 8, 8, ToyData.Squares(1)[0].Grading);
        for (var seed = 1L; seed <= 6; seed++)   // so that each part meets the image first at some time
        {
            var last = Weights.Copy(model);
            Assert.Throws<InputException>(() => Trainer.Train(model, [.. ToyData.Squares(9), broken], Plan with { Steps = 50, BatchSize = 2, Seed = seed },
                new() { Progress = new Each<TrainingStep>(_ => last = Weights.Copy(model)) }, TestContext.Current.CancellationToken));
            Assert.All(last.Zip(Weights.Copy(model)), pair => Assert.Equal(pair.First.Value.Values, pair.Second.Value.Values));
        }
    }

    [Fact]
    public void TheMean_IsOfTheStatisticsToo()
    {
        var spec = TinyNet.Spec with { UNet = TinyNet.Spec.UNet with { Normalization = Normalization.Batch } };
        double[] After(int steps, double? decay)
        {
            using var model = Made(spec);
            if (steps > 0)
                Trainer.Train(model, ToyData.Squares(7), Plan with { Steps = steps, AverageDecay = decay, Schedule = LearningRateSchedule.Constant }, cancellation: TestContext.Current.CancellationToken);
            return [.. Weights.Copy(model).First(named => named.Key.EndsWith(".running_var", StringComparison.Ordinal)).Value.Values.Select(value => (double)value)];
        }
        var expected = After(0, null);
        for (var step = 1; step <= 3; step++)
        {
            var (stays, raw) = (Math.Min(0.25, (1.0 + step) / (10 + step)), After(step, null));
            expected = [.. expected.Zip(raw, (mean, value) => stays * mean + (1 - stays) * value)];
        }
        Assert.All(expected.Zip(After(3, 0.25)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void ATimingThatIsCancelled_PutsTheWeightsBack()
    {
        using var model = new TinyNet(seed: 3);
        var before = Weights.Copy(model);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Trainer.StepsIn(model, ToyData.Squares(7), Plan, 60, new Ringing(stop, at: 6), stop.Token));
        Assert.All(before.Zip(Weights.Copy(model)), pair => Assert.Equal(pair.First.Value.Values, pair.Second.Value.Values));
    }

    /// <summary>A clock that cancels at one of its looks.</summary>
    private sealed class Ringing(CancellationTokenSource stop, int at) : TimeProvider
    {
        private int _looks;

        public override long GetTimestamp()
        {
            if (++_looks == at)
                stop.Cancel();
            return base.GetTimestamp();
        }
    }

    [Fact]
    public void AGradient_IsShortenedToTheNorm_AndToldAsItWas()
    {
        double[] Norms(double? clip, out float[] weights)
        {
            using var model = new TinyNet(seed: 3);
            var norms = new List<double>();
            // Adam does not care for the length of a single gradient: the second step shows it.
            Trainer.Train(model, ToyData.Squares(7), Plan with { Steps = 2, ClipNorm = clip }, new() { Progress = new Each<TrainingStep>(step => norms.Add(step.GradientNorm)) }, TestContext.Current.CancellationToken);
            weights = Weights.Copy(model)[0].Value.Values;
            return [.. norms];
        }
        var free = Norms(null, out var freely);
        Assert.All(free, norm => Assert.True(norm > 1));
        Assert.Equal(free, Norms(1e9, out var loosely));
        Assert.Equal(freely, loosely);
        var clipped = Norms(free[0] / 1000, out var tightly);
        Assert.Equal(free[0], clipped[0]);
        Assert.NotEqual(freely, tightly);
    }

    [Fact]
    public void AClippedGradient_HasTheNormThatIsAllowed()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        var run = RunFolder.Create(folder["run"], model, Plan with { Steps = 1, ClipNorm = 0.5, WeightDecay = 0 }, ToyData.Set(7));
        Trainer.Train(model, ToyData.Squares(7), run.Plan, new() { Run = run }, TestContext.Current.CancellationToken);
        // After one step the mean of the gradients is a tenth of the gradient.
        var means = Safetensors.Read(folder["run/checkpoints/step-000001/training.safetensors"]).Where(named => named.Key.StartsWith("adam.mean/", StringComparison.Ordinal));
        Assert.Equal(0.05, Math.Sqrt(means.Sum(named => named.Value.Values.Sum(value => (double)value * value))), 1e-5);
    }

    [Fact]
    public void AnAverage_IsOfTheWeightsOfAllSteps()
    {
        float[] After(int steps, double? decay)
        {
            using var model = new TinyNet(seed: 3);
            if (steps > 0)
                // A constant rate, so that a training of more steps begins as one of fewer does.
                Trainer.Train(model, ToyData.Squares(7), Plan with { Steps = steps, AverageDecay = decay, Schedule = LearningRateSchedule.Constant }, cancellation: TestContext.Current.CancellationToken);
            return Weights.Copy(model)[0].Value.Values;
        }
        var expected = After(0, null).Select(value => (double)value).ToArray();
        for (var step = 1; step <= 3; step++)
        {
            var (stays, weights) = (Math.Min(0.25, (1.0 + step) / (10 + step)), After(step, null));
            expected = [.. expected.Zip(weights, (mean, value) => stays * mean + (1 - stays) * value)];
        }
        Assert.All(expected.Zip(After(3, 0.25)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Minutes_AreTheSteps_ThatFitIntoThem_AndTimingLeavesNoTrace()
    {
        using var model = new TinyNet(seed: 3);
        var before = Weights.Copy(model);
        var clock = new SteadyClock();
        Assert.Equal(90, Trainer.StepsIn(model, ToyData.Squares(7), Plan, seconds: 90, clock, TestContext.Current.CancellationToken));
        Assert.All(before.Zip(Weights.Copy(model)), pair => Assert.Equal(pair.First.Value.Values, pair.Second.Value.Values));
        var steps = new List<int>();
        Trainer.Train(model, ToyData.Squares(7), Plan with { Minutes = 0.1 }, new() { Time = clock, Progress = new Each<TrainingStep>(step => steps.Add(step.Steps)) }, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Repeat(6, 6), steps);
        using var folder = new TemporaryFolder();
        Assert.StartsWith("TrainingPlan.Minutes: a run is of so many steps", Assert.Throws<InputException>(() => RunFolder.Create(folder["run"], model, Plan with { Minutes = 1 }, ToyData.Set(4))).Message);
    }

    [Fact]
    public void ATrainingInWhichALossIsNoNumber_NamesTermAndImages_AndLeavesTheWeightsBeforeTheStep_AndTheLastCheckpoint()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        // One image is no image: its pixels are no numbers.
        var broken = Images.Broken("broken", 8, 8, ToyData.Squares(1)[0].Grading);
        IReadOnlyList<GradedImage> images = [.. ToyData.Squares(5), broken];
        var plan = Plan with { Steps = 50, BatchSize = 1, CheckpointEvery = 1, KeepCheckpoints = 9 };
        var first = Enumerable.Range(1, 50).First(step => new BatchSampler(images, 1, plan.Seed).Choose(step)[0].Image == broken);
        Assert.True(first > 1, "another seed is needed");
        var run = RunFolder.Create(folder["run"], model, plan, new("broken", images, ToyData.Squares(1), ToyData.Squares(1)));
        var error = Assert.Throws<InputException>(() => Trainer.Train(model, images, plan, new() { Run = run }, TestContext.Current.CancellationToken));
        Assert.StartsWith($"TrainingPlan.LearningRate 0.001: in step {first} the loss is NaN, by the cross-entropy; images: broken; lower the learning rate, or bound the gradient by TrainingPlan.ClipNorm, and look at these images.", error.Message);
        Assert.Equal(first - 1, run.Checkpoints.Steps[0]);
        using var loaded = run.LoadModel();
        Assert.All(Weights.Copy(model).Zip(Weights.Copy(loaded)), pair => Assert.Equal(pair.First.Value.Values, pair.Second.Value.Values));
    }

    [Fact]
    public void DataWithOneGraderAnImage_AreWarnedOf_ButNotForANetworkThatDrawsNothing()
    {
        IReadOnlyList<string> Warnings(ModelSpec spec, int graders)
        {
            using var model = ProbUNet.Models.Runtime.Interpreter.Create(spec, 3).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
            var warnings = new List<string>();
            Trainer.Train(model, ToyData.Squares(4, graders: graders), Plan with { Steps = 2 }, new() { Progress = new Each<TrainingStep>(step => warnings.AddRange(step.Warning is { } warning ? [warning] : [])) }, TestContext.Current.CancellationToken);
            return warnings;
        }
        Assert.Contains("no ambiguity can be learned from these data", Assert.Single(Warnings(TinyNet.Spec, graders: 1)));
        Assert.Empty(Warnings(TinyNet.Spec, graders: 2));
        Assert.Empty(Warnings(TinyNet.Spec.As<DeterministicUNetSpec>(), graders: 1));
    }

    [Fact]
    public void ManyThreads_MaySampleFromOneNetwork()
    {
        using var model = new TinyNet(seed: 3);
        var images = ToyData.Squares(8);
        var one = images.Select(image => ProbUNet.Models.Evaluation.Predictor.Predict(model, image, count: 4).Probabilities.ToArray()).ToArray();
        for (var time = 0; time < 5; time++)
        {
            var many = new float[images.Count][];
            Parallel.For(0, images.Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => many[i] = ProbUNet.Models.Evaluation.Predictor.Predict(model, images[i], count: 4).Probabilities.ToArray());
            Assert.Equal(one, many);
        }
    }

    [Fact]
    public void AClockThatGoesBackwards_ChangesNoNumber()
    {
        byte[] Trained(TimeProvider time, string name)
        {
            using var folder = new TemporaryFolder();
            using var model = new TinyNet(seed: 3);
            var run = RunFolder.Create(folder[name], model, Plan with { CheckpointEvery = 2 }, ToyData.Set(7));
            Trainer.Train(model, ToyData.Squares(7), run.Plan, new() { Run = run, Time = time }, TestContext.Current.CancellationToken);
            return [.. File.ReadAllBytes(folder[$"{name}/metrics.jsonl"]), .. File.ReadAllBytes(run.WeightsFile())];
        }
        Assert.Equal(Trained(TimeProvider.System, "a"), Trained(new SteadyClock(-3600), "b"));
        using var timed = new TinyNet(seed: 3);
        Assert.Contains("the clock does not go forward", Assert.Throws<InputException>(() =>
            Trainer.StepsIn(timed, ToyData.Squares(7), Plan, seconds: 90, new SteadyClock(-1), TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void OverTwoThousandSteps_NoTensorIsLeft()
    {
        using var model = new TinyNet(seed: 3);
        GC.Collect();   // what other tests left to the finalizers does not count
        GC.WaitForPendingFinalizers();
        var live = new List<long>();
        Trainer.Train(model, ToyData.Squares(7), new TrainingPlan { Steps = 2000, BatchSize = 2, DiversityEvery = 100, AverageDecay = 0.9, ClipNorm = 1, ValidateEvery = 250, ValidationSamples = 2 },
            new() { Validation = ToyData.Squares(2), Ahead = 0, Progress = new Each<TrainingStep>(_ => live.Add(TorchSharp.torch.Tensor.TotalCount)) }, TestContext.Current.CancellationToken);
        Assert.Equal([live[10]], live[10..].Distinct());
    }

    [Fact]
    public void AllThatCannotWork_IsToldAtOnce()
    {
        var plan = Plan with { Steps = 0, Beta = -1, Augmentation = new() { Shear = 90, LargestScale = 0.5 }, KeepCheckpoints = 0 };
        var refused = Assert.Throws<InputException>(plan.Check);
        Assert.Equal("TrainingPlan.Steps", refused.Input);
        Assert.Equal("TrainingPlan.Steps: 0 cannot work; use 1 or more. Also: TrainingPlan.Beta: -1 cannot work; use 0 to 1e9. Also: TrainingPlan.Augmentation.Shear: 90 cannot work; use 0 to 60. Also: "
            + "TrainingPlan.Augmentation.LargestScale: 0.5 cannot work; use TrainingPlan.Augmentation.SmallestScale, which is 1, to 10. Also: TrainingPlan.KeepCheckpoints: 0 cannot work; use 1 or more.", refused.Message);
        Assert.EndsWith("use TrainingPlan.Augmentation.SmallestScale, which is 1, to 10.", Assert.Throws<InputException>(plan.Augmentation.Check).Message);
        Assert.Equal("ComparisonPlan.TestImages: 0 cannot work; use 1 or more. Also: TrainingPlan.BatchSize: 0 cannot work; use 1 or more.", Assert.Throws<InputException>(() => new ComparisonPlan { Training = new() { BatchSize = 0 }, TestImages = 0 }.Check()).Message);
    }
}
