using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Tests.Reports;

public class ColorMapTests
{
    // Entries of the published table of 256 that lie between our control points.
    [Theory]
    [InlineData(8, 0.013708, 0.011771, 0.068667)]
    [InlineData(25, 0.078815, 0.054184, 0.211667)]
    [InlineData(64, 0.316654, 0.071690, 0.485380)]
    [InlineData(92, 0.488088, 0.139186, 0.508011)]
    [InlineData(128, 0.716387, 0.214982, 0.475290)]
    [InlineData(161, 0.908884, 0.324755, 0.385308)]
    [InlineData(192, 0.986700, 0.535582, 0.382210)]
    [InlineData(230, 0.995680, 0.812706, 0.572645)]
    [InlineData(246, 0.990175, 0.927196, 0.682926)]
    public void Colour_IsThatOfThePublishedTable(int entry, double red, double green, double blue)
    {
        var color = ColorMap.At(entry / 255f);
        Assert.Equal(255 * red, color.Red, 2.0);
        Assert.Equal(255 * green, color.Green, 2.0);
        Assert.Equal(255 * blue, color.Blue, 2.0);
    }

    // Equal to the eye by CAM02-UCS, in which the map was designed; L* agrees but for a slower start out of black.
    [Fact]
    public void Lightness_GrowsInNearlyEqualSteps()
    {
        var lightness = Enumerable.Range(0, 51).Select(i => Lightness(ColorMap.At(i / 50f))).ToArray();
        var average = (lightness[^1] - lightness[0]) / 50;
        Assert.All(lightness.Zip(lightness.Skip(1), (dark, light) => light - dark), step => Assert.InRange(step, 0.4 * average, 1.6 * average));
    }

    [Theory]
    [InlineData(-1f, 0f)]
    [InlineData(2f, 1f)]
    public void ValuesOutside_TakeTheNearestEnd(float value, float end) => Assert.Equal(ColorMap.At(end), ColorMap.At(value));

    /// <summary>L* of CIELAB, of an sRGB colour.</summary>
    private static double Lightness(SKColor color)
    {
        var luminance = 0.2126 * Linear(color.Red) + 0.7152 * Linear(color.Green) + 0.0722 * Linear(color.Blue);
        return luminance > 0.008856 ? 116 * Math.Cbrt(luminance) - 16 : 903.3 * luminance;

        static double Linear(byte level) => level <= 10 ? level / 255.0 / 12.92 : Math.Pow((level / 255.0 + 0.055) / 1.055, 2.4);
    }
}
