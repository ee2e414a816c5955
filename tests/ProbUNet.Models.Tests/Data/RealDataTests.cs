using ProbUNet.Models.Data;
using ProbUNet.Models.Inspection;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

/// <summary>The real data sets read as their own descriptions count them.</summary>
public class RealDataTests
{
    [Fact]
    public void LidcMini_IsWhatItsTableSays()
    {
        var data = DataSource.Open(SharedData.Folder("lidc_mini"));
        AssertSplit(data.Train, images: 200, cases: 123, graders: 4, foreground: 0.00931, [58, 41, 30, 71]);
        AssertSplit(data.Validation, images: 50, cases: 31, graders: 4, foreground: 0.012, [12, 9, 9, 20]);
        AssertSplit(data.Test, images: 50, cases: 30, graders: 4, foreground: 0.00877, [16, 12, 7, 15]);
        AssertApart(data);
    }

    [Fact]
    public void BubilCells_AreWhatTheirTableSays()
    {
        var data = DataSource.Open(SharedData.Folder("bubil_cells"));
        AssertSplit(data.Train, images: 81, cases: 81, graders: 10, foreground: 0.13218, [0, 0, 0, 0, 0, 0, 0, 0, 0, 81]);
        AssertSplit(data.Validation, images: 19, cases: 19, graders: 10, foreground: 0.12803, [0, 0, 0, 0, 0, 0, 0, 0, 0, 19]);
        AssertSplit(data.Test, images: 16, cases: 16, graders: 10, foreground: 0.14445, [0, 0, 0, 0, 0, 0, 0, 0, 0, 16]);
        AssertApart(data);
    }

    [Fact]
    public void LidcFull_InItsArchives_IsWhatItsTableSays()
    {
        var data = DataSource.Open(SharedData.Folder("lidc_full"), new DataMemory { Limit = 100_000_000 });
        AssertSplit(data.Train, images: 9983, cases: 563, graders: 4, foreground: 0.00858, [3117, 1898, 1865, 3103]);
        AssertSplit(data.Validation, images: 1745, cases: 112, graders: 4, foreground: 0.00968, [448, 377, 348, 572]);
        AssertSplit(data.Test, images: 1956, cases: 112, graders: 4, foreground: 0.00839, [648, 362, 347, 599]);
        AssertApart(data);
    }

    [Theory]
    [InlineData("lidc_mini", 0, 0.5111, 0.9183, 0.2401)]
    [InlineData("lidc_mini", 1, 0.5214, 1.0110, 0.2525)]
    [InlineData("lidc_mini", 2, 0.5077, 0.8408, 0.2319)]
    [InlineData("bubil_cells", 0, 0.7592, 1.7833, 0.1129)]
    [InlineData("bubil_cells", 1, 0.7640, 1.7876, 0.1075)]
    [InlineData("bubil_cells", 2, 0.7705, 1.7934, 0.1072)]
    public void Described_TheyHaveTheNumbersOfTheirTables(string set, int split, double agreement, double empty, double majority)
    {
        var description = DataDescriber.Describe(SharedData.Folder(set));
        var described = description.Splits[split];
        Assert.Equal(agreement, described.Agreement, 0.5e-4);
        Assert.Equal(empty, described.Constants.Single(constant => constant.Name == "all empty").Ged, 0.5e-4);
        Assert.Equal(majority, described.Constants.Single(constant => constant.LooksAtGraders).Ged, 0.5e-4);
        Assert.Empty(description.Problems);
    }

    [Fact]
    public void LidcMini_UsesTheWholeRangeOfEachImage()
    {
        // Its description: every image is stretched to 0 … 255.
        foreach (var image in DataSource.Open(SharedData.Folder("lidc_mini")).Train)
        {
            var pixels = image.Pixels();
            Assert.Equal((0f, 1f), (pixels.Min(), pixels.Max()));
        }
    }

    private static void AssertSplit(IReadOnlyList<GradedImage> split, int images, int cases, int graders, double foreground, int[] withOneToAllGraders)
    {
        Assert.Equal(images, split.Count);
        Assert.Equal(cases, split.Select(image => image.Case).Distinct().Count());
        Assert.All(split, image => Assert.Equal((1, 128, 128, graders), (image.Channels, image.Height, image.Width, image.Graders.Count)));
        var seen = split.SelectMany(image => image.Graders).Where(mask => !mask.IsEmpty);
        Assert.Equal(foreground, seen.Average(mask => mask.Foreground.Area / (128.0 * 128)), 0.5e-5);
        var seenBy = split.CountBy(image => image.Graders.Count(mask => !mask.IsEmpty)).ToDictionary();
        Assert.Equal(withOneToAllGraders, Enumerable.Range(1, graders).Select(count => seenBy.GetValueOrDefault(count)));
    }

    private static void AssertApart(GradedData data)
    {
        var cases = new[] { data.Train, data.Validation, data.Test }.Select(split => split.Select(image => image.Case).ToHashSet()).ToArray();
        Assert.Empty(cases[0].Intersect(cases[1]).Concat(cases[0].Intersect(cases[2])).Concat(cases[1].Intersect(cases[2])));
        var names = data.Train.Concat(data.Validation).Concat(data.Test).Select(image => image.Name).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }
}
