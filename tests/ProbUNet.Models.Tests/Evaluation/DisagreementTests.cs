using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class DisagreementTests
{
    [Property(MaxTest = 30)]
    public bool Disagreement_IsTheDiversityOfTheGraders(ushort seed)
    {
        var random = new Random(seed);
        var image = Images.Of("image", "case", 1, 3, 3, new float[9],
            [.. Enumerable.Range(0, 4).Select(_ => BitMask.From<int>(3, 3, [.. Enumerable.Range(0, 9).Select(_ => random.Next(2))], value => value == 1))]);
        return Math.Abs(Disagreement.Of(image) - GeneralizedEnergyDistance.Between(image.Graders, image.Reference, image.Classes).GraderDiversity) < 1e-12;
    }

    [Fact]
    public void TheFirstOfTheMostDisputedImages_IsTaken()
    {
        var (full, empty) = (BitMask.From<byte>(2, 2, new byte[4], _ => true), BitMask.Empty(2, 2));
        GradedImage Of(string name, params BitMask[] graders) => Images.Black(name, 1, 2, 2, new Grading.ByGraders(graders));
        Assert.Equal("second", Disagreement.Largest([Of("first", full, full, full, empty), Of("second", full, empty), Of("third", empty, full)]).Name);
    }
}
