using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ProbUNet.Dsl;

/// <summary>
/// Specs as JSON and back. A document names its family and whatever differs from the defaults; what it does not know is an error
/// with a path, never ignored: a misspelt setting would otherwise train the wrong network. docs/model-spec.schema.json describes it.
/// </summary>
public static class SpecJson
{
    private const string FamilyKey = "family";
    private const string FormatKey = "formatVersion";

    /// <summary>The format of the documents that are written.</summary>
    private const int Format = 2;

    /// <summary>The settings that have another name since a format: in documents of formats before it, and in those that name none, they may have the old one.</summary>
    private static readonly (int Since, string Part, string Old, string New)[] Renamed = [(2, "unet", "width", "baseChannels"), (2, "combiner", "width", "channels")];

    private static readonly string[] FamilyNames = [.. Families.All.Select(family => family.Name)];

    /// <summary>The document of a spec, with all its settings.</summary>
    public static string Write(ModelSpec spec) => ToNode(spec).ToJsonString(Options);

    /// <summary>The document as a node, to be put into another.</summary>
    public static JsonObject ToNode(ModelSpec spec)
    {
        var settings = JsonSerializer.SerializeToNode(spec, InfoOf(spec.GetType()))!.AsObject();
        settings.Insert(0, FamilyKey, Families.Of(spec).Name);
        settings.Insert(0, FormatKey, Format);
        return settings;
    }

    /// <summary>
    /// The spec of a document, or what is wrong with it: its form (<see cref="Rules.Json"/>), or every rule that its settings break. Paths are the document's:
    /// <c>unet.channels[2]</c>. A document may leave its format out; one of an older format is read as what it meant then.
    /// </summary>
    public static Outcome<ModelSpec, ValueList<SpecError>> Read(string json)
    {
        if (json is null)
            return Malformed("", "There is no text (null): give the document of a spec");
        try
        {
            if (JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is not JsonObject document)
                return Malformed("", $"A spec is a JSON object: write {{\"family\": \"{Families.Usual.Name}\", …}}");
            if (Outdated(document) is { } outdated)
                return outdated;
            var name = document[FamilyKey] is JsonValue given && given.GetValueKind() == JsonValueKind.String ? given.GetValue<string>() : null;
            if (Families.All.FirstOrDefault(family => family.Name == name) is not { } family)
                return Malformed(FamilyKey, name is null ? $"A spec names its family: write \"family\": \"{Families.Usual.Name}\", or another of {string.Join(", ", FamilyNames)}" : NoFamily(name));
            var type = InfoOf(family.Defaults.GetType());
            var renamed = Migrate(document);
            // Laid over the defaults, because the serializer's generated code takes a missing setting for zero.
            var whole = ToNode(family.Defaults);
            var problems = Overlay(whole, document, type, "", Places(family, type)).ToValueList();
            if (problems.Count > 0)
                return problems.Select(error => error with { Path = renamed(error.Path) }).ToValueList();
            whole.Remove(FormatKey);
            whole.Remove(FamilyKey);
            var spec = (ModelSpec)whole.Deserialize(type)!;
            var errors = spec.Validate();
            return errors.Count > 0 ? errors.Select(error => error with { Path = renamed(InDocument(error.Path)) }).ToValueList() : spec;
        }
        catch (JsonException error)
        {
            return Malformed("", error.Message.Contains("Duplicate", StringComparison.Ordinal)
                ? $"{error.Message.Split(" Path: ")[0].TrimEnd('.')}: keep one of the two"
                : $"The text is no JSON from line {error.LineNumber + 1} on: mend it there");
        }
    }

    /// <summary>
    /// A spec with settings changed, by their paths in its document: <c>latent.dimension</c>. A setting that others stand in the place of takes these back where they are not given too, as a depth does a list
    /// of channels. What is wrong is told as <see cref="Read"/> tells it.
    /// </summary>
    /// <param name="spec">What is changed.</param>
    /// <param name="settings">Paths with values, as in a document.</param>
    public static Outcome<ModelSpec, ValueList<SpecError>> With(ModelSpec spec, IEnumerable<KeyValuePair<string, JsonNode?>> settings)
    {
        var (document, given) = (ToNode(spec), settings.ToList());
        var own = Settings.Of(spec).Where(setting => given.Exists(pair => pair.Value is not null && pair.Key == InDocument(setting.Path))).ToList();
        foreach (var excluded in Settings.Of(spec).Where(setting => own.Exists(other => other.Excludes(setting))))
            Put(document, InDocument(excluded.Path), null);
        foreach (var (path, value) in given)
            Put(document, path, value);
        return Read(document.ToJsonString(Options));
    }

    /// <summary>Puts a value where a path leads; objects on the way that are not there are made, for <see cref="Read"/> to say that they should not be.</summary>
    private static void Put(JsonObject document, string path, JsonNode? value)
    {
        var (at, parts) = (document, path.Split('.'));
        foreach (var part in parts[..^1])
        {
            if (at[part] is not JsonObject)
                at[part] = new JsonObject();
            at = at[part]!.AsObject();
        }
        at[parts[^1]] = value?.DeepClone();
    }

    /// <summary>Why the format of a document is none that is known; nothing where it is, or is left out.</summary>
    private static ValueList<SpecError>? Outdated(JsonObject document) =>
        !document.TryGetPropertyValue(FormatKey, out var given) || (IsInteger(given) && given!.GetValue<int>() is >= 1 and <= Format) ? null
        : IsInteger(given) && given!.GetValue<int>() > Format ? Malformed(FormatKey, $"This spec has the format {Text(given)} and this program knows {Format}: open it with the program that wrote it")
        : Malformed(FormatKey, $"{Text(given)} is no format of a spec: write \"{FormatKey}\": {Format}");

    /// <summary>Gives the settings of a document the names that they have now, and answers with how a path is called in the document as it was.</summary>
    private static Func<string, string> Migrate(JsonObject document)
    {
        var (format, old) = (document[FormatKey]?.GetValue<int>() ?? 0, new Dictionary<string, string>());
        foreach (var (_, part, before, now) in Renamed.Where(name => format < name.Since))
            // One that has both names is of no format, and the old one is none that is known.
            if (document[part] is JsonObject settings && !settings.ContainsKey(now) && settings.Remove(before, out var value))
            {
                settings[now] = value;
                old[$"{part}.{now}"] = $"{part}.{before}";
            }
        return path => old.TryGetValue(path, out var before) ? before : path;
    }

    /// <summary>Puts the settings of a document over others; what their type does not have, or has in another form, is an error.</summary>
    private static IEnumerable<SpecError> Overlay(JsonObject settings, JsonObject document, JsonTypeInfo type, string path, IReadOnlyList<Place> places)
    {
        foreach (var (name, given) in document)
        {
            var at = path + name;
            if (path.Length == 0 && name is (FormatKey or FamilyKey))
                continue;
            if (type.Properties.FirstOrDefault(property => property.Name == name) is not { } setting)
                yield return new SpecError(Rules.Json, at, Unknown(name, given, settings, places));
            else if (settings[name] is JsonObject inner)
            {
                if (given is not JsonObject objects)
                    yield return new SpecError(Rules.Json, at, $"{name} is an object with settings: write {(places.FirstOrDefault(place => place.Part == name && Fits(place.Setting, given)) is { } own ? $"\"{name}\": {{ \"{own.Setting.Name}\": {Text(given)} }}" : "{ … }")}");
                else
                    foreach (var error in Overlay(inner, objects, InfoOf(setting.PropertyType), $"{at}.", places))
                        yield return error;
            }
            else if (ChoiceOf(setting) is { } choices && given is JsonValue word && word.TryGetValue(out string? choice) && !Enum.GetNames(choices).Contains(choice, StringComparer.OrdinalIgnoreCase))
                yield return new SpecError(Rules.Json, at, NoChoice(name, given, choice, Enum.GetNames(choices)));
            else if (!Fits(setting, given))
                yield return new SpecError(Rules.Json, at, $"{Text(given)} does not fit: write {Form(setting.PropertyType)}{(setting.IsSetNullable ? ", or null" : "")}");
            else
                settings[name] = given?.DeepClone();
        }
    }

    /// <summary>A setting of a family's documents, and the object that it belongs in; the document itself where that has no name.</summary>
    private sealed record Place(string Part, JsonPropertyInfo Setting);

    /// <summary>All settings of a family's documents.</summary>
    private static List<Place> Places(Family family, JsonTypeInfo type)
    {
        static JsonPropertyInfo Named(JsonTypeInfo type, string name) => type.Properties.First(property => property.Name == name);
        return [.. Settings.Of(family.Defaults).Select(setting => InDocument(setting.Path).Split('.')).Select(path => path is [var part, var name]
            ? new Place(part, Named(InfoOf(Named(type, part).PropertyType), name))
            : new Place("", Named(type, path[0])))];
    }

    /// <summary>Says of a setting that is not known where it stands what may be meant: one of this name elsewhere, or of nearly this name here.</summary>
    private static string Unknown(string name, JsonNode? given, JsonObject settings, IReadOnlyList<Place> places)
    {
        var elsewhere = places.Where(place => place.Setting.Name == name).ToList();
        if (elsewhere.Count == 0)
        {
            var known = settings.Select(setting => setting.Key).ToList();
            var meant = Spelling.Nearest(name, known);
            return $"There is no setting {name} here{Spelling.Aside(name, known)}: use {string.Join(", ", known.OrderBy(each => each != meant))}";
        }
        // The value may tell which of several is meant.
        var (part, setting) = elsewhere.Find(place => Fits(place.Setting, given)) ?? elsewhere[0];
        var owners = string.Join(" or ", elsewhere.Select(place => place.Part.Length == 0 ? "the document itself" : place.Part));
        var value = Fits(setting, given) ? Text(given) : "…";
        return $"There is no setting {name} here, {name} belongs in {owners}: write {(part.Length == 0 ? $"{{ \"{name}\": {value} }}" : $"{{ \"{part}\": {{ \"{name}\": {value} }} }}")}";
    }

    /// <summary>Says of a choice that does not exist which ones do, the one that is perhaps meant first.</summary>
    private static string NoChoice(string name, JsonNode given, string choice, string[] choices)
    {
        var meant = Spelling.Nearest(choice, choices);
        return $"{Text(given)} is none of the choices for {name}{Spelling.Aside(choice, choices)}: use {string.Join(", ", choices.OrderBy(each => each != meant))}";
    }

    /// <summary>Says of a family that does not exist which ones do, the one that is perhaps meant first.</summary>
    private static string NoFamily(string name)
    {
        var meant = Spelling.Nearest(name, FamilyNames);
        return $"There is no family {name}{Spelling.Aside(name, FamilyNames)}: use {string.Join(", ", FamilyNames.OrderBy(each => each != meant))}";
    }

    /// <summary>The enumeration whose choices a setting has; nothing where it has none.</summary>
    private static Type? ChoiceOf(JsonPropertyInfo setting) => (Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType) is { IsEnum: true } choices ? choices : null;

    /// <summary>A path in a spec as the path in its document.</summary>
    internal static string InDocument(string path) => string.Join('.', path.Split('.').Select(part =>
        part.IndexOf('[', StringComparison.Ordinal) is var bracket and >= 0 ? Options.PropertyNamingPolicy!.ConvertName(part[..bracket]) + part[bracket..] : Options.PropertyNamingPolicy!.ConvertName(part)));

    /// <summary>A value on one line.</summary>
    private static string Text(JsonNode? value) => value switch
    {
        null => "null",
        JsonArray items => $"[{string.Join(", ", items.Select(Text))}]",
        JsonObject => "{ … }",
        _ => value.ToJsonString(Options),
    };

    /// <summary>Whether a value has the form of a setting.</summary>
    private static bool Fits(JsonPropertyInfo setting, JsonNode? given)
    {
        if (given is null)
            return setting.IsSetNullable;
        var type = Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType;
        return type == typeof(ValueList<int>) ? given is JsonArray items && items.All(IsInteger)
            : type == typeof(int) ? IsInteger(given)
            // What is no finite number is written in words; a rule refuses it, not the form.
            : type == typeof(double) ? given.GetValueKind() == JsonValueKind.Number || (given is JsonValue word && word.TryGetValue(out string? text) && text is "NaN" or "Infinity" or "-Infinity")
            : type == typeof(bool) ? given.GetValueKind() is JsonValueKind.True or JsonValueKind.False
            : type.IsEnum ? given.GetValueKind() == JsonValueKind.String
            : throw NoForm(type);
    }

    private static bool IsInteger(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int _);

    private static string Form(Type setting)
    {
        var type = Nullable.GetUnderlyingType(setting) ?? setting;
        return type == typeof(ValueList<int>) ? "a list of whole numbers, for example [32, 64, 128, 192]"
            : type == typeof(int) ? "a whole number"
            : type == typeof(double) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type.IsEnum ? "the name of a choice, in quotes"
            : throw NoForm(type);
    }

    private static InvalidOperationException NoForm(Type type) => new($"{type.Name} has no form in documents.");   // the types of settings are closed

    private static JsonTypeInfo InfoOf(Type type) => Options.GetTypeInfo(type);

    /// <summary>The JSON Schema of the documents.</summary>
    public static string Schema() => new JsonObject
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "A network of ProbUNet",
        ["oneOf"] = new JsonArray([.. Families.All.Select(SchemaOf)]),
    }.ToJsonString(Options);

    private static JsonObject SchemaOf(Family family)
    {
        var usual = ToNode(family.Defaults);
        var schema = Options.GetJsonSchemaAsNode(family.Defaults.GetType(), new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                // A setting lies in properties of properties: their names are its path.
                var path = context.Path.ToArray().Where((_, depth) => depth % 2 == 1).ToList();
                if (Settings.Of(family.Defaults).FirstOrDefault(setting => setting.Path.Split('.').Select(Options.PropertyNamingPolicy!.ConvertName).SequenceEqual(path)) is not { } setting)
                    return node;
                // The exporter cannot see into a converter.
                var schema = setting.Domain is LevelChannels ? new JsonObject { ["type"] = new JsonArray("array", "null") } : node.AsObject();
                schema["default"] = path.Aggregate((JsonNode?)usual, (node, name) => node![name])?.DeepClone();
                foreach (var (name, bound) in Bounds(setting.Domain))
                    schema[name] = bound;
                return schema;
            },
        }).AsObject();
        schema["properties"]!.AsObject().Insert(0, FamilyKey, new JsonObject { ["const"] = family.Name });
        schema["properties"]!.AsObject().Insert(0, FormatKey, new JsonObject { ["const"] = Format });
        schema["required"] = new JsonArray(FamilyKey);
        return schema;
    }

    /// <summary>What a schema says of the values of a setting beside their type, which holds for what is of that type alone: an absent list has no bounds.</summary>
    private static IEnumerable<(string Name, JsonNode Bound)> Bounds(Domain domain) => domain switch
    {
        WholeNumbers numbers => [("minimum", numbers.Min), ("maximum", numbers.Max)],
        OddNumbers numbers => [("minimum", numbers.Min), ("maximum", numbers.Max), ("not", new JsonObject { ["multipleOf"] = 2 })],
        RealNumbers numbers => [("minimum", numbers.Min), (numbers.IsBelow ? "exclusiveMaximum" : "maximum", numbers.Max)],
        LevelChannels lists => [("minItems", 1), ("maxItems", lists.MaxCount), ("items", new JsonObject([KeyValuePair.Create<string, JsonNode?>("type", "integer"), .. Bounds(lists.Entries).Select(bound => KeyValuePair.Create(bound.Name, (JsonNode?)bound.Bound))]))],
        Choices or YesOrNo => [],
        _ => throw new InvalidOperationException($"{domain.GetType().Name} has no schema."),   // the hierarchy is closed
    };

    private static ValueList<SpecError> Malformed(string path, string message) => [new SpecError(Rules.Json, path, message)];

    private static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = new SettingNames(),
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new ChannelsConverter(), new ChoiceConverter() },
        TypeInfoResolver = SpecJsonContext.Default,
    };

    /// <summary>Camel case, in which U-Net is one word.</summary>
    private sealed class SettingNames : JsonNamingPolicy
    {
        public override string ConvertName(string name) => CamelCase.ConvertName(name == "UNet" ? "Unet" : name);
    }

    /// <summary>Lists of numbers.</summary>
    private sealed class ChannelsConverter : JsonConverter<ValueList<int>>
    {
        public override ValueList<int> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException("A list of channels is an array of numbers, for example [32, 64, 128, 192]");
            var items = new List<int>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                items.Add(reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var item) ? item : throw new JsonException("A list of channels is an array of numbers, for example [32, 64, 128, 192]"));
            return items.ToValueList();
        }

        public override void Write(Utf8JsonWriter writer, ValueList<int> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var item in value)
                writer.WriteNumberValue(item);
            writer.WriteEndArray();
        }
    }

    /// <summary>Choices by name; a number is none.</summary>
    private sealed class ChoiceConverter() : JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false);
}

/// <summary>What the serializer needs to know of the specs, written at compile time.</summary>
[JsonSerializable(typeof(ProbabilisticUNetSpec))]
[JsonSerializable(typeof(DropoutUNetSpec))]
[JsonSerializable(typeof(UNetEnsembleSpec))]
[JsonSerializable(typeof(MultiHeadUNetSpec))]
[JsonSerializable(typeof(ImageToImageVaeSpec))]
[JsonSerializable(typeof(DeterministicUNetSpec))]
internal sealed partial class SpecJsonContext : JsonSerializerContext;
