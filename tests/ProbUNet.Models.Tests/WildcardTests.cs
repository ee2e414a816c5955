using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ProbUNet.Models.Tests;

/// <summary>A * stands for any letters, and all else for itself.</summary>
public class WildcardTests
{
    [Property(MaxTest = 2000)]
    public Property APattern_FitsWhatTheExpressionFits_ThatItStandsFor()
    {
        // Of few letters, so that a good part of the pairs fits.
        Gen<string> Words(string letters) => Gen.ArrayOf(Gen.Elements(letters.ToCharArray())).Where(all => all.Length < 9).Select(all => new string(all));
        return Prop.ForAll(Words("ab.*").ToArbitrary(), Words("ab.").ToArbitrary(), (pattern, name) =>
            Assert.Equal(Regex.IsMatch(name, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.Singleline), Wildcard.Fits(pattern, name)));
    }

    [Theory]
    [InlineData("unet.*", "unet.encoder0.conv0.weight", true)]
    [InlineData("*.bias", "unet.encoder0.conv0.bias", true)]
    [InlineData("*a*a", "a", false)]
    [InlineData("a*a", "a", false)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    public void Patterns_AreOfWholeNames(string pattern, string name, bool fits) => Assert.Equal(fits, Wildcard.Fits(pattern, name));
}
