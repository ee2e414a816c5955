using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>
/// Reads a folder of PNG files with splits in it: <c>&lt;split&gt;/images/&lt;case&gt;/&lt;name&gt;.png</c>, grey or colour, with
/// <c>&lt;split&gt;/gt/&lt;case&gt;/&lt;name&gt;_l0.png</c>, <c>_l1.png</c> …, where a grader's background is 0 and foreground 255 (or 1).
/// The splits are <c>train</c>, <c>val</c> and <c>test</c>, each a folder or an archive <c>&lt;split&gt;.tar.gz</c> of what would be in it; images come in the
/// ordinal order of case and name; other files are ignored. The public crops of LIDC-IDRI (gs://hpunet-data/lidc_crops) have this layout.
/// </summary>
internal static class FolderReader
{
    /// <summary>The layout in words, for those whose folder does not have it.</summary>
    public const string Layout = "train, val and test, each with images/<case>/<name>.png and gt/<case>/<name>_l0.png, <name>_l1.png … (or each as <split>.tar.gz)";

    /// <summary>Whether a folder looks like this layout: one of its splits has images.</summary>
    public static bool Recognizes(string folder) => DataSplits.All.Any(split =>
        Directory.Exists(Path.Combine(folder, split.FolderName(), "images")) || File.Exists(FolderListing.ArchiveOf(folder, split)));

    /// <summary>Reads all three splits.</summary>
    /// <param name="folder">The folder with the splits.</param>
    /// <param name="crop">What to cut out of each image, in pixels; all of it if null.</param>
    /// <param name="storage">Where it is put.</param>
    public static DataReading Read(string folder, (int Height, int Width)? crop, Storage storage) =>
        GradedFiles.Read(folder, [.. DataSplits.All.SelectMany(split => FolderListing.Of(folder, split))], crop, storage, MaskForm.Binary);
}
