using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>Vessels of a lung: trees that come in from one side and taper as they branch, and dots where one crosses the slice.</summary>
internal static class Vessels
{
    private const double Stride = 2.5;

    /// <summary>Brightness above the lung, one value a pixel, row-major.</summary>
    public static double[] Draw(RandomStream random, PixelGrid grid)
    {
        var canvas = new double[grid.Height * grid.Width];
        var hilum = (grid.Reach + 12) * Point.Direction(random);
        for (var trees = 1 + random.NextInt32(4); trees > 0; trees--)
        {
            var start = hilum + random.NextDouble(0, 40) * Point.Direction(random);
            var target = random.NextDouble(6, 26) * Point.Direction(random);
            Grow(random, grid, canvas, start, (target - start).Unit, random.NextDouble(0.8, 2.1));
        }
        // A vessel shows where it runs in the slice and fades where it leaves it.
        var slice = new SmoothNoise(random.NextUInt64(), 11, grid.Reach);
        var inSlice = grid.Map(point => Curve.Step(0.55 + 1.1 * slice.At(point)));
        for (var pixel = 0; pixel < canvas.Length; pixel++)
            canvas[pixel] *= inSlice[pixel];
        for (var dots = 8 + random.NextInt32(13); dots > 0; dots--)
        {
            var place = new Point(random.NextDouble(-grid.Reach, grid.Reach), random.NextDouble(-grid.Reach, grid.Reach));
            var longish = random.NextDouble(0, 1.6) * Point.Direction(random);
            var radius = random.NextDouble(0.7, 1.5);
            Stroke(grid, canvas, place, place + longish, radius, random.NextDouble(0.06, 0.25) * (0.4 + radius));
        }
        return canvas;
    }

    private static void Grow(RandomStream random, PixelGrid grid, double[] canvas, Point from, Point direction, double radius)
    {
        var turn = 0.0;
        while (radius > 0.45)
        {
            var to = from + Stride * direction;
            Stroke(grid, canvas, from, to, radius, Math.Min(0.5, 0.1 + 0.24 * radius));
            turn = 0.75 * turn + random.NextDouble(-0.09, 0.09);
            direction = (direction + turn * direction.Normal).Unit;
            if (random.NextDouble() < 0.13)
            {
                var side = random.NextDouble() < 0.5 ? -1 : 1;
                Grow(random, grid, canvas, to, (direction + side * random.NextDouble(0.4, 1.1) * direction.Normal).Unit, radius * random.NextDouble(0.5, 0.8));
            }
            from = to;
            radius *= random.NextDouble(0.91, 0.98);
        }
    }

    /// <summary>A short piece of a tube: brightest in the middle, as the partial volume of a round section is.</summary>
    private static void Stroke(PixelGrid grid, double[] canvas, Point from, Point to, double radius, double brightness)
    {
        var width = radius + 0.5;   // what the scanner smears
        var (scale, reach) = (grid.Scale, width + 1);
        int Pixel(double coordinate, int count) => (int)Math.Clamp(Math.Floor(coordinate * scale + count / 2.0), -1, count);
        var (top, bottom) = (Pixel(Math.Min(from.Y, to.Y) - reach, grid.Height), Pixel(Math.Max(from.Y, to.Y) + reach, grid.Height));
        var (left, right) = (Pixel(Math.Min(from.X, to.X) - reach, grid.Width), Pixel(Math.Max(from.X, to.X) + reach, grid.Width));
        var span = to - from;
        var length2 = Math.Max(Point.Dot(span, span), 1e-9);
        for (var row = Math.Max(top, 0); row <= Math.Min(bottom, grid.Height - 1); row++)
            for (var column = Math.Max(left, 0); column <= Math.Min(right, grid.Width - 1); column++)
            {
                var offset = grid.At(row, column) - from;
                var distance = (offset - Math.Clamp(Point.Dot(offset, span) / length2, 0, 1) * span).Length;
                var pixel = row * grid.Width + column;
                canvas[pixel] = Math.Max(canvas[pixel], brightness * Curve.Hill(distance / (1.25 * width)));
            }
    }
}
