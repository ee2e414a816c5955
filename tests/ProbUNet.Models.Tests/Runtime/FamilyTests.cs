using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

/// <summary>What sets the families apart, and what they have in common.</summary>
public class FamilyTests
{
    private static readonly UNetSpec Tiny = new() { Channels = [4, 6, 8], ConvsPerBlock = 1, Activation = Nonlinearity.Silu };
    private static readonly TrainingPlan Plan = new() { Steps = 5, BatchSize = 3, Seed = 5, DiversityEvery = 0 };

    public static TheoryData<string> Names => [.. Families.All.Select(family => family.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryParameter_ReceivesAGradient(string family)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        foreach (var classes in new[] { 1, 3 })
        {
            using var model = Make(Spec(family) with { Classes = classes });
            var labels = randint(0, classes == 1 ? 2 : classes, [4, 8, 8], generator: random);
            var mask = classes == 1 ? labels.unsqueeze(1).to(float32) : nn.functional.one_hot(labels, classes).permute(0, 3, 1, 2).to(float32);
            for (var part = 0; part < model.PartCount; part++)
            {
                using var terms = model.Loss(rand(4, 1, 8, 8, generator: random), mask, random, part);
                Objective.Paper.Reduce(terms, 1, model).backward();
            }
            Assert.All(model.named_parameters(), named => Assert.True(named.parameter.grad is { } gradient && gradient.abs().sum().item<float>() > 0, named.name));
        }
    }

    /// <summary>What a class said by hand, no backend would know beside it.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void WhatAClassComputesOfTensors_IsAFunctionOfItsGraph(string family)
    {
        using var model = Make(Spec(family));
        var computed = model.GetType().GetMethods().Where(method => method.IsVirtual)
            .Where(method => method.ReturnType == typeof(Tensor) || method.ReturnType == typeof(Tensor[]) || method.ReturnType == typeof(DiagonalGaussian))
            .Where(method => method.GetParameters() is [.., { HasDefaultValue: true } last] && last.ParameterType == typeof(Generator))
            .Select(method => method.Name.ToLowerInvariant());
        var functions = GraphBuilder.Build(model.Declaration).Match(graph => graph.Functions.Select(function => Numbered.ListOf(function.Name)), _ => []);
        Assert.Equal(functions.Distinct().Order(StringComparer.Ordinal), computed.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ProbabilisticUNet")]
    [InlineData("ImageToImageVae")]
    public void APrior_DependsOnTheImage_WhereItSaysSo(string family)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var model = (LatentVariableModel)Make(Spec(family));
        var (one, other) = (model.Prior(rand(1, 1, 8, 8, generator: random)), model.Prior(rand(1, 1, 8, 8, generator: random)));
        Assert.Equal(model.PriorSeesImage, !one.Mean.equal(other.Mean).all().item<bool>());
        Assert.Equal(family == "ProbabilisticUNet", model.PriorSeesImage);
        // And says N(0, I) of what is computed to be that.
        Assert.Equal(model.PriorIsStandard, new[] { one, other }.All(prior => prior.Mean.eq(0).all().item<bool>() && prior.LogSigma.eq(0).all().item<bool>()));
        Assert.Equal(family == "ImageToImageVae", model.PriorIsStandard);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LossAndSamples_LeaveNoTensorBehind(string family)
    {
        using var model = Make(Spec(family));
        using var random = new Generator(1);
        using var image = rand(2, 1, 8, 8, generator: random);
        using var mask = zeros(2, 1, 8, 8);
        void Use()
        {
            model.Loss(image, mask, random).Dispose();
            model.Sample(image, 3, random).Dispose();
        }
        Use();
        GC.Collect();   // what other tests left
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        Use();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Samples_AreProbabilities_AndTheFirstOfMoreAreTheSame(string family)
    {
        using var scope = NewDisposeScope();
        using var image = rand(2, 1, 8, 8);
        foreach (var classes in new[] { 1, 3 })
        {
            using var model = Make(Spec(family) with { Classes = classes });
            Tensor Sample(int count, ulong seed)
            {
                using var random = new Generator(seed);
                return model.Sample(image, count, random);
            }
            var seven = Sample(7, 1);
            Assert.Equal([2, 7, classes, 8, 8], seven.shape);
            Assert.True(seven.ge(0).logical_and(seven.le(1)).all().item<bool>());
            if (classes > 1)
                Assert.True(seven.sum(2).allclose(ones(2, 7, 8, 8)));
            Assert.True(Sample(3, 1).equal(seven.narrow(1, 0, 3)).all().item<bool>());
            Assert.True(Sample(7, 1).equal(seven).all().item<bool>());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_LowersTheLoss_AndIsTheSameEveryTime(string family)
    {
        double[] Losses(int steps)
        {
            var losses = new List<double>();
            using var model = Make(Spec(family));
            Trainer.Train(model, ToyData.Squares(16), Plan with { Steps = steps, BatchSize = 8, LearningRate = 1e-2 }, new() { Progress = new Each<TrainingStep>(step => losses.Add(step.Loss)) }, cancellation: TestContext.Current.CancellationToken);
            return [.. losses];
        }
        var losses = Losses(80);
        Assert.True(losses[^10..].Average() < 0.8 * losses[..10].Average(), $"{losses[..10].Average()} → {losses[^10..].Average()}");
        Assert.Equal(losses, Losses(80));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ANetwork_MovesWholly_ToADevice(string family)
    {
        // No machine lacks the device that has shapes alone.
        var spec = Spec(family) with { UNet = Tiny with { Normalization = Normalization.Batch } };
        using var made = Interpreter.Create(spec, seed: 1, device: META).Match(model => model, errors => throw new InvalidOperationException(errors.ToString()));
        using var moved = Interpreter.Create(spec, seed: 1).Match(model => model, errors => throw new InvalidOperationException(errors.ToString()));
        moved.MoveTo(META);
        foreach (var model in new[] { made, moved })
        {
            Assert.Equal(DeviceType.META, model.Device.type);
            Assert.All(model.named_parameters(), named => Assert.Equal(DeviceType.META, named.parameter.device_type));
            Assert.NotEmpty(model.named_buffers());
            Assert.All(model.named_buffers(), named => Assert.Equal(DeviceType.META, named.buffer.device_type));
        }
    }

    [Fact]
    public void AnEnsembleOfOne_IsAPlainUNet_BeforeAndAfterTraining()
    {
        using var plain = Make(new DeterministicUNetSpec { Image = new(1, 8, 8), UNet = Tiny });
        using var ensemble = Make(new UNetEnsembleSpec { Image = new(1, 8, 8), UNet = Tiny, Members = 1 });
        foreach (var trained in new[] { false, true })
        {
            if (trained)
                foreach (var model in new[] { plain, ensemble })
                    Trainer.Train(model, ToyData.Squares(7), Plan, cancellation: TestContext.Current.CancellationToken);
            AssertSameWeights(plain, ensemble, "member0.");
        }
    }

    [Fact]
    public void AMember_IsTrainedAsIfTheOthersWereNotThere_AndOnOtherImages()
    {
        using var plain = Make(new DeterministicUNetSpec { Image = new(1, 8, 8), UNet = Tiny });
        using var ensemble = Make(new UNetEnsembleSpec { Image = new(1, 8, 8), UNet = Tiny, Members = 3 });
        // Members that start alike end apart, because they see their images in an order of their own.
        var weights = Weights.Copy(plain).ToDictionary(named => named.Key, named => named.Value);
        using (no_grad())
            foreach (var (name, parameter) in ensemble.named_parameters())
                parameter.copy_(tensor(weights[name[(name.IndexOf('.') + 1)..]].Values, parameter.shape));
        foreach (var model in new[] { plain, ensemble })
            Trainer.Train(model, ToyData.Squares(7), Plan, cancellation: TestContext.Current.CancellationToken);
        AssertSameWeights(plain, ensemble, "member0.");
        var after = Weights.Copy(ensemble).ToDictionary(named => named.Key, named => named.Value.Values);
        Assert.NotEqual(after["member0.logits.weight"], after["member1.logits.weight"]);
        Assert.NotEqual(after["member1.logits.weight"], after["member2.logits.weight"]);
    }

    [Fact]
    public void SampleI_IsMemberI_AndMembersAnswerAgainWhereThereAreFewer()
    {
        using var scope = NewDisposeScope();
        using var ensemble = (UNetEnsembleModel)Make(new UNetEnsembleSpec { Image = new(1, 8, 8), UNet = Tiny, Members = 3 });
        using var image = rand(2, 1, 8, 8);
        using var random = new Generator(1);
        using var samples = ensemble.Sample(image, 5, random);
        for (var sample = 0; sample < 5; sample++)
            Assert.True(samples.select(1, sample).equal(ensemble.Logits(sample % 3, image).sigmoid()).all().item<bool>());
        Assert.Throws<ArgumentOutOfRangeException>(() => ensemble.Logits(3, image));
    }

    [Fact]
    public void ADropoutRateOfZero_GivesNoDiversity_AndAnotherRateDoes()
    {
        foreach (var rate in new[] { 0, 0.5 })
        {
            using var scope = NewDisposeScope();
            using var model = Make(new DropoutUNetSpec { Image = new(1, 8, 8), UNet = Tiny, Rate = rate });
            using var random = new Generator(1);
            var samples = model.Sample(rand(1, 1, 8, 8), 4, random);
            Assert.Equal(rate == 0, samples.std(1).max().item<float>() == 0);
        }
    }

    [Fact]
    public void Dropout_KeepsTheMean_AndDropsAsOftenAsItsRate()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var x = ones(1, 1, 200, 200);
        var dropped = SegmentationModel.Dropout(x, 0.25, random);
        Assert.Equal(0.25, dropped.eq(0).to(float32).mean().item<float>(), tolerance: 4 * Math.Sqrt(0.25 * 0.75 / 40_000));
        Assert.Equal(1 / 0.75, dropped.max().item<float>(), tolerance: 1e-6);
        Assert.True(SegmentationModel.Dropout(x, 0.25, null).equal(x).all().item<bool>());
    }

    [Fact]
    public void OneHead_HasThePlainLoss()
    {
        using var scope = NewDisposeScope();
        using var plain = Make(new DeterministicUNetSpec { Image = new(1, 8, 8), UNet = Tiny });
        using var heads = Make(new MultiHeadUNetSpec { Image = new(1, 8, 8), UNet = Tiny, Heads = 1 });
        using var random = new Generator(1);
        var (image, mask) = (rand(3, 1, 8, 8, generator: random), rand(3, 1, 8, 8, generator: random).round());
        Assert.True(plain.Loss(image, mask, random).CrossEntropy.equal(heads.Loss(image, mask, random).CrossEntropy).all().item<bool>());
    }

    [Fact]
    public void TheBestHead_WeighsMost()
    {
        using var scope = NewDisposeScope();
        using var model = (MultiHeadUNetModel)Make(new MultiHeadUNetSpec { Image = new(1, 8, 8), UNet = Tiny, Heads = 3 });
        using var random = new Generator(1);
        var (image, mask) = (rand(2, 1, 8, 8, generator: random), rand(2, 1, 8, 8, generator: random).round());
        var logits = model.HeadLogits(image);
        var loss = model.Loss(image, mask, random).CrossEntropy;
        for (var n = 0; n < 2; n++)
        {
            var each = Enumerable.Range(0, 3).Select(head => LossTerms.CrossEntropyOf(logits[n..(n + 1), head], mask[n..(n + 1)]).item<float>()).ToArray();
            var expected = 0.95 * each.Min() + 0.025 * (each.Sum() - each.Min());
            Assert.Equal(expected, loss[n].item<float>(), tolerance: 1e-3);
        }
    }

    [Fact]
    public void FewerSamplesThanHeads_AreDifferentHeads_DrawnAtRandom()
    {
        using var scope = NewDisposeScope();
        using var model = (MultiHeadUNetModel)Make(new MultiHeadUNetSpec { Image = new(1, 8, 8), UNet = Tiny, Heads = 4 });
        var image = rand(1, 1, 8, 8);
        var heads = model.HeadLogits(image).sigmoid();
        var seen = new HashSet<int>();
        for (var seed = 0UL; seed < 30; seed++)
        {
            using var random = new Generator(seed);
            var samples = model.Sample(image, 3, random);
            var drawn = Enumerable.Range(0, 3).Select(sample => Enumerable.Range(0, 4).Single(head => heads[0, head].equal(samples[0, sample]).all().item<bool>())).ToList();
            Assert.Distinct(drawn);
            seen.Add(drawn[0]);
        }
        Assert.Equal(4, seen.Count);   // any head may come first
    }

    [Fact]
    public void TheVaesPrior_DoesNotDependOnTheImage_NorItsPosterior()
    {
        using var scope = NewDisposeScope();
        using var model = (ImageToImageVaeModel)Make(new ImageToImageVaeSpec { Image = new(1, 8, 8), UNet = Tiny });
        var (one, other, mask) = (rand(2, 1, 8, 8), rand(2, 1, 8, 8), rand(2, 1, 8, 8).round());
        Assert.Equal(0, model.Prior(one).Mean.abs().max().item<float>() + model.Prior(one).LogSigma.abs().max().item<float>());
        Assert.True(model.Posterior(one, mask).Mean.equal(model.Posterior(other, mask).Mean).all().item<bool>());
        Assert.False(model.Combine(model.Features(one), zeros(2, 3)).equal(model.Combine(model.Features(other), zeros(2, 3))).all().item<bool>());
    }

    [Theory]
    [InlineData("ProbabilisticUNet")]
    [InlineData("ImageToImageVae")]
    public void ASample_IsADecodedDrawOfTheImagesPrior(string family)
    {
        using var scope = NewDisposeScope();
        using var model = (LatentVariableModel)Make(Spec(family));
        using (no_grad())
            foreach (var (name, parameter) in model.named_parameters())
                if (name.StartsWith("prior", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal))
                    parameter.mul_(20);   // a fresh prior hardly looks at its image
        var image = rand(2, 1, 8, 8);
        using var one = new Generator(9);
        using var other = new Generator(9);
        var samples = model.Sample(image, 2, one);
        for (var sample = 0; sample < 2; sample++)
            Assert.True(model.Combine(model.Features(image), model.Prior(image).Sample(other)).sigmoid().equal(samples.select(1, sample)).all().item<bool>());
    }

    [Theory]
    [InlineData("ProbabilisticUNet")]
    [InlineData("ImageToImageVae")]
    public void LogSigma_IsGuarded_SoThatOneBadStepLosesNoTraining(string family)
    {
        using var scope = NewDisposeScope();
        using var model = (LatentVariableModel)Make(Spec(family));
        using (no_grad())
            foreach (var (name, parameter) in model.named_parameters())
                if (name.EndsWith("head.bias", StringComparison.Ordinal))
                    parameter.fill_(name.StartsWith("prior", StringComparison.Ordinal) ? -1e4 : 1e4);
        using var random = new Generator(1);
        var posterior = model.Posterior(rand(2, 1, 8, 8, generator: random), ones(2, 1, 8, 8));
        Assert.Equal(10, posterior.LogSigma.max().item<float>());
        Assert.True(model.Loss(rand(2, 1, 8, 8, generator: random), ones(2, 1, 8, 8), random).KullbackLeibler!.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(SizePolicy.Pad)]
    [InlineData(SizePolicy.Crop)]
    public void AnySize_ComesOutAsItWentIn(SizePolicy policy)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        foreach (var (height, width) in new[] { (1, 1), (13, 7), (10, 12) })
        {
            using var model = Make(new ProbabilisticUNetSpec { Image = new(1, height, width), SizePolicy = policy, UNet = Tiny });
            Assert.Equal([2, 3, 1, height, width], model.Sample(rand(2, 1, height, width), 3, random).shape);
        }
        // Where the poolings divide the size, the policy changes nothing.
        using var strict = Make(new ProbabilisticUNetSpec { Image = new(1, 8, 8), UNet = Tiny });
        using var loose = Make(new ProbabilisticUNetSpec { Image = new(1, 8, 8), SizePolicy = policy, UNet = Tiny });
        var image = rand(1, 1, 8, 8);
        using var first = new Generator(1);
        using var second = new Generator(1);
        Assert.True(strict.Sample(image, 2, first).equal(loose.Sample(image, 2, second)).all().item<bool>());
    }

    [Fact]
    public void ASmallImage_InTheCentreOfThePadding_IsSeenAsItIs()
    {
        using var scope = NewDisposeScope();
        var padded = SegmentationModel.Pad(arange(6, float32).reshape(1, 1, 2, 3), top: 1, bottom: 2, left: 0, right: 1);
        Assert.Equal([0f, 1, 2, 2, 0, 1, 2, 2, 3, 4, 5, 5, 3, 4, 5, 5, 3, 4, 5, 5], padded.data<float>().ToArray());
        Assert.Equal([0f, 1, 2, 3, 4, 5], SegmentationModel.Crop(padded, top: 1, left: 0, height: 2, width: 3).contiguous().data<float>().ToArray());
    }

    private static ModelSpec Spec(string name) => Families.All.Single(family => family.Name == name).Defaults with { Image = new(1, 8, 8), UNet = Tiny };

    private static SegmentationModel Make(ModelSpec spec) => Interpreter.Create(spec, seed: 3).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));

    private static void AssertSameWeights(SegmentationModel plain, SegmentationModel ensemble, string prefix)
    {
        var members = Weights.Copy(ensemble).ToDictionary(named => named.Key, named => named.Value.Values);
        Assert.All(Weights.Copy(plain), named => Assert.Equal(named.Value.Values, members[prefix + named.Key]));
    }
}
