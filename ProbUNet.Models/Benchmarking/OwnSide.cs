using System.Diagnostics;
using ProbUNet.Dsl;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources.Synthetic;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Benchmarking;

/// <summary>What a process that is one of our sides does.</summary>
/// <param name="Mode">A precision of <see cref="Arithmetic"/>, or <see cref="Sides.Eager"/>.</param>
/// <param name="Works">In this order.</param>
/// <param name="Threads">Of libtorch.</param>
/// <param name="Timing">How each is timed; a training takes half as many at the least.</param>
internal sealed record SideTask(string Mode, IReadOnlyList<Work> Works, int Threads, Timing Timing)
{
    /// <summary>Rows and columns of the image; the standard network's unless said otherwise.</summary>
    public int Size { get; init; } = StandardNet.Spec.Image.Height;

    /// <summary>Levels of the U-Net; the standard network's unless said otherwise.</summary>
    public int Depth { get; init; } = StandardNet.Spec.UNet.Channels!.Count;

    /// <summary>The network: the standard one, at that size and depth. Levels below its deepest are as wide as that.</summary>
    public ProbabilisticUNetSpec Spec
    {
        get
        {
            var standard = StandardNet.Spec;
            var channels = standard.UNet.Channels!;
            return standard with
            {
                Image = standard.Image with { Height = Size, Width = Size },
                UNet = standard.UNet with { Channels = Enumerable.Range(0, Depth).Select(level => channels[Math.Min(level, channels.Count - 1)]).ToValueList() },
            };
        }
    }
}

/// <summary>Does works in this process, which should do nothing else: its peak memory is a part of what it says.</summary>
internal static class OwnSide
{
    private const int Images = 64;   // to train on: eight batches, so that the loader has something to do

    /// <summary>Does the works one after the other.</summary>
    /// <exception cref="InputException">There is no such mode, or the size does not suit the network.</exception>
    public static IEnumerable<SideLine> Run(SideTask task)
    {
        set_num_threads(task.Threads);
        return task.Mode == Sides.Eager ? Eager(task) : Ours(task);
    }

    private static IEnumerable<SideLine> Ours(SideTask task)
    {
        Arithmetic.Check(task.Mode);
        var peer = $"probunet {Machine.VersionOf(typeof(OwnSide).Assembly)}";
        // The generated network where it is one of the catalog.
        var entry = task.Spec == StandardNet.Spec ? ModelCatalog.Find("standard") : ModelSource.Of("standard", "at another size", task.Spec);
        using var network = entry.Create(1);
        Arithmetic.Set(network, task.Mode);
        var data = SyntheticLesions.Draw(task.Size, task.Size, Images, 0, 0);
        using var image = ImageTensors.Of(data.Train[0], CPU);
        using var random = RandomStream.GeneratorOf(1);
        foreach (var work in task.Works)
        {
            if (work.Kind == WorkKind.Sample)
            {
                yield return Timed(peer, task, work, () => network.Sample(image, work.Count, random).Dispose());
                continue;
            }
            var plan = Arithmetic.Of(new TrainingPlan { Steps = int.MaxValue - 1, BatchSize = work.Count, LearningRate = 1e-4, Schedule = LearningRateSchedule.Constant }, task.Mode);
            using var session = new TrainingSession(network, data.Train, plan, ahead: 2);
            yield return Timed(peer, task, work, () => session.Next());
        }
    }

    private static IEnumerable<SideLine> Eager(SideTask task)
    {
        var peer = $"torchsharp {Machine.VersionOf(typeof(Tensor).Assembly)}";
        if (task.Spec != StandardNet.Spec)
            throw new InputException($"--side {Sides.Eager}", "it is the standard network and no other", "leave size and depth as they are");
        using var network = new PlainNetwork();
        var data = SyntheticLesions.Draw(task.Size, task.Size, Images, 0, 0);
        using var image = ImageTensors.Of(data.Train[0], CPU);
        foreach (var work in task.Works)
        {
            if (work.Kind == WorkKind.Sample)
            {
                yield return Timed(peer, task, work, () => network.Sample(image, work.Count).Dispose());
                continue;
            }
            using var optimizer = optim.Adam(network.parameters(), 1e-4);
            using var batch = new BatchSampler(data.Train, work.Count, seed: 1).Draw(1, CPU);
            yield return Timed(peer, task, work, () =>
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                network.Loss(batch.Image, batch.Mask).backward();
                optimizer.step();
            });
        }
    }

    private static SideLine Timed(string peer, SideTask task, Work work, Action action)
    {
        var times = (work.Kind == WorkKind.TrainStep ? task.Timing with { Least = (task.Timing.Least + 1) / 2 } : task.Timing).Of(action);
        using var process = Process.GetCurrentProcess();
        return new SideLine(peer, task.Mode == Sides.Eager ? "plain" : task.Mode, work.Name, Math.Round(Timing.Median(times), 2), times.Length, process.PeakWorkingSet64 >> 20);
    }
}
