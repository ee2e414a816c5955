using System.Globalization;
using System.Text.Json.Nodes;

namespace ProbUNet.Cli.Tests;

/// <summary><c>probunet bench</c>, without the minutes that it takes: what it refuses, and what it makes of a run that is done.</summary>
public sealed class BenchCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--peer tensorflow", "--peer tensorflow: there is no such peer; use pytorch or onnxruntime or eager.")]
    [InlineData("--peer onnxruntime", "--peer onnxruntime: the program that runs it is not built in this folder or one above it; run 'dotnet build -c Release tests/ProbUNet.Benchmarks'")]
    [InlineData("--peer pytorch --peer-setup nowhere", "--peer-setup nowhere: there is no such file; ")]
    [InlineData("--precision f16", "--precision f16: there is no such precision; use f32 or bf16")]
    [InlineData("--runs 2", "--runs 2: so many rounds have no spread, or no end; use 3 to 1000.")]
    [InlineData("--runs two", "--runs two: this cannot be its value; use a whole number up to 2147483647.")]
    [InlineData("--seconds 0", "--seconds 0: ")]
    [InlineData("--threads 0", "--threads 0: ")]
    [InlineData("--from nowhere.json", "nowhere.json: ")]
    [InlineData("--from one.json --from two.json", "--from one.json --from two.json: these are several runs, and a ratio is made of sides that took turns in one; name one.")]
    [InlineData("--from one.json --runs 5", "--from one.json --runs: an earlier run is shown as it was; give one of the two.")]
    [InlineData("--faster", "--faster: bench has no such option; see 'probunet bench --help'.")]
    public void BadInput_IsOneSentence(string arguments, string start)
    {
        var outcome = Programs.Probunet(_folder, ["bench", .. arguments.Split(' ')]);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(start, Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void PyTorchWithoutItsSetUp_IsToldWhatToDo()
    {
        var outcome = Programs.Probunet(_folder, "bench", "--peer", "pytorch");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("--peer pytorch: there is no shared/peer/setup beside this folder or one above it; name it by --peer-setup FILE, ", outcome.Error);
    }

    [Fact]
    public void ASideOfOurs_PrintsALineAWork_AndStandsInNoHelp()
    {
        var outcome = Programs.Probunet(_folder, "bench-side", "--mode", "f32", "--works", "sample-1,train-step-1", "--size", "32", "--depth", "2", "--threads", "1", "--warm-ups", "0", "--seconds", "0", "--least", "2");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.Equal(["sample-1", "train-step-1"], lines.Select(line => (string?)line["work"]));
        Assert.All(lines, line => Assert.Equal(["peer", "mode", "work", "ms", "runs", "rss_mib"], line.Select(member => member.Key)));
        Assert.DoesNotContain("bench-side", Programs.Probunet(_folder, "--help").Output);
    }

    [Fact]
    public void ARunThatIsDone_IsShownAgain()
    {
        WriteRun();
        var table = Programs.Probunet(_folder, "bench", "--from", "run.json");
        Assert.Equal((0, ""), (table.ExitCode, table.Error));
        Assert.Contains("| train step, batch 8              | probunet f32 | TorchSharp, plain | 2.00x (2.00 to 2.00) |", table.Output);
        Assert.DoesNotContain('\u001b', table.Output);
        var json = Programs.Probunet(_folder, "bench", "--from", "run.json", "--json");
        Assert.Equal(4, JsonNode.Parse(json.Output)!["ratios"]!.AsArray().Count);
    }

    [Fact]
    public void WhatPeopleWroteIntoTheDocument_Stays()
    {
        WriteRun();
        var document = Path.Combine(_folder, "performance.md");
        File.WriteAllText(document, "# Performance\n\nWords before.\n\n<!-- begin: written by 'probunet bench' -->\nold\n<!-- end: written by 'probunet bench' -->\n\n## What did not help\n");
        for (var time = 0; time < 2; time++)
            Assert.Equal(0, Programs.Probunet(_folder, "bench", "--from", "run.json", "--markdown", "performance.md").ExitCode);
        var text = File.ReadAllText(document);
        Assert.StartsWith("# Performance\n\nWords before.\n\n<!-- begin", text);
        Assert.EndsWith("<!-- end: written by 'probunet bench' -->\n\n## What did not help\n", text);
        Assert.DoesNotContain("old", text);
        Assert.Contains("| train step, batch 8 | probunet f32 | TorchSharp, plain | 2.00x (2.00 to 2.00) |  |  |", text);
    }

    [Fact]
    public void ADocumentWithOneMark_IsRefusedBeforeAnythingIsMeasured()
    {
        File.WriteAllText(Path.Combine(_folder, "performance.md"), "<!-- begin: written by 'probunet bench' -->\n");
        var outcome = Programs.Probunet(_folder, "bench", "--markdown", "performance.md");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("performance.md: it has one of the two marks", outcome.Error);
    }

    /// <summary>A run in which ours took half of the time.</summary>
    private void WriteRun() => File.WriteAllText(Path.Combine(_folder, "run.json"), $$"""
        {
          "run": "one", "began": "2020-01-01T00:00:00+00:00", "plan": { "rounds": 3, "seconds": 1, "threads": 1 },
          "machine": { "processor": "toy", "cores": 2, "features": [], "memoryMib": 4096, "system": "none", "versions": {} },
          "measurements": [{{string.Join(", ", from round in Enumerable.Range(1, 3)
                                              from side in new[] { "f32", "eager" }
                                              from work in new[] { "sample-1", "sample-16", "train-step-8" }
                                              select string.Create(CultureInfo.InvariantCulture, $$"""{ "run": "one", "side": "{{side}}", "round": {{round}}, "line": { "peer": "toy 1", "mode": "plain", "work": "{{work}}", "ms": {{(side == "f32" ? 5 : 10)}}, "runs": 3, "rssMib": 100 } }"""))}}]
        }
        """);
}
