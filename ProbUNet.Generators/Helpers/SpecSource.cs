using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Writes a spec as the C# expression that makes it.</summary>
internal static class SpecSource
{
    /// <summary>The expression, a target-typed <c>new</c>; what has its default is left out.</summary>
    public static string Write(ModelSpec spec)
    {
        var usual = Families.Of(spec).Defaults;
        return New(
            from setting in Settings.Of(spec)
            group setting by setting.Part.Length == 0 ? setting.Name : setting.Part into part
            where part.Any(setting => !Equals(setting.Get(spec), setting.Get(usual)))
            let own = part.First()
            select (part.Key, own.Part.Length == 0 ? Literal.Of(own.Get(spec)) : Part(spec, part)));
    }

    /// <summary>A part, of which only what a new one would not have is written.</summary>
    private static string Part(ModelSpec spec, IEnumerable<Setting> settings) => New(
        from setting in settings
        let value = setting.Get(spec)
        where !Equals(value, setting.Unsaid)
        select (setting.Name, Literal.Of(value)));

    private static string New(IEnumerable<(string Name, string Value)> settings) =>
        string.Join(", ", settings.Select(setting => $"{setting.Name} = {setting.Value}")) is { Length: > 0 } said ? $"new() {{ {said} }}" : "new()";
}
