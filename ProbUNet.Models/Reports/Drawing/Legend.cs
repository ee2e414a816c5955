using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>A chart's key: marks with words, in lines as wide as the chart.</summary>
internal sealed class Legend
{
    private const float Pitch = 16;
    private const float Gap = 16;
    private readonly List<(float X, float Y, LegendEntry Entry)> _places = [];

    /// <summary>Lays the entries out in lines of at most <paramref name="width"/>.</summary>
    public Legend(IEnumerable<LegendEntry> entries, float width)
    {
        float x = 0, y = 0;
        foreach (var entry in entries)
        {
            var words = Ink.Fit(entry.Words, width - entry.MarkWidth - 5, Ink.Label);
            var wide = entry.MarkWidth + 5 + Ink.WidthOf(words, Ink.Label);
            if (x > 0 && x + wide > width)
                (x, y) = (0, y + Pitch);
            _places.Add((x, y, entry with { Words = words }));
            x += wide + Gap;
        }
        Height = _places.Count == 0 ? 0 : y + Pitch;
    }

    /// <summary>In points.</summary>
    public float Height { get; }

    /// <summary>Draws it with its corner at the given place.</summary>
    public void Draw(SKCanvas canvas, float left, float top)
    {
        foreach (var (x, y, entry) in _places)
        {
            entry.Mark(canvas, left + x + entry.MarkWidth / 2, top + y + Pitch / 2);
            canvas.Words(entry.Words, left + x + entry.MarkWidth + 5, top + y + Pitch / 2 + Ink.Label * 0.36f, Ink.Label, Palette.Ink);
        }
    }
}

/// <summary>One mark and what it means.</summary>
/// <param name="Words">What it means.</param>
/// <param name="MarkWidth">Its room, in points.</param>
/// <param name="Mark">Draws it around a middle.</param>
internal sealed record LegendEntry(string Words, float MarkWidth, Action<SKCanvas, float, float> Mark);
