using System.Globalization;

namespace ProbUNet.Dsl;

/// <summary>Numbers as text, for code and messages.</summary>
internal static class Numeral
{
    private static readonly string[] Formats = ["G15", "G16", "G17"];

    /// <summary>
    /// A number in as few digits as read back as the same number, the same in every language and on every runtime: .NET Framework, on which compilers run too, writes 15 digits unless told otherwise, and its
    /// own round-trip (<c>R</c>) is at times another number.
    /// </summary>
    public static string Of(double number) => Formats
        .Select(format => number.ToString(format, CultureInfo.InvariantCulture))
        .First(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var read) && read.Equals(number));
}
