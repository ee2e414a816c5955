using System.Text.RegularExpressions;

namespace ProbUNet.Cli.Tests;

/// <summary>What help shows is so, and what a shell completes is there.</summary>
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

    [Theory]
    [InlineData("probunet tr", "train")]
    [InlineData("probunet train lid", "lidc lidc-deterministic lidc-dropout lidc-ensemble lidc-heads lidc-vae")]
    [InlineData("probunet train small --data s", "synthetic:lesions synthetic:streets")]
    [InlineData("probunet train small --data synthetic:le", "lesions")]   // 'synthetic:' stands already: a colon parts words in bash
    [InlineData("probunet train small --precision b", "bf16")]
    [InlineData("probunet sample --che", "--checkpoint")]
    [InlineData("probunet sample nothing-like-th", "")]
    public void Bash_CompletesWhatIsBegun(string line, string words)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash here");
        var script = $$"""
            probunet() { dotnet '{{Programs.PathOfProbunet}}' "$@"; }
            source <(probunet completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            _probunet
            printf '%s ' "${COMPREPLY[@]}"
            """;
        using var running = Programs.Start(_folder, "/bin/bash", ["-c", script]);
        var outcome = running.End();
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(words, outcome.Output.Trim());
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _probunet probunet")]
    [InlineData("zsh", "compdef _probunet probunet")]
    [InlineData("fish", "complete -c probunet")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName probunet")]
    public void EveryShell_HasItsScript(string shell, string line) => Assert.Contains(line, Programs.Probunet(_folder, "completion", shell).Output);

    /// <summary>All commands that do something, as help lists them.</summary>
    private IEnumerable<string> Leaves(string parent)
    {
        var help = Programs.Probunet(_folder, [.. parent.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]).Output;
        var below = help.Split("Commands:\n") is [_, var list] ? Regex.Matches(list, @"^  ([a-z]+)\b", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList() : [];
        return below.Count == 0 ? [parent] : below.SelectMany(name => Leaves($"{parent} {name}".Trim()));
    }
}
