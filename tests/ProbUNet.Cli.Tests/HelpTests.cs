using System.Text.RegularExpressions;

namespace ProbUNet.Cli.Tests;

/// <summary>What help shows is so.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void EveryCommand_HasExamples_ThatAreUnderstood()
    {
        var commands = Leaves("").ToList();
        Assert.Contains("train", commands);
        Assert.Contains("data describe", commands);
        Assert.All(commands, command =>
        {
            var help = Programs.Probunet(_folder, [.. command.Split(' '), "--help"]).Output;
            var examples = Regex.Matches(help, @"^  probunet (.+)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Where(line => !line.Contains('<') && !line.Contains('[')).ToList();
            Assert.NotEmpty(examples);
            Assert.All(examples, example =>
            {
                Assert.StartsWith(command, example);
                var understood = Programs.Probunet(_folder, ["[diagram]", .. example.Split(' ')]);
                Assert.Equal((0, ""), (understood.ExitCode, understood.Error));
                Assert.DoesNotContain("???", understood.Output);
                Assert.DoesNotContain("!", understood.Output);   // how the parser marks what it refuses
            });
        });
    }

    /// <summary>All commands that do something, as help lists them.</summary>
    private IEnumerable<string> Leaves(string parent)
    {
        var help = Programs.Probunet(_folder, [.. parent.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]).Output;
        var below = help.Split("Commands:\n") is [_, var list] ? Regex.Matches(list, @"^  ([a-z]+)\b", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList() : [];
        return below.Count == 0 ? [parent] : below.SelectMany(name => Leaves($"{parent} {name}".Trim()));
    }
}
