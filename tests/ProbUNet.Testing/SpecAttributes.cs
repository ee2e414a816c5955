using System.Globalization;
using ProbUNet.Dsl;

namespace ProbUNet.Testing;

/// <summary>Writes a spec as the attributes that declare it: the inverse of the generator's parser.</summary>
public static class SpecAttributes
{
    public static string Write(ModelSpec spec, string className, string modifiers = "public sealed partial") => string.Join('\n',
        Parts(spec).Select(part => $"[{part.Name}({string.Join(", ", part.Arguments)})]").Append($"{modifiers} class {className};"));

    /// <summary>The attributes of a spec with their arguments.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<string> Arguments)> Parts(ModelSpec spec) =>
        from setting in Settings.Of(spec)
        group setting by setting.AttributeOf(Families.Of(spec)) into attribute
        select (attribute.Key, (IReadOnlyList<string>)
        [
            .. from setting in attribute
               let value = setting.Get(spec)
               where value is not null
               orderby setting.IsPositional descending
               select setting.IsPositional ? Text(value) : $"{setting.Argument} = {Text(value)}",
        ]);

    /// <summary>A value as an argument.</summary>
    public static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        double number => double.IsNaN(number) ? "double.NaN" : double.IsNegativeInfinity(number) ? "double.NegativeInfinity" : number.ToString("R", CultureInfo.InvariantCulture) + "d",
        Enum choice => $"({choice.GetType().Name})({Convert.ToInt32(choice, CultureInfo.InvariantCulture)})",
        ValueList<int> numbers => numbers.ToString(),
        _ => throw new ArgumentException($"{value.GetType().Name} is no value of a setting.", nameof(value)),
    };
}
