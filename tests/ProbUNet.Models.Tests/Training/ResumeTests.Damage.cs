using FsCheck.Xunit;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

// Checkpoints that are damaged, of another run, or gone.
public partial class ResumeTests
{
    [Property(MaxTest = 40)]
    public void ACheckpointInWhichABitHasTurned_OrThatWasCutShort_IsPassedOver_AndTheOneBeforeItIsTaken(int where, bool cut, byte bit)
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 6, BatchSize = 2, CheckpointEvery = 2, KeepCheckpoints = 3, AverageDecay = 0.9, DiversityEvery = 0 };
        var expected = Continued(Begun(TinyNet.Spec, plan, folder["whole"]), null);
        var run = Begun(TinyNet.Spec, plan, folder["run"]);
        Continued(run, 5);
        Assert.Equal([5, 4, 2], run.Checkpoints.Steps);

        var files = Directory.GetFiles(folder["run/checkpoints/step-000005"]).Order().ToArray();
        var file = files[(int)((uint)where % files.Length)];
        var bytes = File.ReadAllBytes(file);
        var at = (int)((uint)where / (uint)files.Length % (uint)bytes.Length);
        if (cut)
            File.WriteAllBytes(file, bytes[..at]);
        else
        {
            bytes[at] ^= (byte)(1 << (bit & 7));
            File.WriteAllBytes(file, bytes);
        }
        var told = new List<string>();
        var isWhitespace = !cut && IsMeaningless(file, bytes, at);
        var resumed = Continued(RunFolder.Open(folder["run"]), null, told);
        Assert.Equal(expected, resumed);
        Assert.Equal(File.ReadAllText(folder["whole/metrics.jsonl"]), File.ReadAllText(folder["run/metrics.jsonl"]));
        if (!isWhitespace)
            Assert.StartsWith(folder["run/checkpoints/step-000005"], Assert.Single(told));
    }

    [Fact]
    public void WithoutAnyCheckpointThatIsWhole_ARunIsRefused()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 4, BatchSize = 2, CheckpointEvery = 2, DiversityEvery = 0 };
        Continued(Begun(TinyNet.Spec, plan, folder["run"]), 3);
        foreach (var file in Directory.GetFiles(folder["run/checkpoints"], "checkpoint.json", SearchOption.AllDirectories))
            File.WriteAllText(file, "{}");
        var error = Assert.Throws<InputException>(() => Continued(RunFolder.Open(folder["run"]), null));
        Assert.Contains("this checkpoint has the format of no version and this program knows 1", error.Message);
    }

    [Fact]
    public void ACheckpointOfAnotherRun_IsPassedOver()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 4, BatchSize = 2, CheckpointEvery = 2, DiversityEvery = 0 };
        Continued(Begun(TinyNet.Spec, plan with { Seed = 2 }, folder["other"]), 3);
        var expected = Continued(Begun(TinyNet.Spec, plan, folder["whole"]), null);
        Continued(Begun(TinyNet.Spec, plan, folder["run"]), 2);
        Directory.Move(folder["other/checkpoints/step-000003"], folder["run/checkpoints/step-000003"]);
        var told = new List<string>();
        Assert.Equal(expected, Continued(RunFolder.Open(folder["run"]), null, told));
        Assert.Contains("this checkpoint is of another run", Assert.Single(told));
    }

    [Fact]
    public void CheckpointsThatCannotBeUsed_PushOutNoneThatCan()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 8, BatchSize = 2, CheckpointEvery = 1, KeepCheckpoints = 1, DiversityEvery = 0 };
        var expected = Continued(Begun(TinyNet.Spec, plan, folder["whole"]), null);
        Continued(Begun(TinyNet.Spec, plan with { Seed = 2, Steps = 90 }, folder["other"]), 20);
        Continued(Begun(TinyNet.Spec, plan, folder["run"]), 2);
        // One of another run with a higher number, and a damaged one.
        Directory.Move(folder["other/checkpoints/step-000020"], folder["run/checkpoints/step-000020"]);
        Directory.CreateDirectory(folder["run/checkpoints/step-000021"]);
        File.Copy(folder["run/checkpoints/step-000002/weights.safetensors"], folder["run/checkpoints/step-000021/weights.safetensors"]);
        var told = new List<string>();
        Continued(RunFolder.Open(folder["run"]), 4, told);
        Assert.Equal(2, told.Count);
        Assert.Equal([4], RunFolder.Open(folder["run"]).Checkpoints.Steps);   // what was passed over is set aside, and thrown away by nobody
        Assert.Equal(2, Directory.GetDirectories(folder["run/checkpoints"], "*.refused").Length);
        told.Clear();
        Assert.Equal(expected, Continued(RunFolder.Open(folder["run"]), null, told));
        Assert.Empty(told);
    }

    [Fact]
    public void DamagedWeights_AreJudgedByNobody_AndARunWhoseEndIsDamaged_IsNotDone()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 4, BatchSize = 2, CheckpointEvery = 2, KeepCheckpoints = 2, DiversityEvery = 0, ValidateEvery = 4, ValidationSamples = 1 };
        var expected = Continued(Begun(TinyNet.Spec, plan, folder["run"]), null);
        var run = RunFolder.Open(folder["run"]);
        Assert.True(run.IsDone);
        var bytes = File.ReadAllBytes(run.WeightsFile());
        bytes[^2] ^= 1;   // another number, and no sign of it in the file's form
        File.WriteAllBytes(run.WeightsFile(), bytes);
        foreach (var use in new Action[] { () => run.LoadModel().Dispose(), () => run.LoadModel(4).Dispose(), () => run.WeightsFile() })
            Assert.Contains("step-000004: this checkpoint cannot be used (weights.safetensors is not as it was written)", Assert.Throws<InputException>(use).Message);
        run.LoadModel(2).Dispose();
        Assert.False(run.IsDone);
        Assert.Null(run.Best);   // which was that of the last step
        Assert.Equal(expected, Continued(run, null, []));
        Assert.True(run.IsDone);
        Assert.Equal(4, run.Best!.Step);
        run.LoadModel().Dispose();
    }

    [Fact]
    public void WhatARunSaysOfItself_IsReadOnce_UntilOtherFilesLieThere()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 2, BatchSize = 2, DiversityEvery = 0, ValidateEvery = 2, ValidationSamples = 1 };
        Continued(Begun(TinyNet.Spec, plan, folder["run"]), null);
        var run = RunFolder.Open(folder["run"]);
        var said = (run.IsDone, run.Best, run.Seconds);
        Assert.True(said.IsDone);
        // Nobody hashes a file again that is as old as it was …
        var (file, written) = (run.WeightsFile(), File.GetLastWriteTimeUtc(run.WeightsFile()));
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, [.. bytes[..^1], (byte)~bytes[^1]]);
        File.SetLastWriteTimeUtc(file, written);
        Assert.Equal(said, (run.IsDone, run.Best, run.Seconds));
        // … but whoever takes its weights, and whoever asks after it was written.
        Assert.Throws<InputException>(() => run.WeightsFile());
        File.SetLastWriteTimeUtc(file, written.AddSeconds(1));
        Assert.False(run.IsDone);
        Assert.Throws<InputException>(() => run.Best);
        File.WriteAllBytes(file, bytes);
        Assert.Equal(said, (run.IsDone, run.Best, run.Seconds));
        Directory.Delete(folder["run/checkpoints"], recursive: true);
        Assert.Equal((false, null, 0), (run.IsDone, run.Best, run.Seconds));
    }
}
