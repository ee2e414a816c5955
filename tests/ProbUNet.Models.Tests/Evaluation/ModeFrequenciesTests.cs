using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class ModeFrequenciesTests
{
    private static readonly SegmentationClasses Classes = new(["road", "car", "road 2", "car 2"]);

    private static readonly LabelSwitches Switches = new([new(1, 3, 0.25), new(0, 2, 0.5)]);

    private static readonly GradedImage Both = Image("both", [0, 0, 1, 1]);

    /// <summary>It has no car: modes that differ in the first switch are one.</summary>
    private static readonly GradedImage RoadOnly = Image("road only", [0, 0, 0, 0]);

    [Fact]
    public void SamplesThatFollowTheTruth_HaveTheTruesFrequencies()
    {
        // In 8 samples each of the 4 modes as often as it should: 0.375, 0.125, 0.375, 0.125.
        var frequencies = Of([Both, RoadOnly], image => [.. new[] { 0, 0, 0, 1, 2, 2, 2, 3 }.Select(mode => image.Truth!.Modes[mode])]);
        Assert.Equal((2, 8), (frequencies.Images, frequencies.Samples));
        Assert.All(frequencies.Modes, mode => Assert.Equal(mode.True, mode.Sampled, 12));
        Assert.All(frequencies.Classes, row => Assert.Equal(row.True, row.Sampled, 12));
        Assert.Equal([0.25, 0.5], frequencies.Classes.Select(row => row.True));
        Assert.Equal(["car", "road"], frequencies.Classes.Select(row => row.Name));
    }

    [Fact]
    public void BitsOfAMode_SayWhatIsSwitched()
    {
        var frequencies = Of([Both], image => [image.Truth!.Modes[1]]);
        Assert.Equal([[false, false], [true, false], [false, true], [true, true]], frequencies.Modes.Select(mode => mode.Switches.ToArray()));
        Assert.Equal([0.0, 1, 0, 0], frequencies.Modes.Select(mode => mode.Sampled));
        Assert.Equal([0.375, 0.125, 0.375, 0.125], frequencies.Modes.Select(mode => mode.True));
        Assert.Equal([1.0, 0], frequencies.Classes.Select(row => row.Sampled));
    }

    [Fact]
    public void AClassWithoutPixels_CountsAsNotSwitched()
    {
        var frequencies = Of([RoadOnly], image => [image.Truth!.Modes[3]]);
        Assert.Equal([0.0, 0, 1, 0], frequencies.Modes.Select(mode => mode.Sampled));
        Assert.Equal([0.5, 0, 0.5, 0], frequencies.Modes.Select(mode => mode.True));
        Assert.Equal([0.0, 0.5], frequencies.Classes.Select(row => row.True));
    }

    [Fact]
    public void ShareOfPixels_IsOverBothLabelsOfAClass()
    {
        // Of the four road pixels one is drawn as the alternate, one as road, and two as something else.
        var drawn = Segmentation.FromLabels(2, 2, [0, 2, 1, 1], 4);
        Assert.Equal(0.5, Of([RoadOnly], _ => [drawn]).Classes[1].Sampled);
    }

    [Fact]
    public void WhereModesAreUnknown_ThereAreNoFrequencies()
    {
        Assert.False(ModeFrequencies.AreKnown(ToyData.Squares(1)));
        Assert.False(ModeFrequencies.AreKnown([]));
        Assert.True(ModeFrequencies.AreKnown([Both]));
        Assert.Throws<ArgumentException>(() => Of(ToyData.Squares(1), image => image.Graders));
        var result = Evaluator.Score([Both], [1], image => [image.Truth!.Modes[0]]);
        Assert.Throws<ArgumentException>(() => ModeFrequencies.Of([RoadOnly], result));
    }

    private static ModeFrequencies Of(IReadOnlyList<GradedImage> images, Func<GradedImage, IReadOnlyList<Segmentation>> draw) =>
        ModeFrequencies.Of(images, Evaluator.Score(images, [draw(images[0]).Count], draw));

    private static GradedImage Image(string name, byte[] labels) =>
        Images.Black(name, 1, 2, 2, new Grading.DrawnAnew(Switches.Over(Segmentation.FromLabels(2, 2, labels, 4))), Classes);
}
