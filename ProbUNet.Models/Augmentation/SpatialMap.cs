using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Augmentation;

/// <summary>
/// Which place of an image each pixel of its deformed view shows. What is shown is flipped, enlarged, sheared and rotated about the middle of the view, in this order,
/// and then moved by an elastic field: for a pixel p the place is m + F·S⁻¹·H⁻¹·R⁻¹·(p + d(p) − m), where m is the middle, F flips, S enlarges, H shears, R rotates
/// and d is the field, in pixels of the view. Where nothing is done, and for flips and quarter turns of a square, places are pixels exactly.
/// </summary>
/// <remarks>Places are computed in 32 bits. Sine, tangent, power and exponential, a few for a map, are the runtime's: their last bits may differ between machines.</remarks>
public sealed class SpatialMap
{
    private readonly float _middleRow, _middleColumn;
    private readonly float _rowByRow, _rowByColumn, _columnByRow, _columnByColumn;
    private readonly ElasticField? _elastic;

    /// <summary>Puts a map together.</summary>
    /// <param name="height">Rows of the view.</param>
    /// <param name="width">Columns of the view.</param>
    /// <param name="flipHorizontal">Whether it is mirrored left to right.</param>
    /// <param name="flipVertical">Whether it is mirrored top to bottom.</param>
    /// <param name="scale">By which factor it is enlarged; above 0.</param>
    /// <param name="shear">By how many degrees an upright line leans to the left.</param>
    /// <param name="rotation">By how many degrees it is turned, anticlockwise as it is shown.</param>
    public SpatialMap(int height, int width, bool flipHorizontal = false, bool flipVertical = false, double scale = 1, double shear = 0, double rotation = 0)
        : this(height, width, flipHorizontal, flipVertical, scale, shear, rotation, null)
    {
    }

    private SpatialMap(int height, int width, bool flipHorizontal, bool flipVertical, double scale, double shear, double rotation, ElasticField? elastic)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        var (sine, cosine) = Math.SinCos(rotation * (Math.PI / 180));   // of a quarter turn not 0 and 1 quite, which rounding to 32 bits forgets
        var slide = Math.Tan(shear * (Math.PI / 180));
        var (across, down) = ((flipHorizontal ? -1 : 1) / scale, (flipVertical ? -1 : 1) / scale);
        (Height, Width, _middleRow, _middleColumn, _elastic) = (height, width, (height - 1) / 2f, (width - 1) / 2f, elastic);
        (_columnByColumn, _columnByRow) = ((float)(across * (cosine - slide * sine)), (float)(across * (-sine - slide * cosine)));
        (_rowByColumn, _rowByRow) = ((float)(down * sine), (float)(down * cosine));
    }

    /// <summary>Rows of the view.</summary>
    public int Height { get; }

    /// <summary>Columns of the view.</summary>
    public int Width { get; }

    /// <summary>Whether each pixel shows its own place.</summary>
    public bool IsIdentity => _elastic is null && (_rowByRow, _rowByColumn, _columnByRow, _columnByColumn) is (1, 0, 0, 1);

    /// <summary>Draws a map. Each setting has numbers of its own: turning one off leaves the others' as they are.</summary>
    /// <param name="plan">How often and how far.</param>
    /// <param name="height">Rows of the view.</param>
    /// <param name="width">Columns of the view.</param>
    /// <param name="random">Nine numbers of it are used.</param>
    public static SpatialMap Draw(AugmentationPlan plan, int height, int width, RandomStream random)
    {
        var (flipHorizontal, flipVertical) = (random.NextDouble() < 0.5 && plan.FlipHorizontal, random.NextDouble() < 0.5 && plan.FlipVertical);
        var deformed = random.NextDouble() < plan.SpatialProbability;
        var scale = LogUniform(plan.SmallestScale, plan.LargestScale, random);
        var (shear, rotation) = (random.NextDouble(-plan.Shear, plan.Shear), random.NextDouble(-plan.Rotation, plan.Rotation));
        var (alpha, sigma) = (random.NextDouble(0, plan.ElasticAlpha), random.NextDouble(plan.SmallestElasticSigma, plan.LargestElasticSigma));
        var noise = RandomStream.For(unchecked((long)random.NextUInt64()));
        return deformed
            ? new SpatialMap(height, width, flipHorizontal, flipVertical, scale, shear, rotation, alpha > 0 ? ElasticField.Draw(height, width, alpha, sigma, noise) : null)
            : new SpatialMap(height, width, flipHorizontal, flipVertical);
    }

    /// <summary>The place that a pixel of the view shows, in rows and columns from the view's first pixel; it may lie beyond the view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The view has no such pixel.</exception>
    public (float Row, float Column) this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Height, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Width, nameof(column));
            var (rows, columns) = (new float[Width], new float[Width]);
            CopyRowTo(row, rows, columns);
            return (rows[column], columns[column]);
        }
    }

    /// <summary>Writes the places that the pixels of a row show.</summary>
    internal void CopyRowTo(int row, Span<float> rows, Span<float> columns)
    {
        if (_elastic is null)
        {
            rows.Clear();
            columns.Clear();
        }
        else
            _elastic.CopyRowTo(row, rows, columns);
        for (var column = 0; column < rows.Length; column++)
        {
            var (down, across) = (row - _middleRow + rows[column], column - _middleColumn + columns[column]);
            rows[column] = _middleRow + (_rowByRow * down + _rowByColumn * across);
            columns[column] = _middleColumn + (_columnByRow * down + _columnByColumn * across);
        }
    }

    /// <summary>Log-uniform between two numbers above 0; exactly their value where they are one.</summary>
    internal static double LogUniform(double smallest, double largest, RandomStream random) => smallest * Math.Pow(largest / smallest, random.NextDouble());
}
