using System.Globalization;
using ProbUNet.Dsl;

namespace ProbUNet.Models.Training;

/// <summary>The checkpoints of a run: a folder a step, each written beside its place and renamed, so that it is there whole or not at all.</summary>
/// <param name="folder">Where they are; made with the first of them.</param>
/// <param name="spec">The network's, which their weights are of.</param>
internal sealed class CheckpointStore(string folder, ModelSpec spec)
{
    /// <summary>The name of their folder.</summary>
    public const string Name = "checkpoints";

    private const string Prefix = "step-";
    private const string Partial = ".partial", Refused = ".refused";

    /// <summary>What was said last, and of which files.</summary>
    private (IReadOnlyList<(string Path, DateTime Written)> Files, CheckpointState? State)? _said;

    /// <summary>Where they are.</summary>
    public string Folder => folder;

    /// <summary>The folder of the checkpoint of a step.</summary>
    public string PathOf(int step) => Path.Combine(folder, NameOf(step));

    private static string NameOf(int step) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D6}");

    /// <summary>Whether a path is a folder of checkpoints in which nothing was trained yet: the weights that a run begins with, half-written, or whole and of the very run.</summary>
    /// <param name="path">Of a run folder's entry.</param>
    /// <param name="identity">The run's; where it is not known yet, any will do.</param>
    public static bool IsStartAlone(string path, string? identity) =>
        Path.GetFileName(path) == Name && Directory.Exists(path)
        && Directory.EnumerateFileSystemEntries(path).All(entry => Path.GetFileName(entry) is var name && (name == NameOf(0) + Partial || (name == NameOf(0) && IsOf(entry, identity))));

    private static bool IsOf(string checkpoint, string? identity)
    {
        try
        {
            return identity is null || new Checkpoint(checkpoint).ReadState(CheckpointUse.Judge).Run == identity;
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>The steps that there are checkpoints of, the last one first. Folders that were left half-written are none.</summary>
    public IReadOnlyList<int> Steps => Directory.Exists(folder)
        ? [.. Directory.GetDirectories(folder).Where(each => File.Exists(Path.Combine(each, Checkpoint.WeightsFile))).Select(StepOf).OfType<int>().OrderDescending()]
        : [];

    /// <summary>The checkpoint of a step.</summary>
    public Checkpoint At(int step) => new(PathOf(step));

    /// <summary>
    /// Writes one, and removes those that are not kept: all but the last few and the best. Of the step that the last one is of, only what is said is written anew: its weights are the same, and at no moment missing.
    /// </summary>
    /// <param name="state">Of its step.</param>
    /// <param name="keep">How many of the last stay, this one among them.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="InputException">The disk refuses; what was there is still there, and nothing is left behind.</exception>
    public void Save(CheckpointState state, int keep, Action<NewCheckpoint> write)
    {
        var (place, beside) = (PathOf(state.Step), PathOf(state.Step) + Partial);
        Disk.Try(place, () =>
        {
            RemoveIfThere(beside);   // of a training that was cut short here
            if (IsWhole(state.Step, state.Run))
                At(state.Step).Say(state);
            else
                try
                {
                    write(new(beside, spec));
                    Disk.Flush(beside);
                    RemoveIfThere(place);
                    Directory.Move(beside, place);
                    Disk.Flush(folder);
                    Disk.Flush(Path.GetDirectoryName(folder)!);   // where the first of them has made this folder
                }
                finally
                {
                    RemoveIfThere(beside);
                }
            foreach (var step in Steps.Where(step => step < state.Step && step != state.Best?.Step).Skip(keep - 1))
                Directory.Delete(PathOf(step), recursive: true);
        });
    }

    /// <summary>The last checkpoint that is as it was written; nothing where there is none at all.</summary>
    /// <param name="use">What for.</param>
    /// <param name="run">The run; a checkpoint of another is refused as a damaged one is.</param>
    /// <param name="tell">Told of each that is passed over, and why; where none can be used, the refusal says so of the last of them.</param>
    /// <exception cref="InputException">There are some, and none can be used.</exception>
    public (Checkpoint Checkpoint, CheckpointState State)? LastGood(CheckpointUse use, string run, Action<string> tell)
    {
        InputException? last = null;
        foreach (var step in Steps)
        {
            if (last is not null)
                tell(last.Message);
            try
            {
                return (At(step), Verify(At(step), use, run));
            }
            // Whoever removed what a training needs wants to keep these weights: they are not passed over, to be trained anew.
            catch (InputException error) when (use == CheckpointUse.Judge || !At(step).IsForJudgesAlone)
            {
                last = error;
            }
        }
        return last is null ? null : throw last;
    }

    /// <summary>Makes sure that a checkpoint is as it was written, and of a run.</summary>
    /// <param name="checkpoint">Which.</param>
    /// <param name="use">What for.</param>
    /// <param name="run">The run.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="InputException">It is not.</exception>
    public CheckpointState Verify(Checkpoint checkpoint, CheckpointUse use, string run)
    {
        var state = checkpoint.ReadState(use);
        return state.Run == run && PathOf(state.Step) == checkpoint.Path
            ? state
            : throw new InputException(checkpoint.Path, "this checkpoint is of another run", "remove it, and go on from one of this run");
    }

    /// <summary>Whether there is a checkpoint of a step that is as it was written, of a run, and all there.</summary>
    private bool IsWhole(int step, string run)
    {
        try
        {
            return File.Exists(At(step).Weights) && Verify(At(step), CheckpointUse.GoOn, run) is not null;
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>What the last checkpoint that can be judged says; nothing where there is none at all. Its files, which are as large as the network, are hashed once, and anew only where others lie there.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="InputException">There are some, and none can be used.</exception>
    public CheckpointState? Said(string run)
    {
        var files = Disk.Try(folder, () => Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => (file, File.GetLastWriteTimeUtc(file))).ToList() : []);
        if (_said is not { } known || !known.Files.SequenceEqual(files))
            _said = known = (files, LastGood(CheckpointUse.Judge, run, _ => { })?.State);
        return known.State;
    }

    /// <summary>Whether the checkpoint of a step is the last of a run and as it was written, and nothing of that step is left to do.</summary>
    public bool IsDone(int step, string run)
    {
        try
        {
            return Said(run) is { Unvalidated: null } state && state.Step == step;
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>Renames the checkpoints behind a step, which could not be used, so that nobody takes them for the last ones. Nothing is deleted.</summary>
    public void SetAside(int behind)
    {
        foreach (var path in Steps.Where(step => step > behind).Select(PathOf))
            Disk.Try(path, () => Directory.Move(path, Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? path + Refused : $"{path}.{number}{Refused}").First(name => !Directory.Exists(name))));
    }

    /// <summary>The step of a folder; nothing of any other folder.</summary>
    private static int? StepOf(string folder) =>
        Path.GetFileName(folder) is var name && name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;

    private static void RemoveIfThere(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
