using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>A thing that stands on a street: what is in front hides what is behind.</summary>
/// <param name="Nearness">1 where the ground meets the lower edge of the image, 0 at the horizon; the size of the thing goes with it.</param>
/// <param name="Label">Its class.</param>
/// <param name="Paint">Its colour at a place, from its foot in its own size (x to the right, y up); none outside of it.</param>
internal sealed record StreetThing(double Nearness, byte Label, Func<Point, Rgb?> Paint)
{
    private static readonly Rgb[] Paints = [new(0.72, 0.1, 0.1), new(0.15, 0.25, 0.55), new(0.8, 0.8, 0.82), new(0.12, 0.12, 0.13), new(0.5, 0.5, 0.54)];

    /// <summary>The place on the image where it stands.</summary>
    public Point Foot { get; init; }

    /// <summary>The colour at a place on the image, if the thing is there.</summary>
    public Rgb? At(Point point) => Paint(new Point((point.X - Foot.X) / Nearness, (Foot.Y - point.Y) / Nearness));

    /// <summary>A car from behind or in front, about 24 units wide and 17 high.</summary>
    public static StreetThing Car(RandomStream random, byte label, double nearness)
    {
        var paint = Paints[random.NextInt32(Paints.Length)].Near(random, 0.05);
        var (half, height) = (random.NextDouble(11, 13), random.NextDouble(15, 19));
        var lights = random.NextDouble() < 0.6 ? new Rgb(0.95, 0.15, 0.1) : new Rgb(1, 1, 0.85);
        return new(nearness, label, at =>
        {
            var side = Math.Abs(at.X);
            if (at.Y < 0 || at.Y > height || side > half)
                return null;
            if (at.Y < 3)
                return side > half - 4.5 ? new Rgb(0.05, 0.05, 0.05) : at.Y > 1.5 ? 0.3 * paint : null;
            var waist = 0.52 * height;
            if (at.Y > waist)
            {
                // The cabin narrows towards the roof.
                var cabin = half - 1 - 3.5 * (at.Y - waist) / (height - waist);
                return side > cabin ? null : at.Y < height - 1.8 && side < cabin - 1.2 ? new Rgb(0.12, 0.16, 0.2) : 0.95 * paint;
            }
            return side > half - 3.5 && at.Y > 0.34 * height ? lights : (0.7 + 0.3 * at.Y / waist) * paint;
        });
    }

    /// <summary>Somebody who stands or walks, about 9 units wide and 30 high.</summary>
    public static StreetThing Person(RandomStream random, byte label, double nearness)
    {
        var (coat, trousers) = (new Rgb(0.5, 0.35, 0.35).Near(random, 0.35), new Rgb(0.18, 0.18, 0.24).Near(random, 0.12));
        var skin = new Rgb(0.75, 0.55, 0.45).Near(random, 0.12);
        var (height, half, stride) = (random.NextDouble(27, 33), random.NextDouble(3.6, 4.8), random.NextDouble(0.8, 2.6));
        return new(nearness, label, at =>
        {
            var (up, side) = (at.Y / height, Math.Abs(at.X));
            if (up < 0 || up > 1 || side > half + 1)
                return null;
            if (up > 0.84)
                return (new Point(at.X, at.Y) - new Point(0, 0.92 * height)).Length < 0.085 * height ? skin : null;
            if (up > 0.45)
                return side < half * (0.75 + 0.25 * Curve.Hill((up - 0.7) / 0.3)) ? coat : null;
            var apart = stride * (0.45 - up) / 0.45;
            return Math.Abs(side - apart) < 1.7 || side < 1 && up > 0.38 ? trousers : null;
        });
    }

    /// <summary>A tree with a ragged crown, about 24 units wide and 40 high.</summary>
    public static StreetThing Tree(RandomStream random, byte label, double nearness)
    {
        Rgb leaves = new Rgb(0.2, 0.38, 0.14).Near(random, 0.07), bark = new Rgb(0.28, 0.22, 0.16).Near(random, 0.04);
        var (radius, middle) = (random.NextDouble(10, 15), random.NextDouble(24, 32));
        var ragged = new SmoothNoise(random.NextUInt64(), 4, 64);
        return new(nearness, label, at =>
        {
            if (Math.Abs(at.X) > 20 || at.Y < 0 || at.Y > 60)
                return null;
            var depth = radius + 3.5 * ragged.At(at) - (at - new Point(0, middle)).Length;
            if (depth > 0)
                return (0.75 + 0.35 * ragged.At(2 * at - new Point(0, 60)) + 0.012 * (at.Y - middle)) * leaves;
            return Math.Abs(at.X) < 1.6 && at.Y < middle ? bark : null;
        });
    }

    /// <summary>A pole, 44 to 56 units high, with a sign or a lamp.</summary>
    public static StreetThing Pole(RandomStream random, byte label, double nearness)
    {
        var (height, isRound) = (random.NextDouble(44, 56), random.NextDouble() < 0.5);
        Rgb metal = new Rgb(0.42, 0.42, 0.44).Near(random, 0.06), sign = isRound ? new Rgb(0.8, 0.1, 0.1) : new Rgb(0.1, 0.25, 0.65);
        return new(nearness, label, at =>
        {
            if (at.Y < 0 || at.Y > height + 5)
                return null;
            var onSign = at - new Point(0, height);
            if (isRound ? onSign.Length < 5 : Math.Abs(onSign.X) < 4.5 && Math.Abs(onSign.Y) < 4.5)
                return onSign.Length < 2.6 ? new Rgb(0.92, 0.92, 0.92) : sign;
            return Math.Abs(at.X) < 1.3 && at.Y < height ? metal : null;
        });
    }
}
