using System.Text.Json.Nodes;
using ProbUNet.Dsl;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Training;

[ProbabilisticUNet(Height = 8, Width = 8)]
[UNet(Channels = [4, 6], ConvsPerBlock = 1)]
[Latent(2)]
internal sealed partial class TinyNet;

public class TrainerTests
{
    private static readonly TrainingPlan Plan = new() { Steps = 6, BatchSize = 3, Seed = 5 };

    [Fact]
    public void TwoRuns_OfOneSeed_AreBitIdentical()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "a", "b" })
        {
            using var model = new TinyNet(seed: 3);
            Trainer.Train(model, ToyData.Squares(7), Plan, new() { Run = RunFolder.Create(folder[name], model, Plan, ToyData.Set(7)) }, cancellation: TestContext.Current.CancellationToken);
        }
        foreach (var file in new[] { "run.json", "metrics.jsonl", "checkpoints/step-000006/weights.safetensors" })
            Assert.Equal(File.ReadAllBytes(folder[$"a/{file}"]), File.ReadAllBytes(folder[$"b/{file}"]));
        Assert.Equal(6, File.ReadAllLines(folder["a/metrics.jsonl"]).Length);
        // A run folder describes its network.
        var spec = JsonNode.Parse(File.ReadAllText(folder["a/run.json"]))!["spec"]!.ToJsonString();
        Assert.Equal(TinyNet.Spec, SpecJson.Read(spec).Match(read => read, errors => throw new InvalidOperationException(errors.ToString())));
    }

    [Fact]
    public void AnotherSeed_GivesAnotherNetwork()
    {
        var losses = new[] { 5L, 6L }.Select(seed =>
        {
            using var model = new TinyNet(seed: 3);
            return Losses(model, Plan with { Seed = seed });
        }).ToArray();
        Assert.NotEqual(losses[0], losses[1]);
    }

    [Fact]
    public void EveryBitOfASeed_DecidesTheWeights()
    {
        // What draws them on the CPU reads 32 bits of a seed.
        long[] seeds = [3, 3 + (1L << 32), 3 + (1L << 33), 3 + (1L << 62), long.MinValue + 3, -3, -3 - (1L << 32)];
        var weights = seeds.Select(seed =>
        {
            using var model = new TinyNet(seed);
            return string.Join(' ', Weights.Copy(model)[0].Value.Values);
        }).ToArray();
        Assert.Equal(seeds.Length, weights.Distinct().Count());
    }

    [Fact]
    public void Training_LowersTheLoss_AndBeatsTheAllEmptyPredictor()
    {
        var images = ToyData.Squares(16);
        using var model = new TinyNet(seed: 3);
        var losses = Losses(model, Plan with { Steps = 300, BatchSize = 8, LearningRate = 1e-2 });
        Assert.True(losses[^20..].Average() < 0.6 * losses[..20].Average(), $"{losses[..20].Average()} → {losses[^20..].Average()}");
        int[] counts = [8];
        var (trained, empty) = (Evaluator.Evaluate(model, images, counts).GedAt(8), Evaluator.ScoreAllEmpty(images, counts).GedAt(8));
        Assert.True(trained < 0.8 * empty, $"{trained} against {empty}");
    }

    [Fact]
    public void EveryParameter_ReceivesAGradient()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var model = new TinyNet(seed: 3);
        var terms = model.LossAt(rand(4, 1, 8, 8, generator: random), rand(4, 1, 8, 8, generator: random).round(), randn(4, 2, generator: random));
        Objective.Paper.Reduce(terms, 1, model).backward();
        Assert.All(model.named_parameters(), named => Assert.True(named.parameter.grad is { } gradient && gradient.abs().sum().item<float>() > 0, named.name));
    }

    [Theory]
    [InlineData(Normalization.Batch)]
    [InlineData(Normalization.Group)]
    public void ANormalisedNetwork_Learns_AndItsRunningStatisticsAreSaved(Normalization normalization)
    {
        var spec = TinyNet.Spec with { UNet = TinyNet.Spec.UNet with { Normalization = normalization, Groups = 2, Residual = true, Initialization = Initialization.Orthogonal } };
        ProbabilisticUNetModel Made(long seed) => Interpreter.Create(spec, seed).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        using var model = Made(1);
        var losses = Losses(model, Plan with { Steps = 120 });
        Assert.True(losses[^20..].Average() < losses[..20].Average());
        Assert.False(model.training);
        using var folder = new TemporaryFolder();
        Weights.Save(model, folder["a"]);
        using var other = Made(2);
        Weights.Load(other, folder["a"]);
        using var image = rand(2, 1, 8, 8);
        Assert.True(model.Features(image)[0].equal(other.Features(image)[0]).all().item<bool>());
        // What is drawn for one image does not depend on the others of its batch.
        Assert.True(model.Features(image)[0][0].allclose(model.Features(image[..1])[0][0], rtol: 1e-4, atol: 1e-5));
        Assert.Equal(normalization == Normalization.Batch, Weights.Copy(model).Any(named => named.Key.EndsWith(".running_var", StringComparison.Ordinal) && named.Value.Values.Any(value => value != 1)));
    }

    [Fact]
    public void ThePaperObjective_SumsOverPixels_AndAveragesOverTheBatch()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var model = new TinyNet(seed: 3);
        var (image, mask, noise) = (rand(1, 1, 8, 8, generator: random), rand(1, 1, 8, 8, generator: random).round(), randn(1, 2, generator: random));
        float Loss(int copies) => Objective.Paper.Reduce(
            model.LossAt(image.repeat(copies, 1, 1, 1), mask.repeat(copies, 1, 1, 1), noise.repeat(copies, 1)), 1, model).item<float>();
        Assert.Equal(Loss(1), Loss(5), tolerance: 1e-3f);   // a sum over the batch would be five times as large

        // At logits of 0 every pixel costs log 2.
        Assert.Equal(64 * Math.Log(2), LossTerms.CrossEntropyOf(zeros(1, 1, 8, 8), mask).item<float>(), tolerance: 1e-3);
        var oneHot = zeros(1, 3, 8, 8);
        oneHot[TensorIndex.Colon, 1] = 1f;
        Assert.Equal(64 * Math.Log(3), LossTerms.CrossEntropyOf(zeros(1, 3, 8, 8), oneHot).item<float>(), tolerance: 1e-3);
    }

    [Fact]
    public void TheReferenceObjective_SumsOverTheBatch_AndAveragesOverTheGradersOfAnImage()
    {
        double PenaltyOf(int graders)
        {
            using var model = new TinyNet(seed: 3);
            TrainingStep first = default;
            Trainer.Train(model, ToyData.Squares(16), Plan with { Steps = 1, Objective = Objective.Reference, Beta = 10, Graders = graders },
                new() { Progress = new Each<TrainingStep>(step => first = step) }, cancellation: TestContext.Current.CancellationToken);
            return first.Loss - Plan.BatchSize * first.CrossEntropy - 10 * first.KullbackLeibler;
        }
        // What is left of the loss is the norms, which no grader changes.
        Assert.InRange(PenaltyOf(1), 1e-5, 1e-2);
        Assert.All([2, 4, 6], graders => Assert.Equal(PenaltyOf(1), PenaltyOf(graders), 2e-4));
    }

    [Fact]
    public void IgnoredPixels_AddNothingToTheLossAndReceiveNoGradient()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var labels = randint(0, 4, [2, 8, 8], generator: random);   // 3 stands for an ignored pixel
        var mask = nn.functional.one_hot(labels, 4).permute(0, 3, 1, 2)[TensorIndex.Colon, ..3].to(float32);
        var isIgnored = mask.sum(1, keepdim: true).eq(0);
        Assert.InRange(isIgnored.sum().item<long>(), 10, 60);
        var logits = randn(2, 3, 8, 8, generator: random).mul(30).requires_grad_();
        var loss = LossTerms.CrossEntropyOf(logits, mask);
        Assert.True(loss.equal(LossTerms.CrossEntropyOf(where(isIgnored, randn(2, 3, 8, 8, generator: random).mul(1e4), logits), mask)).all().item<bool>());
        // The sum over the pixels that have a class, and over no others.
        var perPixel = nn.functional.log_softmax(logits, 1).neg();
        Assert.True(loss.allclose(where(isIgnored, 0, perPixel.gather(1, labels.clamp(0, 2).unsqueeze(1))).sum([1, 2, 3])));
        loss.sum().backward();
        Assert.Equal(0, logits.grad!.masked_select(isIgnored).abs().sum().item<float>());
        Assert.True(logits.grad!.masked_select(isIgnored.logical_not()).abs().sum().item<float>() > 0);
    }

    [Fact]
    public void NoiseAndMasks_AreNeverBroadcast()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyNet();
        var (image, mask) = (zeros(2, 1, 8, 8), zeros(2, 1, 8, 8));
        Assert.Contains("noise is [1, 2]", Assert.Throws<ArgumentException>(() => model.LossAt(image, mask, zeros(1, 2))).Message);
        Assert.Contains("mask is [2, 1, 8, 8]", Assert.Throws<ArgumentException>(() => LossTerms.CrossEntropyOf(zeros(2, 3, 8, 8), mask)).Message);
    }

    [Theory]
    [InlineData(Normalization.None)]
    [InlineData(Normalization.Batch)]
    [InlineData(Normalization.Group)]
    public void WeightDecay_MovesTheWeightsOfConvolutions_AndNothingElse(Normalization normalization)
    {
        // With a learning rate this small, one step of Adam moves a parameter by the sign of its gradient; the penalty turns signs around.
        var spec = TinyNet.Spec with { UNet = TinyNet.Spec.UNet with { Normalization = normalization, Groups = 2, Upsampling = Upsampling.TransposedConv } };
        IReadOnlyDictionary<string, (float[] Values, long[] Shape)> After(double decay)
        {
            using var model = Interpreter.Create(spec, 3).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
            Trainer.Train(model, ToyData.Squares(7), Plan with { Steps = 1, WeightDecay = decay, LearningRate = 1e-4 }, cancellation: TestContext.Current.CancellationToken);
            return Weights.Copy(model).ToDictionary(named => named.Key, named => (named.Value.Values, Shape: named.Value.Shape.ToArray()));
        }
        var (without, with) = (After(0), After(1e6));
        // Of all that a network has, only the kernels of convolutions have rows and columns.
        Assert.All(without.Keys, name => Assert.True(without[name].Shape.Length == 4 != without[name].Values.SequenceEqual(with[name].Values), name));
    }

    [Fact]
    public void ASettingOutOfRange_IsNamed()
    {
        using var model = new TinyNet();
        foreach (var (plan, setting) in new[] { (Plan with { Steps = 0 }, "Steps"), (Plan with { BatchSize = -1 }, "BatchSize"), (Plan with { LearningRate = double.NaN }, "LearningRate"), (Plan with { Beta = -1 }, "Beta") })
            Assert.StartsWith($"TrainingPlan.{setting}: ", Assert.Throws<InputException>(() => Trainer.Train(model, ToyData.Squares(1), plan)).Message);
    }

    [Fact]
    public void ImagesOfAnotherSize_AreRefusedBeforeTheFirstStep()
    {
        using var model = new TinyNet();
        var error = Assert.Throws<InputException>(() => Trainer.Train(model, ToyData.Squares(1, size: 16), Plan));
        Assert.StartsWith("square0: the image is 1x16x16 and the network takes 1x8x8", error.Message);
    }

    [Fact]
    public void ALossThatIsNoNumber_EndsTheTrainingWithTheRemedy()
    {
        // A guard keeps log sigma in range, so that no learning rate makes infinities out of it; these weights do.
        using var model = new TinyNet();
        using (no_grad())
            model.named_parameters().Single(named => named.name == "combiner.logits.weight").parameter.fill_(float.PositiveInfinity);
        var error = Assert.Throws<InputException>(() => Trainer.Train(model, ToyData.Squares(4), Plan with { Steps = 200 }));
        Assert.Contains("in step 1 the loss is NaN, by the cross-entropy; images: square", error.Message);
        Assert.Contains("lower the learning rate", error.Message);
    }

    [Fact]
    public void WeightsThatAreNoNumbers_AreNotSaved()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet();
        // The last weights meet a dead layer, so that the loss knows nothing of their size; their decay overflows.
        using (no_grad())
            foreach (var (name, parameter) in model.named_parameters())
                if (name is "combiner.conv1.weight" or "combiner.conv1.bias" or "combiner.logits.weight")
                    parameter.fill_(name switch { "combiner.conv1.weight" => 0, "combiner.conv1.bias" => -1, _ => 1e30 });
        var plan = Plan with { Steps = 1, WeightDecay = 1e9 };
        var run = RunFolder.Create(folder["run"], model, plan, ToyData.Set(4));
        var error = Assert.Throws<InputException>(() => Trainer.Train(model, ToyData.Squares(4), plan, new() { Run = run }));
        Assert.Contains("the last step left no numbers in combiner.logits.weight", error.Message);
        Assert.Equal([0], run.Checkpoints.Steps);   // those that it began with, which are not its seed's
    }

    [Fact]
    public void ARunFolder_IsNeverOverwritten()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet();
        RunFolder.Create(folder["run"], model, Plan, ToyData.Set(7));
        Assert.Contains("not empty", Assert.Throws<InputException>(() => RunFolder.Create(folder["run"], model, Plan, ToyData.Set(7))).Message);
    }

    [Fact]
    public void Training_KeepsNoTensor()
    {
        using var model = new TinyNet(seed: 3);
        Losses(model, Plan);   // gradients and TorchSharp's own caches are made
        GC.Collect();   // what other tests left to the finalizers does not count; what this one leaves does
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        Losses(model, Plan);
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static double[] Losses(ProbabilisticUNetModel model, TrainingPlan plan)
    {
        var losses = new List<double>();
        Trainer.Train(model, ToyData.Squares(16), plan, new() { Progress = new Each<TrainingStep>(step => losses.Add(step.Loss)) }, cancellation: TestContext.Current.CancellationToken);
        return [.. losses];
    }
}
