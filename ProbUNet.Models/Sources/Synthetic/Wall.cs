using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>The chest wall: soft tissue beyond an arc that bends around the lung, with a rib in it and fat behind.</summary>
internal sealed class Wall
{
    private readonly Point _middle;
    private readonly double _radius;
    private readonly Point _outward;
    private readonly double _brightness;
    private readonly double _ribPlace;
    private readonly double _ribLength;
    private readonly SmoothNoise _ripple;

    public Wall(RandomStream random, PixelGrid grid, Lesion lesion)
    {
        // On the side that the extension does not need.
        var direction = Point.Direction(random);
        _outward = Point.Dot(direction, lesion.ExtensionDirection) > 0.2 ? -1 * direction : direction;
        _radius = random.NextDouble(45, 110);
        _middle = lesion.Center + (lesion.CoreReach + random.NextDouble(1.5, 9) - _radius) * _outward;
        _brightness = random.NextDouble(0.5, 0.62);
        _ribPlace = random.NextDouble(-22, 22);
        _ribLength = random.NextDouble(8, 16);
        _ripple = new SmoothNoise(random.NextUInt64(), 7, grid.Reach);
    }

    /// <summary>The wall, where there is one at a point, in front of what is there.</summary>
    public double Over(double brightness, Point point)
    {
        var ripple = _ripple.At(point);
        var depth = (point - _middle).Length - _radius + 0.8 * (ripple - 1);
        if (depth <= -1)
            return brightness;
        var fat = 0.2 * Curve.Step((depth - 13 - 2 * ripple) / 2);
        var along = Point.Dot(point - _middle, _outward.Normal);
        var (across, lengthwise) = ((depth - 7) / 3.4, (along - _ribPlace) / _ribLength);
        var fromRib = Math.Sqrt(across * across + lengthwise * lengthwise);
        // A rib is a bright shell around marrow.
        var rib = 0.12 * Curve.Step((1 - fromRib) / 0.3) + 0.34 * Curve.Hill((fromRib - 0.85) / 0.38);
        var wall = _brightness + 0.02 * ripple - fat + rib;
        return brightness + (wall - brightness) * Curve.Edge(depth, 1);
    }
}
