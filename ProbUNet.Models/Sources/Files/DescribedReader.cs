using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>Reads a folder that a <c>dataset.json</c> in it describes: patterns that say where images and masks are, how cases are split, and what classes there are.</summary>
internal static class DescribedReader
{
    /// <summary>The layout in words.</summary>
    public const string Layout = "a dataset.json that says where images and masks are (docs/data.md)";

    /// <summary>Whether a folder has a description.</summary>
    public static bool Recognizes(string folder) => File.Exists(Path.Combine(folder, DatasetJson.FileName));

    /// <summary>Reads all images, in the ordinal order of case and name.</summary>
    /// <param name="folder">The folder with the description.</param>
    /// <param name="crop">What to cut out of each image, in pixels; all of it if null.</param>
    /// <param name="storage">Where it is put.</param>
    /// <exception cref="InputException">The description cannot be used.</exception>
    public static DataReading Read(string folder, (int Height, int Width)? crop, Storage storage)
    {
        var path = Path.Combine(folder, DatasetJson.FileName);
        var description = DatasetJson.Read(path);
        return GradedFiles.Read(folder, [.. Entries(folder, path, description)], crop, storage, description.Form);
    }

    private static IEnumerable<FolderEntry> Entries(string folder, string path, DatasetJson description)
    {
        var masks = Found(folder, description.Masks).ToLookup(file => file.Key);
        var graded = masks.SelectMany(group => group).Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        // A name may fit both patterns, x_mask1.png an image's too: it is a mask then.
        var images = Found(folder, description.Images).Where(file => !graded.Contains(file.Path)).ToLookup(file => file.Key);
        var entries = images.Select(image => image.Key).Union(masks.Select(mask => mask.Key))
            .Select(key => (Split: SplitOf(description.Splits, key), Key: key)).ToList();

        foreach (var problem in description.Problems)
            yield return FolderEntry.Bad(DataSplit.Train, "", "", problem);
        // Where no file fits, it is the pattern that is at fault, and none of the files.
        foreach (var (key, pattern, none, others) in new[] { ("images", description.Images, images.Count == 0, masks.Count), ("masks", description.Masks, masks.Count == 0, images.Count) })
            if (none && others > 0)
            {
                yield return FolderEntry.Bad(DataSplit.Train, "", "", new DataProblem(
                    DataProblemKind.Layout, path, $"no file fits the pattern of {key}, \"{pattern.Text}\"", $"look whether it is right, or add {key} that it fits"));
                yield break;
            }

        foreach (var split in DataSplits.All)
        {
            var any = false;
            foreach (var (_, key) in entries.Where(entry => entry.Split == split).OrderBy(entry => entry.Key.Case, StringComparer.Ordinal).ThenBy(entry => entry.Key.Image, StringComparer.Ordinal))
            {
                any = true;
                yield return EntryOf(folder, split, key, images[key].FirstOrDefault()?.Path, [.. masks[key].OrderBy(mask => mask.Grader.Length).ThenBy(mask => mask.Grader, StringComparer.Ordinal)], description);
            }
            if (!any)
                yield return FolderEntry.Bad(split, path, $"there is no image in the split {split.FolderName()}", description.Splits is CaseSplits.ByHash
                    ? "take other shares or another seed"
                    : $"look whether \"{description.Images.Text}\" is where images are, and what splits says");
        }
        foreach (var problem in Unused(folder, path, description.Splits, [.. entries.Select(entry => entry.Key)]))
            yield return FolderEntry.Bad(DataSplit.Train, "", "", problem);
    }

    private static FolderEntry EntryOf(string folder, DataSplit split, FileKey key, string? image, FoundFile[] masks, DatasetJson description)
    {
        string Of(string file) => Path.Combine(folder, file);
        if (image is null)
            return FolderEntry.Bad(split, key.Case, key.Image, [.. masks.Select(mask => new DataProblem(
                DataProblemKind.MissingImage, Of(mask.Path), "this mask has no image", $"add the image as \"{description.Images.Text}\" says, or remove the mask"))]);
        if (masks.Length == 0)
            return FolderEntry.Bad(split, key.Case, key.Image, new DataProblem(
                DataProblemKind.MissingGrader, Of(image), "this image has no masks", $"add them as \"{description.Masks.Text}\" says, or remove the image"));
        return new FolderEntry(split, key.Case, key.Image, Of(image), [.. masks.Select(mask => Of(mask.Path))], [])
        {
            FullName = key.FullName,
        };
    }

    private static DataSplit? SplitOf(CaseSplits splits, FileKey key) => splits switch
    {
        CaseSplits.ByFolder folders => folders.Names.TryGetValue(key.Split, out var split) ? split : null,
        CaseSplits.ByList lists => lists.Cases.TryGetValue(key.Case, out var split) ? split : null,
        CaseSplits.ByHash hash => hash.Of(key.Case),
        _ => throw new InvalidOperationException("Splits are of one of three kinds."),
    };

    /// <summary>Cases that are listed and not there, which is an error, and cases that are there and not listed, which may be meant.</summary>
    private static IEnumerable<DataProblem> Unused(string folder, string path, CaseSplits splits, IReadOnlyList<FileKey> keys)
    {
        if (splits is CaseSplits.ByFolder folders)
            return keys.Select(key => key.Split).Distinct().Where(name => !folders.Names.ContainsKey(name)).Order(StringComparer.Ordinal).Select(name => new DataProblem(
                DataProblemKind.UnusedCase, folder, $"what lies in the split {name} is not read", $"name it in splits if it is one of {string.Join(", ", folders.Names.Keys)}"));
        if (splits is not CaseSplits.ByList lists)
            return [];
        var there = keys.Select(key => key.Case).ToHashSet(StringComparer.Ordinal);
        return lists.Cases.Where(pair => !there.Contains(pair.Key))
            .Select(pair => new DataProblem(DataProblemKind.Layout, path, $"splits.{pair.Value.FolderName()} lists the case {pair.Key}, of which there is nothing", "take it out of the list, or add its files"))
            .Concat(there.Where(@case => !lists.Cases.ContainsKey(@case)).Order(StringComparer.Ordinal).Select(@case => new DataProblem(
                DataProblemKind.UnusedCase, path, $"the case {@case} is in none of the lists of splits, and is not read", "add it to one of them if it should be")));
    }

    private static IEnumerable<FoundFile> Found(string folder, FilePattern pattern)
    {
        foreach (var file in pattern.Files(folder))
        {
            var parts = pattern.Match(file)!;
            string Of(string name) => parts.GetValueOrDefault(name, "");
            yield return new FoundFile(file, new FileKey(Of("split"), Of("case"), Of("image")), Of("grader"));
        }
    }

    /// <summary>What tells an image from others; empty where the pattern does not say.</summary>
    private readonly record struct FileKey(string Split, string Patient, string Image)
    {
        /// <summary>Without patients, each image is a case of its own.</summary>
        public string Case => Patient.Length > 0 ? Patient : Image;

        /// <summary>What the image is called.</summary>
        public string FullName => Patient.Length == 0 || Image.Length == 0 ? Case : $"{Patient}/{Image}";
    }

    private sealed record FoundFile(string Path, FileKey Key, string Grader);
}
