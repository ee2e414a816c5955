using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Writes a spec as the C# expression that makes it.</summary>
internal static class SpecSource
{
    /// <summary>
    /// What an object initializer says of a spec, part by part. Every setting is said, those at their defaults too: the methods beside it are what this version made of them, and a later version that reads the spec
    /// (for tiles, for ONNX) has to read the same network, whatever its defaults are.
    /// </summary>
    public static IEnumerable<(string Name, string Value)> Parts(ModelSpec spec) =>
        from setting in Settings.Of(spec)
        group setting by setting.Part.Length == 0 ? setting.Name : setting.Part into part
        select (part.Key, part.First().Part.Length == 0 ? Value(spec, part.First()) : $"new() {{ {string.Join(", ", part.Select(setting => $"{setting.Name} = {Value(spec, setting)}"))} }}");

    private static string Value(ModelSpec spec, Setting setting) => Literal.Of(setting.Get(spec));
}
