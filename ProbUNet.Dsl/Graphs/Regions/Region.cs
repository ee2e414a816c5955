namespace ProbUNet.Dsl.Graphs;

/// <summary>Some rows, or some columns, of a map.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The one behind the last.</param>
public readonly record struct Extent(int Start, int End)
{
    /// <summary>How many.</summary>
    public int Length => End - Start;

    /// <summary>The least that has both in it.</summary>
    public Extent With(Extent other) => new(Math.Min(Start, other.Start), Math.Max(End, other.End));

    /// <summary>What of it is within a map of that size.</summary>
    internal Extent Within(int size) => new(Math.Max(0, Start), Math.Min(size, End));
}

/// <summary>A rectangle of a map.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Columns">Its columns.</param>
public readonly record struct Region(Extent Rows, Extent Columns)
{
    /// <summary>All of a map; of a vector, its one pixel.</summary>
    public static Region Whole(TensorShape shape) => new(new(0, shape.Height), new(0, shape.Width));

    /// <summary>Rectangles of at most a size that cover a map without meeting, row by row; those at its lower and right edges may be smaller.</summary>
    /// <param name="map">The map.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    public static IEnumerable<Region> Tiles(TensorShape map, int height, int width) =>
        from rows in Parts(map.Height, height)
        from columns in Parts(map.Width, width)
        select new Region(rows, columns);

    /// <summary>The least rectangle that has both in it.</summary>
    public Region With(Region other) => new(Rows.With(other.Rows), Columns.With(other.Columns));

    /// <summary>What a rule for one side makes of both.</summary>
    /// <param name="shape">The map whose height and width the rule is told.</param>
    /// <param name="rule">From rows and a height, or columns and a width.</param>
    internal Region Each(TensorShape shape, Func<Extent, int, Extent> rule) => new(rule(Rows, shape.Height), rule(Columns, shape.Width));

    /// <summary>What cuts it out of a map that begins elsewhere.</summary>
    internal Crop Within(int top, int left) => new(Rows.Start - top, Columns.Start - left, Rows.Length, Columns.Length);

    private static IEnumerable<Extent> Parts(int size, int part)
    {
        for (long start = 0; start < size; start += part)
            yield return new Extent((int)start, (int)Math.Min(start + part, size));
    }
}
