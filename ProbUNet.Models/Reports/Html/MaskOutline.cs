using System.Globalization;
using System.Text;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Reports.Html;

/// <summary>The edges of a mask as a path of SVG: sharp at any size, and a tenth of the bytes of a picture.</summary>
internal static class MaskOutline
{
    /// <summary>Closed lines along the sides of pixels, a pixel one unit; what is outside of one and inside of another is a hole, by the rule of even and odd.</summary>
    public static string Of(BitMask mask)
    {
        var next = Sides(mask);
        var path = new StringBuilder();
        // In the order of the corners, so that equal masks have equal paths.
        foreach (var corner in next.Keys.Order().ToList())
            while (next.TryGetValue(corner, out var ends) && ends.Count > 0)
                Append(path, Loop(next, corner));
        return path.ToString();
    }

    /// <summary>Each side between a pixel of the mask and one that is not in it, from corner to corner, the mask on the right.</summary>
    private static Dictionary<(int Y, int X), List<(int Y, int X)>> Sides(BitMask mask)
    {
        var sides = new Dictionary<(int, int), List<(int, int)>>();
        for (var y = 0; y < mask.Height; y++)
            for (var x = 0; x < mask.Width; x++)
                if (mask[y, x])
                {
                    AddUnless(Has(y - 1, x), (y, x), (y, x + 1));
                    AddUnless(Has(y, x + 1), (y, x + 1), (y + 1, x + 1));
                    AddUnless(Has(y + 1, x), (y + 1, x + 1), (y + 1, x));
                    AddUnless(Has(y, x - 1), (y + 1, x), (y, x));
                }
        return sides;

        bool Has(int y, int x) => y >= 0 && x >= 0 && y < mask.Height && x < mask.Width && mask[y, x];

        void AddUnless(bool isInside, (int, int) from, (int, int) to)
        {
            if (isInside)
                return;
            if (!sides.TryGetValue(from, out var ends))
                sides[from] = ends = [];
            ends.Add(to);
        }
    }

    /// <summary>One closed line, its corners alone.</summary>
    private static List<(int Y, int X)> Loop(Dictionary<(int Y, int X), List<(int Y, int X)>> next, (int Y, int X) start)
    {
        var corners = new List<(int Y, int X)> { start };
        for (var at = start; ;)
        {
            var to = next[at][^1];
            next[at].RemoveAt(next[at].Count - 1);
            if (to == start)
                return corners;
            // A side that goes on straight takes the end of the one before.
            if (corners.Count > 1 && (corners[^2].Y == to.Y || corners[^2].X == to.X))
                corners[^1] = to;
            else
                corners.Add(to);
            at = to;
        }
    }

    private static void Append(StringBuilder path, List<(int Y, int X)> corners)
    {
        path.Append(CultureInfo.InvariantCulture, $"M{corners[0].X} {corners[0].Y}");
        foreach (var (before, corner) in corners.Zip(corners.Skip(1)))
            if (before.Y == corner.Y)
                path.Append(CultureInfo.InvariantCulture, $"H{corner.X}");
            else
                path.Append(CultureInfo.InvariantCulture, $"V{corner.Y}");
        path.Append('Z');
    }
}
