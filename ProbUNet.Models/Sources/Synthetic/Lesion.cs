using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>The faint part of a lesion, about which graders disagree.</summary>
internal enum Extension
{
    /// <summary>A second, smaller lesion beside it.</summary>
    Satellite,

    /// <summary>A strand that runs from it into the lung.</summary>
    Spicule,

    /// <summary>A cloud of ground glass on one side of it.</summary>
    Halo,
}

/// <summary>A lesion in an image: one value a pixel, row-major.</summary>
/// <param name="Brightness">How much brighter than the lung it is.</param>
/// <param name="Depth">How far inside of its largest mask a pixel lies, in units; negative outside.</param>
/// <param name="Truth">What graders draw, and how often.</param>
internal sealed record LesionDrawing(double[] Brightness, double[] Depth, ModeDistribution Truth);

/// <summary>The shape and the brightness of a lesion, and how graders will see it.</summary>
/// <remarks>
/// What decides the graders is decided here, and all of it shows in the image.
/// Three numbers, uniform in [0, 1] and independent, are drawn for each lesion. <em>Conspicuity</em> is how much brighter than the lung its core is, and
/// thereby the probability that a grader marks it. <em>Blur</em> is how wide its edge is, relative to its size, and thereby how far graders' outlines
/// lie apart and how often they differ from the middle one. <em>Clarity</em> is how bright the extension is relative to the core, and thereby the
/// probability that a grader takes it for a part of the lesion.
/// </remarks>
internal sealed class Lesion
{
    private const double Wobble = 0.28;   // of the radius

    private readonly double _conspicuity;
    private readonly double _blur;
    private readonly double _clarity;
    private readonly SmoothNoise _outline;
    private readonly Point _outlinePlace;
    private readonly Point _axis;
    private readonly double _flattening;
    private readonly Extension _extension;
    private readonly double _extensionRadius;
    private readonly double _extensionBend;
    private readonly double _extensionBoundary;

    /// <summary>Draws the parameters of a lesion.</summary>
    public Lesion(RandomStream random)
    {
        (_conspicuity, _blur, _clarity) = (random.NextDouble(), random.NextDouble(), random.NextDouble());
        Center = random.NextDouble(0, 4) * Point.Direction(random);
        var large = random.NextDouble();
        Radius = 5 + 7.5 * large * large;
        _outline = new SmoothNoise(random.NextUInt64(), 1, 5);
        _outlinePlace = random.NextDouble(0, 2) * Point.Direction(random);
        _axis = Point.Direction(random);
        _flattening = random.NextDouble(1, 1.35);
        _extension = (Extension)random.NextInt32(3);
        ExtensionDirection = Point.Direction(random);
        _extensionRadius = _extension switch
        {
            Extension.Satellite => Math.Max(2.2, random.NextDouble(0.3, 0.42) * Radius),
            Extension.Spicule => Math.Max(1.5, 0.26 * Radius),
            _ => Math.Max(4, random.NextDouble(0.65, 0.85) * Radius),
        };
        _extensionBend = random.NextDouble(-1, 1);
        _extensionBoundary = BoundaryAlong(ExtensionDirection);
    }

    /// <summary>The middle of the core.</summary>
    public Point Center { get; }

    /// <summary>The mean radius of the core, in units: its diameter is 10 to 25 of 64.</summary>
    public double Radius { get; }

    /// <summary>Where the extension lies, seen from the middle.</summary>
    public Point ExtensionDirection { get; }

    /// <summary>How far from the middle of the core its widest outline can get, in units.</summary>
    public double CoreReach => Radius * (1 + Wobble) * Math.Sqrt(_flattening) + OutlineStep;

    /// <summary>The probability that a grader marks a lesion: in a third of all images at most one of four does, in more than another third all do.</summary>
    public double Presence => 0.22 + 0.765 * Curve.Step((_conspicuity - 0.2) / 0.6);

    /// <summary>The probabilities of a tight, a middle and a generous outline.</summary>
    public (double Tight, double Middle, double Generous) Outlines => (0.1 + 0.2 * _blur, 0.8 - 0.4 * _blur, 0.1 + 0.2 * _blur);

    /// <summary>The probability that a grader who marks a lesion includes its extension.</summary>
    public double Inclusion => 0.1 + 0.8 * _clarity;

    /// <summary>Draws the lesion.</summary>
    public LesionDrawing On(PixelGrid grid)
    {
        var (core, extension) = (grid.Map(CoreDepth), grid.Map(ExtensionDepth));
        var contrast = 0.1 + 0.44 * _conspicuity;
        var faint = contrast * (0.3 + 0.5 * _clarity);
        var (edge, faintEdge) = (EdgeBlur, 0.9 + 0.06 * Radius);
        double[] brightness =
        [
            .. core.Zip(extension, (depth, faintDepth) => Math.Max(contrast * Curve.Edge(depth, edge), faint * Curve.Edge(faintDepth, faintEdge))),
        ];
        double[] largest = [.. core.Zip(extension, (depth, faintDepth) => Math.Max(depth + OutlineStep, faintDepth))];
        return new LesionDrawing(brightness, largest, Truth(grid, core, extension));
    }

    private ModeDistribution Truth(PixelGrid grid, double[] core, double[] extension)
    {
        var (tight, middle, generous) = Outlines;
        var outlines = new[] { (Depth: OutlineStep, Share: tight), (Depth: 0, Share: middle), (Depth: -OutlineStep, Share: generous) };
        var pixels = Enumerable.Range(0, core.Length).ToArray();
        return new ModeDistribution(
            [
                BitMask.Empty(grid.Height, grid.Width),
                .. outlines.Select(outline => Mask(pixel => core[pixel] >= outline.Depth)),
                .. outlines.Select(outline => Mask(pixel => core[pixel] >= outline.Depth || extension[pixel] >= 0)),
            ],
            [
                1 - Presence,
                .. outlines.Select(outline => Presence * outline.Share * (1 - Inclusion)),
                .. outlines.Select(outline => Presence * outline.Share * Inclusion),
            ]);

        BitMask Mask(Func<int, bool> isInside) => BitMask.From<int>(grid.Height, grid.Width, pixels, isInside);
    }

    private double EdgeBlur => (0.2 + 0.42 * _blur) * Radius;

    // The tight and the generous outline run where the edge has 84% and 16% of the core's brightness.
    private double OutlineStep => 0.5 * EdgeBlur;

    private double CoreDepth(Point point) => BoundaryAlong((point - Center).Unit) - (point - Center).Length;

    // A function of the direction, hence an outline without holes and islands: a flattened circle whose radius wobbles.
    private double BoundaryAlong(Point direction)
    {
        var (along, across) = (Point.Dot(direction, _axis), Point.Dot(direction, _axis.Normal));
        var flattened = Math.Sqrt(along * along / _flattening + across * across * _flattening);
        return Radius * (1 + Wobble * RoughnessAlong(direction)) / flattened;
    }

    // Noise along circles in a plane of noise, a wide one for the shape and a wider one for its details, in [−1, 1].
    private double RoughnessAlong(Point direction) =>
        0.7 * _outline.At(_outlinePlace + 1.2 * direction) + 0.3 * _outline.At(_outlinePlace + 2.7 * direction);

    private double ExtensionDepth(Point point)
    {
        var offset = point - Center;
        var (along, across) = (Point.Dot(offset, ExtensionDirection), Point.Dot(offset, ExtensionDirection.Normal));
        switch (_extension)
        {
            case Extension.Satellite:
                // Its brightness is to be told from the core's edge, so it keeps away from the widest outline.
                return _extensionRadius - (offset - (_extensionBoundary + OutlineStep + _extensionRadius + 1) * ExtensionDirection).Length;
            case Extension.Spicule:
                var (start, length) = (0.7 * _extensionBoundary, 0.3 * _extensionBoundary + OutlineStep + 4 + 0.35 * Radius);
                var t = Math.Clamp((along - start) / length, 0, 1);
                var middle = new Point(start + t * length, _extensionBend * 0.25 * length * t * t);
                return _extensionRadius * (1 - 0.6 * t) - (new Point(along, across) - middle).Length;
            default:
                var ragged = _extensionRadius * (1 + 0.5 * Wobble * RoughnessAlong((offset - _extensionBoundary * ExtensionDirection).Unit));
                return ragged - (offset - _extensionBoundary * ExtensionDirection).Length;
        }
    }
}
