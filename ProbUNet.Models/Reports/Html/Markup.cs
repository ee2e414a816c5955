using System.Text.RegularExpressions;

namespace ProbUNet.Models.Reports.Html;

/// <summary>
/// A piece of a document. Words are one kind and elements another, and only <see cref="HtmlWriter"/> turns either into characters: no text, wherever it
/// comes from, is ever taken for markup.
/// </summary>
internal abstract record Markup
{
    /// <summary>Nothing at all.</summary>
    public static Markup None { get; } = new Fragment([]);

    /// <summary>Text, whatever is in it.</summary>
    public static implicit operator Markup(string text) => new Words(text);
}

/// <summary>Text.</summary>
internal sealed record Words(string Text) : Markup;

/// <summary>Pieces one after the other.</summary>
internal sealed record Fragment(IReadOnlyList<Markup> Parts) : Markup;

/// <summary>The one style sheet: its rules are the library's own, and no word of a user is among them.</summary>
internal sealed record StyleSheet : Markup
{
    /// <summary>The rules.</summary>
    public static string Rules { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(StyleSheet).Assembly.GetManifestResourceStream("report.css") ?? throw new InvalidOperationException("The style sheet is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>
/// An element. One that runs a program or fetches something cannot be made: names of such elements, handlers of events, and addresses that lie neither in the
/// document nor are pictures within it are refused.
/// </summary>
internal sealed partial record Element : Markup
{
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "link", "base", "iframe", "object", "embed", "form", "foreignObject" };

    private static readonly HashSet<string> Addresses = new(StringComparer.OrdinalIgnoreCase) { "href", "src", "srcset", "action", "data", "poster" };

    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentException">The name is none, or one of those that are refused.</exception>
    public Element(string name, IReadOnlyList<Markup> children)
    {
        if (!Name().IsMatch(name) || Refused.Contains(name))
            throw new ArgumentException($"A document has no element {name}.", nameof(name));
        (Tag, Children) = (name, children);
    }

    /// <summary>What it is.</summary>
    public string Tag { get; }

    /// <summary>What is in it.</summary>
    public IReadOnlyList<Markup> Children { get; }

    /// <summary>Its attributes, in the order in which they were given.</summary>
    public IReadOnlyList<(string Name, string Value)> Attributes { get; private init; } = [];

    /// <summary>The same with another attribute.</summary>
    /// <exception cref="ArgumentException">It is there already, or is none, or could run a program or fetch something.</exception>
    public Element With(string name, string value) =>
        !Name().IsMatch(name) || name.StartsWith("on", StringComparison.OrdinalIgnoreCase) ? throw new ArgumentException($"A document has no attribute {name}.", nameof(name))
        : Addresses.Contains(name) && !(value.StartsWith('#') || value.StartsWith("data:image/png;base64,", StringComparison.Ordinal)) ? throw new ArgumentException($"A document reaches for nothing outside of it, unlike {value}.", nameof(value))
        : Attributes.Any(attribute => attribute.Name == name) ? throw new ArgumentException($"{Tag} has its {name} already.", nameof(name))
        : this with { Attributes = [.. Attributes, (name, value)] };

    /// <summary>The same with an id.</summary>
    public Element Id(string id) => With("id", id);

    /// <summary>The same with classes of the style sheet.</summary>
    public Element Class(string names) => With("class", names);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
