using System.Globalization;
using System.Text.RegularExpressions;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>An image and its masks as names of files, before any is opened.</summary>
/// <param name="Split">Where it belongs.</param>
/// <param name="Case">The folder of the image.</param>
/// <param name="Name">The image's file without extension.</param>
/// <param name="ImageFile">The path of the image.</param>
/// <param name="MaskFiles">The paths of the masks, by grader.</param>
/// <param name="Problems">Why it cannot be used, one a file; empty if nothing is wrong so far.</param>
internal sealed record FolderEntry(
    DataSplit Split, string Case, string Name, string ImageFile, IReadOnlyList<string> MaskFiles, IReadOnlyList<DataProblem> Problems)
{
    /// <summary>The archive in which the files are, as if they lay below it; nothing where they lie on the disk.</summary>
    public string? Archive { get; init; }

    /// <summary>What the image is called.</summary>
    public string FullName { get; init; } = $"{Case}/{Name}";

    /// <summary>The image at 0, and the masks behind it.</summary>
    public string FileOf(int slot) => slot == 0 ? ImageFile : MaskFiles[slot - 1];

    /// <summary>An entry that cannot be used, whose files need not be opened.</summary>
    public static FolderEntry Bad(DataSplit split, string @case, string name, params DataProblem[] problems) =>
        new(split, @case, name, problems[0].Input, [], problems);

    /// <summary>A whole split that cannot be used.</summary>
    public static FolderEntry Bad(DataSplit split, string place, string problem, string remedy) =>
        Bad(split, "", "", new DataProblem(DataProblemKind.Layout, place, problem, remedy));
}

/// <summary>Finds out which files of a folder belong together, and which do not fit.</summary>
internal static partial class FolderListing
{
    private const string LayoutRemedy = "lay it out as <split>/images/<case>/<name>.png and <split>/gt/<case>/<name>_l0.png …";

    /// <summary>Where a split lies as an archive.</summary>
    public static string ArchiveOf(string folder, DataSplit split) => Path.Combine(folder, $"{split.FolderName()}.tar.gz");

    /// <summary>
    /// The images of a split, in the ordinal order of case and name: of its folder, or of its archive where there is none. A folder that is missing or has no
    /// image, and an archive that cannot be read, are an entry that tells so.
    /// </summary>
    public static IReadOnlyList<FolderEntry> Of(string folder, DataSplit split)
    {
        var splitFolder = Path.Combine(folder, split.FolderName());
        var archive = ArchiveOf(folder, split);
        if (!Directory.Exists(splitFolder) && File.Exists(archive))
            return OfArchive(archive, split);
        var (imageFolder, maskFolder) = (Path.Combine(splitFolder, "images"), Path.Combine(splitFolder, "gt"));
        foreach (var needed in (ReadOnlySpan<string>)[splitFolder, imageFolder, maskFolder])
            if (!Directory.Exists(needed))
                return [FolderEntry.Bad(split, needed, "this folder is missing", LayoutRemedy)];
        var entries = Entries(split, PngFilesByCase(imageFolder), PngFilesByCase(maskFolder));
        return entries.Count > 0 ? entries : [FolderEntry.Bad(split, imageFolder, "there is no image in this folder", LayoutRemedy)];
    }

    private static IReadOnlyList<FolderEntry> OfArchive(string archive, DataSplit split)
    {
        IReadOnlyList<string> names;
        try
        {
            names = ArchiveReader.Names(archive, name => Path.GetExtension(name).Equals(".png", StringComparison.OrdinalIgnoreCase));
        }
        catch (InputException problem)
        {
            return [FolderEntry.Bad(split, "", "", DataProblem.Of(problem))];
        }
        // Its entries' names, as they would be on the disk below the archive: what an error names.
        var parts = names.Select(name => (Path: Path.Combine(archive, name), Parts: Parts(name, split)))
            .Where(file => file.Parts.Length is 2 or 3 && !Array.Exists(file.Parts, IsHidden)).ToList();
        var entries = Entries(split, ByCase("images"), ByCase("gt"));
        return entries.Count > 0
            ? [.. entries.Select(entry => entry with { Archive = archive })]
            : [FolderEntry.Bad(split, archive, "there is no image in this archive", "pack images/<case>/<name>.png and gt/<case>/<name>_l0.png … into it")];

        Dictionary<string, string[]> ByCase(string kind) => parts.Where(file => file.Parts[0] == kind)
            .GroupBy(file => file.Parts.Length == 3 ? file.Parts[1] : "")
            .ToDictionary(@case => @case.Key, @case => @case.Select(file => file.Path).Order(StringComparer.Ordinal).ToArray());

        // Some pack the split's folder, and some what is in it.
        static string[] Parts(string name, DataSplit split)
        {
            var parts = name.Split('/');
            return parts[0] == split.FolderName() ? parts[1..] : parts;
        }
    }

    private static IReadOnlyList<FolderEntry> Entries(DataSplit split, Dictionary<string, string[]> images, Dictionary<string, string[]> masks) =>
    [
        .. images.Keys.Union(masks.Keys).Order(StringComparer.Ordinal)
            .SelectMany(@case => EntriesOf(split, @case, images.GetValueOrDefault(@case, []), masks.GetValueOrDefault(@case, []))),
    ];

    /// <summary>PNG files by the folder in which they lie; those outside the folder of any case have the case "".</summary>
    private static Dictionary<string, string[]> PngFilesByCase(string folder) =>
        Directory.EnumerateDirectories(folder)
            .Select(@case => (Name: Path.GetFileName(@case), Files: PngFiles(@case)))
            .Append((Name: "", Files: PngFiles(folder)))
            .Where(@case => @case.Files.Length > 0 && !IsHidden(@case.Name))
            .ToDictionary(@case => @case.Name, @case => @case.Files);

    private static string[] PngFiles(string folder) =>
    [
        .. Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase) && !IsHidden(Path.GetFileName(file)))
            .Order(StringComparer.Ordinal),
    ];

    // What is hidden belongs to the system: macOS writes ._x.png beside x.png on foreign disks.
    internal static bool IsHidden(string name) => name.StartsWith('.');

    private static IEnumerable<FolderEntry> EntriesOf(DataSplit split, string @case, string[] images, string[] masks)
    {
        if (@case.Length == 0)
            return images.Concat(masks).Select(stray => FolderEntry.Bad(
                split, @case, Path.GetFileName(stray),
                new DataProblem(DataProblemKind.Layout, stray, "this file lies outside the folder of any case", "move it to <case>/<name>.png")));

        var graded = masks.Select(file => (File: file, Match: GraderSuffix().Match(Path.GetFileNameWithoutExtension(file)))).ToList();
        var masksOf = graded.Where(mask => mask.Match.Success)
            .ToLookup(mask => mask.Match.Groups["name"].Value, mask => (mask.File, Number: mask.Match.Groups["grader"].Value));
        var imagesOf = images.ToLookup(file => Path.GetFileNameWithoutExtension(file));
        var nameless = graded.Where(mask => !mask.Match.Success).Select(mask => FolderEntry.Bad(
            split, @case, Path.GetFileName(mask.File),
            new DataProblem(DataProblemKind.Layout, mask.File, "the name of this mask lacks the grader's number", "name it <name>_l0.png, <name>_l1.png …")));
        return imagesOf.Select(image => image.Key).Union(masksOf.Select(mask => mask.Key))
            .Select(name => EntryOf(split, @case, name, [.. imagesOf[name]], [.. masksOf[name]]))
            .Concat(nameless)
            .OrderBy(entry => entry.Name, StringComparer.Ordinal);
    }

    private static FolderEntry EntryOf(DataSplit split, string @case, string name, string[] images, (string File, string Number)[] masks)
    {
        if (images.Length == 0)
            return FolderEntry.Bad(
                split, @case, name,
                [.. masks.Select(mask => new DataProblem(DataProblemKind.MissingImage, mask.File, "this mask has no image", $"add images/{@case}/{name}.png or remove the mask"))]);
        if (images.Length > 1)
            return FolderEntry.Bad(split, @case, name, new DataProblem(DataProblemKind.Layout, images[1], $"{Path.GetFileName(images[0])} has the same name", "rename one of them"));
        if (masks.Length == 0)
            return FolderEntry.Bad(split, @case, name, new DataProblem(DataProblemKind.MissingGrader, images[0], "this image has no masks", $"add gt/{@case}/{name}_l0.png … or remove the image"));

        // Numbers without leading zeros, in numerical order: the shorter is the smaller.
        (string File, string Number)[] ordered = [.. masks.OrderBy(mask => mask.Number.Length).ThenBy(mask => mask.Number, StringComparer.Ordinal)];
        for (var grader = 0; grader < ordered.Length; grader++)
            if (ordered[grader].Number != grader.ToString(CultureInfo.InvariantCulture))
                return FolderEntry.Bad(split, @case, name, new DataProblem(
                    DataProblemKind.MissingGrader,
                    ordered[grader].File,
                    $"this is grader {ordered[grader].Number} where grader {grader} is missing",
                    $"add {name}_l{grader}.png, or number the masks of {name} from _l0 upwards without a gap"));
        return new FolderEntry(split, @case, name, images[0], [.. ordered.Select(mask => mask.File)], []);
    }

    [GeneratedRegex("^(?<name>.+)_l(?<grader>[0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex GraderSuffix();
}
