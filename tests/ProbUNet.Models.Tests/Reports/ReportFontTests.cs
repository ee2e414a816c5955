using ProbUNet.Models.Reports.Drawing;

namespace ProbUNet.Models.Tests.Reports;

public class ReportFontTests
{
    [Fact]
    public void Typeface_IsTheEmbeddedOneAndHasTheLettersOfOurCaptions()
    {
        using var font = ReportFont.OfSize(20);
        Assert.Equal("DejaVu Sans", font.Typeface.FamilyName);
        Assert.True(font.ContainsGlyphs("GED² = 2·E[d(S, Y)] − … σ ∅ ± × ≤ β µ"));
    }

    [Fact]
    public void Licence_TravelsWithTheFont()
    {
        using var stream = typeof(ReportFont).Assembly.GetManifestResourceStream("DejaVuSans.LICENSE.txt");
        Assert.NotNull(stream);
    }

    [Theory]
    [InlineData(1000f, "a caption of some words")]
    [InlineData(120f, null)]
    [InlineData(25f, null)]
    public void FittedText_StaysWithinItsWidth(float width, string? whole)
    {
        using var font = ReportFont.OfSize(20);
        var fitted = ReportFont.Fit("a caption of some words", width, font);
        Assert.True(font.MeasureText(fitted) <= width);
        if (whole is null)
            Assert.EndsWith("…", fitted, StringComparison.Ordinal);
        else
            Assert.Equal(whole, fitted);
    }
}
