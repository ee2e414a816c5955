using System.Globalization;

namespace ProbUNet.Cli.Tests;

/// <summary>
/// Law 10 with the real process: killed (SIGKILL) at random moments, among them while a checkpoint is being written, and resumed, it ends with the weights and metrics of a
/// training that was never stopped. <c>eng/crash-test N</c> does it more often.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private const int Steps = 1200;

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void KilledAnywhere_AndResumed_ATrainingEndsAsIfNothingHadHappened()
    {
        var wanted = int.Parse(Environment.GetEnvironmentVariable("PROBUNET_CRASHES") ?? "25", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("PROBUNET_CRASH_SEED") ?? "1", CultureInfo.InvariantCulture);
        var random = new Random(seed);
        var steps = Math.Max(Steps, 40 * wanted).ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(_folder, "tiny.json"), TinyRuns.Tiny);
        // The averages, GECO and a plan that validates make the state as rich as it gets.
        string[] plan = ["--steps", steps, "--set", "batchSize=1", "--set", "averageDecay=0.9", "--geco", "0.2", "--set", "validateEvery=100", "--set", "validationImages=2", "--set", "diversityEvery=0"];
        var whole = Programs.Probunet(_folder, ["train", "tiny.json", "--out", "whole", .. plan, "--set", $"checkpointEvery={steps}"]);
        Assert.Equal(0, whole.ExitCode);

        var (whileWriting, passedOver) = (0, 0);
        string[] arguments = ["train", "tiny.json", "--out", "run", .. plan, "--set", "checkpointEvery=2"];
        for (var crashes = 0; crashes < wanted; crashes++)
        {
            using var process = Programs.StartProbunet(_folder, arguments);
            // Half of the moments are such that a checkpoint is being written, the other half anywhere: before the first step too.
            if (crashes % 2 == 0)
                Assert.True(SpinWait.SpinUntil(() => process.HasExited || IsWriting(), 60_000));
            else
            {
                var before = ResumeCommandTests.Lines(Metrics);
                if (crashes % 4 == 1)
                    SpinWait.SpinUntil(() => process.HasExited || ResumeCommandTests.Lines(Metrics) > before, 60_000);
                Thread.Sleep(random.Next(crashes % 4 == 1 ? 150 : 1200));
            }
            Assert.False(process.HasExited, "it came to its end too early: more steps are needed");
            if (process.Kill().Error.Contains("warning: ", StringComparison.Ordinal))
                passedOver++;
            if (IsWriting())
                whileWriting++;
            // Killed before there was a run, the same command begins it again.
            if (File.Exists(Path.Combine(_folder, "run/run.json")))
                arguments = ["train", "--resume", "run"];
        }
        var resumed = Programs.Probunet(_folder, arguments);
        Assert.Equal((0, 0), (resumed.ExitCode, passedOver));   // a checkpoint that is there is whole
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole/metrics.jsonl")), File.ReadAllBytes(Metrics));
        var last = $"checkpoints/step-{int.Parse(steps, CultureInfo.InvariantCulture):D6}";
        foreach (var file in new[] { "weights.safetensors", "training.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole", last, file)), File.ReadAllBytes(Path.Combine(_folder, "run", last, file)));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "run/checkpoints"), "*.partial"));
        Assert.InRange(whileWriting, wanted / 4, wanted);
        output.WriteLine($"{wanted} kills, {whileWriting} of them while a checkpoint was being written; the same {steps} steps to the last bit (seed {seed}).");
    }

    private string Metrics => Path.Combine(_folder, "run/metrics.jsonl");

    private bool IsWriting()
    {
        try
        {
            return Directory.EnumerateDirectories(Path.Combine(_folder, "run/checkpoints"), "*.partial").Any();
        }
        catch (IOException)
        {
            return false;
        }
    }
}
