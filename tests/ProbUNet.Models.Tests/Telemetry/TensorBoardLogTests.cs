using System.Buffers.Binary;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Telemetry;
using ProbUNet.Models.Tests.Training;
using ProbUNet.Models.Training;
using SkiaSharp;
using Tensorboard;
using TorchSharp;

namespace ProbUNet.Models.Tests.Telemetry;

public class TensorBoardLogTests
{
    private static readonly GradedData Data = ToyData.Set(9) with { Validation = ToyData.Squares(6) };

    private static readonly TrainingPlan Plan = new() { Steps = 8, BatchSize = 2, ValidateEvery = 4, ValidationSamples = 2, DiversityEvery = 4, CheckpointEvery = 3, BetaWarmup = 3, AverageDecay = 0.9 };

    [Fact]
    public void EveryNumber_OfEveryStep_IsThere()
    {
        using var folder = new TemporaryFolder();
        var steps = Trained(folder["run"], logged: true);
        var scalars = Read(folder["run/tensorboard"]).Where(value => value.Summary is not null)
            .SelectMany(value => value.Summary.Value.Where(each => each.Image is null).Select(each => (value.Step, each.Tag, each.SimpleValue))).ToList();
        Assert.Equal(steps.SelectMany(step => TensorBoardLog.ScalarsOf(step).Select(each => ((long)step.Step, each.Tag, (float)each.Value))), scalars);
        // And these are the tags.
        Assert.Equal(
            [
                "loss/total", "loss/cross-entropy", "loss/kl", "loss/beta", "loss/reconstruction-weight", "latent/active-dimensions", "latent/kl-0", "latent/kl-1", "optimizer/learning-rate",
                "optimizer/gradient-norm", "validation/ged", "diversity/samples", "diversity/graders", "speed/images-per-second", "speed/waiting-share",
            ], scalars.Where(each => each.Step == 4).Select(each => each.Tag));
        Assert.Equal((float)steps[3].ValidationGed!.Value, scalars.Single(each => each is { Step: 4, Tag: "validation/ged" }).SimpleValue);
        Assert.Equal((float)steps[3].KullbackLeiblerPerDimension![1], scalars.Single(each => each is { Step: 4, Tag: "latent/kl-1" }).SimpleValue);
        Assert.All(scalars.Where(each => each.Tag == "speed/images-per-second"), each => Assert.True(each.SimpleValue > 0));
        Assert.All(Read(folder["run/tensorboard"]), value => Assert.InRange(value.WallTime, 1.7e9, 1e10));   // seconds since 1970
    }

    [Fact]
    public void EveryValidation_HasAPicture()
    {
        using var folder = new TemporaryFolder();
        Trained(folder["run"], logged: true);
        var pictures = Read(folder["run/tensorboard"]).Where(value => value.Summary?.Value.Any(each => each.Image is not null) == true).ToList();
        Assert.Equal([4, 8], pictures.Select(value => value.Step));
        foreach (var image in pictures.Select(value => Assert.Single(value.Summary.Value).Image))
        {
            using var decoded = SKBitmap.Decode(image.EncodedImageString.ToByteArray());
            Assert.Equal((image.Width, image.Height), (decoded.Width, decoded.Height));
        }
    }

    [Fact]
    public void ATraining_HasTheSameNumbers_WithAndWithoutIt()
    {
        using var folder = new TemporaryFolder();
        Trained(folder["with"], logged: true);
        Trained(folder["without"], logged: false);
        foreach (var file in new[] { "metrics.jsonl", "checkpoints/step-000008/weights.safetensors", "checkpoints/step-000008/training.safetensors" })
            Assert.Equal(File.ReadAllBytes(folder[$"without/{file}"]), File.ReadAllBytes(folder[$"with/{file}"]));
        Assert.False(Directory.Exists(folder["without/tensorboard"]));
    }

    [Fact]
    public void ATrainingThatGoesOn_HasAFileMore_ThatTakesBackWhatIsDoneAgain()
    {
        using var folder = new TemporaryFolder();
        Trained(folder["run"], logged: true, stop: 5);
        Trained(folder["run"], logged: true);
        var files = Directory.GetFiles(folder["run/tensorboard"]).Order().ToList();
        Assert.Equal(["events.out.tfevents.000001.probunet", "events.out.tfevents.000002.probunet"], files.Select(Path.GetFileName));
        Assert.Equal([1, 2, 3, 4, 5], StepsOf(files[0]));
        Assert.Equal([6, 7, 8], StepsOf(files[1]));
        foreach (var (file, first) in files.Zip([1, 6]))
        {
            var events = ReadFile(file);
            Assert.Equal("brain.Event:2", events[0].FileVersion);
            Assert.Equal((SessionLog.Types.SessionStatus.Start, first), (events[1].SessionLog.Status, events[1].Step));
        }
    }

    [Fact]
    public void WhatIsShown_IsTheNetworkThatAUserGets()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 3);
        var run = RunFolder.Create(folder["run"], model, Plan with { KeepCheckpoints = 10 }, Data);
        var shown = new List<(TrainingStep Step, float[] Weights, bool IsAsked)>();
        Trainer.Train(model, Data.Train, run.Plan, new()
        {
            Run = run,
            Validation = Data.Validation,
            Validated = (network, step) => shown.Add((step, [.. Weights.Copy(network).SelectMany(named => named.Value.Values)], !network.training)),
        }, TestContext.Current.CancellationToken);
        Assert.Equal([4, 8], shown.Select(each => each.Step.Step));
        Assert.Contains(shown, each => each.Step.IsBest);
        foreach (var (step, weights, isAsked) in shown.Where(each => run.Checkpoints.Steps.Contains(each.Step.Step)))
        {
            Assert.True(isAsked);
            using var saved = run.LoadModel(step.Step);
            Assert.Equal(Weights.Copy(saved).SelectMany(named => named.Value.Values), weights);
            Assert.Equal(Evaluator.Evaluate(saved, Data.Validation, [Plan.ValidationSamples]).GedAt(Plan.ValidationSamples), step.ValidationGed);
        }
    }

    [Fact]
    public void NoTensor_IsLeftBehind()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 1);
        using var log = new TensorBoardLog(folder["log"], Data.Validation);
        log.Show(model, new TrainingStep(1, 2, 1, 1, 1, 1));
        GC.Collect();   // what other tests left
        GC.WaitForPendingFinalizers();
        var before = torch.Tensor.TotalCount;
        for (var step = 2; step < 5; step++)
        {
            log.Report(new TrainingStep(step, 5, 1, 1, 1, 1));
            log.Show(model, new TrainingStep(step, 5, 1, 1, 1, 1));
        }
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void WithoutValidationImages_ThereAreNoPictures_AndWithoutSteps_NoFile()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 1);
        using (var log = new TensorBoardLog(folder["log"]))
            log.Show(model, new TrainingStep(1, 2, 1, 1, 1, 1));
        Assert.False(Directory.Exists(folder["log"]));
    }

    [Fact]
    public void AFolderThatCannotBeMade_IsBadInput()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        using var log = new TensorBoardLog(folder["file/log"]);
        Assert.StartsWith(folder["file/log"], Assert.Throws<InputException>(() => log.Report(new TrainingStep(1, 2, 1, 1, 1, 1))).Message);
    }

    [Fact]
    public void OthersWhoAreTold_AreToldStill()
    {
        using var folder = new TemporaryFolder();
        using var log = new TensorBoardLog(folder["log"]);
        var (told, shown) = (0, 0);
        var context = log.Watching(new() { Progress = new Each<TrainingStep>(_ => told++), Validated = (_, _) => shown++ });
        context.Progress!.Report(new TrainingStep(1, 2, 1, 1, 1, 1));
        context.Validated!(null!, default);
        Assert.Equal((1, 1), (told, shown));
    }

    [Fact]
    public void ItsRecords_AreThoseOfTorchSharpsWriter()
    {
        // 0xE3069283 is the check value of CRC-32C.
        Assert.Equal(uint.RotateRight(0xE3069283, 15) + 0xA282EAD8, EventFile.Masked("123456789"u8));
        using var folder = new TemporaryFolder();
        var writer = torch.utils.tensorboard.SummaryWriter(folder["theirs"]);
        writer.add_scalar("loss/total", 1.5f, 3);
        var theirs = Read(folder["theirs"]);
        using (var file = new EventFile(folder["ours"], theirs[0].WallTime))
            file.Write(theirs[1]);
        Assert.Equal(File.ReadAllBytes(Directory.GetFiles(folder["theirs"]).Single()), File.ReadAllBytes(Directory.GetFiles(folder["ours"]).Single()));
    }

    private static List<TrainingStep> Trained(string path, bool logged, int? stop = null)
    {
        using var model = new TinyNet(seed: 3);
        var run = RunFolder.Recognizes(path) ? RunFolder.Open(path) : RunFolder.Create(path, model, Plan, Data);
        using var cancellation = new CancellationTokenSource();
        var steps = new List<TrainingStep>();
        var context = new TrainingContext
        {
            Run = run,
            Validation = Data.Validation,
            Progress = new Each<TrainingStep>(step =>
            {
                steps.Add(step);
                if (step.Step == stop)
                    cancellation.Cancel();
            }),
        };
        using var log = logged ? new TensorBoardLog(Path.Combine(path, TensorBoardLog.FolderName), Data.Validation) : null;
        try
        {
            Trainer.Train(model, Data.Train, run.Plan, log?.Watching(context) ?? context, cancellation.Token);
        }
        catch (OperationCanceledException) when (stop is not null)
        {
        }
        return steps;
    }

    private static IEnumerable<long> StepsOf(string file) => ReadFile(file).Where(value => value.Summary?.Value.Any(each => each.Tag == "loss/total") == true).Select(value => value.Step);

    private static List<Event> Read(string folder) => [.. Directory.GetFiles(folder).Order().SelectMany(ReadFile)];

    /// <summary>The events of a file, every checksum looked at.</summary>
    private static List<Event> ReadFile(string file)
    {
        var (bytes, events) = (File.ReadAllBytes(file), new List<Event>());
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(EventFile.Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            Assert.Equal(EventFile.Masked(bytes.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            events.Add(Event.Parser.ParseFrom(bytes, at + 12, length));
            at += 12 + length + 4;
        }
        return events;
    }
}
