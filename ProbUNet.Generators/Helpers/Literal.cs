using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Writes the values of valid networks as C#, where the type that they go to is known: settings, arguments of calls, names.</summary>
internal static class Literal
{
    /// <summary>The expression of a value; a whole real number is written as a whole one, which C# converts.</summary>
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => SymbolDisplay.FormatLiteral(text, quote: true),
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        double number => Numeral.Of(number),
        ValueList<int> numbers => $"[{string.Join(", ", numbers.Select(number => Of(number)))}]",
        Enum choice => $"global::{choice.GetType().FullName}.{choice}",
        _ => throw new InvalidOperationException($"{value.GetType().Name} has no source."),   // the types of settings and arguments are closed
    };
}
