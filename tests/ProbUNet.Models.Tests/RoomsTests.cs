using System.Text.RegularExpressions;

namespace ProbUNet.Models.Tests;

/// <summary>The rooms of the library, its folders, know each other one way. Who needs a new arrow writes it into the table, and sees what it does to the whole.</summary>
public partial class RoomsTests
{
    /// <summary>Which rooms a room may know; the files beside the rooms may be known by all, and know none.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        [""] = [],
        ["Dsl"] = [],
        ["Randomness"] = [],
        ["Data"] = ["Randomness", "Dsl"],
        ["Augmentation"] = ["Data", "Randomness"],
        ["Runtime"] = ["Randomness", "Dsl"],
        ["Sources"] = ["Data", "Randomness", "Dsl"],
        ["Inspection"] = ["Sources", "Data", "Evaluation"],
        ["Interchange"] = ["Runtime", "Dsl"],
        ["Distributed"] = [],
        ["Evaluation"] = ["Data", "Runtime", "Randomness", "Distributed"],
        ["Training"] = ["Data", "Augmentation", "Runtime", "Evaluation", "Randomness", "Dsl", "Interchange", "Sources", "Distributed"],
        ["Terminal"] = ["Training"],
        ["Telemetry"] = ["Training", "Data", "Evaluation", "Reports", "Runtime", "Sources"],
        ["Reports"] = ["Data", "Evaluation", "Randomness", "Dsl", "Runtime", "Training"],
        ["Catalog"] = ["Data", "Runtime", "Dsl", "Training"],
        ["Benchmarking"] = ["Data", "Runtime", "Training", "Randomness", "Sources", "Catalog", "Dsl"],
        ["Comparison"] = ["Distributed", "Data", "Evaluation", "Runtime", "Training", "Reports", "Sources", "Dsl"],
        ["Search"] = ["Distributed", "Data", "Evaluation", "Runtime", "Training", "Catalog", "Dsl"],
        ["FSharp"] =
        [
            "Randomness", "Data", "Augmentation", "Runtime", "Sources", "Inspection", "Interchange", "Evaluation", "Training", "Terminal", "Telemetry", "Reports", "Catalog", "Comparison", "Search", "Dsl",
        ],
    };

    [Fact]
    public void ARoom_KnowsOnlyTheRoomsOfItsRowOfTheTable()
    {
        var library = Path.Combine(SharedData.RepositoryRoot(), "ProbUNet.Models");
        var rooms = Directory.EnumerateDirectories(library).Select(room => Path.GetFileName(room)!).Where(room => room is not ("bin" or "obj")).ToList();
        Assert.Subset(Allowed.Keys.ToHashSet(), rooms.ToHashSet());
        Assert.True(rooms.Count > 10, $"Only {rooms.Count} rooms are in {library}.");
        var strangers = rooms.Append("").SelectMany(room => Directory.EnumerateFiles(Path.Combine(library, room), "*.cs", room.Length > 0 ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
            .SelectMany(file => Known(File.ReadAllText(file)).Except(Allowed[room]).Where(other => other != room).Select(other => $"{Path.GetRelativePath(library, file)} knows {other}")));
        Assert.Empty(strangers);
    }

    [Fact]
    public void TheTable_HasNoCycle()
    {
        var left = Allowed.Keys.ToHashSet();
        while (left.RemoveWhere(room => !Allowed[room].Any(left.Contains)) > 0)
        {
        }
        Assert.Empty(left);
    }

    [Theory]
    [InlineData("using ProbUNet.Models.Data;", "Data")]
    [InlineData("using ProbUNet.Models.Reports.Drawing;", "Reports")]
    [InlineData("using static ProbUNet.Models.Sources.Files.Png;", "Sources")]
    [InlineData("using Steps = ProbUNet.Models.Training.TrainingStep;", "Training")]
    [InlineData("using ProbUNet.Dsl.Graphs;", "Dsl")]
    [InlineData("var run = ProbUNet.Models.Training.RunFolder.Open(path);", "Training")]
    [InlineData("var run = Models.Training.RunFolder.Open(path);", "Training")]
    [InlineData("var run = Training.RunFolder.Open(path);", "Training")]
    [InlineData("new GradedData(Data.Test, images)", "Data")]
    [InlineData("using System.Data; // Training.RunFolder", null)]
    [InlineData("var first = plan.Data.Test[0]; myData.Test();", null)]
    [InlineData("namespace ProbUNet.Models.Training;", null)]
    public void AnArrow_IsFoundHoweverItIsWritten(string source, string? room) => Assert.Equal(room is null ? [] : [room], Known(source));

    /// <summary>The rooms that a source names: in a using, or before a dot, with or without the library's own name.</summary>
    private static IEnumerable<string> Known(string source) => Names().Matches(CommentsAndNamespace().Replace(source, ""))
        .Select(match => match.Groups[1].Value).Where(room => room.Length > 0 && Allowed.ContainsKey(room)).Distinct();

    [GeneratedRegex(@"//[^\n]*|^\s*namespace [\w.]+", RegexOptions.Multiline)]
    private static partial Regex CommentsAndNamespace();

    [GeneratedRegex(@"(?<![\w.])(?:ProbUNet\.)?(?:Models\.)?([A-Z]\w*)(?=[.;])")]
    private static partial Regex Names();
}
