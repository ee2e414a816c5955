using System.CommandLine;
using System.Text;
using ProbUNet.Models;
using ProbUNet.Models.Comparison;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet results</c></summary>
internal static class ResultsCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("DIR") { Description = "Folders of finished comparisons.", Arity = ArgumentArity.OneOrMore };
        var file = new Option<string>("--out") { Description = "The Markdown file to write; what stands in it between the marks is replaced, all else stays.", Required = true };
        var command = new Command("results", "Writes the tables of comparisons into a document.") { folders, file };
        command.SetAction(parsed =>
        {
            var tables = parsed.GetValue(folders)!.Select(folder => Comparer.Read(Path.Combine(folder, "comparison.json"))).Select(result => $"## {ComparisonReport.NameOf(result)}\n\n{ComparisonReport.Table(result)}");
            var path = parsed.GetValue(file)!;
            var text = MarkedText.Replace(path, File.Exists(path) ? File.ReadAllText(path) : "# Results\n", string.Join('\n', tables));
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            Console.WriteLine($"The tables are in {path}.");
        });
        return command;
    }
}

/// <summary>A document in which a command writes one part and people the rest.</summary>
internal static class MarkedText
{
    private const string Begin = "<!-- begin: written by 'probunet results' -->";
    private const string End = "<!-- end: written by 'probunet results' -->";

    /// <summary>The document with the part between the marks replaced; the marks are put at its end where it has none.</summary>
    /// <exception cref="InputException">There is one mark without the other.</exception>
    public static string Replace(string path, string document, string part)
    {
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal), document.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 != end < 0 || end < begin)
            throw new InputException(path, "it has one of the two marks of the written part, or both in the wrong order", $"write '{Begin}' and behind it '{End}', or remove both");
        var whole = $"{Begin}\n\n{part}\n{End}";
        return begin < 0 ? $"{document.TrimEnd('\n')}\n\n{whole}\n" : document[..begin] + whole + document[(end + End.Length)..];
    }
}
