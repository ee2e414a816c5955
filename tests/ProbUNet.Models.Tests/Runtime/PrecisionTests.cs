using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

/// <summary>What passes, precision and layout keep of the function, over random networks of every family.</summary>
public class PrecisionTests
{
    private const int Networks = 150;

    [Fact]
    public void ThePasses_KeepTheFunction_ToRounding_AndItsGradients() => Each((spec, graph) =>
    {
        using var plain = Interpreter.Create(spec, graph, seed: 7, device: null);
        using var lowered = Interpreter.Create(spec, Lowering.Of(graph, worthAKernel: 1), seed: 7, device: null);
        var scale = ScaleOf(plain);
        foreach (var ((name, expected), (_, actual)) in Results(plain, dropout: true).Zip(Results(lowered, dropout: true)))
        {
            var difference = Difference(expected, actual, scale);
            Assert.True(difference < Float32Error(spec) || difference < 4 * Rounding(plain, name, expected, scale), $"{name} differs by {difference}");
        }
        // Behind a normalisation over a pixel or a few, a rounding error decides on which side of a kink a value lies, and so its gradient.
        if (spec.UNet.Normalization != Normalization.None)
            return;
        var gradients = Gradients(plain);
        var largest = gradients.Max(each => each.Gradient.abs().max().item<float>());
        foreach (var ((name, expected), (_, actual)) in gradients.Zip(Gradients(lowered)))
            Assert.True(Difference(expected, actual, largest / 100) < 2e-3, $"the gradient of {name} differs by {Difference(expected, actual, largest / 100)}");
    });

    [Fact]
    public void InBFloat16_AResultIsFloat32_AndNearThatOfFloat32() => Each((spec, graph) =>
    {
        // Normalised over a pixel or a few, a rounding error is as large as the value.
        if (spec.UNet.Normalization != Normalization.None)
            return;
        using var network = Interpreter.Create(spec, Lowering.Of(graph, worthAKernel: 1), seed: 7, device: null);
        var (exact, scale) = (Results(network, dropout: false).ToList(), ScaleOf(network));
        network.Precision = Precision.BFloat16;
        foreach (var ((_, expected), (name, actual)) in exact.Zip(Results(network, dropout: false)))
        {
            Assert.Equal(ScalarType.Float32, actual.dtype);
            Assert.True(Difference(expected, actual, scale) < 0.05, $"{name} differs by {Difference(expected, actual, scale)}");
        }
    });

    [Fact]
    public void InBFloat16_EveryNetworkTrains_InFloat32() => Each((spec, graph) =>
    {
        using var network = Interpreter.Create(spec, Lowering.Of(graph, worthAKernel: 1), seed: 7, device: null);
        network.Precision = Precision.BFloat16;
        network.train();
        foreach (var (name, gradient) in Gradients(network))
        {
            Assert.Equal(ScalarType.Float32, gradient.dtype);
            Assert.True(gradient.isfinite().all().item<bool>(), name);
        }
    });

    /// <summary>The processor takes a float32 weight beside a bfloat16 map, and no other device need do so: what is computed there is the same to the rounding of bfloat16. Nothing here runs on a GPU.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void ANormalisationOverGroups_IsTheSame_WhereWeightAndMapMustBeOfOneType(int groups)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var layer = new GroupNormLayer("norm", 8, groups);
        using (no_grad())
        {
            layer.weight.uniform_(0.5, 2, random);
            layer.bias.uniform_(-1, 1, random);
        }
        (Tensor Made, Tensor Gradient, Tensor OfWeight) Of(Func<Tensor, Tensor> forward)
        {
            layer.zero_grad();
            using var pixels = new Generator(2);
            var x = Layout.ChannelsLast(rand([2, 8, 6, 5], generator: pixels).to(ScalarType.BFloat16)).detach().requires_grad_();
            var made = forward(x);
            made.to(ScalarType.Float32).square().sum().backward();
            return (made, x.grad!, layer.weight.grad!.clone());
        }
        var (mixed, widened) = (Of(layer.forward), Of(x => layer.For(DeviceType.CUDA, x)));
        Assert.Equal((ScalarType.BFloat16, ScalarType.BFloat16, ScalarType.Float32), (widened.Made.dtype, widened.Gradient.dtype, widened.OfWeight.dtype));
        Assert.InRange(Difference(mixed.Made.to(ScalarType.Float32), widened.Made), 0, 1.0 / 128);
        Assert.InRange(Difference(mixed.Gradient.to(ScalarType.Float32), widened.Gradient), 0, 1.0 / 32);
        Assert.InRange(Difference(mixed.OfWeight, widened.OfWeight), 0, 1.0 / 32);
        // A float64 map is what no kernel of the processor takes beside a float32 weight, as those of a GPU take no bfloat16 one.
        var refused = rand([2, 8, 6, 5], ScalarType.Float64);
        Assert.ThrowsAny<Exception>(() => layer.forward(refused));
        Assert.Equal(ScalarType.Float64, layer.For(DeviceType.CUDA, refused).dtype);
    }

    [Fact]
    public void SamplesAtOnce_AreThoseOfALoop() => Each((spec, graph) =>
    {
        if (spec is not LatentVariableSpec latent)
            return;
        using var network = (LatentVariableModel)Interpreter.Create(spec, Lowering.Of(graph, worthAKernel: 1), seed: 7, device: null);
        using var still = no_grad();
        using var random = new Generator(5);
        var (features, scale) = (network.Features(ImageOf(spec, 2)), ScaleOf(network));
        var z = randn([2, 3, latent.Latent.Dimension], generator: random);
        var together = network.Combine(features, z.flatten(0, 1)).view([2, 3, spec.Classes, spec.Image.Height, spec.Image.Width]);
        for (var sample = 0; sample < 3; sample++)
            Assert.InRange(Difference(network.Combine(features, z.select(1, sample)), together.select(1, sample), scale), 0, Float32Error(spec));
    });

    [Fact]
    public void WeightsThatChange_AreTheOnesThatAreUsed()
    {
        using var scope = NewDisposeScope();
        using var network = Interpreter.Create(new DeterministicUNetSpec { Image = new(1, 16, 16), UNet = new() { Channels = [4, 8] } }, seed: 1).Match(made => made, _ => null!);
        network.Precision = Precision.BFloat16;
        using var still = no_grad();
        Tensor Asked() => ((LogitsModel)network).Logits(ones(1, 1, 16, 16));
        var before = Asked();
        Assert.True(before.equal(Asked()).all().item<bool>());
        var kept = Weights.Copy(network).ToDictionary();

        network.parameters().First().mul_(2);
        network.WeightsChanged();
        Assert.False(before.equal(Asked()).all().item<bool>());

        Weights.Assign(network, kept);
        Assert.True(before.equal(Asked()).all().item<bool>());

        network.train();
        network.parameters().First().mul_(2);
        network.eval();
        Assert.False(before.equal(Asked()).all().item<bool>());
    }

    [Fact]
    public void AMap_IsChannelsLast_FromTheFirstConvolutionToTheLast()
    {
        using var scope = NewDisposeScope();
        var spec = new ProbabilisticUNetSpec { Image = new(1, 32, 32), UNet = new() { Channels = [16, 32, 48] } };
        foreach (var precision in Enum.GetValues<Precision>())
        {
            using var network = Interpreter.Create(spec, seed: 1).Match(made => made, _ => null!);
            network.Precision = precision;
            network.Runner!.Observer = (node, made) =>
            {
                if (node.Shape is { IsMap: true, Height: > 1 } and { Channels: > 1 })
                    Assert.True(made.stride(1) == 1, $"{node.Name} has the strides {string.Join(", ", made.stride())}");
            };
            using var random = new Generator(1);
            network.Loss(ImageOf(spec, 2), zeros(2, 1, 32, 32), random).CrossEntropy.Dispose();
            network.Sample(ImageOf(spec, 1), 3, random).Dispose();
        }
    }

    private static void Each(Action<ModelSpec, Graph> law)
    {
        var seed = (ulong)System.Random.Shared.NextInt64();   // said when the law fails, so that the specs can be drawn again
        foreach (var spec in SpecGen.Valid.Draw(Networks, seed))
        {
            using var scope = NewDisposeScope();
            try
            {
                law(spec, GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString())));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {spec}", error);
            }
        }
    }

    private static Tensor ImageOf(ModelSpec spec, int count)
    {
        using var random = new Generator(3);
        return rand([count, spec.Image.Channels, spec.Image.Height, spec.Image.Width], generator: random);
    }

    private static Tensor MaskOf(ModelSpec spec, int count)
    {
        using var random = new Generator(4);
        return rand([count, spec.Classes, spec.Image.Height, spec.Image.Width], generator: random).round();
    }

    /// <summary>What a network makes of two images: logits, and Gaussians where it has them.</summary>
    private static IEnumerable<(string Name, Tensor Value)> Results(SegmentationModel network, bool dropout)
    {
        using var random = dropout ? new Generator(5) : null;
        var (image, spec) = (ImageOf(network.Declaration, 2), network.Declaration);
        using var still = no_grad();
        switch (network)
        {
            case LatentVariableModel latent:
                var (prior, posterior) = (latent.Prior(image, random), latent.Posterior(image, MaskOf(spec, 2), random));
                using (var noise = new Generator(6))
                    return [("prior mean", prior.Mean), ("prior log sigma", prior.LogSigma), ("posterior mean", posterior.Mean), ("posterior log sigma", posterior.LogSigma),
                        ("logits", latent.Combine(latent.Features(image, random), randn([2, latent.Declaration.Latent.Dimension], generator: noise), random))];
            case UNetEnsembleModel ensemble:
                return [("logits", ensemble.Logits(0, image, random))];
            default:
                return [("logits", ((LogitsModel)network).Logits(image, random))];
        }
    }

    private static List<(string Name, Tensor Gradient)> Gradients(SegmentationModel network)
    {
        using var random = new Generator(8);
        var terms = network.Loss(ImageOf(network.Declaration, 2), MaskOf(network.Declaration, 2), random);
        var loss = terms.CrossEntropy.mean();
        (terms.KullbackLeibler is { } divergence ? loss.add(divergence.sum(1).mean()) : loss).backward();
        return [.. network.named_parameters().Where(named => named.parameter.grad is not null).Select(named => (named.name, named.parameter.grad!))];
    }

    /// <summary>What the order of sums may change, by the scale: more where a normalisation over a pixel or a few makes rounding errors larger, up to 1/√ε = 316 times each.</summary>
    private static double Float32Error(ModelSpec spec) => spec.UNet.Normalization == Normalization.None ? 1e-5 : 3e-3;

    /// <summary>
    /// How far a result moves where every value on the way is off by up to two units of float32's last place, in the worst of eight draws: so far may another order of the same sums be. Behind a normalisation over a map that is all but constant,
    /// as where z enters at the image, that is no small number.
    /// </summary>
    private static double Rounding(SegmentationModel network, string name, Tensor expected, double scale) => Enumerable.Range(1, 8).Max(seed =>
    {
        using var errors = new Generator((ulong)seed);
        network.Runner!.Observer = (_, made) =>
        {
            // What is repeated without a copy is not computed.
            if (made.stride().Zip(made.shape).All(each => each.First != 0 || each.Second == 1))
                made.mul_(rand(made.shape, generator: errors).sub_(0.5).mul_(Math.Pow(2, -21)).add_(1));
        };
        try
        {
            return Difference(expected, Results(network, dropout: true).Single(each => each.Name == name).Value, scale);
        }
        finally
        {
            network.Runner.Observer = null;
        }
    });

    /// <summary>The largest value on the way: what rounding errors are in proportion to, also where a sum of large values is small.</summary>
    private static double ScaleOf(SegmentationModel network)
    {
        var largest = 0f;
        network.Runner!.Observer = (_, made) => largest = Math.Max(largest, made.detach().abs().max().item<float>());
        _ = Results(network, dropout: true).Count();
        network.Runner.Observer = null;
        return largest;
    }

    /// <summary>The largest difference, by the largest value (at least <paramref name="least"/>: what should be 0 has no scale).</summary>
    private static double Difference(Tensor expected, Tensor actual, double least = 1e-3) =>
        expected.sub(actual.to(expected.dtype)).abs().max().item<float>() / Math.Max(least, expected.abs().max().item<float>());
}
