using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ProbUNet.Cli.Tests;

/// <summary>A training is stopped, killed, gone on with and done again, as a user's shell and a cluster's scheduler do it.</summary>
public sealed class ResumeCommandTests : IDisposable
{
    private const int Interrupt = 2, Terminate = 15;

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public ResumeCommandTests() => File.WriteAllText(Path.Combine(_folder, "tiny.json"), TinyRuns.Tiny);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ARunFolder_ReproducesItself()
    {
        Assert.Equal(0, Train("run", "--steps", "6", "--set", "training.checkpointEvery=2", "--set", "averageDecay=0.9", "--set", "validateEvery=3", "--set", "training.geco.target=0.2", "--seed", "7"));
        Assert.Equal((0, ""), Probunet("train", "--from", "run", "--out", "again") is var again ? (again.ExitCode, Warnings(again)) : default);
        foreach (var file in new[] { "run.json", "metrics.jsonl", "checkpoints/step-000006/weights.safetensors", "checkpoints/step-000006/training.safetensors" })
            Assert.Equal(File.ReadAllBytes(At($"run/{file}")), File.ReadAllBytes(At($"again/{file}")));
        var plan = JsonNode.Parse(File.ReadAllText(At("run/run.json")))!["plan"]!;
        Assert.Equal((6, 2, 0.9, 3, 0.2, 7), ((int)plan["steps"]!, (int)plan["checkpointEvery"]!, (double)plan["averageDecay"]!, (int)plan["validateEvery"]!, (double)plan["geco"]!["target"]!, (int)plan["seed"]!));

        // With a setting changed it is another run, of the same network on the same data.
        Assert.Equal(0, Probunet("train", "--from", "run", "--out", "other", "--set", "training.beta=3").ExitCode);
        Assert.NotEqual(File.ReadAllBytes(At("run/metrics.jsonl")), File.ReadAllBytes(At("other/metrics.jsonl")));

        // A whole and its parts, in whatever order they are said.
        foreach (var (name, order) in new[] { ("whole", new[] { "--augment", "Flips", "--set", "augmentation.rotation=10", "--set", "geco={\"rate\":0.5}", "--geco", "0.3" }), ("parts", ["--set", "augmentation.rotation=10", "--geco", "0.3", "--set", "geco={\"rate\":0.5}", "--set", "augmentation=Flips"]) })
        {
            Assert.Equal(0, Train(name, ["--steps", "1", .. order]));
            var said = JsonNode.Parse(File.ReadAllText(At($"{name}/run.json")))!["plan"]!;
            Assert.Equal((10, true, 0.3, 0.5), ((double)said["augmentation"]!["rotation"]!, (bool)said["augmentation"]!["flipVertical"]!, (double)said["geco"]!["target"]!, (double)said["geco"]!["rate"]!));
        }

        // A plan in a file says the same as its options.
        File.WriteAllText(At("plan.json"), plan.ToJsonString());
        Assert.Equal(0, Train("filed", "--plan", "plan.json"));
        Assert.Equal(File.ReadAllBytes(At("run/metrics.jsonl")), File.ReadAllBytes(At("filed/metrics.jsonl")));
        // Of two lengths, the file's gives way.
        Assert.Equal(0, Train("brief", "--plan", "plan.json", "--minutes", "0.001"));
        File.WriteAllText(At("plan.json"), """{"minutes": 1}""");
        Assert.Equal(0, Train("short", "--plan", "plan.json", "--steps", "2"));
        Assert.Equal(2, File.ReadAllLines(At("short/metrics.jsonl")).Length);
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public void ASignal_EndsTheStep_SavesAndSaysHowToGoOn(int signal)
    {
        Assert.Equal(0, Train("whole", "--steps", "400", "--set", "checkpointEvery=400"));
        using var process = Programs.StartProbunet(_folder, Arguments("run", "--steps", "400", "--set", "checkpointEvery=400"));
        WaitForLines(process, "run", 5);
        Assert.Equal(0, Kill(process.Id, signal));
        var stopped = process.End();
        Assert.Equal((1, ""), (stopped.ExitCode, stopped.Output));
        var steps = File.ReadAllLines(At("run/metrics.jsonl")).Length;
        Assert.InRange(steps, 5, 399);
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"Stopped after step {steps} of 400; go on with: probunet train --resume run\n"), stopped.Error);
        Assert.Equal(0, Probunet("train", "--resume", "run").ExitCode);
        AssertSame("whole", "run", 400);
        Assert.Contains("all of its 400 steps are done", Probunet("train", "--resume", "run").Output);
        // A run that is done is as good as any.
        Assert.Equal(0, Probunet("evaluate", "run", "--samples", "1").ExitCode);
    }

    /// <summary>A run does not remember on which device it was trained, nor where its data lie now.</summary>
    [Fact]
    public void WhatARunDoesNotRemember_IsSaidWhenItIsStopped()
    {
        void Stopped(string expected, params string[] command)
        {
            using var process = Programs.StartProbunet(_folder, command);
            var before = File.Exists(At("run/metrics.jsonl")) ? File.ReadAllLines(At("run/metrics.jsonl")).Length : 0;
            WaitForLines(process, "run", before + 3);
            Assert.Equal(0, Kill(process.Id, Interrupt));
            Assert.EndsWith($"go on with: probunet train --resume run{expected}\n", process.End().Error);
        }
        Stopped(" --device cpu", [.. Arguments("run", "--steps", "100000"), "--device", "cpu"]);
        Stopped(" --device cpu --data synthetic:lesions", "train", "--resume", "run", "--data", "synthetic:lesions", "--device", "cpu");
        Stopped("", "train", "--resume", "run");
    }

    [Fact]
    public void WithTensorBoard_ARunHasTheSameNumbers_AndGoesOnWithIt()
    {
        string[] plan = ["--steps", "60", "--set", "checkpointEvery=20", "--set", "validateEvery=20", "--set", "validationImages=2"];
        Assert.Equal(0, Train("whole", plan));
        Assert.False(Directory.Exists(At("whole/tensorboard")));
        using (var process = Programs.StartProbunet(_folder, Arguments("run", ["--tensorboard", .. plan])))
        {
            WaitForLines(process, "run", 25);
            process.Kill();
        }
        Assert.Equal(0, Probunet("train", "--resume", "run").ExitCode);
        AssertSame("whole", "run", 60);
        Assert.Equal(["events.out.tfevents.000001.probunet", "events.out.tfevents.000002.probunet"], Directory.GetFiles(At("run/tensorboard")).Select(Path.GetFileName).Order());
        Assert.Equal(0, Probunet("train", "--from", "run", "--out", "again", "--tensorboard").ExitCode);
        Assert.Single(Directory.GetFiles(At("again/tensorboard")));
    }

    [Theory]
    [InlineData("compare", "out/runs/dropout-seed1", "compare", "--model", "tiny.json", "--samples", "1", "--batch", "2", "--test-images", "2")]
    [InlineData("search", "out/runs/rung0/usual-seed1", "search", "space.json")]
    public void WhatTrainsSeveral_IsStoppedByASignal_AndGoneOnWithByTheSameCommand(string what, string first, params string[] command)
    {
        File.WriteAllText(At("space.json"), """{"model": "tiny.json", "training": {"batchSize": 2}, "variants": {"usual": {}}}""");
        string[] whole = [.. command, "--data", "synthetic:lesions", "--size", "32x32", "--steps", "150", "--out", "out"];
        using var process = Programs.StartProbunet(_folder, whole);
        WaitForLines(process, first, 1);
        Assert.Equal(0, Kill(process.Id, 2));
        var stopped = process.End();
        Assert.Equal(1, stopped.ExitCode);
        Assert.EndsWith("Stopped; the same command goes on with it.\n", stopped.Error);
        var steps = int.Parse(Path.GetFileName(Assert.Single(Directory.GetDirectories(At($"{first}/checkpoints"))))["step-".Length..], CultureInfo.InvariantCulture);
        Assert.InRange(steps, 1, 149);
        var again = Probunet(whole);
        Assert.True(again.ExitCode == 0, $"{what}: {again.Error}");
        Assert.Equal(150, File.ReadLines(At($"{first}/metrics.jsonl")).Count());
    }

    [Fact]
    public void ASecondProcess_InOneRunFolder_IsRefused_WithTheFirstOnesId()
    {
        using var process = Programs.StartProbunet(_folder, Arguments("run", "--steps", "100000"));
        WaitForLines(process, "run", 1);
        var second = Probunet("train", "--resume", "run");
        Assert.Equal((2, ""), (second.ExitCode, second.Output));
        Assert.Equal($"run: the process {process.Id} is training in this folder; wait for it, or stop it, before you go on.\n", second.Error);
    }

    [Fact]
    public void FineTuning_BeginsWithTheWeightsOfAnother_AndMayLeaveSomeOfThem()
    {
        Assert.Equal(0, Train("base", "--steps", "3"));
        Assert.Equal(0, Train("tuned", "--steps", "3", "--init", "base", "--set", "training.frozen=unet.*,prior.*"));
        Assert.Equal(0, Train("tuned2", "--steps", "3", "--init", "base/checkpoints/step-000003/weights.safetensors", "--set", "training.frozen=unet.*,prior.*"));
        Assert.Equal(File.ReadAllBytes(At("tuned/metrics.jsonl")), File.ReadAllBytes(At("tuned2/metrics.jsonl")));
        Assert.NotEqual(File.ReadAllBytes(At("tuned/metrics.jsonl")), File.ReadAllBytes(At("base/metrics.jsonl")));
        File.WriteAllText(At("own.json"), "{}");
        Assert.Equal("--plan own.json: --from base brings that run's own plan; change single settings of it with --set, or name the run as MODEL in the place of --from.\n", Probunet("train", "--from", "base", "--plan", "own.json", "--out", "x").Error);
        Assert.StartsWith("--from tuned: this run began with weights from elsewhere; name them with --init.", Probunet("train", "--from", "tuned", "--out", "x").Error);
        Assert.Equal(0, Probunet("train", "--from", "tuned", "--init", "base", "--out", "x").ExitCode);
        Assert.Equal(File.ReadAllBytes(At("tuned/metrics.jsonl")), File.ReadAllBytes(At("x/metrics.jsonl")));
    }

    [Theory]
    [InlineData("--set training.bta=5: there is no such setting (did you mean beta?); use one of steps, ", "train", "tiny.json", "--out", "run", "--set", "training.bta=5")]
    [InlineData("--set training.beta: it gives no setting a value; write for example --set training.beta=5.", "train", "tiny.json", "--out", "run", "--set", "training.beta")]
    [InlineData("--set schedule=linear: this value cannot be the setting's; use Constant or Cosine or Staircase.", "train", "tiny.json", "--out", "run", "--set", "schedule=linear")]
    [InlineData("--precision f16: this value cannot be the setting's; use Float32 or BFloat16.", "train", "tiny.json", "--out", "run", "--precision", "f16")]
    [InlineData("--device gpu: it is no device; use cpu, cuda, cuda:1 (a GPU by its number) or mps.", "train", "tiny.json", "--out", "run", "--device", "gpu")]
    [InlineData("training.clipNorm: -1 cannot work; use a finite number above 0.", "train", "tiny.json", "--out", "run", "--set", "clipNorm=-1")]
    [InlineData("--minutes: 0 cannot work; use a number above 0", "train", "tiny.json", "--out", "run", "--minutes", "0")]
    [InlineData("--minutes 5: --steps is given too, and a training is either so long or of so many steps; leave one of the two out.", "train", "tiny.json", "--out", "run", "--minutes", "5", "--steps", "100")]
    [InlineData("--set training.minutes=5: --steps is given too", "train", "tiny.json", "--out", "run", "--set", "training.minutes=5", "--steps", "100")]
    [InlineData("--minutes 5: --steps is given too", "compare", "--out", "run", "--minutes", "5", "--steps", "100")]
    [InlineData("--steps many: this value cannot be the setting's; use a whole number.", "train", "tiny.json", "--out", "run", "--steps", "many")]
    [InlineData("training.frozen nothing: no parameter of the network has such a name; use patterns of names such as unet.*, ", "train", "tiny.json", "--out", "run", "--set", "frozen=nothing")]
    [InlineData("--plan no.json: ", "train", "tiny.json", "--out", "run", "--plan", "no.json")]
    [InlineData("nowhere: there is no such run; name the folder that a training wrote.", "train", "--resume", "nowhere")]
    [InlineData("nowhere: there is no such run; name the folder that a training wrote.", "train", "--from", "nowhere", "--out", "run")]
    [InlineData("--resume nowhere: a run goes on as it was begun", "train", "--resume", "nowhere", "--steps", "3")]
    [InlineData("--out: it is missing; name the run folder to make.", "train", "tiny.json")]
    [InlineData("MODEL: it is missing; name a network from 'probunet models', or a run with --from or --resume.", "train", "--out", "run")]
    [InlineData("--init nowhere.safetensors: there is no such run, file or network with weights", "train", "tiny.json", "--out", "run", "--init", "nowhere.safetensors")]
    public void BadInput_IsOneSentence_AndLeavesNothing(string start, params string[] arguments)
    {
        var outcome = Probunet(arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(start.Replace("--plan no.json", "no.json", StringComparison.Ordinal), Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(["tiny.json"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    private int Train(string run, params string[] more) => Probunet(Arguments(run, more)).ExitCode;

    private static string[] Arguments(string run, params string[] more) => ["train", "tiny.json", "--out", run, "--set", "batchSize=2", .. more];

    private Outcome Probunet(params string[] arguments) => Programs.Probunet(_folder, arguments);

    private string At(string path) => Path.Combine(_folder, path);

    private static string Warnings(Outcome outcome) => string.Concat(outcome.Error.Split('\n').Where(line => line.StartsWith("warning", StringComparison.Ordinal)));

    private void AssertSame(string one, string other, int steps)
    {
        foreach (var file in new[] { "metrics.jsonl", $"checkpoints/step-{steps:D6}/weights.safetensors", $"checkpoints/step-{steps:D6}/training.safetensors" })
            Assert.Equal(File.ReadAllBytes(At($"{one}/{file}")), File.ReadAllBytes(At($"{other}/{file}")));
    }

    private void WaitForLines(Running process, string run, int lines) => Assert.True(
        SpinWait.SpinUntil(() => process.HasExited || Lines(At($"{run}/metrics.jsonl")) >= lines, 60_000) && !process.HasExited, "the training did not begin");

    /// <summary>Lines of a file that somebody else is writing.</summary>
    internal static int Lines(string path)
    {
        Thread.Sleep(5);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Count(letter => letter == '\n');
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static int Kill(int process, int signal)
    {
        using var kill = Process.Start("kill", [string.Create(CultureInfo.InvariantCulture, $"-{signal}"), process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        return kill.ExitCode;
    }
}
