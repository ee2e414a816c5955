using System.Globalization;
using ProbUNet.Dsl;

namespace ProbUNet.Models.Data;

/// <summary>Images and segmentations of a program's own making, in arrays of rows and columns; what cannot be one is refused with the place where it cannot.</summary>
internal static class OwnImages
{
    /// <summary>A grey image and what every grader outlined in it.</summary>
    /// <param name="name">What the image is called.</param>
    /// <param name="case">Its patient.</param>
    /// <param name="outlines">[H, W] each, one a grader; true is foreground.</param>
    /// <param name="pixels">[H, W] in [0, 1]; copied.</param>
    /// <exception cref="InputException">A name is empty, there is no grader, a size is another, or a pixel is not in [0, 1].</exception>
    public static GradedImage Grey(string name, string @case, IReadOnlyList<bool[,]> outlines, float[,] pixels)
    {
        ArgumentNullException.ThrowIfNull(outlines);
        ArgumentNullException.ThrowIfNull(pixels);
        var (rows, columns) = (pixels.GetLength(0), pixels.GetLength(1));
        CheckNames(name, @case);
        CheckGraders(name, outlines, "outline", rows, columns);
        var masks = outlines.Select(outline => BitMask.From<bool>(rows, columns, Flat<bool>(outline), isForeground => isForeground)).ToList();
        return new(name, @case, PixelsOf(name, 1, rows, columns, pixels), new Grading.ByGraders(masks));
    }

    /// <summary>An image of any number of channels and every grader's map of classes.</summary>
    /// <param name="classes">What the labels mean, two at least; one object for all images of a set.</param>
    /// <param name="name">What the image is called.</param>
    /// <param name="case">Its patient, or its town.</param>
    /// <param name="labels">[H, W] each, one a grader: classes from 0, or <see cref="Segmentation.Ignored"/>.</param>
    /// <param name="pixels">[C, H, W] in [0, 1]; copied.</param>
    /// <exception cref="InputException">The same, or a label is no class.</exception>
    public static GradedImage Labelled(SegmentationClasses classes, string name, string @case, IReadOnlyList<byte[,]> labels, float[,,] pixels)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(pixels);
        var (channels, rows, columns) = (pixels.GetLength(0), pixels.GetLength(1), pixels.GetLength(2));
        CheckNames(name, @case);
        if (classes.Count < 2)
            throw new InputException(name, "a map of labels has two classes or more, and one is named", "name the background too, or give outlines of a grey image");
        CheckGraders(name, labels, "map of labels", rows, columns);
        var maps = labels.Select(Flat<byte>).ToList();
        foreach (var (map, grader) in maps.Select((map, i) => (map, i + 1)))
        {
            if (Array.FindIndex(map, label => label >= classes.Count && label != Segmentation.Ignored) is var i and >= 0)
                throw new InputException(name, $"map {grader} has the label {map[i]} in {Place(i)}, and there are {classes.Count} classes", $"use 0 to {classes.Count - 1}, or {Segmentation.Ignored} for a pixel that is to be ignored");
            // What is ignored is so for all: distances between graders are over the same pixels.
            if (Enumerable.Range(0, map.Length).FirstOrDefault(at => map[at] == Segmentation.Ignored != (maps[0][at] == Segmentation.Ignored), -1) is var other and >= 0)
                throw new InputException(name, $"of maps 1 and {grader} only one ignores the pixel in {Place(other)}", $"give {Segmentation.Ignored} in all maps of an image or in none");
        }
        return new(name, @case, PixelsOf(name, channels, rows, columns, pixels), new Grading.ByGraders([.. maps.Select(map => Segmentation.FromLabels(rows, columns, map, classes.Count))]), classes);

        string Place(int i) => $"row {i / columns}, column {i % columns}";
    }

    /// <summary>Classes of maps of labels by their names, all of which are scored.</summary>
    /// <exception cref="InputException">There are not 2 to 255, or one has no name.</exception>
    public static SegmentationClasses Classes(IReadOnlyList<string> names) =>
        names.Count is < 2 or > Segmentation.Ignored ? throw new InputException("The classes", $"there {(names.Count == 1 ? "is" : "are")} {names.Count}", $"name 2 to {Segmentation.Ignored} of them, the background too")
        : names.Any(string.IsNullOrWhiteSpace) ? throw new InputException("The classes", "one has no name", "name each")
        : new(names);

    /// <summary>A data set of three splits.</summary>
    /// <exception cref="InputException">A case is in two of them, two images have one name, or an image has other channels or classes than the first.</exception>
    public static GradedData Together(string name, IReadOnlyList<GradedImage> train, IReadOnlyList<GradedImage> validation, IReadOnlyList<GradedImage> test)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new InputException("The name of the data", "it is empty", "give them one, by which runs tell what they were trained on");
        var splits = new[] { (Name: "train", Images: train), (Name: "validation", Images: validation), (Name: "test", Images: test) };
        var (homes, names) = (new Dictionary<string, string>(), new HashSet<string>());
        foreach (var (split, image) in splits.SelectMany(split => split.Images.Select(image => (split.Name, image))))
        {
            if (!homes.TryAdd(image.Case, split) && homes[image.Case] != split)
                throw new InputException(image.Name, $"its patient, {image.Case}, is in {homes[image.Case]} and in {split}, so that a network would be judged on what it has learnt by heart",
                    "keep all images of a patient in one split");
            if (!names.Add(image.Name))
                throw new InputException(image.Name, "two images have this name", "give each a name of its own, by which it is drawn and told of");
        }
        var all = splits.SelectMany(split => split.Images).ToList();
        if (all.Find(image => !AreAlike(image, all[0])) is { } other)
            throw new InputException(other.Name, $"it has {Kind(other)}, and {all[0].Name} has {Kind(all[0])}", "give all images of a set as many channels and the same classes");
        return new(name, train, validation, test);

        static bool AreAlike(GradedImage a, GradedImage b) => a.Channels == b.Channels
            && (ReferenceEquals(a.Classes, b.Classes) || (a.Classes.Names.SequenceEqual(b.Classes.Names) && a.Classes.Evaluated.ToHashSet().SetEquals(b.Classes.Evaluated)));

        static string Kind(GradedImage image) => $"{Counted.Of(image.Channels, "channel")} and the classes {string.Join(", ", image.Classes.Names)}"
            + (image.Classes.Evaluated.Count == image.Classes.Count ? "" : $", scored by {string.Join(", ", image.Classes.Evaluated.Order().Select(@class => image.Classes.Names[@class]))}");
    }

    private static void CheckNames(string name, string @case)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new InputException("The name of an image", "it is empty", "give every image a name, by which it is told of");
        if (string.IsNullOrWhiteSpace(@case))
            throw new InputException(name, "the name of its patient is empty", "name the patient, by whom data are split and intervals are made");
    }

    private static void CheckGraders(string name, IReadOnlyList<Array> graders, string what, int rows, int columns)
    {
        if (rows < 1 || columns < 1)
            throw new InputException(name, $"its pixels have {Counted.Of(rows, "row")} and {Counted.Of(columns, "column")}", "give one pixel at least");
        if (graders.Count == 0)
            throw new InputException(name, $"there is no {what} of it", "give one for each grader, an empty one for whoever saw nothing");
        foreach (var (drawn, grader) in graders.Select((drawn, i) => (drawn, i + 1)))
            if (drawn.GetLength(0) != rows || drawn.GetLength(1) != columns)
                throw new InputException(name, $"{what} {grader} has {Counted.Of(drawn.GetLength(0), "row")} and {Counted.Of(drawn.GetLength(1), "column")}, and the image {rows} and {columns}", "draw each at the size of the image");
    }

    private static ImagePixels PixelsOf(string name, int channels, int rows, int columns, Array pixels)
    {
        if (channels < 1)
            throw new InputException(name, "its pixels have no channel", "give one at least");
        var values = Flat<float>(pixels);
        var wrong = Array.FindIndex(values, value => !(value >= 0 && value <= 1));
        if (wrong < 0)
            return ImagePixels.FromValues(channels, rows, columns, values);
        var channel = channels == 1 ? "" : $"channel {wrong / columns / rows}, ";
        throw new InputException(name, string.Create(CultureInfo.InvariantCulture, $"the pixel in {channel}row {wrong / columns % rows}, column {wrong % columns} is {values[wrong]}, and pixels are from 0 to 1"),
            values[wrong] > 1 && float.IsFinite(values[wrong]) ? "divide levels by the largest that there can be" : "scale the values to 0 to 1, and give a number for every pixel");
    }

    /// <summary>The values row by row, from whatever place they are counted.</summary>
    private static T[] Flat<T>(Array values)
    {
        var flat = new T[values.Length];
        Buffer.BlockCopy(values, 0, flat, 0, Buffer.ByteLength(values));
        return flat;
    }
}
