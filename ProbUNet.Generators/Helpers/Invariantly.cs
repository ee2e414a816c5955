using System.Globalization;

namespace ProbUNet.Generators;

/// <summary>Does things as if the machine had no language: a Swedish one writes a negative number with another minus, which C# does not read.</summary>
internal static class Invariantly
{
    public static void Do(Action action) => Do(() =>
    {
        action();
        return 0;
    });

    public static T Do<T>(Func<T> function)
    {
#pragma warning disable RS1035   // The ambient culture is banned because output depends on it; here it is set so that none does.
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            return function();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
#pragma warning restore RS1035
    }
}
