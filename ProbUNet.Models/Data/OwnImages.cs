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
            throw new InputException(name, "a map of labels has two classes or more, and one is named", "name the background too, or give outlines");
        CheckGraders(name, labels, "map of labels", rows, columns);
        foreach (var (map, grader) in labels.Select((map, i) => (map, i + 1)))
            for (var i = 0; i < map.Length; i++)
                if (map[i / columns, i % columns] is var label && label >= classes.Count && label != Segmentation.Ignored)
                    throw new InputException(name, $"map {grader} has the label {label} in row {i / columns}, column {i % columns}, and there are {classes.Count} classes",
                        $"use 0 to {classes.Count - 1}, or {Segmentation.Ignored} for a pixel that is to be ignored");
        var graders = labels.Select(map => Segmentation.FromLabels(rows, columns, Flat<byte>(map), classes.Count)).ToList();
        return new(name, @case, PixelsOf(name, channels, rows, columns, pixels), new Grading.ByGraders(graders), classes);
    }

    /// <summary>Classes by their names, all of which are scored.</summary>
    /// <exception cref="InputException">There are none or more than 255, or one has no name.</exception>
    public static SegmentationClasses Classes(IReadOnlyList<string> names) =>
        names.Count is < 1 or > Segmentation.Ignored ? throw new InputException("The classes", $"there are {names.Count}", $"name 1 to {Segmentation.Ignored} of them")
        : names.Any(string.IsNullOrWhiteSpace) ? throw new InputException("The classes", "one has no name", "name each")
        : new(names);

    /// <summary>A data set of three splits.</summary>
    /// <exception cref="InputException">A case is in two of them, or an image has other channels or classes than the first.</exception>
    public static GradedData Together(string name, IReadOnlyList<GradedImage> train, IReadOnlyList<GradedImage> validation, IReadOnlyList<GradedImage> test)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new InputException("The name of the data", "it is empty", "give them one, by which runs tell what they were trained on");
        var splits = new[] { (Name: "train", Images: train), (Name: "validation", Images: validation), (Name: "test", Images: test) };
        var homes = new Dictionary<string, string>();
        foreach (var (split, image) in splits.SelectMany(split => split.Images.Select(image => (split.Name, image))))
            if (!homes.TryAdd(image.Case, split) && homes[image.Case] != split)
                throw new InputException(image.Name, $"the case {image.Case} is in {homes[image.Case]} and in {split}, so that a network would be judged on what it has learnt by heart",
                    "keep all images of a case in one split");
        var all = splits.SelectMany(split => split.Images).ToList();
        foreach (var image in all)
            if ((image.Channels, image.Classes.Count) != (all[0].Channels, all[0].Classes.Count))
                throw new InputException(image.Name, string.Create(CultureInfo.InvariantCulture, $"it has {Counted.Of(image.Channels, "channel")} and {Counted.Of(image.Classes.Count, "class", "classes")}, and {all[0].Name} has {all[0].Channels} and {all[0].Classes.Count}"),
                    "give all images of a set as many");
        return new(name, train, validation, test);
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
        return wrong < 0 ? ImagePixels.FromValues(channels, rows, columns, values)
            : throw new InputException(name, string.Create(CultureInfo.InvariantCulture, $"the pixel in row {wrong / columns % rows}, column {wrong % columns} is {values[wrong]}, and pixels are from 0 to 1"), "divide levels by their largest first");
    }

    private static T[] Flat<T>(Array values)
    {
        var flat = new T[values.Length];
        Buffer.BlockCopy(values, 0, flat, 0, Buffer.ByteLength(values));
        return flat;
    }
}
