namespace ProbUNet.Cli.Tests;

public sealed class CommandTests
{
    [Fact]
    public void Models_ListsTheCatalogWithItsSizes()
    {
        var outcome = Programs.Probunet(Path.GetTempPath(), "models");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("lidc                       1x128x128, 27,499,065 parameters", outcome.Output);
        Assert.Contains("standard                   1x128x128, 4,999,449 parameters", outcome.Output);
    }

    [Fact]
    public void Summary_PrintsEveryStepWithItsShape()
    {
        var outcome = Programs.Probunet(Path.GetTempPath(), "summary", "small");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("features(image [N, 1, 64, 64]) → features.0 [N, 16, 64, 64]", outcome.Output);
        Assert.Contains("encoder3.conv1", outcome.Output);
        Assert.EndsWith("460,137 parameters\n", outcome.Output);
    }

    [Theory]
    [InlineData("svg", "<svg ", "</svg>\n")]
    [InlineData("mermaid", "flowchart LR\n", "    end\n")]
    public void SummaryDiagram_IsTheSamePictureOnTheOutputAndInAFile(string kind, string begin, string end)
    {
        var folder = Directory.CreateTempSubdirectory("probunet-").FullName;
        try
        {
            var printed = Programs.Probunet(folder, "summary", "small", "--diagram", kind);
            Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
            Assert.StartsWith(begin, printed.Output);
            Assert.EndsWith(end, printed.Output);
            Assert.Equal(new Outcome(0, "", ""), Programs.Probunet(folder, "summary", "small", "--diagram", kind, "--out", "pictures/net.txt"));
            Assert.Equal(printed.Output, File.ReadAllText(Path.Combine(folder, "pictures", "net.txt")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void ADiagramOfAnUnknownKind_IsWrongUsage()
    {
        var outcome = Programs.Probunet(Path.GetTempPath(), "summary", "small", "--diagram", "gif");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("svg", outcome.Error);
    }

    [Fact]
    public void ANetwork_IsFoundWhateverTheCase() => Assert.Equal(0, Programs.Probunet(Path.GetTempPath(), "summary", "SMALL").ExitCode);

    [Fact]
    public void DataDescribe_SaysWhatIsThere()
    {
        var outcome = Programs.Probunet(Path.GetTempPath(), "data", "describe", "synthetic:lesions");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("1x64x64, 4 graders an image", outcome.Output);
        Assert.Contains("each image has 7 with known probabilities", outcome.Output);
    }

    [Fact]
    public void DataDescribe_NamesClassesAndModes_WhereGradersAreDrawnAnew()
    {
        var outcome = Programs.Probunet(Path.GetTempPath(), "data", "describe", "synthetic:streets");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("train  300 images of 300 cases, 3x64x64, 13 classes, a grader drawn anew at each visit", outcome.Output);
        Assert.Contains("classes road, sidewalk, building", outcome.Output);
        Assert.Contains("each image has 32 with known probabilities, those of the first from 0.00473 to 0.109", outcome.Output);
    }
}
