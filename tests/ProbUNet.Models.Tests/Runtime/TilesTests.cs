using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Tests.Training;
using ProbUNet.Testing;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

/// <summary>An image that is seen a tile at a time is the image that is seen whole, over random networks of every family, sizes and tiles.</summary>
public class TilesTests
{
    private const int Networks = 100;

    [Fact]
    public void Tiles_AreTheWholeImage_ToRounding() => Each((spec, random) =>
    {
        // A network of its own size draws for another.
        var sized = Resized(spec, random);
        using var whole = Made(sized);
        using var network = Made(spec);
        var image = ImageOf(sized, 1 + random.Next(2));
        var (count, tile) = (1 + random.Next(4), random.Next(3) switch { 0 => 1 + random.Next(5), 1 => 1 + random.Next(40), _ => Math.Max(sized.Image.Height, sized.Image.Width) + random.Next(3) });
        // Not too many, so that the test is quick.
        tile = Math.Max(tile, Math.Max(sized.Image.Height, sized.Image.Width) / 7);
        var scale = 1f;
        whole.Runner!.Observer = (_, made) => scale = Math.Max(scale, made.abs().max().to(ScalarType.Float32).item<float>());
        var expected = Sampled(generator => whole.Sample(image, count, generator));
        var actual = Sampled(generator => network.SampleInTiles(image, count, generator, tile));
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange(expected.sub(actual).abs().max().item<float>(), 0, 1e-5 * scale);
    });

    [Fact]
    public void InBFloat16_TilesAreNearTheWholeImage() => Each((spec, random) =>
    {
        using var network = Made(spec);
        var image = ImageOf(spec, 1);
        var expected = Sampled(generator => network.Sample(image, 2, generator));
        var scale = 1f;
        network.Precision = Precision.BFloat16;
        network.Runner!.Observer = (_, made) => scale = Math.Max(scale, made.abs().max().to(ScalarType.Float32).item<float>());
        _ = Sampled(generator => network.Sample(image, 2, generator));
        var actual = Sampled(generator => network.SampleInTiles(image, 2, generator, tile: 1 + random.Next(20)));
        Assert.Equal(ScalarType.Float32, actual.dtype);
        Assert.InRange(expected.sub(actual).abs().max().item<float>(), 0, 0.05 * scale);
    });

    [Fact]
    public void AWideImage_IsUpsampledAsItsTilesAre()
    {
        using var scope = NewDisposeScope();
        var spec = new DeterministicUNetSpec { Image = new(1, 8, 4096), UNet = new() { Channels = [3, 3, 3], ConvsPerBlock = 1, Upsampling = Upsampling.BilinearAligned } };
        using var network = Made(spec);
        var image = ImageOf(spec, 1);
        Assert.True(Sampled(random => network.Sample(image, 1, random)).allclose(Sampled(random => network.SampleInTiles(image, 1, random, tile: 100)), rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void GeneratedCode_HasTilesToo()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyNet(seed: 2);
        var image = rand(3, 1, 8, 8);
        Assert.True(Sampled(random => model.Sample(image, 5, random)).allclose(Sampled(random => model.SampleInTiles(image, 5, random, tile: 3)), rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void TilesComeRowByRow_AndCoverTheImageOnce()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var model = new TinyNet(seed: 2);
        var seen = zeros(20, 12);
        var places = new List<(int, int)>();
        model.SampleInTiles(rand(2, 1, 20, 12), 3, random, tile: 8, (region, probabilities) =>
        {
            Assert.Equal([2, 3, 1, region.Rows.Length, region.Columns.Length], probabilities.shape);
            places.Add((region.Rows.Start, region.Columns.Start));
            seen.narrow(0, region.Rows.Start, region.Rows.Length).narrow(1, region.Columns.Start, region.Columns.Length).add_(1);
        });
        Assert.Equal([(0, 0), (0, 8), (8, 0), (8, 8), (16, 0), (16, 8)], places);
        Assert.True(seen.eq(1).all().item<bool>());
    }

    [Fact]
    public void WhatNeedsTheWholeImage_IsRefusedInOneSentence_BeforeAnyWork()
    {
        void Refused(ModelSpec spec, string words, int height = 16)
        {
            using var scope = NewDisposeScope();
            using var network = Made(spec with { Image = new(1, 16, 16) });
            network.Runner!.Observer = (_, _) => Assert.Fail("work was done");
            using var random = new Generator(1);
            var error = Assert.Throws<InputException>(() => network.SampleInTiles(rand(1, 1, height, 16), 1, random, tile: 8));
            Assert.Contains(words, error.Message);
            Assert.Equal(1, error.Message.Count(letter => letter == '\n') + 1);
        }
        var unet = new UNetSpec { Channels = [2, 4] };
        foreach (var norm in new[] { Normalization.Instance, Normalization.Layer, Normalization.Group })
            Refused(new ProbabilisticUNetSpec { UNet = unet with { Normalization = norm, Groups = 2 } }, "features.encoder0.norm0: its mean and variance are those of the whole map, so that no tile can be computed without the others; sample the image whole.");
        Refused(new DeterministicUNetSpec { UNet = unet with { Padding = PaddingMode.Circular } }, "logits.encoder0.conv0: its circular padding reads a map at both of its ends");
        Refused(new DropoutUNetSpec { UNet = unet, Blocks = 1 }, "A Dropout U-Net: ");
        Refused(new DeterministicUNetSpec { UNet = unet }, "An image of 15x16 pixels: Height 15 is not divisible by 2", height: 15);
    }

    [Fact]
    public void WrongArguments_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyNet();
        using var random = new Generator(1);
        Assert.Contains("image is [1, 2, 8, 8], but this network takes [N, 1, 8, 8]", Assert.Throws<ArgumentException>(() => model.SampleInTiles(zeros(1, 2, 8, 8), 1, random)).Message);
        Assert.Throws<ArgumentException>(() => model.SampleInTiles(zeros(1, 8, 8), 1, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.SampleInTiles(zeros(1, 1, 8, 8), 0, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.SampleInTiles(zeros(1, 1, 8, 8), 1, random, tile: 0));
    }

    [Fact]
    public void Tiles_KeepNoTensor()
    {
        using var model = new TinyNet();
        using var image = rand(1, 1, 16, 8);
        using var random = new Generator(1);
        model.SampleInTiles(image, 2, random, tile: 5).Dispose();
        GC.Collect();   // what other tests left
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        model.SampleInTiles(image, 5, random, tile: 5).Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static void Each(Action<ModelSpec, Random> law)
    {
        var seed = (ulong)Random.Shared.NextInt64();   // said when the law fails, so that the specs can be drawn again
        var random = new Random((int)seed);
        var families = new HashSet<Type>();
        foreach (var drawn in SpecGen.Valid.Draw(Networks, seed))
        {
            if (drawn is DropoutUNetSpec)
                continue;
            var spec = drawn.UNet.Normalization is Normalization.None or Normalization.Batch ? drawn : drawn with { UNet = drawn.UNet with { Normalization = Normalization.Batch } };
            if (spec.UNet is { Padding: PaddingMode.Circular, Kernel: > 1 })
                spec = spec with { UNet = spec.UNet with { Padding = PaddingMode.Replicate } };
            families.Add(spec.GetType());
            using var scope = NewDisposeScope();
            try
            {
                law(spec, random);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {spec}", error);
            }
        }
        Assert.Equal(Families.All.Count - 1, families.Count);
    }

    /// <summary>The spec for another image, where it can be for one: two or three times the size, or a few pixels more.</summary>
    private static ModelSpec Resized(ModelSpec spec, Random random)
    {
        int Other(int size) => spec.SizePolicy == SizePolicy.Strict ? size * (1 + random.Next(3)) : size + random.Next(20);
        var other = spec with { Image = spec.Image with { Height = Other(spec.Image.Height), Width = Other(spec.Image.Width) } };
        return other.Validate().Count == 0 ? other : spec;
    }

    /// <summary>With weights of one seed, and running statistics that are not those of the beginning.</summary>
    private static SegmentationModel Made(ModelSpec spec)
    {
        var network = Interpreter.Create(spec, seed: 7).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        using var random = new Generator(2);
        using var still = no_grad();
        foreach (var layer in network.modules().OfType<BatchNormLayer>())
        {
            layer.running_mean.uniform_(-0.5, 0.5, random);
            layer.running_var.uniform_(0.5, 2, random);
        }
        return network;
    }

    private static Tensor ImageOf(ModelSpec spec, int count)
    {
        using var random = new Generator(3);
        return rand([count, spec.Image.Channels, spec.Image.Height, spec.Image.Width], generator: random);
    }

    private static Tensor Sampled(Func<Generator, Tensor> sample)
    {
        using var random = new Generator(5);
        return sample(random);
    }
}
