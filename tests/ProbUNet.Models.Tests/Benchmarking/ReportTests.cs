using System.Text.Json.Nodes;
using ProbUNet.Models.Benchmarking;

namespace ProbUNet.Models.Tests.Benchmarking;

public sealed class ReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ADocument_IsReadAsItWasWritten()
    {
        var report = Runs.Report("f32", "eager") with { Growth = [new GrowthCell("size", 64, "f32", "sample-1", 3, 200), new GrowthCell("size", 512, "f32", "train-step-8", Left: "would need about 17.0 GiB")] };
        Assert.Equal(report.Write(), Report.Read(Written(report.Write())).Write());
    }

    [Fact]
    public void ADocument_HasMachineRoundsRatiosAndTargets()
    {
        var document = JsonNode.Parse(Runs.Report("f32", Sides.PyTorchExpertFloat32).Write())!;
        Assert.Equal((1, "one", 2), ((int)document["formatVersion"]!, (string?)document["run"], (int)document["machine"]!["cores"]!));
        Assert.Equal(3 * 2 * 3, document["measurements"]!.AsArray().Count);
        var ratio = document["ratios"]!.AsArray().Single(each => (string?)each!["ratio"]!["work"] == "train-step-8" && (string?)each["ratio"]!["quantity"] == "speed")!;
        Assert.Equal((1.15, true, true), ((double)ratio["target"]!["bound"]!, (bool)ratio["isMet"]!, (bool)ratio["isStretchMet"]!));
        Assert.True((double)ratio["ratio"]!["least"]! <= (double)ratio["ratio"]!["median"]! && (double)ratio["ratio"]!["median"]! <= (double)ratio["ratio"]!["most"]!);
    }

    [Fact]
    public void TwoRunsPutIntoOneDocument_AreRefused()
    {
        var document = JsonNode.Parse(Runs.Report("f32", "eager").Write())!;
        document["measurements"]![4]!["run"] = "another";
        var path = Written(document.ToJsonString());
        var error = Assert.Throws<InputException>(() => Report.Read(path));
        Assert.StartsWith($"{path}: it holds measurements of the runs one and another, and a ratio is made of sides that took turns in one run; ", error.Message);
    }

    [Fact]
    public void RatiosThatSomebodyWroteIntoADocument_AreNotBelieved()
    {
        var document = JsonNode.Parse(Runs.Report("f32", "eager").Write())!;
        document["ratios"]![0]!["ratio"]!["median"] = 1000;
        Assert.Equal(Runs.Report("f32", "eager").Ratios, Report.Read(Written(document.ToJsonString())).Ratios);
    }

    [Fact]
    public void ALaterFormat_IsRefused()
    {
        var path = Written((Runs.Report("f32") with { FormatVersion = 2 }).Write());
        Assert.Contains("its format is 2", Assert.Throws<InputException>(() => Report.Read(path)).Message);
    }

    [Fact]
    public void Tables_ShowTimesAndRatiosWithTheirSpread()
    {
        var sheets = Sheet.Of(Runs.Report("f32", "eager"));
        Assert.Equal(2, sheets.Count);
        Assert.Equal(["probunet f32 (toy 1)", "32.0 (31.0 to 33.0)", "32.0 (31.0 to 33.0)", "32.0 (31.0 to 33.0)", "150 (150 to 150)"], sheets[0].Rows[0]);
        Assert.Equal(["train step, batch 8", "probunet f32", "TorchSharp, plain", "1.63x (1.61 to 1.65)", "", ""], sheets[1].Rows[2]);
        Assert.Equal("0.60x (0.60 to 0.60)", sheets[1].Rows[3][3]);
        Assert.All(sheets, sheet => Assert.All(sheet.Rows, row => Assert.Equal(sheet.Columns.Count, row.Count)));
        // Alone, nothing is compared.
        Assert.Single(Sheet.Of(Runs.Report("f32")));
    }

    [Fact]
    public void ATargetThatIsNotMet_IsSaidToBeNone()
    {
        var report = Runs.Report("bf16", Sides.PyTorchExpert);
        var slower = report with { Measurements = [.. report.Measurements.Select(each => each.Side == "bf16" ? each with { Line = each.Line with { Ms = 1e4 } } : each)] };
        Assert.Contains("at least 1.13x: met", Sheet.Of(report)[1].Rows[2]);
        Assert.Contains("at least 1.13x: not met", Sheet.Of(slower)[1].Rows[2]);
    }

    [Fact]
    public void Markdown_IsATable() =>
        Assert.Equal("## Two\n\n| a | b |\n| --- | --- |\n| 1 | x \\| y |\n", new Sheet("Two", ["a", "b"], [["1", "x | y"]]).Markdown());

    [Fact]
    public void ABusyMachine_IsSaidToBeOne()
    {
        var report = Runs.Report("f32");
        Assert.DoesNotContain("Other work", Sheet.Circumstances(report));
        Assert.Contains("Other work ran on the machine", Sheet.Circumstances(report with { Machine = report.Machine with { Load = 3 } }));
    }

    [Fact]
    public void ThisMachine_HasCoresAndMemory()
    {
        var machine = Machine.Here();
        Assert.Equal(Environment.ProcessorCount, machine.Cores);
        Assert.InRange(machine.MemoryMib, 256, 1 << 26);
        Assert.Contains("TorchSharp", machine.Versions.Keys);
        // A word for the kernel's name of it, where it has one.
        if (File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) is { } flags)
            Assert.Subset(flags.Split(' ').ToHashSet(), machine.Features.ToHashSet());
    }

    private string Written(string text)
    {
        File.WriteAllText(_folder["run.json"], text);
        return _folder["run.json"];
    }
}
