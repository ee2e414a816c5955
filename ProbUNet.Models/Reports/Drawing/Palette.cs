using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>The colours of all pictures; those with a meaning are told apart by the colour-blind (Okabe and Ito, "Color Universal Design", 2008).</summary>
internal static class Palette
{
    /// <summary>The page.</summary>
    public static readonly SKColor Paper = SKColors.White;

    /// <summary>Text and rules.</summary>
    public static readonly SKColor Ink = new(0x20, 0x20, 0x20);

    /// <summary>Text of second rank.</summary>
    public static readonly SKColor Note = new(0x60, 0x60, 0x60);

    /// <summary>What a grader drew: Okabe and Ito's sky blue.</summary>
    public static readonly SKColor Grader = new(0x56, 0xB4, 0xE9);

    /// <summary>What a model drew: Okabe and Ito's orange.</summary>
    public static readonly SKColor Sample = new(0xE6, 0x9F, 0x00);
}
