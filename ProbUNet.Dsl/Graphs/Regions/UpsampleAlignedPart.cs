namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// A region of a map that is upsampled with aligned corners: how far a pixel lies between two of the map is a matter of where in the whole it is. Only parts of functions have it (<see cref="FunctionPart"/>).
/// </summary>
/// <param name="WholeHeight">Rows of the map that is upsampled.</param>
/// <param name="WholeWidth">Columns of it.</param>
/// <param name="Top">The first row of the region, in the upsampled map.</param>
/// <param name="Left">The first column.</param>
/// <param name="Height">Rows of the region.</param>
/// <param name="Width">Columns.</param>
/// <param name="SeenTop">The row of the map that is the first of what goes in.</param>
/// <param name="SeenLeft">The column, likewise.</param>
public sealed record UpsampleAlignedPart(int WholeHeight, int WholeWidth, int Top, int Left, int Height, int Width, int SeenTop, int SeenLeft) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(UpsampleAlignedPart),
    [
        new("wholeHeight", WholeHeight), new("wholeWidth", WholeWidth), new("top", Top), new("left", Left),
        new("height", Height), new("width", Width), new("seenTop", SeenTop), new("seenLeft", SeenLeft),
    ]);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Upsampling;

    /// <inheritdoc/>
    public override string Description => "bilinear x2, a part";

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => input.Doubled(window: 2);

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input)
    {
        var whole = Of(WholeHeight, WholeWidth, new(Moved(region.Rows, Top), Moved(region.Columns, Left)));
        return whole with { Input = new(Moved(whole.Input.Rows, -SeenTop), Moved(whole.Input.Columns, -SeenLeft)), Top = region.Rows.Start, Left = region.Columns.Start };
    }

    /// <summary>What makes a region of an upsampled map.</summary>
    internal static Patch Of(int height, int width, Region region)
    {
        var reads = new Region(Reads(region.Rows, height), Reads(region.Columns, width));
        var part = new UpsampleAlignedPart(height, width, region.Rows.Start, region.Columns.Start, region.Rows.Length, region.Columns.Length, reads.Rows.Start, reads.Columns.Start);
        return new Patch(reads, part, region.Rows.Start, region.Columns.Start);
    }

    /// <summary>
    /// The pixel at which one of the upsampled map lies or before it, and how far behind it, from 0 to 1: i(s − 1)/(2s − 1) as libtorch rounds it, because far from the first pixel a rounding error of the step
    /// would be one of the place.
    /// </summary>
    /// <param name="pixel">The row or column of the upsampled map.</param>
    /// <param name="size">The height or width of the map that is upsampled.</param>
    public static (int Pixel, float Behind) Source(int pixel, int size)
    {
        var step = (float)(size - 1) / (2 * size - 1);
        var place = step * pixel;
        var at = Math.Min((int)place, size - 1);
        return (at, Math.Min(place - at, 1));
    }

    private static Extent Reads(Extent pixels, int size) => new(Source(pixels.Start, size).Pixel, Math.Min(size, Source(pixels.End - 1, size).Pixel + 2));

    private static Extent Moved(Extent pixels, int by) => new(pixels.Start + by, pixels.End + by);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
    {
        var (rows, columns) = (Reads(new(Top, Top + Height), WholeHeight), Reads(new(Left, Left + Width), WholeWidth));
        return rows.Start < SeenTop || rows.End > SeenTop + input.Height || columns.Start < SeenLeft || columns.End > SeenLeft + input.Width
            ? $"{Height}x{Width} pixels from ({Top}, {Left}) on are made of more than {input} from ({SeenTop}, {SeenLeft}) on"
            : TensorShape.Map(input.Channels, Height, Width);
    });
}
