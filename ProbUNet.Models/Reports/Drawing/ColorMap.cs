using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>Colours for a quantity, in equal steps of perceived lightness, so that it reads alike on a screen, in grey print and to the colour-blind.</summary>
internal static class ColorMap
{
    /// <summary>
    /// Every 17th of the 256 colours of "magma" by S. van der Walt and N. Smith (bids.github.io/colormap, released as CC0), as 0xRRGGBB.
    /// Linear interpolation between them stays within two of 255 steps of the full table.
    /// </summary>
    private static readonly int[] Magma =
    [
        0x000004, 0x0B0924, 0x20114B, 0x3B0F70, 0x57157E, 0x721F81, 0x8C2981, 0xA8327D,
        0xC43C75, 0xDE4968, 0xF1605D, 0xFA7F5E, 0xFE9F6D, 0xFEBF84, 0xFDDEA0, 0xFCFDBF,
    ];

    /// <summary>The colour of <paramref name="value"/> in [0, 1], black to pale yellow; what lies outside takes the nearest end.</summary>
    public static SKColor At(float value)
    {
        var position = Math.Clamp(value, 0, 1) * (Magma.Length - 1);
        var below = Math.Min((int)position, Magma.Length - 2);
        var fraction = position - below;
        return new(Channel(16), Channel(8), Channel(0));

        byte Channel(int shift)
        {
            float low = Magma[below] >> shift & 255, high = Magma[below + 1] >> shift & 255;
            return (byte)MathF.Round(low + fraction * (high - low));
        }
    }
}
