using System.Globalization;

namespace ProbUNet.Cli.Tests;

/// <summary>The rows of docs/reliability.md that need a process of their own: a clear sentence, an exit code, and nothing lost.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public FaultTests() => File.WriteAllText(At("tiny.json"), TinyRuns.Tiny);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AFullDisk_EndsTheTraining_WithItsLastCheckpoint_AndItGoesOnOnceThereIsRoom()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("a limit on the size of files is set by a Unix shell");
        string[] plan = ["--steps", "300", "--set", "batchSize=1", "--set", "checkpointEvery=20", "--set", "diversityEvery=0"];
        // No file may grow beyond 48 KiB, which the metrics do after some steps, and the weights do not.
        var full = Programs.ProbunetLimited(_folder, "ulimit -f 48", ["train", "tiny.json", "--out", "run", .. plan]);
        Assert.Equal((2, ""), (full.ExitCode, full.Output));
        Assert.Matches(@"^run/metrics.jsonl: it cannot be read or written \(.*\); choose a folder that you may write to, on a disk with room\.$", full.Error.TrimEnd().Split('\n')[^1]);
        var resumed = Programs.Probunet(_folder, "train", "--resume", "run");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Equal(0, Programs.Probunet(_folder, ["train", "tiny.json", "--out", "whole", .. plan]).ExitCode);
        Assert.Equal(File.ReadAllBytes(At("whole/metrics.jsonl")), File.ReadAllBytes(At("run/metrics.jsonl")));
    }

    [Fact]
    public void ADiskThatHasNoRoomForACheckpoint_KeepsTheOneBefore_AndLeavesNoHalfOfOne()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("a limit on the size of files is set by a Unix shell");
        Assert.Equal(0, Programs.Probunet(_folder, "train", "tiny.json", "--out", "run", "--steps", "4", "--set", "batchSize=1").ExitCode);
        var training = new FileInfo(At("run/checkpoints/step-000004/training.safetensors")).Length;
        var full = Programs.ProbunetLimited(_folder, string.Create(CultureInfo.InvariantCulture, $"ulimit -f {training / 1024}"), ["train", "tiny.json", "--out", "other", "--steps", "4", "--set", "batchSize=1"]);
        Assert.Equal((2, ""), (full.ExitCode, full.Output));
        Assert.Contains("training.safetensors: it cannot be written (", full.Error);
        Assert.Empty(Directory.GetFileSystemEntries(At("other/checkpoints")));
        Assert.Equal(0, Programs.Probunet(_folder, "train", "--resume", "other").ExitCode);
        Assert.Equal(File.ReadAllBytes(At("run/metrics.jsonl")), File.ReadAllBytes(At("other/metrics.jsonl")));
    }

    [Fact]
    public void ARunFolderThatCannotBeWritten_IsRefusedBeforeTheFirstStep()
    {
        if (!Directory.Exists("/sys/kernel"))
            Assert.Skip("there is no folder here that nobody may write to, not even root");
        var outcome = Programs.Probunet(_folder, "train", "tiny.json", "--out", "/sys/kernel/run", "--steps", "1");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("/sys/kernel/run", Assert.Single(outcome.Error.TrimEnd().Split('\n')));
        Assert.Contains("; choose a folder that you may write to, on a disk with room.", outcome.Error);
    }

    [Fact]
    public void WeightsOfAnotherNetwork_AreRefusedByName()
    {
        File.WriteAllText(At("wider.json"), TinyRuns.Tiny.Replace("[4, 6]", "[5, 6]", StringComparison.Ordinal));
        Assert.Equal(0, Programs.Probunet(_folder, "train", "tiny.json", "--out", "run", "--steps", "1").ExitCode);
        var outcome = Programs.Probunet(_folder, "train", "wider.json", "--out", "other", "--init", "run");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("its tensors are not this network's: unet.encoder0.conv0.weight is [4, 1, 3, 3] where the network has [5, 1, 3, 3]", outcome.Error);
        // A checkpoint whose network is not that of its run.
        File.WriteAllText(At("run/run.json"), File.ReadAllText(At("run/run.json")).Replace("\"dimension\": 2", "\"dimension\": 3", StringComparison.Ordinal));
        var judged = Programs.Probunet(_folder, "evaluate", "run", "--samples", "1");
        Assert.Equal((2, ""), (judged.ExitCode, judged.Output));
        Assert.Contains("its tensors are not this network's", judged.Error);
    }

    [Fact]
    public void Memory_IsFlat_OverTwoThousandSteps()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("the resident size is read from /proc");
        using var process = Programs.StartProbunetCompiledOnce(_folder, "train", "tiny.json", "--out", "run", "--steps", "3100", "--set", "batchSize=2", "--set", "checkpointEvery=100", "--set", "validateEvery=200", "--set", "validationImages=2");
        long At(int step)
        {
            Assert.True(SpinWait.SpinUntil(() => process.HasExited || ResumeCommandTests.Lines(this.At("run/metrics.jsonl")) >= step, 120_000) && !process.HasExited);
            return long.Parse(File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        var (warm, after) = (At(1000), At(3000));
        Assert.Equal(0, process.End().ExitCode);
        Assert.True(after < 1.01 * warm, $"{warm} kB after 1000 steps, {after} kB after 3000");
    }

    [Fact]
    public void DataThatVanish_WhileATrainingRuns_AreNotMissed_ButAResumeNamesThem()
    {
        foreach (var split in new[] { "train", "val", "test" })
            foreach (var file in new[] { $"set/{split}/images/{split}/a.png", $"set/{split}/gt/{split}/a_l0.png", $"set/{split}/gt/{split}/a_l1.png" })
            {
                Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
                File.WriteAllBytes(At(file), BlackPng.Grey);
            }
        using var process = Programs.StartProbunet(_folder, "train", "tiny.json", "--data", "set", "--out", "run", "--steps", "300", "--set", "batchSize=1");
        Assert.True(SpinWait.SpinUntil(() => process.HasExited || ResumeCommandTests.Lines(At("run/metrics.jsonl")) >= 1, 60_000) && !process.HasExited);
        Directory.Move(At("set"), At("elsewhere"));
        Assert.Equal(0, process.End().ExitCode);

        Directory.Delete(At("run/checkpoints/step-000300"), recursive: true);
        var resumed = Programs.Probunet(_folder, "train", "--resume", "run");
        Assert.Equal((2, ""), (resumed.ExitCode, resumed.Output));
        Assert.Matches("^.*/set: the data that the run was trained on are no longer there; put them back, or name them with --data.\n$", resumed.Error);
        Assert.Equal(2, Programs.Probunet(_folder, "train", "--resume", "run", "--data", "synthetic:lesions").ExitCode);
        Assert.Equal(0, Programs.Probunet(_folder, "train", "--resume", "run", "--data", "elsewhere").ExitCode);
        Directory.Delete(At("run/checkpoints/step-000300"), recursive: true);
        Directory.Move(At("elsewhere"), At("set"));
        Assert.Equal(0, Programs.Probunet(_folder, "train", "--resume", "run").ExitCode);
    }

    private string At(string path) => Path.Combine(_folder, path);
}
