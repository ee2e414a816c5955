using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Tests.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

public class SamplingTests
{
    [Fact]
    public void SampleCount_DoesNotChange_FeatureCost()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var model = new Counting();
        model.Sample(rand(2, 1, 8, 8), 16, random);
        Assert.Equal((1, 1, 1), (model.FeatureCalls, model.PriorCalls, model.CombineCalls));
    }

    /// <summary>Whoever looks at a network while it is trained, from a handler of its progress, sees what it will be, and does not change it.</summary>
    [Theory]
    [InlineData(Normalization.Batch)]
    [InlineData(Normalization.None)]
    public void ANetworkInTraining_AnswersAsInEvaluation_AndLearnsNothingByIt(Normalization normalization)
    {
        using var scope = NewDisposeScope();
        using var model = (ProbabilisticUNetModel)Interpreter.Create(TinyNet.Spec with { UNet = TinyNet.Spec.UNet with { Normalization = normalization, Groups = 1 } }, 2).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        var (image, looked) = (rand(3, 1, 8, 8), ToyData.Squares(1)[0]);
        byte[] Seen()
        {
            using var random = new Generator(9);
            var plane = LatentPlane.Of(model, looked, side: 3);
            return [.. model.Sample(image, 2, random).contiguous().bytes, .. model.SampleInTiles(image, 1, random, tile: 4).contiguous().bytes, .. plane.PosteriorMeans.SelectMany(mean => BitConverter.GetBytes(mean.X + mean.Y))];
        }
        model.train();
        var before = Weights.HashOf(model);
        var inTraining = Seen();
        Assert.Equal(before, Weights.HashOf(model));
        Assert.All(model.modules(), module => Assert.True(module.training));
        model.eval();
        Assert.Equal(Seen(), inTraining);
        model.train();
        if (normalization != Normalization.Batch)
            return;
        using var noise = new Generator(3);
        model.Loss(image, image.round(), noise).Dispose();
        Assert.NotEqual(before, Weights.HashOf(model));   // which is what learning would look like
    }

    [Fact]
    public void TheFirstSamples_DoNotDependOnTheCount()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyNet(seed: 2);
        var image = rand(3, 1, 8, 8);
        Tensor Draw(int count)
        {
            using var random = new Generator(9);
            return model.Sample(image, count, random);
        }
        var (four, sixteen) = (Draw(4), Draw(16));
        Assert.Equal([3, 16, 1, 8, 8], sixteen.shape);
        Assert.True(four.equal(Draw(4)).all().item<bool>());
        // A kernel may sum in another order for another batch.
        Assert.True(four.allclose(sixteen.slice(1, 0, 4, 1), rtol: 0, atol: 1e-6));
        Assert.False(sixteen.select(1, 0).equal(sixteen.select(1, 1)).all().item<bool>());
        Assert.True(sixteen.ge(0).logical_and(sixteen.le(1)).all().item<bool>());
    }

    [Fact]
    public void ACentredMask_IsTheMaskMinusAHalf()
    {
        using var scope = NewDisposeScope();
        ProbabilisticUNetModel Made(MaskEncoding encoding) => Interpreter.Create(TinyNet.Spec with { MaskEncoding = encoding }, seed: 4)
            .Match(model => model, errors => throw new InvalidOperationException(errors.ToString()));
        using var centred = Made(MaskEncoding.Centred);
        using var raw = Made(MaskEncoding.Raw);
        var (image, mask) = (rand(2, 1, 8, 8), rand(2, 1, 8, 8).round());
        var (mean, _) = centred.Posterior(image, mask);
        Assert.True(mean.equal(raw.Posterior(image, mask.sub(0.5)).Mean).all().item<bool>());
        Assert.False(mean.equal(raw.Posterior(image, mask).Mean).all().item<bool>());
    }

    [Fact]
    public void WrongShapes_AreRefusedWithBothShapes()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyNet();
        var error = Assert.Throws<ArgumentException>(() => model.Features(zeros(2, 1, 8, 9)));
        Assert.Contains("image is [2, 1, 8, 9], but this network takes [N, 1, 8, 8]", error.Message);
        Assert.Contains("z is [2, 3]", Assert.Throws<ArgumentException>(() => model.Combine([zeros(2, 4, 8, 8)], zeros(2, 3))).Message);
        Assert.Contains("image is a batch of 2 and mask one of 3", Assert.Throws<ArgumentException>(() => model.Posterior(zeros(2, 1, 8, 8), zeros(3, 1, 8, 8))).Message);
        Assert.Contains("features[0] is a batch of 3 and z one of 4", Assert.Throws<ArgumentException>(() => model.Combine([zeros(3, 4, 8, 8)], zeros(4, 2))).Message);
        Assert.Contains("features has 2 tensors, but this network takes 1", Assert.Throws<ArgumentException>(() => model.Combine([zeros(4, 4, 8, 8), zeros(4, 4, 8, 8)], zeros(4, 2))).Message);
        Assert.Contains("Float64", Assert.Throws<ArgumentException>(() => model.Prior(zeros(2, 1, 8, 8, dtype: ScalarType.Float64))).Message);
    }

    [Fact]
    public void TheInterpreter_RefusesAsGeneratedCodeDoes()
    {
        using var scope = NewDisposeScope();
        using var emitted = new TinyNet();
        using var interpreted = Interpreter.Create(TinyNet.Spec).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        var (feature, image) = (zeros(4, 4, 8, 8), zeros(4, 1, 8, 8));
        Action<ProbabilisticUNetModel>[] mistakes =
        [
            model => model.Features(zeros(2, 1, 8, 9)),
            model => model.Prior(zeros(2, 1, 8, 8, dtype: ScalarType.Float64)),
            model => model.Combine([], zeros(4, 2)),
            model => model.Combine([feature, feature], zeros(4, 2)),
            model => model.Combine([zeros(3, 4, 8, 8)], zeros(4, 2)),
            model => model.Combine([zeros(4, 3, 8, 8)], zeros(4, 2)),
            model => model.Combine([zeros(1, 4, 8, 8)], zeros(4, 3)),   // two mistakes: the shape is named first
            model => model.Posterior(image, zeros(3, 1, 8, 8)),
            model => model.Posterior(image, zeros(3, 2, 8, 8)),
        ];
        foreach (var mistake in mistakes)
        {
            var (one, other) = (Assert.Throws<ArgumentException>(() => mistake(emitted)), Assert.Throws<ArgumentException>(() => mistake(interpreted)));
            Assert.Equal((one.Message, one.ParamName), (other.Message, other.ParamName));
        }
    }

    [Theory]
    [InlineData(Upsampling.BilinearAligned, Downsampling.Average)]
    [InlineData(Upsampling.Nearest, Downsampling.StridedConv)]
    [InlineData(Upsampling.TransposedConv, Downsampling.Max)]
    public void AFeature_DependsOnNothingBeyondItsReceptiveField(Upsampling up, Downsampling down)
    {
        using var scope = NewDisposeScope();
        var spec = new ProbabilisticUNetSpec { Image = new(1, 64, 64), UNet = new() { Channels = [4, 4, 4], ConvsPerBlock = 1, Upsampling = up, Downsampling = down } };
        using var model = Interpreter.Create(spec, seed: 4).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        var field = GraphBuilder.Build(spec).Match(graph => Cost.Of(graph["features"]).ReceptiveField!.Value, _ => 0);
        using var random = new Generator(1);
        var image = rand([1, 1, 64, 64], generator: random).requires_grad_();
        model.Features(image)[0][0, TensorIndex.Colon, 31, 33].sum().backward();
        var seen = image.grad!.ne(0).any(3).nonzero();   // the rows that the pixel depends on
        var rows = seen[TensorIndex.Colon, 2].max().item<long>() - seen[TensorIndex.Colon, 2].min().item<long>() + 1;
        Assert.InRange(rows, field / 2, field);
    }

    [Fact]
    public void Sampling_KeepsNoTensor()
    {
        using var model = new TinyNet();
        using var image = rand(1, 1, 8, 8);
        using var random = new Generator(1);
        model.Sample(image, 2, random).Dispose();
        GC.Collect();   // what other tests left
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        model.Sample(image, 5, random).Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void AClassWithNeitherCodeNorGraph_SaysWhereToGetIt()
    {
        using var model = new Bare();
        var error = Assert.Throws<NotSupportedException>(() => model.Logits(zeros(1, 1, 8, 8)));
        Assert.Contains("Bare does not override logits", error.Message);
        Assert.Contains("Interpreter.Create", error.Message);
    }

    private sealed class Bare() : DeterministicUNetModel(new DeterministicUNetSpec(), seed: 1);

    private sealed class Counting() : ProbabilisticUNetModel(TinyNet.Spec, seed: 1)
    {
        public int FeatureCalls, PriorCalls, CombineCalls;

        public override Tensor[] Features(Tensor image, Generator? random = null)
        {
            FeatureCalls++;
            return [zeros(image.shape[0], 4, 8, 8)];
        }

        public override DiagonalGaussian Prior(Tensor image, Generator? random = null)
        {
            PriorCalls++;
            return new(zeros(image.shape[0], 2), zeros(image.shape[0], 2));
        }

        public override DiagonalGaussian Posterior(Tensor image, Tensor mask, Generator? random = null) => throw new InvalidOperationException("sampling needs no posterior");

        public override Tensor Combine(Tensor[] features, Tensor z, Generator? random = null)
        {
            CombineCalls++;
            return zeros(z.shape[0], 1, 8, 8);
        }
    }
}
