namespace ProbUNet.Models.Data;

/// <summary>
/// Reads a folder of PNG files, eagerly and in parallel, so that a bad file is found before any training starts:
/// <c>&lt;split&gt;/images/&lt;case&gt;/&lt;name&gt;.png</c>, 8-bit grey or colour, with
/// <c>&lt;split&gt;/gt/&lt;case&gt;/&lt;name&gt;_l0.png</c>, <c>_l1.png</c> …, where a grader's background is 0 and foreground 255 (or 1).
/// The splits are <c>train</c>, <c>val</c> and <c>test</c>; images come in the ordinal order of case and name; other files are ignored.
/// </summary>
internal static class FolderReader
{
    /// <summary>The layout in words, for those whose folder does not have it.</summary>
    public const string Layout = "train, val and test, each with images/<case>/<name>.png and gt/<case>/<name>_l0.png, <name>_l1.png …";

    private static readonly DataSplit[] Splits = [DataSplit.Train, DataSplit.Validation, DataSplit.Test];

    /// <summary>Whether a folder looks like this layout: one of its splits has images.</summary>
    public static bool Recognizes(string folder) => Splits.Any(split => Directory.Exists(Path.Combine(folder, split.FolderName(), "images")));

    /// <summary>Reads all three splits.</summary>
    /// <param name="folder">The folder with the splits.</param>
    /// <param name="crop">What to cut out of the middle of each image, in pixels; all of it if null.</param>
    /// <exception cref="InputException">Names the first bad file, in the order of the images, and says how many more there are.</exception>
    public static GradedData Read(string folder, (int Height, int Width)? crop)
    {
        var entries = Splits.SelectMany(split => FolderListing.Of(folder, split)).ToList();
        var rows = new Row[entries.Count];
        Parallel.For(0, rows.Length, i => rows[i] = ReadRow(entries[i], crop));

        // The first image that can be read sets the shape of all, and the first split with a case keeps it.
        var shaped = Array.Find(rows, row => row.Image is not null);
        var homes = rows.GroupBy(row => row.Entry.Case).ToDictionary(@case => @case.Key, @case => @case.First().Entry.Split);
        var problems = rows.SelectMany(row => row.Problems.Concat(ShapeProblems(row, shaped)).Concat(CaseProblems(row, homes))).ToList();
        if (problems.Count > 0)
            throw First(problems);
        return new GradedData(folder, ImagesOf(DataSplit.Train), ImagesOf(DataSplit.Validation), ImagesOf(DataSplit.Test));

        GradedImage[] ImagesOf(DataSplit split) => [.. rows.Where(row => row.Entry.Split == split).Select(row => row.Image!)];
    }

    private static Row ReadRow(FolderEntry entry, (int Height, int Width)? crop)
    {
        if (entry.Problems.Count > 0)
            return new Row(entry, null, entry.Problems);
        var problems = new List<InputException>();
        var image = Attempt(() => PngFile.Read(entry.ImageFile), problems);
        if (image is not null && crop is { } wanted && (image.Height < wanted.Height || image.Width < wanted.Width))
            problems.Add(new InputException(
                entry.ImageFile,
                $"this image of {image.Height}x{image.Width} is smaller than the {wanted.Height}x{wanted.Width} that are to be cut out of it",
                $"take a network of at most {image.Height}x{image.Width} or remove the image"));
        var masks = entry.MaskFiles.Select(file => Attempt(() => ReadMask(file, entry.ImageFile, image), problems)).ToList();
        if (image is null || problems.Count > 0)
            return new Row(entry, null, problems);

        var (height, width) = crop ?? (image.Height, image.Width);
        BitMask[] graders = [.. masks.Select(mask => BitMask.From<byte>(height, width, mask!.CropCenter(height, width).Levels, level => level != 0))];
        var levels = image.CropCenter(height, width).Levels;
        return new Row(entry, GradedImage.FromLevels($"{entry.Case}/{entry.Name}", entry.Case, image.Channels, height, width, levels, graders), []);
    }

    private static Raster ReadMask(string file, string imageFile, Raster? image)
    {
        var mask = PngFile.Read(file);
        if (mask.Channels != 1 && !IsGrey(mask))
            throw new InputException(file, "this mask is coloured", "save it in grey, 0 for background and 255 for foreground");
        if (image is not null && (mask.Height, mask.Width) != (image.Height, image.Width))
            throw new InputException(
                file,
                $"this mask of {mask.Height}x{mask.Width} does not fit {imageFile} of {image.Height}x{image.Width}",
                "redraw it at the size of the image");
        var levels = mask.Levels.AsSpan(0, mask.Height * mask.Width);
        // Labels 0 and 1 are as clear as 0 and 255. Anything else is a grey level, or the label of another class.
        if (levels.IndexOfAnyExcept((byte)0, (byte)255) is var place and >= 0 && levels.ContainsAnyExcept((byte)0, (byte)1))
            throw new InputException(
                file,
                $"this mask has the level {levels[place]} at row {place / mask.Width}, column {place % mask.Width}",
                "save it with two levels, 0 for background and 255 for foreground");
        return mask with { Channels = 1, Levels = levels.ToArray() };
    }

    private static bool IsGrey(Raster raster)
    {
        var size = raster.Height * raster.Width;
        var red = raster.Levels.AsSpan(0, size);
        return red.SequenceEqual(raster.Levels.AsSpan(size, size)) && red.SequenceEqual(raster.Levels.AsSpan(2 * size, size));
    }

    private static T? Attempt<T>(Func<T> read, List<InputException> problems)
        where T : class
    {
        try
        {
            return read();
        }
        catch (InputException problem)
        {
            problems.Add(problem);
            return null;
        }
    }

    private static IEnumerable<InputException> ShapeProblems(Row row, Row? shaped)
    {
        if (row.Image is { } image && shaped?.Image is { } first && ShapeOf(image) != ShapeOf(first))
            yield return new InputException(
                row.Entry.ImageFile,
                $"the shape of this image is {ShapeOf(image)} and that of {shaped.Entry.ImageFile} is {ShapeOf(first)} (channels x rows x columns)",
                "give all images one size and save them all in grey or all in colour");
    }

    private static IEnumerable<InputException> CaseProblems(Row row, IReadOnlyDictionary<string, DataSplit> homes)
    {
        if (row.Entry.Case.Length > 0 && homes[row.Entry.Case] != row.Entry.Split)
            yield return new InputException(
                row.Entry.ImageFile,
                $"the case {row.Entry.Case} is in {homes[row.Entry.Case].FolderName()} too, so that a network would be judged on what it has learnt by heart",
                "keep all images of a case in one split, or rename the folder if it is another case");
    }

    private static string ShapeOf(GradedImage image) => $"{image.Channels}x{image.Height}x{image.Width}";

    private static InputException First(List<InputException> problems)
    {
        var first = problems[0];
        var others = problems.Select(problem => problem.Input).Distinct().Count() - 1;
        return others == 0
            ? first
            : new InputException(first.Input, first.Problem, $"{first.Remedy} ({others} more {(others == 1 ? "file" : "files")} cannot be used either)", first);
    }

    /// <summary>What became of an entry: an image, or the reasons why there is none, one a file.</summary>
    private sealed record Row(FolderEntry Entry, GradedImage? Image, IReadOnlyList<InputException> Problems);
}
