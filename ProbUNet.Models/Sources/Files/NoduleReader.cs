using System.Globalization;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Files;

/// <summary>
/// Reads LIDC-IDRI as a public derivation lays it out, a folder a nodule: <c>&lt;patient&gt;/nodule-K/images/slice-J.png</c> with
/// <c>&lt;patient&gt;/nodule-K/mask-0/slice-J.png</c> … <c>mask-3</c>, below <c>train</c>, <c>val</c> and <c>test</c> or without any splits. In the second
/// case 60 % of the patients are to train on, 20 % to choose by and 20 % to report on, by a hash of their names alone: it is the same on every
/// machine, and patients who are added or removed move no other.
/// </summary>
internal static class NoduleReader
{
    /// <summary>The layout in words.</summary>
    public const string Layout = "<patient>/nodule-0/images/slice-0.png and <patient>/nodule-0/mask-0/slice-0.png, mask-1 …, below train, val and test or without splits";

    private const string NodulePattern = "nodule-*";

    /// <summary>Whether a folder, or one of its splits, has a patient with a nodule.</summary>
    public static bool Recognizes(string folder) => HasPatients(folder) || DataSplits.All.Any(split => HasPatients(Path.Combine(folder, split.FolderName())));

    /// <summary>Reads all images, in the ordinal order of patient, nodule and slice.</summary>
    /// <param name="folder">The folder with the patients or the splits.</param>
    /// <param name="crop">What to cut out of each image, in pixels; all of it if null.</param>
    /// <param name="storage">Where it is put.</param>
    public static DataReading Read(string folder, (int Height, int Width)? crop, Storage storage)
    {
        var entries = HasPatients(folder)
            ? Patients(folder).Select(patient => (Split: SplitOf(Path.GetFileName(patient)), Patient: patient))
                .OrderBy(each => each.Split).SelectMany(each => EntriesOf(each.Split, each.Patient))
            : DataSplits.All.SelectMany(split => EntriesOf(folder, split));
        return GradedFiles.Read(folder, [.. entries], crop, storage, MaskForm.Binary);
    }

    /// <summary>The split of a patient, by name.</summary>
    internal static DataSplit SplitOf(string patient) => DataSplits.Of(RandomStream.For(DataSplits.Key, RandomStream.Key(patient)), 0.6, 0.2);

    private static IEnumerable<FolderEntry> EntriesOf(string folder, DataSplit split)
    {
        var path = Path.Combine(folder, split.FolderName());
        return HasPatients(path)
            ? Patients(path).SelectMany(patient => EntriesOf(split, patient))
            : [FolderEntry.Bad(split, path, "there is no patient with a nodule in this split", $"lay it out as {Layout}")];
    }

    // Any folder is asked whether it has patients, so what may not be listed has none; of a folder that is read, nothing may be lost so.
    private static bool HasPatients(string folder) =>
        Directory.Exists(folder) && Patients(folder, new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None }).Any();

    private static IEnumerable<string> Patients(string folder, EnumerationOptions? options = null)
    {
        options ??= new EnumerationOptions { IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };
        return Visible(Directory.EnumerateDirectories(folder, "*", options))
            .Where(patient => Directory.EnumerateDirectories(patient, NodulePattern, options).Any(nodule => Directory.Exists(Path.Combine(nodule, "images"))));
    }

    private static IEnumerable<FolderEntry> EntriesOf(DataSplit split, string patient)
    {
        var @case = Path.GetFileName(patient);
        foreach (var nodule in Visible(Directory.EnumerateDirectories(patient, NodulePattern)))
        {
            var imageFolder = Path.Combine(nodule, "images");
            string[] slices = Directory.Exists(imageFolder) ? [.. Slices(imageFolder)] : [];
            string[] masks = [.. Visible(Directory.EnumerateDirectories(nodule, "mask-*"))
                .OrderBy(mask => Path.GetFileName(mask).Length).ThenBy(mask => mask, StringComparer.Ordinal)];
            foreach (var slice in slices)
                yield return EntryOf(split, @case, $"{Path.GetFileName(nodule)}/{Path.GetFileNameWithoutExtension(slice)}", slice, masks);

            var known = slices.Select(Path.GetFileName).ToHashSet();
            foreach (var stray in masks.SelectMany(Slices).Where(mask => !known.Contains(Path.GetFileName(mask))))
                yield return FolderEntry.Bad(split, @case, stray, new DataProblem(
                    DataProblemKind.MissingImage, stray, "this mask has no image", $"add images/{Path.GetFileName(stray)} beside the folder of the mask, or remove the mask"));
        }
    }

    private static FolderEntry EntryOf(DataSplit split, string @case, string name, string slice, string[] masks)
    {
        if (masks.Length == 0)
            return FolderEntry.Bad(split, @case, name, new DataProblem(DataProblemKind.MissingGrader, slice, "this image has no masks", "add mask-0, mask-1 … beside the folder of the image"));
        for (var grader = 0; grader < masks.Length; grader++)
        {
            if (Path.GetFileName(masks[grader]) != string.Create(CultureInfo.InvariantCulture, $"mask-{grader}"))
                return FolderEntry.Bad(split, @case, name, new DataProblem(
                    DataProblemKind.MissingGrader, masks[grader], $"this folder is where mask-{grader} is missing", "number the folders of the masks from mask-0 upwards without a gap"));
            var mask = Path.Combine(masks[grader], Path.GetFileName(slice));
            if (!File.Exists(mask))
                return FolderEntry.Bad(split, @case, name, new DataProblem(
                    DataProblemKind.MissingGrader, mask, "this mask is missing", "add it, an empty one if the grader saw nothing, or remove the image"));
        }
        return new FolderEntry(split, @case, name, slice, [.. masks.Select(mask => Path.Combine(mask, Path.GetFileName(slice)))], []);
    }

    private static IEnumerable<string> Slices(string folder) =>
        Visible(Directory.EnumerateFiles(folder)).Where(file => Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Visible(IEnumerable<string> paths) =>
        paths.Where(path => !FolderListing.IsHidden(Path.GetFileName(path))).Order(StringComparer.Ordinal);
}
