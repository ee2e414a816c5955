using ProbUNet.Models.Data;
using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>
/// The colours of classes. Names of Cityscapes have the colours of that data set (cityscapesScripts, helpers/labels.py) and the alternates those of the paper's released code, so that
/// pictures compare; other classes have colours that the colour-blind tell apart, in an order that never changes (Okabe and Ito 2008, then Tol's "muted", "Colour schemes", 2021).
/// </summary>
internal static class ClassColors
{
    internal static readonly Dictionary<string, SKColor> Known = new()
    {
        ["road"] = new(128, 64, 128), ["sidewalk"] = new(244, 35, 232), ["building"] = new(70, 70, 70), ["wall"] = new(102, 102, 156),
        ["fence"] = new(190, 153, 153), ["pole"] = new(153, 153, 153), ["traffic light"] = new(250, 170, 30), ["traffic sign"] = new(220, 220, 0),
        ["vegetation"] = new(107, 142, 35), ["terrain"] = new(152, 251, 152), ["sky"] = new(70, 130, 180), ["person"] = new(220, 20, 60),
        ["rider"] = new(255, 0, 0), ["car"] = new(0, 0, 142), ["truck"] = new(0, 0, 70), ["bus"] = new(0, 60, 100), ["train"] = new(0, 80, 100),
        ["motorcycle"] = new(0, 0, 230), ["bicycle"] = new(119, 11, 32),
        ["road 2"] = new(84, 86, 22), ["person 2"] = new(167, 242, 242), ["vegetation 2"] = new(242, 160, 19), ["car 2"] = new(30, 193, 252),
        ["sidewalk 2"] = new(46, 247, 180),
    };

    private static readonly SKColor[] Others =
    [
        new(0x00, 0x72, 0xB2), new(0xE6, 0x9F, 0x00), new(0x00, 0x9E, 0x73), new(0xCC, 0x79, 0xA7), new(0x56, 0xB4, 0xE9), new(0xD5, 0x5E, 0x00), new(0xF0, 0xE4, 0x42),
        new(0x33, 0x22, 0x88), new(0x11, 0x77, 0x33), new(0x88, 0x22, 0x55), new(0xDD, 0xCC, 0x77), new(0x44, 0xAA, 0x99), new(0xAA, 0x44, 0x99), new(0x99, 0x99, 0x33), new(0xCC, 0x66, 0x77),
    ];

    /// <summary>What belongs to no class.</summary>
    public static readonly SKColor Ignored = SKColors.Black;

    /// <summary>One colour a class. Where one name is not of Cityscapes, no class has a colour of Cityscapes.</summary>
    public static SKColor[] Of(SegmentationClasses classes) => classes.Names.All(Known.ContainsKey)
        ? [.. classes.Names.Select(name => Known[name])]
        : [.. Enumerable.Range(0, classes.Count).Select(Other)];

    /// <summary>A key to the classes that occur in some segmentations, in their order.</summary>
    public static Legend Key(SegmentationClasses classes, IEnumerable<Segmentation> shown, float width)
    {
        var (present, isIgnoredSomewhere) = (new bool[classes.Count], false);
        foreach (var segmentation in shown)
        {
            for (var @class = 0; @class < classes.Count; @class++)
                present[@class] |= !segmentation[@class].IsEmpty;
            isIgnoredSomewhere |= segmentation.Planes.Sum(plane => plane.Area) < segmentation.Height * segmentation.Width;
        }
        var colors = Of(classes);
        var entries = Enumerable.Range(0, classes.Count).Where(@class => present[@class]).Select(@class => Entry(classes.Names[@class], colors[@class]));
        return new Legend(isIgnoredSomewhere ? entries.Append(Entry("ignored", Ignored)) : entries, width);
    }

    private static LegendEntry Entry(string name, SKColor color) => new(name, 12, (canvas, x, y) => canvas.Box(SKRect.Create(x - 6, y - 4.5f, 12, 9), color));

    // After the list its colours come again, each time darker.
    private static SKColor Other(int @class)
    {
        var color = Others[@class % Others.Length];
        var share = MathF.Pow(0.72f, @class / Others.Length);
        return new((byte)(color.Red * share), (byte)(color.Green * share), (byte)(color.Blue * share));
    }
}
