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

    /// <summary>Text of second rank on dark pictures.</summary>
    public static readonly SKColor NoteOnDark = new(0xB4, 0xB4, 0xB4);

    /// <summary>What a grader drew: Okabe and Ito's sky blue.</summary>
    public static readonly SKColor Grader = new(0x56, 0xB4, 0xE9);

    /// <summary>What a model drew: Okabe and Ito's orange.</summary>
    public static readonly SKColor Sample = new(0xE6, 0x9F, 0x00);

    /// <summary>Okabe and Ito's vermilion.</summary>
    public static readonly SKColor Vermilion = new(0xD5, 0x5E, 0x00);

    /// <summary>Okabe and Ito's reddish purple.</summary>
    public static readonly SKColor Purple = new(0xCC, 0x79, 0xA7);

    /// <summary>Okabe and Ito's blue.</summary>
    public static readonly SKColor Blue = new(0x00, 0x72, 0xB2);

    /// <summary>Okabe and Ito's bluish green.</summary>
    public static readonly SKColor Green = new(0x00, 0x9E, 0x73);

    /// <summary>Okabe and Ito's yellow.</summary>
    public static readonly SKColor Yellow = new(0xF0, 0xE4, 0x42);
}
