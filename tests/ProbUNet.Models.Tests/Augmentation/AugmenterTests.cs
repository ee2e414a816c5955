using FsCheck.Xunit;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Augmentation;

public class AugmenterTests
{
    [Property]
    public void WithoutStrength_AWindowIsThePlainCrop_BitForBit_AndNoNumberIsDrawn(int seed)
    {
        var random = RandomStream.For(seed);
        var whole = Scenes.Draw(random);
        var window = Scenes.Window(random, whole);
        var expected = new float[whole.Channels * window.Height * window.Width];
        whole.CopyPixelsTo(expected, window);
        foreach (var plan in new[] { AugmentationPlan.None, AugmentationPlan.Paper with { SpatialProbability = 0 } })
        {
            var unused = RandomStream.For(seed);
            var (pixels, segmentation) = Augmenter.Apply(plan, unused, whole, window, 0);
            Assert.Equal(expected, pixels);
            Assert.Equal(whole.Graders[0].Crop(window), segmentation);
            Assert.Equal(RandomStream.For(seed).NextUInt64(), unused.NextUInt64());
        }
    }

    [Property(MaxTest = 30)]
    public void TheSameStream_GivesTheSameBytes_OnAnyThread(int seed)
    {
        var random = RandomStream.For(seed);
        var scenes = Enumerable.Range(0, 8).Select(_ => Scenes.Draw(random)).Select(whole => (Whole: whole, Window: Scenes.Window(random, whole))).ToArray();
        (float[] Pixels, Segmentation Segmentation) View(int i) => Augmenter.Apply(AugmentationPlan.Cityscapes, RandomStream.For(seed, i), scenes[i].Whole, scenes[i].Window, 0);
        var alone = Enumerable.Range(0, scenes.Length).Select(View).ToArray();
        var together = new (float[] Pixels, Segmentation Segmentation)[scenes.Length];
        Parallel.For(0, scenes.Length, i => together[i] = View(i));
        for (var i = 0; i < scenes.Length; i++)
        {
            Assert.Equal(alone[i].Pixels, together[i].Pixels);
            Assert.Equal(alone[i].Segmentation, together[i].Segmentation);
        }
    }

    [Property]
    public void Gamma_ChangesTheImageAlone_ByACurveForEachChannel(int seed)
    {
        var random = RandomStream.For(seed);
        var whole = Scenes.Draw(random);
        var window = Scenes.Window(random, whole);
        var (pixels, segmentation) = Augmenter.Apply(new AugmentationPlan { SmallestGamma = 0.5, LargestGamma = 2 }, RandomStream.For(seed), whole, window, 0);
        var before = new float[pixels.Length];
        whole.CopyPixelsTo(before, window);
        Assert.Equal(whole.Graders[0].Crop(window), segmentation);
        var size = window.Height * window.Width;
        for (var channel = 0; channel < whole.Channels; channel++)
        {
            var exponents = Enumerable.Range(channel * size, size).Where(i => before[i] is > 0.05f and < 0.95f).Select(i => Math.Log(pixels[i]) / Math.Log(before[i])).ToList();
            Assert.All(exponents, exponent => Assert.InRange(exponent, 0.4999, 2.0001));
            Assert.All(exponents, exponent => Assert.Equal(exponents[0], exponent, 1e-4));
        }
    }

    [Fact]
    public void Channels_GetCurvesOfTheirOwn()
    {
        var whole = Images.Of("x", "x", 3, 1, 1, [0.5f, 0.5f, 0.5f], [BitMask.Empty(1, 1)]);
        var (pixels, _) = Augmenter.Apply(new AugmentationPlan { SmallestGamma = 0.5, LargestGamma = 2 }, RandomStream.For(1), whole, new Window(0, 0, 1, 1), 0);
        Assert.Equal(3, pixels.Distinct().Count());
    }

    [Property]
    public void AGammaCurve_KeepsBlackAndWhiteAndTheOrderOfValues(int seed)
    {
        var random = RandomStream.For(seed);
        var values = Enumerable.Range(0, 200).Select(_ => (float)random.NextDouble()).Append(0).Append(1).Order().ToArray();
        var curved = values.ToArray();
        GammaCurve.Apply((float)random.NextDouble(0.1, 10), curved);
        Assert.Equal((0, 1), (curved[0], curved[^1]));
        Assert.Equal(curved.Order(), curved);
    }

    [Fact]
    public void AsManyImagesGetACurve_AsThePlanSays()
    {
        const int draws = 4000;
        var whole = Images.Of("x", "x", 1, 1, 1, [0.5f], [BitMask.Empty(1, 1)]);
        var drawn = Enumerable.Range(0, draws).Select(i => Augmenter.Apply(AugmentationPlan.Cityscapes, RandomStream.For(1, i), whole, new Window(0, 0, 1, 1), 0).Pixels[0]).ToList();
        Assert.Equal(0.3, drawn.Count(value => value != 0.5f) / (double)draws, 4 * Math.Sqrt(0.3 * 0.7 / draws));
        Assert.InRange(drawn.Min(), (float)Math.Pow(0.5, 1.5) - 1e-6f, 0.36f);
        Assert.InRange(drawn.Max(), 0.61f, (float)Math.Pow(0.5, 0.7) + 1e-6f);
    }

    [Fact]
    public void OfSeveralGraders_TheChosenOneIsDeformed_WithTheImage()
    {
        var random = RandomStream.For(3);
        var whole = ToyData.Squares(1, size: 30, graders: 2)[0];
        var window = new Window(3, 4, 20, 18);
        var (pixels, full) = Augmenter.Apply(AugmentationPlan.Paper, RandomStream.For(4), whole, window, 0);
        var (same, empty) = Augmenter.Apply(AugmentationPlan.Paper, RandomStream.For(4), whole, window, 1);
        Assert.Equal(pixels, same);
        Assert.False(full.IsEmpty);
        Assert.Equal(Segmentation.Binary(BitMask.Empty(20, 18)), empty);
    }

    [Property(MaxTest = 50)]
    public void OfLabelSwitches_TheChosenModeIsDeformed(int seed)
    {
        var random = RandomStream.For(seed);
        var switches = new LabelSwitches([new(0, 2, 0.3), new(1, 3, 0.6)]);
        var original = Segmentation.FromLabels(9, 8, [.. Enumerable.Range(0, 72).Select(_ => random.NextInt32(3) is var label && label == 2 ? Segmentation.Ignored : (byte)label)], 4);
        var image = Images.Black("x", 1, 9, 8, new Grading.DrawnAnew(switches.Over(original)), new SegmentationClasses(["a", "b", "a2", "b2"]));
        var plan = Scenes.Wild(random);
        Segmentation View(int mode) => Augmenter.Apply(plan, RandomStream.For(seed), image, new Window(1, 2, 7, 6), mode).Segmentation;
        Assert.Equal(switches.Over(View(0)).Modes, Enumerable.Range(0, 4).Select(View));
    }

    [Fact]
    public void PixelsBeyondTheView_AreLeft()
    {
        var whole = Scenes.Draw(RandomStream.For(1), 12, 12);
        var pixels = Enumerable.Repeat(7f, whole.Channels * 30 + 5).ToArray();
        Augmenter.Apply(AugmentationPlan.Cityscapes, RandomStream.For(2), whole, new Window(1, 1, 5, 6), 0, pixels);
        Assert.DoesNotContain(7f, pixels[..^5]);
        Assert.All(pixels[^5..], value => Assert.Equal(7, value));
    }

    [Fact]
    public void AWindowThatDoesNotLieInTheImage_IsRefused()
    {
        var whole = Scenes.Draw(RandomStream.For(1), 12, 12);
        foreach (var window in new[] { new Window(0, 0, 13, 5), new Window(8, 0, 5, 5), new Window(-1, 0, 5, 5), new Window(0, 0, 0, 5) })
            Assert.Throws<ArgumentOutOfRangeException>(() => Augmenter.Apply(AugmentationPlan.Paper, RandomStream.For(2), whole, window, 0));
    }
}
