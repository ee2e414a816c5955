using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace ProbUNet.Models;

/// <summary>
/// JSON that people write, from files and command lines: whatever its bytes are, it is read or refused in one sentence that says where it goes wrong. What comes
/// back is whole: no name is there twice, and every text and number can be asked for.
/// </summary>
internal static class JsonFile
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];   // some editors begin UTF-8 with it

    /// <summary>The object in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="example">What to write into one that holds none.</param>
    /// <exception cref="InputException">The file cannot be read, is empty, is no UTF-8 or no JSON, has a name twice, or holds no object.</exception>
    public static JsonObject Read(string path, string example) => ObjectOf(path, BytesOf(path), example);

    /// <summary>The object in a text.</summary>
    /// <inheritdoc cref="Read(string, string)"/>
    public static JsonObject ReadText(string source, string text, string example) => ObjectOf(source, Encoding.UTF8.GetBytes(text), example);

    /// <summary>What a file says that a program wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it was written; what is missing, or null where that has no meaning, is refused whatever they say.</param>
    /// <param name="what">What the file should be, for example <c>result of a comparison</c>.</param>
    /// <param name="remedy">What to do where it is none.</param>
    /// <exception cref="InputException">It is none.</exception>
    public static T Read<T>(string path, JsonSerializerOptions options, string what, string remedy)
    {
        try
        {
            return Parse(path, BytesOf(path)).Deserialize<T>(options) ?? throw new JsonException("It is null.");
        }
        catch (InputException error)
        {
            throw new InputException(path, $"it is no {what} ({error.Problem})", remedy, error);
        }
        catch (JsonException error)
        {
            throw new InputException(path, $"it is no {what}{(error.Path is { Length: > 2 } place ? $" (look at {place[2..]})" : "")}", remedy, error);
        }
    }

    /// <summary>The value in a text.</summary>
    /// <exception cref="InputException">It is no JSON.</exception>
    public static JsonNode? ParseText(string source, string text) => Parse(source, Encoding.UTF8.GetBytes(text));

    /// <summary>The value in bytes.</summary>
    /// <exception cref="InputException">They are no UTF-8 or no JSON, or have a name twice.</exception>
    public static JsonNode? ParseBytes(string source, byte[] bytes) => Parse(source, bytes);

    private static JsonObject ObjectOf(string source, byte[] bytes, string example) =>
        Parse(source, bytes) as JsonObject ?? throw new InputException(source, "it is no JSON object", $"write for example {example}");

    private static byte[] BytesOf(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (Disk.IsRefusal(error) || error is ArgumentException or NotSupportedException)
        {
            throw new InputException(path, "the file cannot be read", "check that it is there and that you may read it", error);
        }
    }

    private static JsonNode? Parse(string source, byte[] bytes)
    {
        var json = bytes.AsMemory(bytes.AsSpan().StartsWith(Mark) ? Mark.Length : 0);
        if (!json.Span.ContainsAnyExcept(" \t\r\n"u8))
            throw new InputException(source, "it is empty", "write a JSON object into it");
        if (!Utf8.IsValid(json.Span))
            throw Wrong(source, json.Span, FirstBad(json.Span), "what stands there is no UTF-8", "save the file as UTF-8");
        try
        {
            CheckTokens(source, json.Span);
            return JsonNode.Parse(json.Span, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException error)
        {
            // The sentence without the place, which is told in our way: of the duplicates there is none.
            var told = error.Message.Split([" Path: ", " LineNumber: "], StringSplitOptions.None)[0].Split(". ")[0].TrimEnd('.');
            throw told.Contains("Duplicate", StringComparison.Ordinal)
                ? new InputException(source, OneLine.Of($"{char.ToLowerInvariant(told[0])}{told[1..]}"), "keep one of the two", error)
                : Wrong(source, json.Span, PlaceOf(json.Span, error), told.StartsWith("Expected depth", StringComparison.Ordinal) ? "a bracket is not closed" : OneLine.Of(told), "mend it there", error);
        }
    }

    /// <summary>Looks at what the parser leaves for later: texts with half a character in them, and numbers that are none of ours.</summary>
    private static void CheckTokens(string source, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && !IsWhole(ref reader))
                throw Wrong(source, json, reader.TokenStartIndex, "an escape in this text is half a character", "mend it there");
            if (reader.TokenType is JsonTokenType.Number && !IsCommon(ref reader))
                throw Wrong(source, json, reader.TokenStartIndex, "this number is too large or too small", "mend it there");
        }
    }

    private static bool IsWhole(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    // Whoever compares numbers has to read their exponents.
    private static bool IsCommon(ref Utf8JsonReader reader) =>
        double.IsFinite(reader.GetDouble()) && reader.ValueSpan.IndexOfAny("eE"u8) is var exponent && (exponent < 0 || reader.ValueSpan.Length - exponent < 8);

    private static long FirstBad(ReadOnlySpan<byte> json)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(json[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }

    private static long PlaceOf(ReadOnlySpan<byte> json, JsonException error)
    {
        var at = 0;
        for (var line = error.LineNumber ?? 0; line > 0; line--)
            at += json[at..].IndexOf((byte)'\n') + 1;
        return Math.Min(at + (error.BytePositionInLine ?? 0), json.Length);
    }

    /// <summary>Lines and columns begin with 1, and a column is a character.</summary>
    private static InputException Wrong(string source, ReadOnlySpan<byte> json, long place, string what, string remedy, Exception? error = null)
    {
        var before = json[..(int)place];
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new InputException(source, FormattableString.Invariant($"the text is no JSON from line {line}, column {column} on ({what})"), remedy, error);
    }
}
