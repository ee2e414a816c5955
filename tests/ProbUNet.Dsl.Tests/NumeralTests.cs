using System.Globalization;
using FsCheck.Xunit;

namespace ProbUNet.Dsl.Tests;

public class NumeralTests
{
    [Property(MaxTest = 5000)]
    public void ANumber_ReadsBackAsItself_InAnyLanguage(double number, long bits)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var swedish = (CultureInfo)CultureInfo.InvariantCulture.Clone();   // made by hand, for machines without languages
            (swedish.NumberFormat.NumberDecimalSeparator, swedish.NumberFormat.NegativeSign) = (",", "−");
            CultureInfo.CurrentCulture = swedish;
            foreach (var each in new[] { number, BitConverter.Int64BitsToDouble(bits), double.MaxValue, double.Epsilon, -0.0, double.NegativeInfinity, double.NaN })
                Assert.Equal(each, double.Parse(Numeral.Of(each), CultureInfo.InvariantCulture));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(10, "10")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(1 / 3.0, "0.3333333333333333")]
    [InlineData(1e-5, "1E-05")]
    public void ANumber_HasAsFewDigitsAsItNeeds(double number, string text) => Assert.Equal(text, Numeral.Of(number));
}
