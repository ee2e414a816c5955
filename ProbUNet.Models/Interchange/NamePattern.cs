using System.Text;
using System.Text.RegularExpressions;

namespace ProbUNet.Models.Interchange;

/// <summary>
/// One line of a map: names of this project and what another program calls them. In ours, <c>{name}</c> stands for letters, digits and underscores and <c>*</c> for anything; in theirs, <c>*</c> stands for what it
/// stood for in ours, in the same order, and braces hold a name or a whole number that is worked out.
/// </summary>
internal sealed partial class NamePattern
{
    private readonly Regex _ours;
    private readonly List<Func<Match, Func<string, long>, string>> _theirs = [];

    /// <param name="theirs">The other program's name.</param>
    /// <param name="ours">This project's.</param>
    /// <param name="constants">What is known of every network.</param>
    /// <exception cref="FormatException">One of them is no pattern; the message says why.</exception>
    public NamePattern(string theirs, string ours, IReadOnlyCollection<string> constants)
    {
        var (stars, names) = (0, new HashSet<string>());
        var pattern = new StringBuilder("^");
        foreach (Match part in Parts().Matches(ours))
            pattern.Append(part.Value switch
            {
                "*" => $"(?<star{stars++}>.*)",
                ['{', .. var name, '}'] when Word().IsMatch(name) && !constants.Contains(name) && !name.StartsWith("star", StringComparison.Ordinal) && names.Add(name) => $"(?<{name}>[A-Za-z0-9_]+)",
                ['{', ..] or ['}', ..] => throw new FormatException($"{part.Value} in {ours} is no name in braces, or there twice"),
                _ => Regex.Escape(part.Value),
            });
        _ours = new Regex(pattern.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

        var theirStars = 0;
        foreach (Match part in Parts().Matches(theirs))
            switch (part.Value)
            {
                case "*":
                    var star = $"star{theirStars++}";
                    _theirs.Add((match, _) => match.Groups[star].Value);
                    break;
                case ['{', .. var text, '}']:
                    var expression = NameExpression.Parse(text);
                    if (expression.Names.FirstOrDefault(name => !names.Contains(name) && !constants.Contains(name)) is { } unknown)
                        throw new FormatException($"{unknown} in {theirs} is not in {ours}");
                    _theirs.Add(expression.Alone is { } alone && names.Contains(alone)
                        ? (match, _) => match.Groups[alone].Value
                        : (match, constant) => FormattableString.Invariant($"{expression.Value(name => names.Contains(name) ? Number(name, match.Groups[name].Value) : constant(name))}"));
                    break;
                case ['{', ..] or ['}', ..]:
                    throw new FormatException($"a brace in {theirs} has no other");
                default:
                    _theirs.Add((_, _) => part.Value);
                    break;
            }
        if (theirStars != stars)
            throw new FormatException($"{theirs} and {ours} have not as many stars");
    }

    /// <summary>Their name for one of ours; nothing where the pattern is not of it.</summary>
    /// <param name="name">Ours.</param>
    /// <param name="constant">What is known of the network.</param>
    /// <exception cref="FormatException">A number is none.</exception>
    /// <exception cref="OverflowException">A number is too large.</exception>
    public string? Theirs(string name, Func<string, long> constant) => _ours.Match(name) is { Success: true } match ? string.Concat(_theirs.Select(part => part(match, constant))) : null;

    private static long Number(string name, string text) => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"{name} is '{text}', and no number");

    [GeneratedRegex(@"\*|\{[^{}]*\}|[{}]|[^*{}]+")]
    private static partial Regex Parts();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]*$")]
    private static partial Regex Word();
}
