using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Tests.Training;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Distributed;

/// <summary>N ranks that share each batch are one rank that has all of it, to rounding.</summary>
public class DistributedTrainingTests
{
    private const int Steps = 6;

    private static readonly GradedData Data = ToyData.Set(9) with { Validation = ToyData.Squares(3) };

    private static readonly UNetSpec Tiny = new() { Channels = [4, 6], ConvsPerBlock = 1 };

    /// <summary>All families, without what is random by rank (dropout) or seen by rank (batch norm).</summary>
    private static readonly ModelSpec[] Exact =
    [
        .. Families.All.Select(family => family.Defaults).Where(spec => spec is not DropoutUNetSpec).Select(spec => spec with { Image = new(1, 8, 8), UNet = Tiny }),
        TinyNet.Spec with { UNet = Tiny with { Normalization = Normalization.Group, Groups = 2 } },
    ];

    private static readonly ModelSpec[] ByRank =
    [
        new DropoutUNetSpec { Image = new(1, 8, 8), UNet = Tiny, Blocks = 1 },
        TinyNet.Spec with { UNet = Tiny with { Normalization = Normalization.Batch } },
    ];

    private static Gen<TrainingPlan> Plans =>
        from optimizer in Gen.Elements(Enum.GetValues<Optimization>())
        from clip in Gen.Elements<double?>(null, 1, 1000)
        from average in Gen.Elements<double?>(null, 0.5)
        from geco in Gen.Elements<GecoPlan?>(null, new GecoPlan(Target: 0.3))
        from objective in Gen.Elements(Enum.GetValues<Objective>())
        from frozen in Gen.Elements<ValueList<string>>([], ["*.bias"])
        from augmentation in Gen.Elements(AugmentationPlan.None, AugmentationPlan.Paper)
        from batch in Gen.Choose(4, 7)
        from validate in Gen.Choose(0, 3)
        from graders in Gen.Choose(1, 3)
        from seed in Gen.Choose(1, 1000)
        select new TrainingPlan
        {
            Steps = Steps, BatchSize = batch, Optimizer = optimizer, ClipNorm = clip, AverageDecay = average, Geco = geco, Objective = objective, Frozen = frozen, Augmentation = augmentation,
            CheckpointEvery = 2, ValidateEvery = validate, ValidationSamples = 2, DiversityEvery = 4, BetaWarmup = 3, Graders = graders, Seed = seed, LearningRate = 1e-4,
        };

    private static TrainingPlan For(ModelSpec spec, TrainingPlan plan) => plan with
    {
        Geco = spec is LatentVariableSpec ? plan.Geco : null,
        BetaWarmup = spec is LatentVariableSpec ? plan.BetaWarmup : 0,
        Objective = spec is ProbabilisticUNetSpec ? plan.Objective : Objective.Paper,
    };

    [Property(MaxTest = 40)]
    public Property TheGradient_OfRanks_IsThatOfTheBatch(int ranks) => Prop.ForAll(Gen.Elements(Exact).ToArbitrary(), Plans.ToArbitrary(), Gen.Elements(Enum.GetValues<Precision>()).ToArbitrary(), (spec, drawn, wire) =>
    {
        var (plan, size) = (For(spec, drawn), (int)((uint)ranks % 4) + 1);
        var (expected, alone) = Assert.Single(InProcessRanks.Run(1, mine => FirstMoments(spec, plan, mine, Precision.Float32)));
        var length = Math.Sqrt(expected.Sum(value => (double)value * value));
        foreach (var (moments, step) in InProcessRanks.Run(size, mine => FirstMoments(spec, plan, mine, wire)))
        {
            var distance = Math.Sqrt(moments.Zip(expected).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
            // float32 has 24 bits, bfloat16 has 8, which are lost once a rank and once a sum.
            Assert.True(distance <= (wire == Precision.Float32 || size == 1 ? 1e-5 : size * 0.004) * length, $"{spec} on {size} ranks, {wire}: {distance} of {length}");
            Assert.Equal(alone.Loss, step.Loss, 1e-5 * Math.Abs(alone.Loss));
            Assert.Equal(alone.CrossEntropy, step.CrossEntropy, 1e-5 * alone.CrossEntropy);
            Assert.Equal(alone.KullbackLeibler, step.KullbackLeibler, 1e-5 * alone.KullbackLeibler);
            foreach (var (own, theirs) in (alone.KullbackLeiblerPerDimension ?? []).Zip(step.KullbackLeiblerPerDimension ?? []))
                Assert.Equal(own, theirs, 1e-6 + 1e-5 * own);
        }
    });

    /// <summary>Adam's running mean after one step, which is the gradient times a number; and what the step tells.</summary>
    private static (float[] Moments, TrainingStep Step) FirstMoments(ModelSpec spec, TrainingPlan plan, Communicator ranks, Precision wire)
    {
        using var model = Made(spec, seed: 3 + ranks.Rank);   // all begin with the first one's
        using var session = new TrainingSession(model, Data.Train, plan, ahead: 0, ranks: ranks, wire: wire);
        var step = session.Next();
        return ([.. session.State.Where(named => named.Name.StartsWith("adam.mean/", StringComparison.Ordinal)).SelectMany(named => named.Values.contiguous().data<float>())], step);
    }

    [Property(MaxTest = 30)]
    public void Gradients_AreSummed_InBucketsOfAnyLength(byte bucket, byte ranks, bool[] have)
    {
        long[][] shapes = [[2], [3, 2, 3, 3], [3], [5, 3, 1, 1], [1], [4, 4]];
        var size = ranks % 4 + 1;
        var sums = InProcessRanks.Run(size, mine =>
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            var parameters = shapes.Select(shape => new TorchSharp.Modules.Parameter(TorchSharp.torch.zeros(shape))).ToList();
            foreach (var (parameter, place) in parameters.Select((each, place) => (each, place)))
                if (place >= have.Length || have[place])
                    parameter.grad = (TorchSharp.torch.arange(parameter.numel(), dtype: TorchSharp.torch.float32) + 100 * place).view(parameter.shape) * (mine.Rank + 1);
            using var exchange = new GradientExchange(mine, parameters, Precision.Float32, bucket % 60 + 1);
            exchange.Sum();
            return parameters.Select(parameter => parameter.grad is { } sum ? sum.data<float>().ToArray() : null).ToList();
        });
        var factor = size * (size + 1) / 2;
        foreach (var place in Enumerable.Range(0, shapes.Length))
        {
            var length = (int)shapes[place].Aggregate((a, b) => a * b);
            var expected = place >= have.Length || have[place] ? Enumerable.Range(0, length).Select(i => (float)(i + 100 * place) * factor).ToArray() : null;
            Assert.All(sums, sum => Assert.Equal(expected, sum[place]));
        }
    }

    [Property(MaxTest = 25)]
    public Property ATraining_OfRanks_IsThatOfOne_ToRounding_AlsoResumedWithAnotherNumber(int first, int second, int stop) => Prop.ForAll(Gen.Elements(Exact).ToArbitrary(), Plans.ToArbitrary(), (spec, drawn) =>
    {
        var plan = For(spec, drawn);
        var (before, behind, at) = ((int)((uint)first % 4) + 1, (int)((uint)second % 4) + 1, (int)((uint)stop % Steps));
        using var folder = new TemporaryFolder();
        var alone = Trained(spec, plan, folder["alone"], 1);
        Trained(spec, plan, folder["ranks"], before, at);
        var together = Trained(spec, plan, folder["ranks"], behind);
        Assert.All(together, weights => Assert.Equal(together[0], weights));
        var (whole, parts) = (RunFolder.Open(folder["alone"]).ReadSteps(), RunFolder.Open(folder["ranks"]).ReadSteps());
        Assert.Equal(whole.Select(step => step.Step), parts.Select(step => step.Step));
        foreach (var (own, theirs) in whole.Zip(parts))
        {
            Assert.Equal(own.Loss, theirs.Loss, 1e-3 * Math.Abs(own.Loss));
            Assert.Equal(own.ValidationGed is null, theirs.ValidationGed is null);
            Assert.Equal(own.Diversity is null, theirs.Diversity is null);
        }
        // Adam divides gradients by their size, so that a value without one goes where rounding sends it, at most a learning rate a step.
        Assert.All(alone[0].Zip(together[0]), pair => Assert.Equal(pair.First, pair.Second, 2.1 * Steps * plan.LearningRate));
    });

    [Property(MaxTest = 10)]
    public Property RanksWithDropoutOrBatchNorm_EndWithTheSameBits_EveryTime(int ranks) => Prop.ForAll(Gen.Elements(ByRank).ToArbitrary(), Plans.ToArbitrary(), (spec, drawn) =>
    {
        var (plan, size) = (For(spec, drawn), (int)((uint)ranks % 3) + 2);
        using var folder = new TemporaryFolder();
        var once = Trained(spec, plan, folder["once"], size);
        Trained(spec, plan, folder["again"], size, stop: 3);
        var again = Trained(spec, plan, folder["again"], size);
        Assert.All(once.Concat(again), weights => Assert.Equal(once[0], weights));
        Assert.Equal(File.ReadAllText(folder["once/metrics.jsonl"]), File.ReadAllText(folder["again/metrics.jsonl"]));
    });

    [Property(MaxTest = 10)]
    public Property AnEvaluation_HasTheSameBits_OnAnyNumberOfRanks(int seed) => Prop.ForAll(Gen.Elements((ModelSpec[])[.. Exact, .. ByRank]).ToArbitrary(), Gen.Choose(1, 7).ToArbitrary(), (spec, images) =>
    {
        var data = ToyData.Squares(images);
        var written = Enumerable.Range(1, 4).SelectMany(size => InProcessRanks.Run(size, mine =>
        {
            using var model = Made(spec, seed: 3);
            return JsonSerializer.Serialize(Evaluator.Evaluate(model, data, [1, 4], seed, ranks: mine), new JsonSerializerOptions { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals });
        })).ToList();
        Assert.All(written, each => Assert.Equal(written[0], each));
    });

    [Fact]
    public void RanksThatWereGivenOtherPlans_AreRefused()
    {
        var error = Assert.Throws<RankFailedException>(() => InProcessRanks.Run(2, mine =>
        {
            using var model = Made(TinyNet.Spec, seed: 3);
            return Trainer.Train(model, Data.Train, new TrainingPlan { Steps = 2, Beta = 1 + mine.Rank }, new() { Ranks = mine });
        }));
        Assert.Equal("the ranks: they were not given the same network, plan and images; give every rank the same command and the same data.", error.InnerException!.Message);
    }

    [Fact]
    public void ABatch_ThatIsSmallerThanTheNumberOfRanks_IsRefused()
    {
        var error = Assert.Throws<RankFailedException>(() => InProcessRanks.Run(3, mine =>
        {
            using var model = Made(TinyNet.Spec, seed: 3);
            return Trainer.Train(model, Data.Train, new TrainingPlan { Steps = 2, BatchSize = 2 }, new() { Ranks = mine });
        }));
        Assert.Equal("TrainingPlan.BatchSize 2: it cannot be spread over 3 ranks; take a larger batch or fewer ranks.", error.InnerException!.Message);
    }

    [Fact]
    public void ALossThatIsNoNumberOnOneRank_IsToldOfByAll_WithTheImage()
    {
        var images = ToyData.Squares(4).ToList();
        var broken = images[2].Pixels();
        broken[3] = float.NaN;
        images[2] = new GradedImage(images[2].Name, images[2].Case, new ImagePixels(1, 8, 8, new PixelStore.Values(broken)), images[2].Grading, images[2].Classes);
        var messages = InProcessRanks.Run(2, mine =>
        {
            using var model = Made(TinyNet.Spec, seed: 3);
            return Assert.Throws<InputException>(() => Trainer.Train(model, images, new TrainingPlan { Steps = 2, BatchSize = 4 }, new() { Ranks = mine })).Message;
        });
        Assert.Equal(messages[0], messages[1]);
        Assert.Contains($"in step 1 the loss is NaN, by the cross-entropy; images: {images[2].Name};", messages[0]);
    }

    [Fact]
    public void ARankWhoseWeightsWentAstray_IsNamed()
    {
        var error = Assert.Throws<RankFailedException>(() => InProcessRanks.Run(3, mine =>
        {
            using var model = Made(TinyNet.Spec, seed: 3);
            using var session = new TrainingSession(model, Data.Train, new TrainingPlan { Steps = 2, BatchSize = 4 }, ahead: 0, ranks: mine);
            session.CheckRanks();
            session.Next();
            if (mine.Rank == 1)
                using (TorchSharp.torch.no_grad())
                    model.parameters().First().add_(1e-7f);
            session.CheckRanks();
            return 0;
        }));
        Assert.Equal("after step 1 the weights of rank 1 are not those of rank 0", error.InnerException!.Message);
    }

    private static SegmentationModel Made(ModelSpec spec, int seed) => Interpreter.Create(spec, seed).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));

    /// <summary>Begins a run on so many ranks or goes on with it, to its end or a step; the weights that each rank then has.</summary>
    private static IReadOnlyList<float[]> Trained(ModelSpec spec, TrainingPlan plan, string path, int size, int? stop = null)
    {
        if (!RunFolder.Recognizes(path))
            using (var model = Made(spec, seed: 3))
                RunFolder.Create(path, model, plan, Data);
        return InProcessRanks.Run(size, mine =>
        {
            using var model = Made(spec, seed: 3);
            using var cancellation = new CancellationTokenSource();
            // Any of them may be the one that is told to stop.
            var told = mine.Rank == (stop ?? 0) % size;
            if (stop == 0 && told)
                cancellation.Cancel();
            try
            {
                Trainer.Train(model, Data.Train, plan, new()
                {
                    Run = mine.IsFirst ? RunFolder.Open(path) : null,
                    Validation = Data.Validation,
                    Ranks = mine,
                    Progress = new Each<TrainingStep>(step =>
                    {
                        if (step.Step == stop && told)
                            cancellation.Cancel();
                    }),
                }, cancellation.Token);
            }
            catch (OperationCanceledException) when (stop is not null)
            {
            }
            return Weights.Copy(model).SelectMany(named => named.Value.Values.ToArray()).ToArray();
        });
    }
}
