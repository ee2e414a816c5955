using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>
/// Reads images and the binary masks of their graders, eagerly and in parallel, so that a bad file is found before any training starts. Which files
/// they are is for a layout to say.
/// </summary>
internal static class GradedFiles
{
    // Of a size that is asked for, training sees this much more, to cut random windows out of: the paper's 180 pixels for 128 (appendix H.1).
    private const double TrainingMargin = 180.0 / 128;

    /// <summary>Reads all images.</summary>
    /// <param name="name">What the data are called.</param>
    /// <param name="entries">The files, in the order of the images.</param>
    /// <param name="crop">
    /// What to cut out of the middle of each image, in pixels; all of it if null. Images to train on keep a margin of up to 26 pixels in 128 on every
    /// side as their <see cref="GradedImage.Whole"/>.
    /// </param>
    /// <exception cref="InputException">Names the first bad file, in the order of the images, and says how many more there are.</exception>
    public static GradedData Read(string name, IReadOnlyList<FolderEntry> entries, (int Height, int Width)? crop)
    {
        var rows = new Row[entries.Count];
        Parallel.For(0, rows.Length, i => rows[i] = ReadRow(entries[i], crop));

        // The first image that can be read sets the shape of all, and the first split with a case keeps it.
        var shaped = Array.Find(rows, row => row.Image is not null);
        var homes = rows.GroupBy(row => row.Entry.Case).ToDictionary(@case => @case.Key, @case => @case.First().Entry.Split);
        var problems = rows.SelectMany(row => row.Problems.Concat(ShapeProblems(row, shaped)).Concat(CaseProblems(row, homes))).ToList();
        if (problems.Count > 0)
            throw First(problems);
        return new GradedData(name, ImagesOf(DataSplit.Train), ImagesOf(DataSplit.Validation), ImagesOf(DataSplit.Test));

        GradedImage[] ImagesOf(DataSplit split) => [.. rows.Where(row => row.Entry.Split == split).Select(row => row.Image!)];
    }

    private static Row ReadRow(FolderEntry entry, (int Height, int Width)? crop)
    {
        if (entry.Problems.Count > 0)
            return new Row(entry, null, entry.Problems);
        var problems = new List<InputException>();
        var image = Attempt(() => PngFile.Decode(entry.ImageFile, entry.Open(entry.ImageFile)), problems);
        if (image is not null && crop is { } wanted && (image.Height < wanted.Height || image.Width < wanted.Width))
            problems.Add(new InputException(
                entry.ImageFile,
                $"this image of {image.Height}x{image.Width} is smaller than the {wanted.Height}x{wanted.Width} that are to be cut out of it",
                $"take a network and a size (--size) of at most {image.Height}x{image.Width} or remove the image"));
        var masks = entry.MaskFiles.Select(file => Attempt(() => ReadMask(file, entry, image), problems)).ToList();
        if (image is null || problems.Count > 0)
            return new Row(entry, null, problems);

        var (height, width) = crop is { } size ? Kept(entry.Split, size, image) : (image.Height, image.Width);
        BitMask[] graders = [.. masks.Select(mask => BitMask.From<byte>(height, width, mask!.CropCenter(height, width).Levels, level => level != 0))];
        var levels = image.CropCenter(height, width).Levels;
        var whole = new GradedImage($"{entry.Case}/{entry.Name}", entry.Case, ImagePixels.FromLevels(image.Channels, height, width, levels), new Grading.ByGraders(graders));
        return new Row(entry, crop is { } middle ? GradedImage.MiddleOf(whole, middle.Height, middle.Width) : whole, []);
    }

    /// <summary>How much of an image is kept: what is asked for, and for training a margin around it.</summary>
    private static (int Height, int Width) Kept(DataSplit split, (int Height, int Width) size, Raster image)
    {
        return split == DataSplit.Train ? (With(size.Height, image.Height), With(size.Width, image.Width)) : size;

        static int With(int side, int whole)
        {
            var margin = Math.Min((int)Math.Ceiling(side * TrainingMargin), whole) - side;
            // Odd margins inside and outside would each be rounded down, and the middle of the middle would not be the middle of all.
            return side + (margin % 2 != 0 && (whole - side) % 2 == 0 ? margin - 1 : margin);
        }
    }

    private static Raster ReadMask(string file, FolderEntry entry, Raster? image)
    {
        var mask = PngFile.Decode(file, entry.Open(file));
        if (mask.Channels != 1 && !IsGrey(mask))
            throw new InputException(file, "this mask is coloured", "save it in grey, 0 for background and 255 for foreground");
        if (image is not null && (mask.Height, mask.Width) != (image.Height, image.Width))
            throw new InputException(
                file,
                $"this mask of {mask.Height}x{mask.Width} does not fit {entry.ImageFile} of {image.Height}x{image.Width}",
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

    /// <summary>The first of several problems, with the number of other files that have one.</summary>
    public static InputException First(IReadOnlyList<InputException> problems)
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
