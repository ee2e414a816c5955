using ProbUNet.Models;

namespace ProbUNet.Cli.Commands;

/// <summary>A document in which a command writes one part and people the rest.</summary>
internal static class MarkedText
{
    /// <summary>The document with the part between the marks of a command replaced; the marks are put at its end where it has none.</summary>
    /// <exception cref="InputException">There is one mark without the other.</exception>
    public static string Replace(string command, string path, string document, string part)
    {
        var (first, last) = ($"<!-- begin: written by '{command}' -->", $"<!-- end: written by '{command}' -->");
        var (begin, end) = (document.IndexOf(first, StringComparison.Ordinal), document.IndexOf(last, StringComparison.Ordinal));
        if (begin < 0 != end < 0 || end < begin)
            throw new InputException(path, "it has one of the two marks of the written part, or both in the wrong order", $"write '{first}' and behind it '{last}', or remove both");
        var whole = $"{first}\n\n{part}\n{last}";
        return begin < 0 ? $"{document.TrimEnd('\n')}\n\n{whole}\n" : document[..begin] + whole + document[(end + last.Length)..];
    }
}
