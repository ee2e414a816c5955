using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>A street as a car's camera sees it: everything runs towards a vanishing point on the horizon and shrinks on the way.</summary>
internal sealed class Street
{
    /// <summary>The classes that are drawn, in the order of the task's.</summary>
    private const byte Road = 0, Sidewalk = 1, Building = 2, Pole = 3, Sky = 4, Vegetation = 5, Person = 6, Car = 7;

    private const int Bottom = 32;           // where nearness is 1, in units
    private const double FarAway = 0.07;     // nearness below which houses are one haze
    private const double BlockLength = 2.2;

    private readonly Point _vanishing;
    private readonly double _curbLeft;
    private readonly double _curbRight;
    private readonly double _wallLeft;
    private readonly double _wallRight;
    private readonly double _bonnet;
    private readonly double _light;
    private readonly (double Height, Rgb Color)[] _houses;
    private readonly double _houseOffset;
    private readonly Rgb _asphalt;
    private readonly Rgb _paving;
    private readonly Rgb _zenith;
    private readonly Rgb _haze;
    private readonly Rgb _wood;
    private readonly double _treeTops;
    private readonly SmoothNoise _coarse;
    private readonly SmoothNoise _fine;
    private readonly StreetThing[] _things;

    /// <summary>Draws all that decides the scene.</summary>
    public Street(RandomStream random, PixelGrid grid)
    {
        _vanishing = new Point(random.NextDouble(-9, 9), random.NextDouble(-8, 0));
        (_curbLeft, _curbRight) = (_vanishing.X - random.NextDouble(20, 34), _vanishing.X + random.NextDouble(20, 34));
        (_wallLeft, _wallRight) = (_curbLeft - random.NextDouble(16, 28), _curbRight + random.NextDouble(16, 28));
        _bonnet = random.NextDouble(1.5, 4.5);
        _light = random.NextDouble(0.8, 1.1);
        _houses = [.. Enumerable.Range(0, 2 * 64).Select(_ => (random.NextDouble(22, 62), new Rgb(0.56, 0.48, 0.42).Near(random, 0.13)))];
        _houseOffset = random.NextDouble();
        _asphalt = new Rgb(0.36, 0.36, 0.38).Near(random, 0.03);
        _paving = new Rgb(0.6, 0.56, 0.54).Near(random, 0.05);
        _zenith = new Rgb(0.5, 0.66, 0.88).Near(random, 0.08);
        _haze = new Rgb(0.84, 0.87, 0.9).Near(random, 0.04);
        _wood = new Rgb(0.2, 0.34, 0.16).Near(random, 0.04);
        _treeTops = random.NextDouble(1, 4);
        (_coarse, _fine) = (new SmoothNoise(random.NextUInt64(), 6, grid.Reach), new SmoothNoise(random.NextUInt64(), 1.7, grid.Reach));

        var things = new List<StreetThing>();
        for (var trees = 1 + random.NextInt32(3); trees > 0; trees--)
            things.Add(OnSidewalk(random, 0.75, StreetThing.Tree(random, Vegetation, random.NextDouble(0.25, 0.62))));
        for (var cars = 1 + random.NextInt32(3); cars > 0; cars--)
            things.Add(OnRoad(random, StreetThing.Car(random, Car, random.NextDouble(0.3, 0.72))));
        for (var people = 1 + random.NextInt32(3); people > 0; people--)
            things.Add(OnSidewalk(random, 0.4, StreetThing.Person(random, Person, random.NextDouble(0.36, 0.66))));
        for (var poles = random.NextInt32(3); poles > 0; poles--)
            things.Add(OnSidewalk(random, 0.1, StreetThing.Pole(random, Pole, random.NextDouble(0.4, 0.8))));
        _things = [.. things.OrderByDescending(thing => thing.Nearness)];
    }

    /// <summary>The class of each pixel, or <see cref="Segmentation.Ignored"/>, and red, green and blue of each, row-major.</summary>
    public (byte[] Labels, double[][] Colors) On(PixelGrid grid)
    {
        var size = grid.Height * grid.Width;
        var (labels, colors) = (new byte[size], new[] { new double[size], new double[size], new double[size] });
        for (var pixel = 0; pixel < size; pixel++)
        {
            var point = grid.At(pixel / grid.Width, pixel % grid.Width);
            (labels[pixel], var color) = At(point, grid);
            var texture = _light * (1 + 0.05 * _coarse.At(point) + 0.06 * _fine.At(point));
            (colors[0][pixel], colors[1][pixel], colors[2][pixel]) = (texture * color.Red, texture * color.Green, texture * color.Blue);
        }
        return (labels, colors);
    }

    private (byte Label, Rgb Color) At(Point point, PixelGrid grid)
    {
        // The camera's own car, a flat arc at the lower edge of the image.
        if (grid.Height / (2 * grid.Scale) - point.Y < _bonnet - 0.004 * point.X * point.X)
            return (Segmentation.Ignored, new Rgb(0.1, 0.1, 0.12));
        foreach (var thing in _things)
            if (thing.At(point) is { } color)
                return (thing.Label, color);

        var below = point.Y - _vanishing.Y;
        var nearness = below / (Bottom - _vanishing.Y);
        if (nearness > 0)
        {
            var place = _vanishing.X + (point.X - _vanishing.X) / nearness;
            if (place > _curbLeft && place < _curbRight)
                return (Road, OnAsphalt(place, nearness));
            if (place > _wallLeft && place < _wallRight)
                return (Sidewalk, Math.Min(Math.Abs(place - _curbLeft), Math.Abs(place - _curbRight)) < 1.2 ? 1.2 * _paving : _paving);
        }
        return AboveGround(point, below);
    }

    private Rgb OnAsphalt(double place, double nearness)
    {
        var middle = (_curbLeft + _curbRight) / 2;
        var stripe = 2.4 / nearness - _houseOffset;
        return Math.Abs(place - middle) < 1.1 && stripe - Math.Floor(stripe) < 0.5 ? new Rgb(0.85, 0.85, 0.82) : _asphalt;
    }

    private (byte Label, Rgb Color) AboveGround(Point point, double below)
    {
        var isLeft = point.X < _vanishing.X;
        var nearness = (point.X - _vanishing.X) / ((isLeft ? _wallLeft : _wallRight) - _vanishing.X);
        if (nearness > FarAway)
        {
            var along = BlockLength / nearness + _houseOffset;
            var (height, color) = _houses[2 * Math.Min((int)along, _houses.Length / 2 - 1) + (isLeft ? 0 : 1)];
            var up = -below / nearness;
            if (up < height)
                return (Building, IsWindow(along, up, height) ? 0.45 * color : (isLeft ? 0.9 : 1.05) * color);
        }
        else if (-below < _treeTops + 1.5 * _fine.At(point))
            return (Vegetation, _wood);   // where the street ends
        return (Sky, _haze.To(_zenith, Math.Clamp(-below / 26, 0, 1)));
    }

    /// <summary>Six windows a house side by side, one each 8 units up.</summary>
    private static bool IsWindow(double along, double up, double height)
    {
        var (across, floor) = (6 * along - Math.Floor(6 * along), up / 8 - Math.Floor(up / 8));
        return up is > -12 && up < height - 3 && across is > 0.25 and < 0.75 && floor is > 0.3 and < 0.8;
    }

    /// <summary>Puts a thing on either sidewalk.</summary>
    /// <param name="random">Decides the side and a little of the place.</param>
    /// <param name="share">How far it stands from the curb, in widths of the sidewalk.</param>
    /// <param name="thing">What is put there.</param>
    private StreetThing OnSidewalk(RandomStream random, double share, StreetThing thing)
    {
        var (curb, wall) = random.NextDouble() < 0.5 ? (_curbLeft, _wallLeft) : (_curbRight, _wallRight);
        var place = curb + (share + random.NextDouble(-0.1, 0.2)) * (wall - curb);
        // Nobody stands where the camera does not look: what would is farther away.
        var widest = 27 / Math.Max(Math.Abs(place - _vanishing.X) + Math.Abs(_vanishing.X), 1);
        return Stand(thing with { Nearness = Math.Min(thing.Nearness, widest) }, place);
    }

    private StreetThing OnRoad(RandomStream random, StreetThing thing)
    {
        var lane = random.NextDouble() < 0.5 ? 0.25 : 0.75;
        return Stand(thing, _curbLeft + (lane + random.NextDouble(-0.06, 0.06)) * (_curbRight - _curbLeft));
    }

    private StreetThing Stand(StreetThing thing, double place) => thing with
    {
        Foot = new Point(_vanishing.X + (place - _vanishing.X) * thing.Nearness, _vanishing.Y + (Bottom - _vanishing.Y) * thing.Nearness),
    };
}
