using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Data;

public class LabelSwitchesTests
{
    private static readonly LabelSwitches Three = new([new(0, 4, 0.5), new(2, 5, 0.1), new(3, 6, 0.8)]);

    [Property]
    public void AMode_FlipsWholeClasses_AndNothingElse(int seed)
    {
        var random = RandomStream.For(seed);
        var labels = LabelMaps.Draw(random, 6, 7, classes: 4);
        var truth = Three.Over(Segmentation.FromLabels(6, 7, labels, 7));
        Assert.Equal(8, truth.Modes.Count);
        for (var mode = 0; mode < 8; mode++)
        {
            byte Flipped(byte label) => label switch
            {
                0 when (mode & 1) != 0 => 4,
                2 when (mode & 2) != 0 => 5,
                3 when (mode & 4) != 0 => 6,
                _ => label,
            };
            Assert.Equal(labels.Select(Flipped), truth.Modes[mode].Labels());
        }
    }

    [Fact]
    public void Probabilities_AreThoseOfIndependentFlips()
    {
        Assert.Equal(1, Three.Probabilities.Sum(), 1e-12);
        Assert.Equal(0.5 * 0.9 * 0.2, Three.Probabilities[0], 1e-15);
        Assert.Equal(0.5 * 0.1 * 0.2, Three.Probabilities[0b011], 1e-15);
        Assert.Equal(0.5 * 0.9 * 0.8, Three.Probabilities[0b100], 1e-15);
    }

    [Fact]
    public void Modes_ShareTheirPlanes_SoThatTheyTakeNoPixels()
    {
        var original = Segmentation.FromLabels(256, 512, [.. Enumerable.Range(0, 256 * 512).Select(i => (byte)(i % 4))], 7);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var modes = Three.Over(original).Modes.ToList();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_384);   // one plane alone has that many bytes
        Assert.All(modes, mode => Assert.Same(original[1], mode[1]));
    }

    [Fact]
    public void AWindowOfTheDistribution_IsTheDistributionOverTheWindow()
    {
        var labels = LabelMaps.Draw(RandomStream.For(3), 6, 7, classes: 4);
        var image = Images.Black("x", 1, 6, 7,
            new Grading.DrawnAnew(Three.Over(Segmentation.FromLabels(6, 7, labels, 7))), new SegmentationClasses([.. "abcdefg".Select(name => $"{name}")]));
        var middle = GradedImage.MiddleOf(image, 4, 3);
        Assert.Same(image, middle.Whole);
        Assert.Equal(image.Truth!.Modes.Select(mode => mode.Crop(new Window(1, 2, 4, 3))), middle.Truth!.Modes);
        Assert.Same(middle.Truth, middle.Reference);
    }

    [Fact]
    public void AsManySwitchesAsThereMayBe_AreJudged_AndMoreAreRefused()
    {
        LabelSwitches Of(int count) => new([.. Enumerable.Range(0, count).Select(i => new LabelSwitch(i, count + i, 0.3))]);
        var truth = Of(10).Over(Segmentation.FromLabels(2, 5, [.. Enumerable.Range(0, 10).Select(i => (byte)i)], 20));
        var classes = new SegmentationClasses([.. Enumerable.Range(0, 20).Select(i => $"{i}")]);
        Assert.Equal(1024, truth.Modes.Count);
        Assert.Equal(1, MatchedIou.Between([.. truth.Modes], new ModeDistribution([.. truth.Modes], [.. Enumerable.Repeat(1.0 / 1024, 1024)]), classes), 1e-12);
        // Two classes whose switch differs lie nowhere together: d = 2k/(10 + k) where k switches differ, and each differs with 2 · 0.3 · 0.7.
        var expected = 0.0;
        for (int k = 0, ways = 1; k <= 10; ways = ways * (10 - k) / ++k)
            expected += ways * Math.Pow(0.42, k) * Math.Pow(0.58, 10 - k) * 2 * k / (10 + k);
        Assert.Equal(expected, GeneralizedEnergyDistance.Between([truth.Modes[0]], truth, classes).GraderDiversity, 1e-9);
        Assert.Contains("There are 1 to 10 switches, not 11", Assert.Throws<ArgumentException>(() => Of(11)).Message);
    }

    [Fact]
    public void SwitchesThatContradictEachOther_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new LabelSwitches([]));
        Assert.Contains("Class 1 is switched twice", Assert.Throws<ArgumentException>(() => new LabelSwitches([new(0, 1, 0.5), new(1, 2, 0.5)])).Message);
        Assert.Throws<ArgumentException>(() => new LabelSwitches([new(0, 1, 1.5)]));
        Assert.Throws<ArgumentException>(() => new LabelSwitches([new(0, 1, double.NaN)]));
        Assert.Contains("occurs in the annotation", Assert.Throws<ArgumentException>(() => Three.Over(Segmentation.FromLabels(1, 2, [4, 1], 7))).Message);
        Assert.Contains("not both among the 4", Assert.Throws<ArgumentException>(() => Three.Over(Segmentation.FromLabels(1, 2, [0, 1], 4))).Message);
    }
}
