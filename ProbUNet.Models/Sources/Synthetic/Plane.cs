using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>A place or a direction in a drawing: x to the right, y down, the origin in the middle of the image, 64 units to its shorter side.</summary>
/// <remarks>
/// The drawings use +, −, ·, / and the square root only, which IEEE 754 defines to the last bit, so that a seed gives the same bytes on every
/// machine: sine, exponential and their like are as the system's library has them.
/// </remarks>
internal readonly record struct Point(double X, double Y)
{
    public double Length => Math.Sqrt(X * X + Y * Y);

    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(double scale, Point a) => new(scale * a.X, scale * a.Y);

    public static double Dot(Point a, Point b) => a.X * b.X + a.Y * b.Y;

    /// <summary>A direction, uniform over the circle.</summary>
    public static Point Direction(RandomStream random)
    {
        while (true)
        {
            var point = new Point(random.NextDouble(-1, 1), random.NextDouble(-1, 1));
            if (point.Length is > 0.1 and < 1)
                return point.Unit;
        }
    }

    /// <summary>The direction from the origin; to the right for the origin itself.</summary>
    public Point Unit => Length > 0 ? 1 / Length * this : new Point(1, 0);

    /// <summary>A quarter turn.</summary>
    public Point Normal => new(-Y, X);
}

/// <summary>The pixels of an image as points of a drawing.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
internal readonly record struct PixelGrid(int Height, int Width)
{
    /// <summary>Pixels a unit.</summary>
    public double Scale => Math.Min(Height, Width) / 64.0;

    /// <summary>The farthest that a coordinate gets from the origin, in units.</summary>
    public double Reach => Math.Max(Height, Width) / (2 * Scale);

    /// <summary>The middle of a pixel.</summary>
    public Point At(int row, int column) => new((column + 0.5 - Width / 2.0) / Scale, (row + 0.5 - Height / 2.0) / Scale);

    /// <summary>One value a pixel, row-major.</summary>
    public double[] Map(Func<Point, double> value)
    {
        var values = new double[Height * Width];
        for (var row = 0; row < Height; row++)
            for (var column = 0; column < Width; column++)
                values[row * Width + column] = value(At(row, column));
        return values;
    }
}

/// <summary>Curves of which the drawings are made.</summary>
internal static class Curve
{
    /// <summary>From 0 at 0 to 1 at 1 without a corner, constant outside: 3t² − 2t³.</summary>
    public static double Step(double t)
    {
        var inside = Math.Clamp(t, 0, 1);
        return inside * inside * (3 - 2 * inside);
    }

    /// <summary>What is left at a blurred edge: 1 from a depth of <paramref name="blur"/> inwards, ½ on the outline, 0 from −blur outwards.</summary>
    public static double Edge(double depth, double blur) => Step((depth + blur) / (2 * blur));

    /// <summary>A hill of height 1 at 0 that ends at ±1: (1 − t²)².</summary>
    public static double Hill(double t) => t * t < 1 ? (1 - t * t) * (1 - t * t) : 0;
}
