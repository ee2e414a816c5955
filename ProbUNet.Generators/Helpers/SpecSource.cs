using System.Globalization;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Writes a spec as the C# expression that makes it.</summary>
internal static class SpecSource
{
    private const string Space = "global::ProbUNet.Dsl.";

    /// <summary>The expression, a target-typed <c>new</c>; what has its default is left out.</summary>
    public static string Write(ModelSpec spec)
    {
        var usual = Families.Of(spec).Defaults;
        return New(
            from setting in Settings.Of(spec)
            group setting by setting.Part.Length == 0 ? setting.Name : setting.Part into part
            where part.Any(setting => !Equals(setting.Get(spec), setting.Get(usual)))
            let own = part.First()
            select (part.Key, own.Part.Length == 0 ? Write(own.Get(spec)) : Part(spec, part)));
    }

    /// <summary>A part, of which only what a new one would not have is written.</summary>
    private static string Part(ModelSpec spec, IEnumerable<Setting> settings) => New(
        from setting in settings
        let value = setting.Get(spec)
        where !Equals(value, setting.Unsaid)
        select (setting.Name, Write(value)));

    private static string New(IEnumerable<(string Name, string Value)> settings) =>
        string.Join(", ", settings.Select(setting => $"{setting.Name} = {setting.Value}")) is { Length: > 0 } said ? $"new() {{ {said} }}" : "new()";

    private static string Write(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        double number => double.IsNaN(number) ? "double.NaN"
            : double.IsInfinity(number) ? number > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity"
            : $"{number.ToString("R", CultureInfo.InvariantCulture)}d",
        ValueList<int> numbers => $"[{string.Join(", ", numbers.Select(number => Write(number)))}]",
        Enum choice when Enum.IsDefined(choice.GetType(), choice) => $"{Space}{choice.GetType().Name}.{choice}",
        Enum choice => $"({Space}{choice.GetType().Name})({Convert.ToInt32(choice, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)})",
        _ => throw new InvalidOperationException($"{value.GetType().Name} has no source."),   // the types of settings are closed
    };
}
