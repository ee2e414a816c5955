using System.Globalization;
using System.Xml.Linq;
using ProbUNet.Models.Data;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Reports.Html;

/// <summary>
/// Drawings within a document. Colours with a meaning become those of the style sheet, which has a light and a dark variant of each, so that a chart that was drawn
/// on white paper can be read on a dark screen; ids get a prefix, since a document has each only once.
/// </summary>
internal static class Drawings
{
    private const double PixelsToAPoint = 4.0 / 3;

    private static readonly Dictionary<SKColor, string> Themed = new()
    {
        [Palette.Paper] = "--paper", [Palette.Ink] = "--ink", [Palette.Note] = "--note", [Ink.Grid] = "--grid", [new(0xF4, 0xF5, 0xF7)] = "--band",
        [Palette.Grader] = "--grader", [Palette.Sample] = "--sample", [Palette.Vermilion] = "--vermilion", [Palette.Purple] = "--purple", [Palette.Blue] = "--blue",
        [Palette.Green] = "--green", [new(0x00, 0x79, 0x5A)] = "--skip",
    };

    /// <summary>A chart of ours.</summary>
    /// <param name="figure">What is drawn.</param>
    /// <param name="id">Its own in the document.</param>
    /// <param name="alt">What it shows, for those who do not see it.</param>
    public static Element Of(Figure figure, string id, string alt) => Of(figure.Svg(), id, alt, PixelsToAPoint, trim: 9);

    /// <summary>Any SVG of ours.</summary>
    /// <param name="svg">The content of a file.</param>
    /// <param name="id">Its own in the document.</param>
    /// <param name="alt">What it shows, for those who do not see it.</param>
    /// <param name="scale">Pixels of the screen to one of its units.</param>
    /// <param name="trim">What is left out of its margins, which a document has of its own.</param>
    public static Element Of(string svg, string id, string alt, double scale = 1, int trim = 0)
    {
        var root = XDocument.Parse(svg).Root!;
        var (width, height) = (Size("width") - 2 * trim, Size("height") - 2 * trim);
        return E("svg", [.. root.Nodes().SelectMany(node => Adopted(node, id, isTitle: true))])
            .Class("drawing").With("viewBox", $"{N(trim)} {N(trim)} {N(width)} {N(height)}").With("width", N(scale * width)).With("height", N(scale * height))
            .With("role", "img").With("aria-label", alt).Kept(root, "font-family", "font-size", "fill");

        double Size(string name) => double.Parse((string)root.Attribute(name)!, CultureInfo.InvariantCulture);
    }

    /// <summary>An image as it is, and under an id of its own for others to lie on.</summary>
    public static Element Image(GradedImage image, string id, string alt)
    {
        using var bitmap = Panels.Of(image);
        return Pane(image.Height, image.Width, alt,
            E("image").Id(id).With("width", N(image.Width)).With("height", N(image.Height)).With("href", $"data:image/png;base64,{Convert.ToBase64String(Png(bitmap))}").Class("pixels"));
    }

    /// <summary>A segmentation: a binary mask as a veil with its outline over the image in dim, several classes in their colours.</summary>
    /// <param name="mask">[K, H, W].</param>
    /// <param name="image">The image.</param>
    /// <param name="imageId">Where it is in the document.</param>
    /// <param name="kind">The class of the style sheet: <c>grader</c> or <c>sample</c>.</param>
    /// <param name="alt">What it shows, for those who do not see it.</param>
    public static Element Mask(Segmentation mask, GradedImage image, string imageId, string kind, string alt)
    {
        if (mask.Classes > 1)
        {
            using var bitmap = Panels.Of(mask, ClassColors.Of(image.Classes));
            return Picture(Png(bitmap), alt).Class("pixels");
        }
        return Pane(image.Height, image.Width, mask.IsEmpty ? $"{alt}: empty" : alt,
            E("use").With("href", $"#{imageId}").Class("dim"),
            mask.IsEmpty ? E("text", "empty").Class("empty").With("x", N(0.05 * image.Width)).With("y", N(0.94 * image.Height)).With("font-size", N(0.1 * image.Width))
                : E("path").Class($"veil {kind}").With("d", MaskOutline.Of(mask.Foreground)));
    }

    /// <summary>A quantity [H, W] from 0 to the largest, in the colours of <see cref="ColorMap"/>.</summary>
    public static Element Map(float[] map, int height, int width, float largest, string alt)
    {
        using var bitmap = Panels.Of(map, height, width, largest);
        return Picture(Png(bitmap), alt).Class("pixels");
    }

    /// <summary>The scale of such maps.</summary>
    public static Element MapScale(float largest)
    {
        const int Steps = 64;
        using var bitmap = Panels.Of(Enumerable.Range(0, Steps).Select(step => (step + 0.5f) / Steps).ToArray(), 1, Steps, 1);
        var end = largest.ToString("0.##", CultureInfo.InvariantCulture);
        return E("span", "0", Picture(Png(bitmap), $"colours from 0 to {end}"), end).Class("scale");
    }

    /// <summary>What colour each class of some segmentations has.</summary>
    public static Markup Key(SegmentationClasses classes, IEnumerable<Segmentation> shown)
    {
        if (classes.Count == 1)
            return Markup.None;
        var all = shown.ToList();
        var colors = ClassColors.Of(classes);
        return E("ul", [.. Enumerable.Range(0, classes.Count).Where(@class => all.Exists(each => !each[@class].IsEmpty))
            .Select(@class => E("li", E("span").Class("chip").With("style", $"background:{Hex(colors[@class])}"), classes.Names[@class]))]).Class("key");
    }

    private static Element Pane(int height, int width, string alt, params IReadOnlyList<Markup> children) =>
        E("svg", children).Class("pane").With("viewBox", $"0 0 {N(width)} {N(height)}").With("role", "img").With("aria-label", alt);

    private static byte[] Png(SKBitmap bitmap)
    {
        using var image = SKImage.FromBitmap(bitmap);
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    private static IEnumerable<Markup> Adopted(XNode node, string id, bool isTitle = false)
    {
        switch (node)
        {
            case XText text when !string.IsNullOrWhiteSpace(text.Value):
                yield return text.Value;
                break;
            case XElement element when !(isTitle && element.Name.LocalName == "title"):   // the label says it
                var adopted = E(element.Name.LocalName, [.. element.Nodes().SelectMany(child => Adopted(child, id))]);
                foreach (var attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration))
                    adopted = adopted.With(Renamed(attribute), Valued(attribute, id));
                yield return adopted;
                break;
        }
    }

    private static Element Kept(this Element element, XElement from, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (from.Attribute(name) is { } attribute)
                element = element.With(name, Valued(attribute, ""));
        return element;
    }

    // Only what XML alone has is written otherwise in HTML.
    private static string Renamed(XAttribute attribute) => attribute.Name.NamespaceName.Length == 0 || attribute.Name.LocalName != "space" ? attribute.Name.LocalName : "style";

    private static string Valued(XAttribute attribute, string id) => attribute.Name.LocalName switch
    {
        "space" => "white-space:pre",
        "id" => $"{id}-{attribute.Value}",
        "href" when attribute.Value.StartsWith('#') => $"#{id}-{attribute.Value[1..]}",
        "fill" or "stroke" when ColorOf(attribute.Value) is { } color && Themed.TryGetValue(color, out var name) => $"var({name})",
        _ => attribute.Value.Replace("url(#", $"url(#{id}-", StringComparison.Ordinal),
    };

    private static SKColor? ColorOf(string value) => value switch
    {
        "white" => SKColors.White,
        _ => value.StartsWith('#') && SKColor.TryParse(value, out var color) ? color : null,
    };

    private static string Hex(SKColor color) => $"#{color.Red:X2}{color.Green:X2}{color.Blue:X2}";

    private static string N(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);
}
