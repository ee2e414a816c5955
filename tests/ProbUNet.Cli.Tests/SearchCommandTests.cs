using System.Text.Json.Nodes;

namespace ProbUNet.Cli.Tests;

/// <summary><c>probunet search</c>: a space in a file, a ranking in a folder.</summary>
public sealed class SearchCommandTests : IDisposable
{
    private const string Space = """{"model": "tiny.json", "training": {"batchSize": 2}, "axes": {"latent.dimension": [1, 2], "training.learningRate": [0.01, 0.0001]}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public SearchCommandTests()
    {
        File.WriteAllText(At("tiny.json"), TinyRuns.Tiny);
        File.WriteAllText(At("space.json"), Space);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ASearch_LeavesItsRanking_AndTheBestIsJudgedAndTrainedFurther()
    {
        string[] arguments = ["search", "space.json", "--size", "32x32", "--steps", "2", "--eta", "2", "--samples", "2", "--validation-images", "3", "--out", "out/search"];
        var searched = Programs.Probunet(_folder, arguments);
        Assert.True(searched.ExitCode == 0, searched.Error);
        Assert.Contains("rung 0, 3 of 4: dimension=2,learningRate=0.01, seed 1: 2 steps", searched.Error);
        Assert.StartsWith(File.ReadAllText(At("out/search/search.md")), searched.Output);
        Assert.Contains("| 1 | dimension=", searched.Output);
        var result = JsonNode.Parse(File.ReadAllText(At("out/search/result.json")))!;
        Assert.Equal([3, 2, 1, 1], result["variants"]!.AsArray().Select(variant => variant!["rungs"]!.AsArray().Count));
        Assert.Equal([2, 4, 8], result["variants"]![0]!["rungs"]!.AsArray().Select(rung => (int)rung!["steps"]!));
        // Again: nothing is trained, and the same comes out.
        var again = Programs.Probunet(_folder, arguments);
        Assert.Equal((searched.Output, ""), (again.Output, again.Error));
        var run = $"out/search/{result["variants"]![0]!["rungs"]![2]!["runs"]![0]}";
        Assert.EndsWith($", in {run}.\n", searched.Output);
        Assert.Equal((0, ""), Programs.Probunet(_folder, "evaluate", run, "--samples", "1") is var judged ? (judged.ExitCode, judged.Error) : default);
        Assert.Equal(0, Programs.Probunet(_folder, "train", "--from", run, "--steps", "3", "--out", "out/final").ExitCode);
    }

    [Fact]
    public void ASearchThatIsKilled_GoesOn_ToTheSameResult()
    {
        string[] arguments = ["search", "space.json", "--size", "32x32", "--steps", "30", "--eta", "4", "--samples", "2", "--validation-images", "3", "--out"];
        Assert.Equal(0, Programs.Probunet(_folder, [.. arguments, "whole"]).ExitCode);
        using (var running = Programs.StartProbunet(_folder, [.. arguments, "parts"]))
        {
            while (!running.HasExited && !(Directory.Exists(At("parts/scores/rung0")) && Directory.GetFiles(At("parts/scores/rung0")).Length >= 2))
                Thread.Sleep(20);
            Assert.False(running.HasExited);
            running.Kill();
        }
        Assert.False(File.Exists(At("parts/result.json")));
        Assert.Equal(0, Programs.Probunet(_folder, [.. arguments, "parts"]).ExitCode);
        Assert.Equal(Timeless("whole"), Timeless("parts"));

        string Timeless(string folder) => System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(At($"{folder}/result.json")), @"""seconds"": \[[^\]]*\]", "");
    }

    [Theory]
    [InlineData("nowhere.json: the file cannot be read; ", "nowhere.json")]
    [InlineData("--rungs: 4 cannot work; use 1 to 3: ", "space.json", "--rungs", "4")]
    [InlineData("--minutes 1: --steps is given too", "space.json", "--minutes", "1", "--steps", "5")]
    [InlineData("--seeds 1,x: 'x' is no number", "space.json", "--seeds", "1,x")]
    [InlineData("wrong.json: 2 of 3 variants cannot be trained: b (latent.dimension: A latent cannot have 0 dimensions: use 1 to 1024); c (training.beta: -1 cannot work; use 0 to 1e9); mend them, or leave them out.", "wrong.json")]
    public void BadInput_IsOneSentence_AndLeavesNothing(string start, params string[] arguments)
    {
        File.WriteAllText(At("wrong.json"), """{"model": "tiny.json", "variants": {"a": {}, "b": {"latent.dimension": 0}, "c": {"training.beta": -1}}}""");
        var outcome = Programs.Probunet(_folder, ["search", .. arguments, "--size", "32x32", "--out", "out"]);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(start, Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(["space.json", "tiny.json", "wrong.json"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order());
    }

    private string At(string name) => Path.Combine(_folder, name);
}
