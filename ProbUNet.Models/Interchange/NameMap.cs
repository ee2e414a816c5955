using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ProbUNet.Dsl;

namespace ProbUNet.Models.Interchange;

/// <summary>
/// What another program calls the parameters of our networks. A map is a JSON document: <c>names</c> has a pattern of theirs for each of ours (the first that fits counts; names that no pattern fits are the
/// same), <c>ignored</c> patterns of tensors that have no counterpart. See docs/interchange.md.
/// </summary>
public sealed class NameMap
{
    private const int Version = 1;
    private const string Example = "{ \"formatVersion\": 1, \"names\": { \"encoder.{i}.weight\": \"unet.encoder{i}.conv0.weight\" } }";
    private static readonly string[] Keys = ["formatVersion", "about", "names", "ignored"];
    private static readonly string[] Constants = ["levels", "convs", "priorConvs", "posteriorConvs"];

    private readonly List<NamePattern> _names = [];
    private readonly List<Regex> _ignored = [Wildcard("*num_batches_tracked")];   // PyTorch's norms count batches, and nothing reads it

    private NameMap(string name) => Name = name;

    /// <summary>What it is called: one of <see cref="Shipped"/>, or its file.</summary>
    public string Name { get; }

    /// <summary>This project's own names.</summary>
    public static NameMap Own { get; } = new("own");

    /// <summary>Those of the public PyTorch re-implementation of the Probabilistic U-Net.</summary>
    public static NameMap Reference { get; } = OfResource("reference");

    /// <summary>All maps that come with the library.</summary>
    public static IReadOnlyList<NameMap> Shipped { get; } = [Own, Reference];

    /// <summary>A map of a name or in a file.</summary>
    /// <param name="source">The name of a shipped one, or a file ending in .json.</param>
    /// <exception cref="InputException">There is none such, or it is no map; the message says where.</exception>
    public static NameMap Open(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Shipped.FirstOrDefault(map => map.Name == source)
            ?? (source.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                ? Read(source, JsonFile.Read(source, Example))
                : throw new InputException(source, $"no map has this name{Spelling.Aside(source, Shipped.Select(map => map.Name))}", $"use {string.Join(", ", Shipped.Select(map => map.Name))} or a file ending in .json"));
    }

    /// <summary>A map in a text.</summary>
    /// <param name="source">What a refusal names.</param>
    /// <param name="json">The text.</param>
    /// <exception cref="InputException">It is no map; the message says where.</exception>
    public static NameMap Parse(string source, string json) => Read(source, JsonFile.ReadText(source, json, Example));

    /// <summary>From this project's name of a parameter to the other program's, for a network of the given spec.</summary>
    /// <returns>A function that throws <see cref="InputException"/> where a pattern takes a word for a number.</returns>
    public Func<string, string> For(ModelSpec spec)
    {
        var (prior, posterior) = ((spec as ProbabilisticUNetSpec)?.Prior, (spec as LatentVariableSpec)?.Posterior);
        long Constant(string name) => name switch
        {
            "levels" => spec.UNet.Levels().Count,
            "priorConvs" => prior?.ConvsPerBlock ?? spec.UNet.ConvsPerBlock,
            "posteriorConvs" => posterior?.ConvsPerBlock ?? spec.UNet.ConvsPerBlock,
            _ => spec.UNet.ConvsPerBlock,
        };
        return name =>
        {
            try
            {
                return _names.Select(pattern => pattern.Theirs(name, Constant)).FirstOrDefault(theirs => theirs is not null) ?? name;
            }
            catch (Exception error) when (error is FormatException or OverflowException)
            {
                throw new InputException(Name, $"what it says of {name} cannot be worked out ({error.Message.TrimEnd('.')})", "mend that pattern", error);
            }
        };
    }

    /// <summary>Whether a tensor of a file has no counterpart and is passed over.</summary>
    public bool Ignores(string theirs) => _ignored.Exists(pattern => pattern.IsMatch(theirs));

    private static NameMap Read(string source, JsonObject document)
    {
        InputException Wrong(string problem, string remedy) => new(source, problem, remedy);
        if (document.Select(entry => entry.Key).FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
            throw Wrong($"there is no key {OneLine.Of(unknown)}{Spelling.Aside(unknown, Keys)}", $"use {string.Join(", ", Keys)}");
        if (document["formatVersion"] is not JsonValue value || !value.TryGetValue(out int version) || version != Version)
            throw Wrong("formatVersion is missing or none that this program reads", $"write \"formatVersion\": {Version}");
        if (document["names"] is not null and not JsonObject || document["ignored"] is not null and not JsonArray)
            throw Wrong("names is no object, or ignored no list", $"write for example {Example}");
        var map = new NameMap(source);
        foreach (var (theirs, ours) in document["names"]?.AsObject() ?? [])
            try
            {
                map._names.Add(new NamePattern(theirs, Text(ours) ?? throw new FormatException($"what stands behind {theirs} is no text"), Constants));
            }
            catch (FormatException error)
            {
                throw Wrong($"a pattern in names is none ({error.Message})", $"write for example {Example}");
            }
        foreach (var pattern in document["ignored"]?.AsArray() ?? [])
            map._ignored.Add(Wildcard(Text(pattern) ?? throw Wrong("what stands in ignored is no text", "write patterns, in which * stands for anything")));
        return map;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static Regex Wildcard(string pattern) =>
        new($"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);

    private static NameMap OfResource(string name)
    {
        using var stream = typeof(NameMap).Assembly.GetManifestResourceStream($"{name}.json")!;
        using var reader = new StreamReader(stream);
        return Parse(name, reader.ReadToEnd());
    }
}
