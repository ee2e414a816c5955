using System.Text;
using System.Text.RegularExpressions;

namespace ProbUNet.Models.Sources.Files;

/// <summary>
/// Where files lie below a folder: a relative path with placeholders in braces, <c>{split}/{case}/{image}_mask{grader}.png</c>. A placeholder stands for a part of
/// a name, one letter or more, and for the same text wherever it is repeated. Where the parts could be told apart in several ways, <c>{image}</c> takes as much as it
/// can, and the others as little.
/// </summary>
internal sealed partial class FilePattern
{
    /// <summary>All placeholders.</summary>
    public static readonly IReadOnlyList<string> Known = ["split", "case", "image", "grader"];

    private readonly string[] _parts;
    private readonly Regex[] _names;   // of folders and, last, of files, each by itself
    private readonly Regex _whole;

    private FilePattern(string text)
    {
        Text = text;
        Placeholders = [.. Placeholder().Matches(text).Select(match => match.Groups[1].Value).Distinct()];
        _parts = text.Split('/');
        _names = [.. _parts.Select(part => Expression(part, repeats: false))];
        _whole = Expression(text, repeats: true);
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Its placeholders, each once.</summary>
    public IReadOnlyList<string> Placeholders { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="wrong">Makes an error of a problem and a remedy.</param>
    public static FilePattern Of(string text, Func<string, string, Exception> wrong)
    {
        // A pattern is written by somebody else than the one who opens the data: it must not lead to other files of theirs.
        if (text.Length == 0 || text.StartsWith('/') || text.Contains('\\') || text.Contains(':') || text.Split('/').Any(part => part is "" or "." or ".."))
            throw wrong($"\"{text}\" is no path below the folder", "write a relative path with forward slashes, without '..'");
        if (Placeholder().Matches(text).Select(match => match.Groups[1].Value).FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            throw wrong($"{{{unknown}}} is no placeholder{Dsl.Spelling.Aside(unknown, Known)}", $"use {string.Join(", ", Known.Select(name => $"{{{name}}}"))}");
        if (Placeholder().Replace(text, "").IndexOfAny(['{', '}', '*', '?']) >= 0)
            throw wrong($"\"{text}\" has a brace or a wildcard that is no placeholder", $"use {string.Join(", ", Known.Select(name => $"{{{name}}}"))} for what varies");
        if (!text.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            throw ForeignFormat.OfName(text) is { } format ? wrong($"{format} files are not read", ForeignFormat.Remedy) : wrong($"\"{text}\" names no PNG files", "convert the files to PNG, and let the pattern end in .png");
        return new FilePattern(text);
    }

    /// <summary>What the placeholders stand for in a path; nothing where it does not fit.</summary>
    /// <param name="path">Relative, with forward slashes.</param>
    public IReadOnlyDictionary<string, string>? Match(string path) =>
        _whole.Match(path) is { Success: true } match ? Placeholders.ToDictionary(name => name, name => match.Groups[name].Value) : null;

    /// <summary>The files that fit, relative to the folder, with forward slashes, in ordinal order; none of those that are hidden.</summary>
    public IEnumerable<string> Files(string folder)
    {
        IEnumerable<string> places = [""];
        for (var depth = 0; depth < _parts.Length; depth++)
        {
            var (at, names) = (depth, _names[depth]);
            places = places.SelectMany(place => (at == _parts.Length - 1 ? Directory.EnumerateFiles(Path.Combine(folder, place)) : Directory.EnumerateDirectories(Path.Combine(folder, place)))
                .Select(path => Path.GetFileName(path))
                .Where(name => names.IsMatch(name) && (_parts[at].StartsWith('.') || !FolderListing.IsHidden(name)))
                .Select(name => place.Length == 0 ? name : $"{place}/{name}"));
        }
        return places.Where(place => _whole.IsMatch(place)).Order(StringComparer.Ordinal);
    }

    private static Regex Expression(string text, bool repeats)
    {
        var expression = new StringBuilder("^");
        var at = 0;
        var known = new HashSet<string>();
        foreach (Match placeholder in Placeholder().Matches(text))
        {
            var name = placeholder.Groups[1].Value;
            expression.Append(Regex.Escape(text[at..placeholder.Index]));
            expression.Append(!repeats ? "[^/]+" : !known.Add(name) ? $@"\k<{name}>" : name == "image" ? "(?<image>[^/]+)" : $"(?<{name}>[^/]+?)");
            at = placeholder.Index + placeholder.Length;
        }
        return new Regex($"{expression}{Regex.Escape(text[at..])}\\z", RegexOptions.CultureInvariant);
    }

    [GeneratedRegex(@"\{([A-Za-z]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
