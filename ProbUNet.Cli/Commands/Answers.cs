using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ProbUNet.Cli.Commands;

/// <summary>What a command says when it is done: words, or with <c>--json</c> one document and nothing else on standard output.</summary>
internal static class Answers
{
    private static readonly Option<bool> Json = new("--json") { Description = "Prints one JSON document instead of text." };

    // As people write: names of files are not for a browser.
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Gives a command the option.</summary>
    public static void AddJson(this Command command) => command.Add(Json);

    /// <summary>Whether a document is asked for.</summary>
    public static bool IsForPrograms(this ParseResult parsed) => parsed.GetValue(Json);

    /// <summary>Says it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="words">For people; without a line's end.</param>
    /// <param name="document">For programs: an object or an array of members that are named as in C#.</param>
    public static void Say(this ParseResult parsed, string words, object document) => Console.WriteLine(parsed.IsForPrograms() ? JsonSerializer.Serialize(document, Form) : words);

    /// <summary>A document that was written as text, to stand in another.</summary>
    public static JsonNode Parsed(string json) => JsonNode.Parse(json)!;
}
