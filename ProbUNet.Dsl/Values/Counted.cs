namespace ProbUNet.Dsl;

/// <summary>Numbers of things, as people say them.</summary>
internal static class Counted
{
    /// <summary>A number and what it is of: 1 step, 2 steps.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">What one of them is called.</param>
    /// <param name="several">What several are called; with an s behind it if left out.</param>
    public static string Of(long number, string one, string? several = null) =>
        FormattableString.Invariant($"{number} {Thing(number, one, several)}");

    /// <summary>The same without the number.</summary>
    public static string Thing(long number, string one, string? several = null) => number == 1 ? one : several ?? one + "s";
}
