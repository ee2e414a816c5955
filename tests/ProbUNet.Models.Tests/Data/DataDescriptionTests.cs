using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Inspection;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

/// <summary>To describe data is to list all that is wrong with them, where training stops at the first.</summary>
public class DataDescriptionTests
{
    [Fact]
    public void AllProblems_AreListed_AndTrainingNamesTheFirst()
    {
        using var set = new TinySet();
        set.AddImage("train", "a", "y");
        set.AddImage("train", "a", "z", graders: 3);
        set.Write("train/gt/a/y_l1.png", TinySet.Mask(5, 5));           // 0
        set.Write("train/images/a/z.png", []);                          // 1
        set.AddImage("train", "e", "x");
        Directory.Delete(set.Of("train/gt/e"), recursive: true);        // 2
        set.AddImage("train", "f", "x");
        File.Delete(set.Of("train/images/f/x.png"));                    // 3, 4
        set.AddImage("train", "g", "x");
        set.Write("train/gt/g/x_l0.png", TinySet.Mask(foreground: 7));  // 5
        set.AddImage("val", "a", "w");                                  // 6
        set.AddImage("val", "b", "color");
        set.Write("val/images/b/color.png", TinyPng.Color(4, 5, new byte[60]));   // 7
        Directory.Delete(set.Of("test"), recursive: true);              // 8
        var description = DataDescriber.Describe(set.Root);
        Assert.Equal(
            [
                (DataProblemKind.MaskSize, "train/gt/a/y_l1.png"), (DataProblemKind.UnreadableFile, "train/images/a/z.png"), (DataProblemKind.MissingGrader, "train/images/e/x.png"),
                (DataProblemKind.MissingImage, "train/gt/f/x_l0.png"), (DataProblemKind.MissingImage, "train/gt/f/x_l1.png"), (DataProblemKind.MaskLevels, "train/gt/g/x_l0.png"),
                (DataProblemKind.CaseInTwoSplits, "val/images/a/w.png"), (DataProblemKind.ImageChannels, "val/images/b/color.png"), (DataProblemKind.Layout, "test"),
            ],
            description.Problems.Where(problem => problem.IsError).Select(problem => (problem.Kind, Path.GetRelativePath(set.Root, problem.Input).Replace('\\', '/'))));
        Assert.True(description.IsRefused);
        Assert.Equal(set.Refusal().Message, description.Refusal!.Message);
        Assert.EndsWith("(8 more files cannot be used either).", description.Refusal.Message);
        Assert.Equal([1, 3, 0], description.Splits.Select(split => split.Images));   // what can be used
    }

    [Fact]
    public void Warnings_DoNotRefuse()
    {
        using var set = new TinySet();
        set.AddImage("train", "d", "x", graders: 1);
        set.AddImage("train", "e", "x", graders: 3);
        set.Write("train/images/d/x.png", TinyPng.Grey(4, 5, [.. Enumerable.Repeat((byte)9, 20)]));
        set.Write("train/images/e/x.png", TinyPng.Grey(4, 5, [.. Enumerable.Repeat((byte)9, 20)]));
        // The same picture twice in one split is nothing to warn of.
        set.Write("scans/a.nii.gz", [1]);
        var description = DataDescriber.Describe(set.Root);
        Assert.False(description.IsRefused);
        Assert.Equal(
            [
                (DataProblemKind.ForeignFormat, set.Of("scans/a.nii.gz")),
                (DataProblemKind.SameImageInTwoSplits, "val/b/x"), (DataProblemKind.SameImageInTwoSplits, "test/c/x"),
                (DataProblemKind.FewerGraders, "train/a/x"), (DataProblemKind.OneGrader, "train/d/x"), (DataProblemKind.FewerGraders, "val/b/x"), (DataProblemKind.FewerGraders, "test/c/x"),
            ],
            description.Problems.Select(problem => (problem.Kind, problem.Input)));
        Assert.All(description.Problems, problem => Assert.EndsWith(".", problem.Message));
        Assert.Contains("this image has 2 graders where others have 3", description.Problems[3].Message);
        Assert.Equal(5, set.Open() is var data ? data.Train.Count + data.Validation.Count + data.Test.Count : 0);
    }

    [Fact]
    public void SeveralSizes_AreAWarning_UntilNoSizeIsAskedFor()
    {
        using var set = new TinySet();
        set.AddImage("train", "d", "x", height: 7);
        var description = DataDescriber.Describe(set.Root);
        Assert.Equal([(DataProblemKind.ImageSize, false)], description.Problems.Where(problem => problem.Kind == DataProblemKind.ImageSize).Select(problem => (problem.Kind, problem.IsError)));
        Assert.False(description.IsRefused);
        Assert.Equal([(4, 1), (7, 1)], description.Splits[0].Shapes.Select(each => (each.Shape.Height, each.Images)));
        Assert.Contains("give all images one size", set.Refusal().Remedy);
        Assert.Equal(2, DataSource.Open(set.Root, 4, 5).Train.Count);
    }

    [Fact]
    public void Counts_AreThoseOfTheMasks()
    {
        using var set = new TinySet();
        set.AddImage("train", "d", "x");
        set.Write("train/gt/d/x_l0.png", TinyPng.Grey(4, 5, new byte[20]));
        set.Write("train/gt/d/x_l1.png", TinyPng.Grey(4, 5, new byte[20]));
        set.Write("train/gt/a/x_l1.png", TinyPng.Grey(4, 5, new byte[20]));
        set.Write("train/images/d/x.png", TinyPng.Encode(4, 5, 16, TinyPng.GreyType, new byte[40]));
        var train = DataDescriber.Describe(set.Root).Splits[0];
        Assert.Equal((DataSplit.Train, 2, 2, 4, 3), (train.Split, train.Images, train.Cases, train.Masks, train.EmptyMasks));
        Assert.Equal(new Dictionary<int, int> { [0] = 1, [1] = 1 }, train.GradersWhoDrew.ToDictionary());
        Assert.Equal(new Dictionary<int, int> { [2] = 2 }, train.Graders.ToDictionary());
        Assert.Equal([8, 16], train.Shapes.Select(each => each.Shape.Bits).Order());
        Assert.Equal((7 / 80.0, 7 / 20.0), (train.ClassShares[0], train.ForegroundWhereDrawn));
        // One image of an empty and a full-grown mask, d = 1, and one of two empty ones.
        Assert.Equal((0.25, 0.5), (train.GraderDiversity, train.Agreement));
        double Ged(string name) => train.Constants.Single(constant => constant.Name == name).Ged;
        Assert.Equal((0.25, 0.25, 0.25), (Ged("all empty"), Ged("what most training masks have"), Ged("what most graders of the image drew")));
        Assert.Equal((2 * (1 - 0.35 / 2) - 0.5 + 2) / 2, Ged("all foreground"), 1e-12);
    }

    [Fact]
    public void TheEmptyPredictor_IsJudgedAsTheEvaluationJudgesIt()
    {
        var data = DataSource.Open("synthetic:lesions");
        var description = DataDescriber.Describe("synthetic:lesions");
        var expected = data.Validation.Average(image => GeneralizedEnergyDistance.Between([BitMask.Empty(64, 64)], [.. image.Graders.Select(grader => grader.Foreground)]).Squared);
        Assert.Equal(expected, description.Splits[1].Constants[0].Ged, 1e-12);
        Assert.Equal(7, description.KnownModes);
    }

    [Fact]
    public void WhereGradersAreDrawnAnew_TheWholeDistributionIsCompared()
    {
        var description = DataDescriber.Describe("synthetic:streets");
        var (images, split) = (DataSource.Open("synthetic:streets").Test, description.Splits[2]);
        Assert.Empty(split.Graders);
        var likeliest = images.Average(image => GeneralizedEnergyDistance.Between([image.Truth!.Modes[image.Truth.Probabilities.ToList().IndexOf(image.Truth.Probabilities.Max())]], image.Truth, description.Classes).Squared);
        Assert.Equal(likeliest, split.Constants.Single(constant => constant.LooksAtGraders).Ged, 1e-12);
        Assert.Equal(1, split.ClassShares.Sum(), 1e-9);
        Assert.Empty(description.Problems);
    }

    [Fact]
    public void ACaseThatIsListedTwice_IsOneProblemOfAll_AndTrainingNamesIt()
    {
        using var set = new TinySet(empty: true);
        set.Write("dataset.json", """
            { "formatVersion": 1, "images": "{case}.png", "masks": "{case}_{grader}.png", "splits": { "train": ["a", "a"], "val": ["b"], "test": ["c", "a"] } }
            """u8.ToArray());
        foreach (var @case in new[] { "a", "b", "c" })
        {
            set.Write($"{@case}.png", TinySet.Grey());
            set.Write($"{@case}_1.png", @case == "b" ? [] : TinySet.Mask());
        }
        var description = DataDescriber.Describe(set.Root);
        Assert.Equal(
            [
                (DataProblemKind.Layout, "splits.train has the case a, which is in it already"), (DataProblemKind.CaseInTwoSplits, "splits.test has the case a, which is in train already"),
                (DataProblemKind.UnreadableFile, "the file is empty"),
            ],
            description.Problems.Where(problem => problem.IsError).Select(problem => (problem.Kind, problem.Problem)));
        Assert.Equal([1, 0, 1], description.Splits.Select(split => split.Images));
        Assert.Equal(description.Refusal!.Message, set.Refusal().Message);
    }

    [Theory]
    [InlineData("{case}/{image}.png", "{case}/{image}_seg{grader}.png", "no file fits the pattern of masks, \"{case}/{image}_seg{grader}.png\"; look whether it is right, or add masks that it fits.")]
    [InlineData("{case}/scan-{image}.png", "{case}/{image}_m{grader}.png", "no file fits the pattern of images, \"{case}/scan-{image}.png\"; look whether it is right, or add images that it fits.")]
    public void APatternThatNoFileFits_IsTheOneThatIsBlamed(string images, string masks, string words)
    {
        using var set = new TinySet(empty: true);
        set.Write("dataset.json", System.Text.Encoding.UTF8.GetBytes($$"""{ "formatVersion": 1, "images": "{{images}}", "masks": "{{masks}}", "splits": { "train": ["a"], "val": ["b"], "test": ["c"] } }"""));
        foreach (var @case in new[] { "a", "b", "c" })
        {
            set.Write($"{@case}/x.png", TinySet.Grey());
            set.Write($"{@case}/x_m1.png", TinySet.Mask());
        }
        Assert.Equal($"{set.Of("dataset.json")}: {words}", Assert.Single(DataDescriber.Describe(set.Root).Problems, problem => problem.IsError).Message);
    }

    [Fact]
    public void EveryKind_IsAnErrorOrAWarning_AsTheDocumentSays() => Assert.Equal(
        [DataProblemKind.ForeignFormat, DataProblemKind.SameImageInTwoSplits, DataProblemKind.FewerGraders, DataProblemKind.OneGrader, DataProblemKind.UnusedCase],
        Enum.GetValues<DataProblemKind>().Where(kind => !new DataProblem(kind, "", "", "").IsError));

    [Fact]
    public void ACaseInNoList_IsAWarning()
    {
        using var set = new TinySet(empty: true);
        set.Write("dataset.json", """
            { "formatVersion": 1, "images": "{case}.png", "masks": "{case}_{grader}.png", "splits": { "train": ["a", "gone"], "val": ["b"], "test": ["c"] } }
            """u8.ToArray());
        foreach (var @case in new[] { "a", "b", "c", "left" })
        {
            set.Write($"{@case}.png", TinySet.Grey());
            set.Write($"{@case}_1.png", TinySet.Mask());
        }
        var problems = DataDescriber.Describe(set.Root).Problems;
        Assert.Contains(problems, problem => problem.IsError && problem.Problem == "splits.train lists the case gone, of which there is nothing");
        Assert.Contains(problems, problem => !problem.IsError && problem.Problem == "the case left is in none of the lists of splits, and is not read");
    }
}
