using System.Globalization;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>What the levels of masks mean: background and foreground, or classes.</summary>
/// <param name="Classes">One: 0 is background, and 255, 1 or 65535 is foreground, one of them throughout a mask. Several: a level is the number of a class, from 0.</param>
/// <param name="Ignored">The level of pixels that are in no class, where there is one.</param>
internal sealed record MaskForm(SegmentationClasses Classes, int? Ignored = null)
{
    /// <summary>Background and foreground.</summary>
    public static MaskForm Binary { get; } = new(SegmentationClasses.Binary);

    /// <summary>What is wrong with a mask, apart from its size; nothing, mostly.</summary>
    public DataProblem? ProblemOf(string file, Raster mask)
    {
        if (!mask.IsGrey)
            return new DataProblem(DataProblemKind.MaskLevels, file, "this mask is coloured", Classes.Count == 1
                ? "save it in grey, 0 for background and 255 for foreground"
                : $"save it in grey, with the number of a class, 0 to {Classes.Count - 1}, as the level of a pixel");
        var size = mask.Height * mask.Width;
        if (Classes.Count > 1)
            return Enumerable.Range(0, size).Where(place => mask[place] >= Classes.Count && mask[place] != Ignored).Select(int? (place) => place).FirstOrDefault() is { } stranger
                ? Wrong(file, mask, stranger, $"save it with the numbers of its classes, 0 to {Classes.Count - 1}{(Ignored is { } ignored ? string.Create(CultureInfo.InvariantCulture, $", or {ignored} where it is ignored") : "")}")
                : null;
        var foreground = 0;
        for (var place = 0; place < size; place++)
        {
            var level = mask[place];
            // Labels 0 and 1 are as clear as 0 and 255. Anything else is a grey level, or the label of another class.
            if (level != 0 && (foreground != 0 ? level != foreground : level is not (1 or 255 or ushort.MaxValue)))
                return Wrong(file, mask, FirstGrey(mask, size), "save it with two levels, 0 for background and 255 for foreground");
            foreground = level == 0 ? foreground : level;
        }
        return null;
    }

    /// <summary>What a mask says that has nothing wrong with it.</summary>
    public Segmentation Read(Raster mask)
    {
        var size = mask.Height * mask.Width;
        if (Classes.Count == 1)
        {
            return Segmentation.Binary(mask.Bits == 8
                ? BitMask.From<byte>(mask.Height, mask.Width, mask.Levels.AsSpan(0, size), level => level != 0)
                : BitMask.From<bool>(mask.Height, mask.Width, [.. Enumerable.Range(0, size).Select(place => mask[place] != 0)], isForeground => isForeground));
        }
        var labels = new byte[size];
        for (var place = 0; place < size; place++)
            labels[place] = mask[place] == Ignored ? Segmentation.Ignored : (byte)mask[place];
        return Segmentation.FromLabels(mask.Height, mask.Width, labels, Classes.Count);
    }

    /// <summary>The first level that is neither 0 nor that of all foreground, or where there is none, the first of the rarer kind.</summary>
    private static int FirstGrey(Raster mask, int size)
    {
        int Level(int place) => mask[place];
        var places = Enumerable.Range(0, size).ToList();
        return places.Find(place => Level(place) is not (0 or 255 or ushort.MaxValue)) is > 0 and var grey ? grey
            : Level(0) is not (0 or 255 or ushort.MaxValue) ? 0 : places.Find(place => Level(place) is ushort.MaxValue);
    }

    private static DataProblem Wrong(string file, Raster mask, int place, string remedy) => new(
        DataProblemKind.MaskLevels, file, $"this mask has the level {mask[place]} at row {place / mask.Width}, column {place % mask.Width}", remedy);
}
