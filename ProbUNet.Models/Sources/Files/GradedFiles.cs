using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>
/// Reads images and the masks of their graders, all of them and in parallel, so that a bad file is found before any training starts. Which files they are
/// is for a layout to say. Each file is decoded by itself, wherever it comes from and in any order, and put away at once.
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
    /// <param name="storage">Where it is put.</param>
    /// <param name="form">What the levels of masks mean.</param>
    /// <exception cref="InputException">An archive changes while it is read, or there is no room.</exception>
    public static DataReading Read(string name, IReadOnlyList<FolderEntry> entries, (int Height, int Width)? crop, Storage storage, MaskForm form)
    {
        // Of each entry the image, and behind it the masks.
        Part?[][] parts = [.. entries.Select(entry => new Part?[entry.Problems.Count > 0 ? 0 : 1 + entry.MaskFiles.Count])];
        Each.InParallel(entries.Count, i =>
        {
            if (entries[i].Archive is null)
                for (var slot = 0; slot < parts[i].Length; slot++)
                    parts[i][slot] = ReadPart(entries[i], slot, () => PngFile.BytesOf(entries[i].FileOf(slot)));
        });
        foreach (var archive in Enumerable.Range(0, entries.Count).Where(i => entries[i].Archive is not null).GroupBy(i => entries[i].Archive!))
        {
            var places = archive.SelectMany(i => Enumerable.Range(0, parts[i].Length).Select(slot => (Entry: i, Slot: slot)))
                .ToDictionary(place => entries[place.Entry].FileOf(place.Slot));
            ArchiveReader.Visit(archive.Key, file => places.ContainsKey(Path.Combine(archive.Key, file)), (file, bytes) =>
            {
                var (entry, slot) = places[Path.Combine(archive.Key, file)];
                parts[entry][slot] = ReadPart(entries[entry], slot, bytes);
            });
            if (archive.Any(i => parts[i].Contains(null)))
                throw new InputException(archive.Key, "this archive changed while it was read", "read it when nobody writes to it");
        }

        Row[] rows = [.. entries.Zip(parts, (entry, read) => Assemble(entry, [.. read.Select(part => part!)], crop, form))];
        // The first image that can be read sets the shape of all, and the first split with a case keeps it.
        var shaped = Array.Find(rows, row => row.Image is not null);
        var homes = rows.GroupBy(row => row.Entry.Case).ToDictionary(@case => @case.Key, @case => @case.First().Entry.Split);
        return new DataReading(
            name,
            [.. rows.Where(row => row.Image is not null).Select(row => (row.Entry.Split, row.Image!))],
            [.. rows.SelectMany(row => row.Problems.Concat(ShapeProblems(row, shaped)).Concat(CaseProblems(row, homes)))])
        { Classes = form.Classes };

        Part ReadPart(FolderEntry entry, int slot, Func<byte[]> bytes)
        {
            var file = entry.FileOf(slot);
            Raster raster;
            try
            {
                raster = PngFile.Decode(file, bytes());
            }
            catch (InputException problem)
            {
                return new Part(null, null, null, DataProblem.Of(problem));
            }
            var part = new Part(raster with { Levels = [] }, null, null, slot == 0 ? null : form.ProblemOf(file, raster));
            if (part.Problem is not null || IsTooSmall(raster, crop))
                return part;
            var (height, width) = crop is { } size ? Kept(entry.Split, size, raster) : (raster.Height, raster.Width);
            var kept = raster.CropCenter(height, width);
            return slot == 0 ? part with { Pixels = storage.Keep(kept) } : part with { Drawn = storage.Keep(form.Read(kept.Grey)) };
        }
    }

    private static Row Assemble(FolderEntry entry, Part[] parts, (int Height, int Width)? crop, MaskForm form)
    {
        if (entry.Problems.Count > 0)
            return new Row(entry, null, entry.Problems);
        var (image, masks) = (parts[0], parts[1..]);
        var problems = new List<DataProblem>();
        if (image.Problem is { } unreadable)
            problems.Add(unreadable);
        if (image.Read is { } read && IsTooSmall(read, crop))
            problems.Add(new DataProblem(
                DataProblemKind.TooSmall,
                entry.ImageFile,
                $"this image of {read.Height}x{read.Width} is smaller than the {crop!.Value.Height}x{crop.Value.Width} that are to be cut out of it",
                $"take a network and a size (--size) of at most {read.Height}x{read.Width} or remove the image"));
        foreach (var (mask, file) in masks.Zip(entry.MaskFiles))
        {
            if (mask.Read is { } drawn && image.Read is { } of && (drawn.Height, drawn.Width) != (of.Height, of.Width))
                problems.Add(new DataProblem(
                    DataProblemKind.MaskSize,
                    file,
                    $"this mask of {drawn.Height}x{drawn.Width} does not fit {entry.ImageFile} of {of.Height}x{of.Width}",
                    "redraw it at the size of the image"));
            else if (mask.Problem is { } problem)
                problems.Add(problem);
        }
        if (problems.Count == 0 && form.Ignored is not null && IgnoringOthers(masks) is > 0 and var stranger)
            problems.Add(new DataProblem(
                DataProblemKind.MaskLevels, entry.MaskFiles[stranger], $"this mask ignores other pixels than {entry.MaskFiles[0]}", "ignore the same pixels in all masks of an image"));
        if (problems.Count > 0)
            return new Row(entry, null, problems);

        StoredSegmentation[] graders = [.. masks.Select(mask => mask.Drawn!)];
        Grading Grade() => new Grading.ByGraders([.. graders.Select(grader => grader.Load())]);
        var whole = Array.TrueForAll(graders, grader => grader.IsHeld)
            ? new GradedImage(entry.FullName, entry.Case, image.Pixels!, Grade(), form.Classes)
            : new GradedImage(entry.FullName, entry.Case, image.Pixels!, Grade, form.Classes);
        return new Row(entry, crop is { } middle ? GradedImage.MiddleOf(whole, middle.Height, middle.Width) : whole, []);
    }

    private static bool IsTooSmall(Raster image, (int Height, int Width)? crop) => crop is { } wanted && (image.Height < wanted.Height || image.Width < wanted.Width);

    /// <summary>The place of the first mask that ignores other pixels than the first; −1 where there is none.</summary>
    private static int IgnoringOthers(Part[] masks)
    {
        var labelled = masks[0].Drawn!.Load().Labelled;
        return Array.FindIndex(masks, mask => !mask.Drawn!.Load().Labelled.Equals(labelled));
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

    private static IEnumerable<DataProblem> ShapeProblems(Row row, Row? shaped)
    {
        if (row.Image is { } image && shaped?.Image is { } first && ShapeOf(image) != ShapeOf(first))
            yield return new DataProblem(
                image.Channels == first.Channels ? DataProblemKind.ImageSize : DataProblemKind.ImageChannels,
                row.Entry.ImageFile,
                $"the shape of this image is {ShapeOf(image)} and that of {shaped.Entry.ImageFile} is {ShapeOf(first)} (channels x rows x columns)",
                "give all images one size and save them all in grey or all in colour");
    }

    private static IEnumerable<DataProblem> CaseProblems(Row row, IReadOnlyDictionary<string, DataSplit> homes)
    {
        if (row.Entry.Case.Length > 0 && homes[row.Entry.Case] != row.Entry.Split)
            yield return new DataProblem(
                DataProblemKind.CaseInTwoSplits,
                row.Entry.ImageFile,
                $"the case {row.Entry.Case} is in {homes[row.Entry.Case].FolderName()} too, so that a network would be judged on what it has learnt by heart",
                "keep all images of a case in one split, or rename the folder if it is another case");
    }

    private static string ShapeOf(GradedImage image) => $"{image.Channels}x{image.Height}x{image.Width}";

    /// <summary>What became of a file: what it is, without its levels, and what was kept of it; or what is wrong with it.</summary>
    private sealed record Part(Raster? Read, ImagePixels? Pixels, StoredSegmentation? Drawn, DataProblem? Problem);

    /// <summary>What became of an entry: an image, or the reasons why there is none, one a file.</summary>
    private sealed record Row(FolderEntry Entry, GradedImage? Image, IReadOnlyList<DataProblem> Problems);
}
