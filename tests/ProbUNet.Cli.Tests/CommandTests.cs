using System.Text.Json.Nodes;

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
    [InlineData("svg", "<svg ", "</svg>\n", "pictures/net.svg")]
    [InlineData("mermaid", "flowchart LR\n", "    end\n", "pictures/net.mmd")]
    public void SummaryDiagram_IsTheSamePictureOnTheOutputAndInAFile(string kind, string begin, string end, string file)
    {
        var folder = Directory.CreateTempSubdirectory("probunet-").FullName;
        try
        {
            var printed = Programs.Probunet(folder, "summary", "small", "--diagram", kind);
            Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
            Assert.StartsWith(begin, printed.Output);
            Assert.EndsWith(end, printed.Output);
            Assert.Equal(new Outcome(0, "", ""), Programs.Probunet(folder, "summary", "small", "--diagram", kind, "--out", file));
            Assert.Equal(printed.Output, File.ReadAllText(Path.Combine(folder, file)));
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
    public void DataDescribe_AsJson_IsOneDocument()
    {
        var outcome = Programs.Probunet(Path.GetTempPath(), "data", "describe", "synthetic:lesions", "--json");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var document = JsonNode.Parse(outcome.Output)!;
        Assert.Equal((600, 4), ((int)document["splits"]!["train"]!["images"]!, (int)document["splits"]!["test"]!["masks"]! / (int)document["splits"]!["test"]!["images"]!));
        Assert.False((bool)document["isRefused"]!);
        Assert.Equal("all empty", (string?)document["splits"]!["val"]!["constants"]![0]!["name"]);
        Assert.Empty(document["problems"]!.AsArray());
    }

    [Fact]
    public void DataDescribe_ListsAllThatIsWrong_AndEndsAsBadInput()
    {
        var folder = Directory.CreateTempSubdirectory("probunet-").FullName;
        try
        {
            foreach (var place in new[] { "train/a", "train/b", "val/c", "test/d" }.SelectMany(place => new[] { "x", "y", "z", "w" }.Select(name => $"{place}/{name}")))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, place))!);
                File.WriteAllBytes(Path.Combine(folder, $"{place}.png"), []);
                File.WriteAllBytes(Path.Combine(folder, $"{place}_1.png"), []);
            }
            File.WriteAllText(Path.Combine(folder, "dataset.json"), """{ "formatVersion": 1, "images": "{split}/{case}/{image}.png", "masks": "{split}/{case}/{image}_{grader}.png" }""");
            var outcome = Programs.Probunet(folder, "data", "describe", ".");
            Assert.Equal(2, outcome.ExitCode);
            Assert.Contains("errors 32, training refuses the data for them\n       files that cannot be read: 32\n", outcome.Output);
            Assert.Contains("       and 29 more (--json lists them)\n", outcome.Output);
            Assert.EndsWith("the file is empty; copy it again from where it came (31 more files cannot be used either).\n", outcome.Error);
            var json = Programs.Probunet(folder, "data", "describe", ".", "--json");
            Assert.Equal((2, outcome.Error), (json.ExitCode, json.Error));
            Assert.Equal(32, JsonNode.Parse(json.Output)!["problems"]!.AsArray().Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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
