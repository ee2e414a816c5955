using ProbUNet.Models.Data;
using ProbUNet.Models.Sources.Files;
using ProbUNet.Models.Sources.Synthetic;

namespace ProbUNet.Models.Sources;

/// <summary>Opens data by name: a synthetic task, or a folder in any known layout.</summary>
public static class DataSource
{
    private const string SyntheticPrefix = "synthetic:";

    /// <summary>Pixels whose three channels one array can hold.</summary>
    private static readonly int LargestImage = Array.MaxLength / 3;

    /// <summary>What can be opened without any file: the height and width are in pixels.</summary>
    private static readonly (string Name, Func<(int Height, int Width)?, GradedData> Draw)[] Tasks =
    [
        (SyntheticLesions.Name, size => size is { } wanted ? SyntheticLesions.Draw(wanted.Height, wanted.Width) : SyntheticLesions.Draw()),
        (SyntheticStreets.Name, size => size is { } wanted ? SyntheticStreets.Draw(wanted.Height, wanted.Width) : SyntheticStreets.Draw()),
    ];

    /// <summary>The layouts that a folder may have. The first that recognizes it reads it.</summary>
    private static readonly (string Layout, Func<string, bool> Recognizes, Func<string, (int Height, int Width)?, Storage, DataReading> Read)[] Layouts =
    [
        (DescribedReader.Layout, DescribedReader.Recognizes, DescribedReader.Read),
        (FolderReader.Layout, FolderReader.Recognizes, FolderReader.Read),
        (CityscapesReader.Layout, CityscapesReader.Recognizes, CityscapesReader.Read),
        (NoduleReader.Layout, NoduleReader.Recognizes, NoduleReader.Read),
    ];

    /// <summary>Opens data at the size they have; a synthetic task at its default size, and Cityscapes at 256x512.</summary>
    /// <param name="source"><c>synthetic:lesions</c>, <c>synthetic:streets</c>, or a folder in a known layout.</param>
    /// <param name="memory">How much of it is held in memory, and where the rest lies.</param>
    /// <returns>All images, in [0, 1], and segmentations.</returns>
    /// <exception cref="InputException">Something cannot be used; the message names the first such file, in order, and the remedy.</exception>
    public static GradedData Open(string source, DataMemory? memory = null) => Read(source, null, memory).Data();

    /// <summary>
    /// Opens data at the size a network takes: the middle is cut out of images and masks alike; a synthetic task is drawn at that size. Only
    /// Cityscapes is resampled. Images to train on remember a margin around the middle (<see cref="GradedImage.Whole"/>), as the paper's 180 pixels for 128,
    /// so that training sees random windows.
    /// </summary>
    /// <param name="source"><c>synthetic:lesions</c>, <c>synthetic:streets</c>, or a folder in a known layout.</param>
    /// <param name="height">Rows; at least 1.</param>
    /// <param name="width">Columns; at least 1.</param>
    /// <param name="memory">How much of it is held in memory, and where the rest lies.</param>
    /// <returns>All images, in [0, 1], and segmentations.</returns>
    /// <exception cref="InputException">
    /// There are no rows or columns, or more pixels than an array can hold; or something cannot be used, for instance an image smaller than that: its message names the first such
    /// file, in the order of the images, and the remedy.
    /// </exception>
    public static GradedData Open(string source, int height, int width, DataMemory? memory = null)
    {
        InputException.Refuse(height < 1, "The height of the data", height, "1 or more");
        InputException.Refuse(width < 1, "The width of the data", width, "1 or more");
        InputException.Refuse(width > LargestImage / height, "The size of the data", $"{height}x{width}", $"{LargestImage} pixels or fewer");
        return Read(source, (height, width), memory).Data();
    }

    /// <summary>What is drawn: the names of the synthetic tasks.</summary>
    internal static IEnumerable<string> TaskNames => Tasks.Select(task => task.Name);

    /// <summary>Whether a folder looks like a data set in a known layout. What cannot be looked at does not: it may be anybody's, where others make and remove things meanwhile.</summary>
    internal static bool IsSet(string folder)
    {
        try
        {
            return Array.Exists(Layouts, layout => layout.Recognizes(folder));
        }
        catch (Exception error) when (Disk.IsRefusal(error))
        {
            return false;
        }
    }

    /// <summary>Whether a source names what is drawn, and no folder.</summary>
    internal static bool IsSynthetic(string source) => source.StartsWith(SyntheticPrefix, StringComparison.Ordinal);

    /// <summary>One pass over data: what there is, and what is wrong with it.</summary>
    /// <exception cref="InputException">There is nothing that could be read.</exception>
    internal static DataReading Read(string source, (int Height, int Width)? size, DataMemory? memory)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (IsSynthetic(source))
            return Array.Find(Tasks, task => task.Name == source) is { Draw: { } draw }
                ? DataReading.Of(draw(size))
                : throw new InputException(source, "there is no such synthetic task", $"use {string.Join(" or ", TaskNames)}");
        source = Path.TrimEndingDirectorySeparator(source);   // so that its last part is a name
        if (File.Exists(source))
            throw ForeignFormat.OfName(source) is { } format ? new InputException(source, $"{format} files are not read", ForeignFormat.Remedy) : new InputException(source, "this is a file, not a folder", $"name a folder {InKnownLayout}");
        if (!Directory.Exists(source))
            throw new InputException(source, "there is no such folder", $"name one {InKnownLayout}, or use {string.Join(" or ", TaskNames)}");
        try
        {
            return Array.Find(Layouts, layout => layout.Recognizes(source)) is { Read: { } read } ? read(source, size, new Storage(memory ?? new DataMemory())) : throw Unrecognized(source);
        }
        catch (Exception error) when (Disk.IsRefusal(error))
        {
            throw new InputException(source, $"the folder cannot be listed ({Disk.Reason(error)})", "check that you may read all of it", error);
        }
    }

    /// <summary>For who has named no folder; who has named one of another layout is told the layouts themselves.</summary>
    private const string InKnownLayout = "in one of the layouts of docs/data.md";

    // The description last: it is for what has none of the other layouts.
    private static string Known => string.Join(", or ", Layouts.Skip(1).Append(Layouts[0]).Select(layout => layout.Layout));

    private static InputException Unrecognized(string folder)
    {
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
            return new InputException(folder, "this folder is empty", $"put there {Known}");
        // Whoever names one split means the set around it.
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (parent is not null && IsSet(parent))
            return new InputException(folder, "this is a part of a data set", $"name the whole of it, {parent}");
        if (ForeignFormat.In(folder).OrderBy(file => file.Path, StringComparer.Ordinal).FirstOrDefault() is { Format: { } format } found)
            return new InputException(folder, $"it holds {format} files, which are not read ({Path.GetRelativePath(folder, found.Path)})", ForeignFormat.Remedy);
        return new InputException(folder, "this folder has no known layout", $"put there {Known}");
    }
}
