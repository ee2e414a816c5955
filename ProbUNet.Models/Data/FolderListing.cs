using System.Globalization;
using System.Text.RegularExpressions;

namespace ProbUNet.Models.Data;

/// <summary>An image and its masks as names of files, before any is opened.</summary>
/// <param name="Split">Where it belongs.</param>
/// <param name="Case">The folder of the image.</param>
/// <param name="Name">The image's file without extension.</param>
/// <param name="ImageFile">The path of the image.</param>
/// <param name="MaskFiles">The paths of the masks, by grader.</param>
/// <param name="Problems">Why it cannot be used, one a file; empty if nothing is wrong so far.</param>
internal sealed record FolderEntry(
    DataSplit Split, string Case, string Name, string ImageFile, IReadOnlyList<string> MaskFiles, IReadOnlyList<InputException> Problems);

/// <summary>Finds out which files of a folder belong together, and which do not fit.</summary>
internal static partial class FolderListing
{
    private const string LayoutRemedy = "lay it out as <split>/images/<case>/<name>.png and <split>/gt/<case>/<name>_l0.png …";

    /// <summary>The images of a split, in the ordinal order of case and name.</summary>
    /// <exception cref="InputException">A folder is missing or has no image.</exception>
    public static IReadOnlyList<FolderEntry> Of(string folder, DataSplit split)
    {
        var splitFolder = Path.Combine(folder, split.FolderName());
        var (imageFolder, maskFolder) = (Path.Combine(splitFolder, "images"), Path.Combine(splitFolder, "gt"));
        foreach (var needed in (ReadOnlySpan<string>)[splitFolder, imageFolder, maskFolder])
            if (!Directory.Exists(needed))
                throw new InputException(needed, "this folder is missing", LayoutRemedy);
        var (images, masks) = (PngFilesByCase(imageFolder), PngFilesByCase(maskFolder));
        FolderEntry[] entries =
        [
            .. images.Keys.Union(masks.Keys).Order(StringComparer.Ordinal)
                .SelectMany(@case => EntriesOf(split, @case, images.GetValueOrDefault(@case, []), masks.GetValueOrDefault(@case, []))),
        ];
        return entries.Length > 0 ? entries : throw new InputException(imageFolder, "there is no image in this folder", LayoutRemedy);
    }

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
    private static bool IsHidden(string name) => name.StartsWith('.');

    private static IEnumerable<FolderEntry> EntriesOf(DataSplit split, string @case, string[] images, string[] masks)
    {
        if (@case.Length == 0)
            return images.Concat(masks).Select(stray => Bad(
                split, @case, Path.GetFileName(stray),
                new InputException(stray, "this file lies outside the folder of any case", "move it to <case>/<name>.png")));

        var graded = masks.Select(file => (File: file, Match: GraderSuffix().Match(Path.GetFileNameWithoutExtension(file)))).ToList();
        var masksOf = graded.Where(mask => mask.Match.Success)
            .ToLookup(mask => mask.Match.Groups["name"].Value, mask => (mask.File, Number: mask.Match.Groups["grader"].Value));
        var imagesOf = images.ToLookup(file => Path.GetFileNameWithoutExtension(file));
        var nameless = graded.Where(mask => !mask.Match.Success).Select(mask => Bad(
            split, @case, Path.GetFileName(mask.File),
            new InputException(mask.File, "the name of this mask lacks the grader's number", "name it <name>_l0.png, <name>_l1.png …")));
        return imagesOf.Select(image => image.Key).Union(masksOf.Select(mask => mask.Key))
            .Select(name => EntryOf(split, @case, name, [.. imagesOf[name]], [.. masksOf[name]]))
            .Concat(nameless)
            .OrderBy(entry => entry.Name, StringComparer.Ordinal);
    }

    private static FolderEntry EntryOf(DataSplit split, string @case, string name, string[] images, (string File, string Number)[] masks)
    {
        if (images.Length == 0)
            return Bad(
                split, @case, name,
                [.. masks.Select(mask => new InputException(mask.File, "this mask has no image", $"add images/{@case}/{name}.png or remove the mask"))]);
        if (images.Length > 1)
            return Bad(split, @case, name, new InputException(images[1], $"{Path.GetFileName(images[0])} has the same name", "rename one of them"));
        if (masks.Length == 0)
            return Bad(split, @case, name, new InputException(images[0], "this image has no masks", $"add gt/{@case}/{name}_l0.png … or remove the image"));

        // Numbers without leading zeros, in numerical order: the shorter is the smaller.
        (string File, string Number)[] ordered = [.. masks.OrderBy(mask => mask.Number.Length).ThenBy(mask => mask.Number, StringComparer.Ordinal)];
        for (var grader = 0; grader < ordered.Length; grader++)
            if (ordered[grader].Number != grader.ToString(CultureInfo.InvariantCulture))
                return Bad(split, @case, name, new InputException(
                    ordered[grader].File,
                    $"this is grader {ordered[grader].Number} where grader {grader} is missing",
                    $"add {name}_l{grader}.png, or number the masks of {name} from _l0 upwards without a gap"));
        return new FolderEntry(split, @case, name, images[0], [.. ordered.Select(mask => mask.File)], []);
    }

    private static FolderEntry Bad(DataSplit split, string @case, string name, params InputException[] problems) =>
        new(split, @case, name, problems[0].Input, [], problems);

    [GeneratedRegex("^(?<name>.+)_l(?<grader>[0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex GraderSuffix();
}
