using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

public class BatchSamplerTests
{
    [Property(MaxTest = 50)]
    public void AnEpoch_SeesEveryImageOnce(byte images, byte batch, long seed)
    {
        var (count, size) = (images % 20 + 1, batch % 7 + 1);
        var data = ToyData.Squares(count);
        var sampler = new BatchSampler(data, size, seed);
        var seen = Enumerable.Range(1, (2 * count + size - 1) / size).SelectMany(sampler.Choose).Select(chosen => chosen.Image.Name).ToList();
        Assert.Equal(data.Select(image => image.Name).Order(), seen[..count].Order());
        Assert.Equal(data.Select(image => image.Name).Order(), seen[count..(2 * count)].Order());
    }

    [Property(MaxTest = 50)]
    public void AStep_IsAFunctionOfSeedAndNumber(byte step, long seed)
    {
        var data = ToyData.Squares(5);
        var straight = new BatchSampler(data, 3, seed);
        for (var earlier = 1; earlier <= step; earlier++)
            straight.Choose(earlier);
        Assert.Equal(straight.Choose(step + 1), new BatchSampler(data, 3, seed).Choose(step + 1));
    }

    [Fact]
    public void Graders_AreDrawnUniformly_TheEmptyOnesIncluded()
    {
        const int draws = 40_000, graders = 4;
        var sampler = new BatchSampler(ToyData.Squares(1, graders: graders), draws, seed: 1);
        var counts = sampler.Choose(1).CountBy(chosen => chosen.Grader).ToDictionary();
        var standardError = Math.Sqrt(draws * (1.0 / graders) * (1 - 1.0 / graders));
        for (var grader = 0; grader < graders; grader++)
            Assert.InRange(counts[grader], draws / graders - 4 * standardError, draws / graders + 4 * standardError);
    }

    [Property(MaxTest = 40)]
    public void SeveralGraders_OfAnImage_AreDifferentOnes_DeformedAlike(byte asked, byte there, long seed)
    {
        var (count, graders) = (asked % 6 + 1, there % 5 + 1);
        var data = ToyData.Squares(5, graders: graders);
        var sampler = new BatchSampler(data, 3, seed, ProbUNet.Models.Augmentation.AugmentationPlan.Flips, graders: count);
        var chosen = sampler.Choose(2);
        Assert.Equal(3 * count, chosen.Count);
        foreach (var ofImage in chosen.Chunk(count))
        {
            Assert.Single(ofImage.Select(choice => (choice.Image, choice.Window)).Distinct());
            // As often each as can be.
            var times = ofImage.CountBy(choice => choice.Grader).ToDictionary();
            Assert.Equal(Math.Min(count, graders), times.Count);
            Assert.InRange(times.Values.Max() - times.Values.Min(), 0, 1);
        }
        using var batch = sampler.Draw(2, TorchSharp.torch.CPU);
        Assert.Equal([3, 1, 8, 8], batch.Image.shape);
        Assert.Equal([3 * count, 1, 8, 8], batch.Mask.shape);
        // A grader who drew the square drew it where the image is bright.
        for (var number = 0; number < chosen.Count; number++)
            using (var mask = batch.Mask[number])
            using (var bright = batch.Image[number / count] > 0.5)
                Assert.True(chosen[number].Image.Graders[chosen[number].Grader].Foreground.Area == 0 || mask.to(TorchSharp.torch.@bool).equal(bright).all().item<bool>());
    }

    [Fact]
    public void ABatch_HoldsTheChosenImagesAndMasks()
    {
        var data = ToyData.Squares(6);
        var sampler = new BatchSampler(data, 4, seed: 2);
        using var batch = sampler.Draw(3, TorchSharp.torch.CPU);
        Assert.Equal([4, 1, 8, 8], batch.Image.shape);
        Assert.Equal(batch.Image.shape, batch.Mask.shape);
        var chosen = sampler.Choose(3);
        for (var place = 0; place < 4; place++)
        {
            using var image = batch.Image[place];
            using var mask = batch.Mask[place];
            Assert.Equal(chosen[place].Image.Pixels(), image.data<float>().ToArray());
            Assert.Equal(chosen[place].Image.Graders[chosen[place].Grader].Foreground.Area, mask.data<float>().ToArray().Sum());
        }
    }

    [Property(MaxTest = 30)]
    public void OfTheMiddleOfAnImage_AllWindowsAreDrawn_ImageAndMaskAlike(long seed)
    {
        var whole = ToyData.Squares(1, size: 10)[0];
        var middle = GradedImage.MiddleOf(whole, 8, 7);
        var sampler = new BatchSampler([middle], 400, seed);
        var chosen = sampler.Choose(2);
        Assert.Equal(chosen, new BatchSampler([middle], 400, seed).Choose(2));
        Assert.Equal(12, chosen.Select(choice => (choice.Window.Top, choice.Window.Left)).Distinct().Count());

        using var batch = sampler.Draw(2, TorchSharp.torch.CPU);
        Assert.Equal([400, 1, 8, 7], batch.Image.shape);
        float[] images = batch.Image.data<float>().ToArray(), masks = batch.Mask.data<float>().ToArray(), pixels = whole.Pixels();
        for (var i = 0; i < images.Length; i += 13)
        {
            var choice = chosen[i / 56];
            var (row, column) = (choice.Window.Top + i % 56 / 7, choice.Window.Left + i % 7);
            Assert.Equal(pixels[row * 10 + column], images[i]);
            Assert.Equal(whole.Graders[choice.Grader].Foreground[row, column] ? 1 : 0, masks[i]);
        }
    }

    [Fact]
    public void AnImage_IsDeformedAnewAtEachVisit()
    {
        var sampler = new BatchSampler(ToyData.Squares(1), 1, seed: 4, ProbUNet.Models.Augmentation.AugmentationPlan.Flips);
        var seen = Enumerable.Range(1, 30).Select(step =>
        {
            using var batch = sampler.Draw(step, TorchSharp.torch.CPU);
            return string.Join(' ', batch.Image.data<float>().ToArray());
        });
        Assert.InRange(seen.Distinct().Count(), 2, 4);
    }

    [Fact]
    public void Windows_AreDrawnUniformly()
    {
        const int draws = 20_000;
        var chosen = new BatchSampler([GradedImage.MiddleOf(ToyData.Squares(1, size: 10)[0], 8, 7)], draws, seed: 4).Choose(1);
        foreach (var window in chosen.CountBy(choice => (choice.Window.Top, choice.Window.Left)))
            Assert.Equal(1.0 / 12, window.Value / (double)draws, 4 * Math.Sqrt(1.0 / 12 * (11.0 / 12) / draws));
    }

    [Fact]
    public void GradersThatAreDrawnAnew_AreAsFrequentAsTheirModes()
    {
        const int draws = 40_000;
        var switches = new LabelSwitches([new(0, 2, 0.3), new(1, 3, 0.6)]);
        var image = Images.Black("x", 1, 1, 3,
            new Grading.DrawnAnew(switches.Over(Segmentation.FromLabels(1, 3, [0, 1, 255], 4))), new SegmentationClasses(["a", "b", "a2", "b2"]));
        var sampler = new BatchSampler([image], draws, seed: 3);
        var counts = sampler.Choose(1).CountBy(Drawn).ToDictionary();
        foreach (var (mode, probability) in image.Truth!.Modes.Zip(image.Truth.Probabilities))
            Assert.Equal(probability, counts[mode] / (double)draws, 4 * Math.Sqrt(probability * (1 - probability) / draws));
        Assert.NotEqual(sampler.Choose(1).Select(choice => choice.Grader), sampler.Choose(2).Select(choice => choice.Grader));   // another epoch
    }

    [Fact]
    public void ABatchOfSeveralClasses_IsOneHot_AndAllZeroWhereIgnored()
    {
        var classes = new SegmentationClasses(["a", "b", "c"]);
        var data = Enumerable.Range(0, 3).Select(i => Images.Black($"{i}", 1, 2, 2,
            new Grading.ByGraders([Segmentation.FromLabels(2, 2, [(byte)i, 0, 255, 1], 3)]), classes)).ToList();
        var sampler = new BatchSampler(data, 2, seed: 3);
        using var batch = sampler.Draw(1, TorchSharp.torch.CPU);
        Assert.Equal([2, 3, 2, 2], batch.Mask.shape);
        var expected = sampler.Choose(1).SelectMany(choice => Enumerable.Range(0, 3).SelectMany(label =>
            Drawn(choice).Labels().Select(its => its == label ? 1f : 0f)));
        Assert.Equal(expected, batch.Mask.data<float>().ToArray());
    }

    /// <summary>What the chosen grader drew in the window.</summary>
    private static Segmentation Drawn(Choice choice) => choice.Image.Whole.Grading.Choices[choice.Grader].Crop(choice.Window);
}
