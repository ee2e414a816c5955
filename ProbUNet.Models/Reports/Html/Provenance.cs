using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Reports.Html;

/// <summary>Where numbers come from, and how to have them again.</summary>
/// <param name="Facts">By name.</param>
/// <param name="Documents">Whole files, by name.</param>
/// <param name="Commands">Command lines that do it again, and what each does.</param>
internal sealed partial record Provenance(IReadOnlyList<(string Name, string Value)> Facts, IReadOnlyList<(string Name, string Text)> Documents, IReadOnlyList<(string Does, string Line)> Commands)
{
    /// <summary>The machine of whoever makes the report, in a line.</summary>
    public static string ThisMachine => $"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}";

    /// <summary>The part.</summary>
    public Part Part() => new("provenance", "Provenance",
    [
        E("dl", [.. Facts.SelectMany(fact => new Markup[] { E("dt", fact.Name), E("dd", fact.Value) })]),
        .. Commands.Count == 0 ? [] : new Markup[] { P("To do it again:"), E("pre", E("code", string.Join('\n', Commands.Select(command => $"{command.Line}    # {command.Does}")))) },
        E("div", [.. Documents.Select(document => E("div", E("h3", document.Name), E("pre", E("code", document.Text))))]).Class("documents"),
    ]);

    /// <summary>A command line as a shell of Unix takes it.</summary>
    public static string Line(params IReadOnlyList<string> words) => string.Join(' ', words.Select(word => Plain().IsMatch(word) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));

    [GeneratedRegex(@"^[\w.,:/=+@-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
