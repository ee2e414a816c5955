using ProbUNet.Dsl;
using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>The shape and colour by which a chart names a system.</summary>
/// <param name="Shape">Told apart without colour.</param>
/// <param name="Color">Told apart by the colour-blind.</param>
internal sealed record Marker(MarkerShape Shape, SKColor Color)
{
    /// <summary>The paper's own for its five systems (Fig. 4), in the nearest colours of Okabe and Ito.</summary>
    internal static readonly Dictionary<string, Marker> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        [Families.Of<DropoutUNetSpec>().Title] = new(MarkerShape.Star, Palette.Vermilion),
        [Families.Of<UNetEnsembleSpec>().Title] = new(MarkerShape.Diamond, Palette.Sample),
        [Families.Of<MultiHeadUNetSpec>().Title] = new(MarkerShape.Circle, Palette.Purple),
        [Families.Of<ImageToImageVaeSpec>().Title] = new(MarkerShape.Hexagon, Palette.Blue),
        [Families.Of<ProbabilisticUNetSpec>().Title] = new(MarkerShape.Triangle, Palette.Green),
    };

    // None in ink, in which intervals lie upon them.
    private static readonly Marker[] Further =
    [
        new(MarkerShape.Square, Palette.Grader),
        new(MarkerShape.DownTriangle, Palette.Yellow),
        new(MarkerShape.Pentagon, Palette.Note),
        new(MarkerShape.Plus, Palette.Blue),
        new(MarkerShape.Cross, Palette.Vermilion),
    ];

    /// <summary>A look for each name, in their order: the paper's where it has one, else another, in a colour of its own as long as there is one, since dots have no shape.</summary>
    public static IReadOnlyDictionary<string, Marker> For(IEnumerable<string> names)
    {
        var all = names.Distinct().ToList();
        var looks = all.Where(Known.ContainsKey).ToDictionary(name => name, name => Known[name]);
        foreach (var (name, place) in all.Where(name => !Known.ContainsKey(name)).Select((name, place) => (name, place)))
        {
            var free = Further.Except(looks.Values).ToList();
            looks[name] = free.Find(look => looks.Values.All(taken => taken.Color != look.Color)) ?? free.FirstOrDefault() ?? Further[place % Further.Length];
        }
        return all.ToDictionary(name => name, name => looks[name]);
    }

    /// <summary>Draws it filled with a fine dark edge.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="x">Its middle.</param>
    /// <param name="y">Its middle.</param>
    /// <param name="radius">All shapes of one radius look equally large.</param>
    public void Draw(SKCanvas canvas, float x, float y, float radius)
    {
        using var path = Outline(x, y, radius);
        using var fill = new SKPaint { Color = Color, IsAntialias = true };
        using var edge = new SKPaint { Color = Palette.Ink, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 0.7f, StrokeJoin = SKStrokeJoin.Miter };
        canvas.DrawPath(path, fill);
        canvas.DrawPath(path, edge);
    }

    private SKPath Outline(float x, float y, float radius)
    {
        return Shape switch
        {
            MarkerShape.Circle => Polygon(48, 0, _ => 0.9f),
            MarkerShape.Star => Polygon(10, -90, i => i % 2 == 0 ? 1.3f : 0.55f),
            MarkerShape.Diamond => Polygon(4, -90, _ => 1.15f),
            MarkerShape.Hexagon => Polygon(6, -90, _ => 1.05f),
            MarkerShape.Pentagon => Polygon(5, -90, _ => 1.1f),
            MarkerShape.Triangle => Polygon(3, -90, _ => 1.25f),
            MarkerShape.DownTriangle => Polygon(3, 90, _ => 1.25f),
            MarkerShape.Square => Polygon(4, -45, _ => 1.15f),
            MarkerShape.Plus => Cross(0),
            _ => Cross(45),
        };

        SKPath Polygon(int corners, float start, Func<int, float> share) =>
            Ink.Polygon([.. Enumerable.Range(0, corners).Select(i => At(start + i * 360f / corners, share(i)))]);

        // Twelve corners: two at the end of each arm, one between each and the next.
        SKPath Cross(float turn) => Ink.Polygon([.. Enumerable.Range(0, 4).SelectMany(arm => new[]
        {
            At(turn + arm * 90 - 18, 1.1f), At(turn + arm * 90 + 18, 1.1f), At(turn + arm * 90 + 45, 0.48f),
        })]);

        SKPoint At(float degrees, float share)
        {
            var angle = degrees * MathF.PI / 180;
            return new(x + radius * share * MathF.Cos(angle), y + radius * share * MathF.Sin(angle));
        }
    }
}

/// <summary>The shapes of a <see cref="Marker"/>.</summary>
internal enum MarkerShape
{
    Star,
    Diamond,
    Circle,
    Hexagon,
    Triangle,
    Square,
    DownTriangle,
    Plus,
    Cross,
    Pentagon,
}
