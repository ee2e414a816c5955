using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace ProbUNet.Dsl;

/// <summary>
/// Specs as JSON and back. A document names its family and whatever differs from the defaults; what it does not know is an error
/// with a path, never ignored: a misspelt setting would otherwise train the wrong network. docs/model-spec.schema.json describes it.
/// </summary>
public static class SpecJson
{
    private const string Family = "family";
    private const string ProbabilisticUNet = "ProbabilisticUNet";

    /// <summary>The document of a spec, with all its settings.</summary>
    public static string Write(ModelSpec spec) => ToNode(spec).ToJsonString(Options);

    /// <summary>The document as a node, to be put into another.</summary>
    public static JsonObject ToNode(ModelSpec spec)
    {
        var (family, settings) = spec switch
        {
            ProbabilisticUNetSpec probabilistic => (ProbabilisticUNet, JsonSerializer.SerializeToNode(probabilistic, Context.ProbabilisticUNetSpec)!.AsObject()),
            _ => throw new InvalidOperationException($"{spec.GetType().Name} has no JSON form."),   // the hierarchy is closed
        };
        settings.Insert(0, Family, family);
        return settings;
    }

    /// <summary>The spec of a document, or what is wrong with it: its form (<see cref="Rules.Json"/>), or every rule that its settings break.</summary>
    public static Result<ModelSpec, ValueList<SpecError>> Read(string json)
    {
        try
        {
            if (JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is not JsonObject document)
                return Malformed("", "A spec is a JSON object: write {\"family\": \"ProbabilisticUNet\", …}");
            if (document[Family] is not JsonValue name || name.GetValueKind() != JsonValueKind.String || name.GetValue<string>() != ProbabilisticUNet)
                return Malformed(Family, $"A spec names its family: write \"family\": \"{ProbabilisticUNet}\"");
            // Laid over the defaults, because the serializer's generated code takes a missing setting for zero.
            var whole = ToNode(new ProbabilisticUNetSpec());
            var problems = Overlay(whole, document, "").ToValueList();
            if (problems.Count > 0)
                return problems;
            whole.Remove(Family);
            ModelSpec spec = whole.Deserialize(Context.ProbabilisticUNetSpec)!;
            var errors = spec.Validate();
            return errors.Count > 0 ? errors : spec;
        }
        catch (JsonException error) when (error.Path is { Length: > 1 } path)
        {
            return Malformed(path.TrimStart('$', '.'), "The value is none of the choices: docs/model-spec.schema.json lists them");
        }
        catch (JsonException error)
        {
            return Malformed("", error.Message.Contains("Duplicate", StringComparison.Ordinal)
                ? $"{error.Message.Split(" Path: ")[0].TrimEnd('.')}: keep one of the two"
                : $"The text is no JSON from line {error.LineNumber + 1} on: mend it there");
        }
    }

    /// <summary>Puts the settings of a document over others; what they do not have, or have in another form, is an error.</summary>
    private static IEnumerable<SpecError> Overlay(JsonObject settings, JsonObject document, string path)
    {
        foreach (var (name, given) in document)
        {
            var at = path + name;
            if (!settings.TryGetPropertyValue(name, out var usual))
                yield return new SpecError(Rules.Json, at, $"There is no setting {name} here: use {string.Join(", ", settings.Select(setting => setting.Key))}");
            else if (usual is JsonObject inner)
            {
                if (given is not JsonObject objects)
                    yield return new SpecError(Rules.Json, at, $"{name} is an object with settings: write {{ … }}");
                else
                    foreach (var error in Overlay(inner, objects, $"{at}."))
                        yield return error;
            }
            else if (!Fits(usual, given, name))
                yield return new SpecError(Rules.Json, at, $"{given?.ToJsonString(Options) ?? "null"} does not fit: write {Form(usual, name)}");
            else
                settings[name] = given?.DeepClone();
        }
    }

    private const string Channels = "channels";

    /// <summary>Whether a value has the form of the default; what is null by default may be so.</summary>
    private static bool Fits(JsonNode? usual, JsonNode? given, string name) => (usual, given) switch
    {
        (null, null) => true,
        (JsonArray, _) or (null, JsonArray) when given is JsonArray items && name == Channels => items.All(IsInteger),
        (null, _) => name != Channels && IsInteger(given),
        (_, null) => false,
        _ => usual.GetValueKind() switch
        {
            JsonValueKind.Number => IsInteger(given),
            JsonValueKind.True or JsonValueKind.False => given.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            var kind => given.GetValueKind() == kind && given is JsonValue,
        },
    };

    private static bool IsInteger(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int _);

    private static string Form(JsonNode? usual, string name) => name == Channels
        ? "a list of whole numbers, for example [32, 64, 128, 192]"
        : usual is null ? "a whole number, or null" : usual.GetValueKind() switch
        {
            JsonValueKind.Number => "a whole number",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            _ => "the name of a choice, in quotes",
        };

    /// <summary>The JSON Schema of the documents.</summary>
    public static string Schema()
    {
        var schema = Options.GetJsonSchemaAsNode(typeof(ProbabilisticUNetSpec), new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            // The exporter cannot see into a converter.
            TransformSchemaNode = (context, node) => context.TypeInfo.Type != typeof(ValueList<int>) ? node : new JsonObject
            {
                ["type"] = context.PropertyInfo?.DeclaringType == typeof(EncoderSpec) ? new JsonArray("array", "null") : "array",
                ["items"] = new JsonObject { ["type"] = "integer" },
            },
        }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema["properties"]!.AsObject().Insert(0, Family, new JsonObject { ["const"] = ProbabilisticUNet });
        schema["required"] = new JsonArray(Family);
        return schema.ToJsonString(Options);
    }

    private static ValueList<SpecError> Malformed(string path, string message) => [new SpecError(Rules.Json, path, message)];

    private static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = new SettingNames(),
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new ChannelsConverter(), new ChoiceConverter() },
        TypeInfoResolver = SpecJsonContext.Default,
    };

    private static SpecJsonContext Context { get; } = new(Options);

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
internal sealed partial class SpecJsonContext : JsonSerializerContext;
