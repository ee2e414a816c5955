namespace ProbUNet.Models.Data;

/// <summary>What the planes of a segmentation mean, and over which of them a metric runs: one object for all images of a set.</summary>
public sealed class SegmentationClasses
{
    /// <summary>One class, foreground; what is not foreground is background.</summary>
    public static SegmentationClasses Binary { get; } = new(["foreground"]);

    /// <summary>Names the classes.</summary>
    /// <param name="names">One name a plane, 1 to 255 of them. One name: a binary mask. Several: every pixel has one of them or is ignored.</param>
    /// <param name="evaluated">The classes over which a metric runs; all of them if left out.</param>
    /// <exception cref="ArgumentException">There are too few or too many names, or what is to be evaluated is none of the classes, or one of them twice.</exception>
    public SegmentationClasses(IReadOnlyList<string> names, IReadOnlyList<int>? evaluated = null)
    {
        if (names.Count is < 1 or > Segmentation.Ignored)
            throw new ArgumentException($"A segmentation has 1 to {Segmentation.Ignored} classes, not {names.Count}.", nameof(names));
        Names = [.. names];
        Evaluated = [.. evaluated ?? [.. Enumerable.Range(0, names.Count)]];
        if (Evaluated.Count == 0 || Evaluated.Distinct().Count() != Evaluated.Count || Evaluated.Any(@class => @class < 0 || @class >= Count))
            throw new ArgumentException($"What is evaluated are some of the classes 0 to {Count - 1}, each once, unlike {string.Join(", ", Evaluated)}.", nameof(evaluated));
    }

    /// <summary>One name a class.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The classes over which a metric runs.</summary>
    public IReadOnlyList<int> Evaluated { get; }

    /// <summary>The number of classes, K: that of a network's.</summary>
    public int Count => Names.Count;
}
