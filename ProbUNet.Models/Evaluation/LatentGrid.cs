using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// Segmentations at the places of a grid over a plane of a latent space, from −4 to 4 standard deviations of the prior along each axis; of one row, over
/// a line.
/// </summary>
public sealed class LatentGrid
{
    /// <summary>How far the axes go from the prior's mean, in standard deviations: the paper's Fig. 6.</summary>
    public const double Extent = 4;

    /// <summary>The paper shows 19 along each axis.</summary>
    public const int UsualSide = 19;

    /// <summary>Takes segmentations that are there.</summary>
    /// <param name="columns">Segmentations along the first axis, at least 1.</param>
    /// <param name="rows">Segmentations along the second axis, at least 1.</param>
    /// <param name="segmentations">
    /// columns · rows of them, [K, H, W], of one size; row by row from the top, where the second coordinate is largest, each from left to right.
    /// </param>
    /// <exception cref="ArgumentException">The segmentations are not as many, or not of one size and number of classes.</exception>
    public LatentGrid(int columns, int rows, IReadOnlyList<Segmentation> segmentations)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (segmentations.Count != columns * rows)
            throw new ArgumentException($"A grid of {columns}x{rows} needs {columns * rows} masks, not {segmentations.Count}.", nameof(segmentations));
        var first = segmentations[0];
        if (first.Height < 1 || first.Width < 1 || segmentations.Any(other => (other.Classes, other.Height, other.Width) != (first.Classes, first.Height, first.Width)))
            throw new ArgumentException("The masks of a grid have the same classes and one size of at least one pixel.", nameof(segmentations));
        (Columns, Rows, Segmentations) = (columns, rows, segmentations);
    }

    /// <summary>Takes binary masks [H, W] of a square grid; see the other constructor.</summary>
    /// <exception cref="ArgumentException">The masks are not as many, or not of one size.</exception>
    public LatentGrid(int side, IReadOnlyList<BitMask> masks) : this(side, side, [.. masks.Select(Segmentation.Binary)])
    {
    }

    /// <summary>Segmentations along the first axis.</summary>
    public int Columns { get; }

    /// <summary>Segmentations along the second axis; 1 where the latent space is a line.</summary>
    public int Rows { get; }

    /// <summary>[K, H, W] each, row by row from the top.</summary>
    public IReadOnlyList<Segmentation> Segmentations { get; }

    /// <summary>Asks for each mask of a square grid: <paramref name="decode"/> gets the two coordinates in standard deviations of the prior, z = µ + σ · u.</summary>
    /// <param name="decode">Makes the mask at (u₀, u₁).</param>
    /// <param name="side">Masks along each axis.</param>
    public static LatentGrid Of(Func<double, double, BitMask> decode, int side = UsualSide) =>
        new(side, [.. Places(side, side).Select(place => decode(place.X, place.Y))]);

    /// <summary>The coordinates of a grid's places, in its order.</summary>
    internal static IEnumerable<(double X, double Y)> Places(int columns, int rows) =>
        Enumerable.Range(0, columns * rows).Select(i => (Coordinate(i % columns, columns), -Coordinate(i / columns, rows)));

    private static double Coordinate(int place, int count) => count == 1 ? 0 : Extent * (2.0 * place / (count - 1) - 1);
}
