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
        command.AddJson();
        command.SetAction(parsed =>
        {
            var path = OutputFile.Checked(file.Name, parsed.GetValue(file)!, "a Markdown document", ".md", ".markdown");
            if (parsed.GetValue(folders)!.FirstOrDefault(File.Exists) is { } named)
                throw new InputException(named, "this is a file, and a comparison is named by its folder", Path.GetDirectoryName(Path.GetFullPath(named)) is { } above && Comparer.Recognizes(above) ? $"name {Path.GetRelativePath(".", above)}" : "name the folder that 'probunet compare' wrote");
            var tables = parsed.GetValue(folders)!.Select(folder => Comparer.Read(Path.Combine(folder, "comparison.json"))).Select(result => $"## {ComparisonReport.NameOf(result)}\n\n{ComparisonReport.Table(result)}");
            var text = MarkedText.Replace("probunet results", path, File.Exists(path) ? File.ReadAllText(path) : "# Results\n", string.Join('\n', tables));
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            parsed.Say($"The tables are in {path}.", new { file = path });
        });
        return command;
    }
}
