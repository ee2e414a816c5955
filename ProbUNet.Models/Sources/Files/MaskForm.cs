using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
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
        {
            for (var place = 0; place < size; place++)
                if (mask[place] >= Classes.Count && mask[place] != Ignored)
                    return Wrong(file, mask, place, $"save it with the numbers of its classes, 0 to {Classes.Count - 1}{(Ignored is { } ignored ? string.Create(CultureInfo.InvariantCulture, $", or {ignored} where it is ignored") : "")}");
            return null;
        }
        // Labels 0 and 1 are as clear as 0 and 255, and in 16 bits 0 and 65535. Anything else is a grey level, or the label of another class.
        return mask.Bits == 8 ? Strange<byte>(mask.Levels.AsSpan(0, size), 1, 255) : Strange<ushort>(MemoryMarshal.Cast<byte, ushort>(mask.Levels)[..size], 1, 255, ushort.MaxValue);

        DataProblem? Strange<T>(ReadOnlySpan<T> levels, params ReadOnlySpan<T> foregrounds)
            where T : struct, IBinaryInteger<T>
        {
            foreach (var foreground in foregrounds)
                if (!levels.ContainsAnyExcept(T.Zero, foreground))
                    return null;
            // Where 0 and 255, or 65535, end: 1 among them is the label of another class.
            var place = 0;
            foreach (var foreground in foregrounds[1..])
                place = Math.Max(place, levels.IndexOfAnyExcept(T.Zero, foreground));
            return Wrong(file, mask, place, "save it with two levels, 0 for background and 255 for foreground");
        }
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

    private static DataProblem Wrong(string file, Raster mask, int place, string remedy) => new(
        DataProblemKind.MaskLevels, file, $"this mask has the level {mask[place]} at row {place / mask.Width}, column {place % mask.Width}", remedy);
}
