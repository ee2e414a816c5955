using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ProbUNet.Dsl;

namespace ProbUNet.Models.Training;

/// <summary>Training plans as JSON: the properties of <see cref="TrainingPlan"/> in camel case, all of them optional, and no others.</summary>
public static partial class PlanJson
{
    private const string Example = "{\"steps\": 1000}";

    internal static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false), new NamesConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>A plan as an indented document.</summary>
    public static string Write(TrainingPlan plan) => JsonSerializer.Serialize(plan, Options);

    /// <summary>Reads a plan; what is left out keeps its default.</summary>
    /// <param name="json">An object.</param>
    /// <param name="source">What a refusal names: the file.</param>
    /// <exception cref="InputException">It is no plan; names the setting and its range, or the one that was meant.</exception>
    public static TrainingPlan Read(string json, string source = "the plan") => Read(JsonFile.ReadText(source, json, Example), source);

    /// <summary>Reads a plan from a file, UTF-8 with or without a mark at its beginning; what is left out keeps its default.</summary>
    /// <param name="path">A file with an object.</param>
    /// <exception cref="InputException">It cannot be read, or is no plan; names the line and column, or the setting and its range, or the one that was meant.</exception>
    public static TrainingPlan Open(string path) => Read(JsonFile.Read(path, Example), path);

    /// <summary>The plan with one setting changed.</summary>
    /// <param name="plan">What is changed.</param>
    /// <param name="path">A setting, for example <c>beta</c> or <c>geco.target</c>; parts of what is not there get their defaults.</param>
    /// <param name="value">As in JSON, or a word, for example <c>AdamW</c>, or <c>Paper</c> for the paper's augmentation; several names stand between commas; <c>null</c> takes away.</param>
    /// <exception cref="InputException">There is no such setting, or the value cannot be its; its ranges are for <see cref="TrainingPlan.Check"/>.</exception>
    public static TrainingPlan With(this TrainingPlan plan, string path, string value)
    {
        var root = JsonSerializer.SerializeToNode(plan, Options)!.AsObject();
        var (at, type) = (root, typeof(TrainingPlan));
        var parts = path.Split('.');
        for (var depth = 0; ; depth++)
        {
            var property = Find(type, parts[depth], string.Join('.', parts[..(depth + 1)]));
            var kind = KindOf(property);
            if (depth == parts.Length - 1)
            {
                at[NameOf(property)] = Value(kind, value);
                return Read(root, _ => $"{path}={value}");
            }
            if (!IsNested(kind))
                throw new InputException(path, $"{string.Join('.', parts[..(depth + 1)])} has no settings of its own", $"write {string.Join('.', parts[..(depth + 1)])}={value}");
            if (at[NameOf(property)] is null)
                at[NameOf(property)] = JsonSerializer.SerializeToNode(Default(kind), Options);
            (at, type) = (at[NameOf(property)]!.AsObject(), kind);
        }
    }

    /// <summary>The paths of all settings, in their order.</summary>
    internal static IEnumerable<string> Paths(Type? type = null, string prefix = "") => Settable(type ?? typeof(TrainingPlan)).SelectMany(property =>
        KindOf(property) is var kind && IsNested(kind)
            ? Paths(kind, $"{prefix}{NameOf(property)}.").Prepend(prefix + NameOf(property))
            : [prefix + NameOf(property)]);

    /// <summary>The settings of a plan that are not at their defaults, by their paths.</summary>
    internal static IEnumerable<(string Path, string Value)> Unusual(TrainingPlan plan)
    {
        var usual = Flat(JsonSerializer.SerializeToNode(new TrainingPlan(), Options), "").ToHashSet();
        return Flat(JsonSerializer.SerializeToNode(plan, Options), "").Where(setting => !usual.Contains(setting));

        static IEnumerable<(string Path, string Value)> Flat(JsonNode? node, string path) => node switch
        {
            JsonObject settings => settings.SelectMany(setting => Flat(setting.Value, path.Length == 0 ? setting.Key : $"{path}.{setting.Key}")),
            JsonValue value when value.TryGetValue(out string? word) => [(path, word)],
            _ => [(path, node?.ToJsonString() ?? "null")],
        };
    }

    /// <summary>What the library says of its plans and specs, with other names for their settings: TrainingPlan.Beta is <c>beta</c> in a document, and ModelSpec.Classes <c>classes</c>.</summary>
    /// <param name="text">A sentence, or a part of one.</param>
    /// <param name="name">The name of a setting of a plan, by its path.</param>
    internal static string InWords(string text, Func<string, string> name) => InCode().Replace(OfSpecs().Replace(text, match => string.Join('.', match.Groups[1].Value.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName))), match =>
        name(string.Join('.', match.Groups[1].Value.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName))));

    private static TrainingPlan Read(JsonObject node, string source) => Read(node, path => path.Length == 0 ? source : $"{source}: {path}");

    private static TrainingPlan Read(JsonObject node, Func<string, string> culprit)
    {
        CheckNames(node, typeof(TrainingPlan), "", culprit);
        NameSets(node, typeof(TrainingPlan));
        try
        {
            return node.Deserialize<TrainingPlan>(Options)!;
        }
        catch (JsonException error)
        {
            var path = (error.Path ?? "$").TrimStart('$').TrimStart('.');
            throw new InputException(culprit(path), "this value cannot be the setting's", $"use {Wanted(path)}", error);
        }
    }

    /// <summary>Refuses a name that is no setting before the reader does, which would not say what was meant.</summary>
    private static void CheckNames(JsonObject node, Type type, string prefix, Func<string, string> culprit)
    {
        foreach (var (name, value) in node)
        {
            if (Settable(type).FirstOrDefault(property => NameOf(property) == name) is not { } property)
                throw Unknown(type, name, culprit(prefix + name));
            var kind = KindOf(property);
            if (value is JsonObject inner && IsNested(kind))
                CheckNames(inner, kind, $"{prefix}{name}.", culprit);
        }
    }

    /// <summary>A setting with settings of its own may have sets of them that have a name, None or Paper: puts them in the place of their names.</summary>
    private static void NameSets(JsonObject node, Type type)
    {
        foreach (var property in Settable(type).Where(property => IsNested(KindOf(property))))
            if (node[NameOf(property)] is JsonValue given && given.TryGetValue(out string? name)
                && Named(KindOf(property)).FirstOrDefault(set => set.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } set)
                node[NameOf(property)] = JsonSerializer.SerializeToNode(set.GetValue(null), KindOf(property), Options);
    }

    private static PropertyInfo Find(Type type, string name, string path) =>
        Settable(type).FirstOrDefault(property => NameOf(property) == name) ?? throw Unknown(type, name, path);

    private static InputException Unknown(Type type, string name, string culprit)
    {
        string[] names = [.. Settable(type).Select(NameOf)];
        return new InputException(culprit, $"there is no such setting{Aside(name, names)}", $"use one of {string.Join(", ", names)}");
    }

    /// <summary>What may be meant: a name nearly like it, or one that it is short for, as batch and lr are.</summary>
    private static string Aside(string name, string[] names) => Spelling.Aside(name, names) is { Length: > 0 } near ? near
        : Array.Find(names, each => name.Length > 1 && (each.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            || string.Concat(each.Where((letter, at) => at == 0 || char.IsUpper(letter))).Equals(name, StringComparison.OrdinalIgnoreCase))) is { } whole ? $" (did you mean {whole}?)" : "";

    private static string Wanted(string path)
    {
        var type = typeof(TrainingPlan);
        foreach (var part in path.Split('.', '['))
            if (Settable(type).FirstOrDefault(property => NameOf(property) == part) is { } property)
                type = KindOf(property);
        return type switch
        {
            { IsEnum: true } => string.Join(" or ", Enum.GetNames(type)),
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(ValueList<string>) => "names",
            _ => $"{string.Concat(Named(type).Select(preset => $"{preset.Name} or "))}an object with {string.Join(", ", Settable(type).Select(NameOf))}",
        };
    }

    private static JsonNode? Value(Type kind, string text)
    {
        if (text == "null")
            return null;
        if (kind == typeof(ValueList<string>) && !text.StartsWith('['))
            return new JsonArray([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => JsonValue.Create(name))]);
        // Names are not strict about case on a command line.
        if (kind.IsEnum)
            return Array.Find(Enum.GetNames(kind), name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? text;
        try
        {
            return JsonFile.ParseText(text, text);
        }
        catch (InputException)
        {
            return text;
        }
    }

    private static object Default(Type kind) => kind.GetConstructors().OrderByDescending(constructor => constructor.GetParameters().Length).First() is var constructor
        ? constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]) : throw new InvalidOperationException();

    private static IEnumerable<PropertyInfo> Named(Type kind) => kind.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == kind);

    private static bool IsNested(Type kind) => kind.Namespace?.StartsWith("ProbUNet.Models", StringComparison.Ordinal) == true && !kind.IsEnum;

    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null);

    private static Type KindOf(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    private static string NameOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    [GeneratedRegex(@"TrainingPlan\.([A-Z]\w*(?:\.[A-Z]\w*)*)", RegexOptions.CultureInvariant)]
    private static partial Regex InCode();

    [GeneratedRegex(@"\bModelSpec\.([A-Z]\w*(?:\.[A-Z]\w*)*)", RegexOptions.CultureInvariant)]
    private static partial Regex OfSpecs();

    /// <summary>A plan within another document.</summary>
    internal sealed class Converter : JsonConverter<TrainingPlan>
    {
        public override TrainingPlan Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            JsonNode.Parse(ref reader) is JsonObject plan ? PlanJson.Read(plan, "training") : throw new JsonException("This is no plan.");

        public override void Write(Utf8JsonWriter writer, TrainingPlan value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, Options);
    }

    private sealed class NamesConverter : JsonConverter<ValueList<string>>
    {
        public override ValueList<string> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<string[]>(ref reader, options) is { } names && !names.Contains(null) ? names.ToValueList() : throw new JsonException("These are no names.");

        public override void Write(Utf8JsonWriter writer, ValueList<string> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.ToArray(), options);
    }
}
