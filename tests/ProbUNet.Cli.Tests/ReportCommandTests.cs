using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ProbUNet.Cli.Tests;

/// <summary>A run, or a comparison, in one file.</summary>
public sealed class ReportCommandTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Fact]
    public void Report_LiesInTheRunFolder_WithTheNumbersOfEvaluate()
    {
        var outcome = runs.Probunet("report", "lesions", "--samples", "1,4", "--cases", "2", "--seed", "7");
        Assert.Equal((0, "The report is in lesions/report.html.\n", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
        var text = File.ReadAllText(In("lesions/report.html"));
        Assert.True(text.Length < 5_000_000);
        var root = XDocument.Parse(text).Root!;
        var measures = JsonNode.Parse(runs.Probunet("evaluate", "lesions", "--samples", "1,4", "--seed", "7", "--json").Output)!;
        foreach (var key in new[] { "ged1", "ged4", "gedUnbiased4", "matchedIou", "modeCoverage" })
            Assert.Equal([(double)measures[key]!["mean"]!, (double)measures[key]!["low"]!, (double)measures[key]!["high"]!, (int)measures[key]!["images"]!], Numbers(root, $"measure-{key}"));
        Assert.Equal((double)measures["calibrationError"]!, Numbers(root, "measure-calibrationError")[0]);
        Assert.Equal((double)measures["gedAllEmpty"]!, Numbers(root, "measure-gedAllEmpty")[0]);
        // Its own command makes it again.
        var command = root.Descendants("pre").SelectMany(pre => pre.Value.Split('\n')).Single(line => line.StartsWith("probunet report", StringComparison.Ordinal));
        Assert.Equal("probunet report lesions --checkpoint 3 --samples 1,4 --cases 2 --seed 7", command.Split('#')[0].TrimEnd());
    }

    [Fact]
    public void Report_OfSeveralClassesAndOfAnEnsemble_IsAFileWhereItIsAskedFor()
    {
        foreach (var run in new[] { "streets", "ensemble" })
        {
            var outcome = runs.Probunet("report", run, "--samples", "2", "--cases", "1", "--out", $"pages/{run}.html");
            Assert.Equal((0, $"The report is in pages/{run}.html.\n", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
            Assert.Equal(run == "streets", XDocument.Load(In($"pages/{run}.html")).Descendants("section").Any(section => (string?)section.Attribute("id") == "latent"));
        }
    }

    [Fact]
    public void Compare_LeavesAReport_AndReportMakesItAgainWithoutTraining()
    {
        var outcome = runs.Probunet("compare", "--model", "lesions.json", "--size", "32x32", "--steps", "2", "--batch", "2", "--samples", "1,2", "--test-images", "3", "--out", "compared");
        Assert.Equal(0, outcome.ExitCode);
        var first = Dateless(File.ReadAllText(In("compared/report.html")));
        File.Delete(In("compared/report.html"));
        var again = runs.Probunet("report", "compared");
        Assert.Equal((0, "The report is in compared/report.html.\n", ""), (again.ExitCode, again.Output, again.Error));
        Assert.Equal(first, Dateless(File.ReadAllText(In("compared/report.html"))));
        Refused("--seed: a comparison has its numbers of samples", "report", "compared", "--seed", "3");
        File.Delete(In("compared/comparison.json"));
        Refused("compared/comparison.json: it is no result of a comparison", "report", "compared");

        static string Dateless(string page) => string.Join('\n', page.Split('\n').Where(line => !line.Contains("<time", StringComparison.Ordinal)));
    }

    [Fact]
    public void WhatCannotBeReported_IsRefused()
    {
        Refused("nowhere: there is no such run; name the folder that a training wrote.", "report", "nowhere");
        Refused("--cases -1: ", "report", "lesions", "--cases", "-1", "--out", "x.html");
        Refused("--samples 0: ", "report", "lesions", "--samples", "0", "--out", "x.html");
        Refused("--checkpoint best: ", "report", "lesions", "--checkpoint", "best", "--out", "x.html");
        Refused("--out pages-of-nobody: this is a folder; name a file for a report, which ends with .html or .htm.", "report", "lesions", "--samples", "1", "--out", Directory.CreateDirectory(In("pages-of-nobody")).Name);
        Assert.False(File.Exists(In("x.html")));
    }

    private string In(string name) => Path.Combine(runs.Folder, name);

    private static double[] Numbers(XElement root, string row) => [.. root.Descendants("tr").Single(tr => (string?)tr.Attribute("id") == row)
        .Descendants("data").Select(number => double.Parse((string)number.Attribute("value")!, CultureInfo.InvariantCulture))];

    private void Refused(string start, params string[] arguments)
    {
        var outcome = runs.Probunet(arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        var line = Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(start, line);
        Assert.EndsWith(".", line);
    }
}
