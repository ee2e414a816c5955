using System.CommandLine;
using System.CommandLine.Completions;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet completion</c>: scripts that ask the program itself what may come next, by its directive <c>[suggest:N]</c>; what is no word of ours stays a file's name.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, (string Place, string Script)> Shells = new()
    {
        ["bash"] = ("add to ~/.bashrc: source <(probunet completion bash)", """
            _probunet() {
                local suggestions word=${COMP_LINE:0:COMP_POINT} IFS=$'\n'
                word=${word##* }
                suggestions=$(probunet "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null) || return
                COMPREPLY=($(compgen -W "$suggestions" -- "$word"))
                # Where a colon parts words for bash, only what is behind it is to be replaced.
                [[ $word == *:* && $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%:*}:"}")
                return 0
            }
            complete -o default -F _probunet probunet
            """),
        ["zsh"] = ("add to ~/.zshrc, after compinit: source <(probunet completion zsh)", """
            _probunet() {
                # Of this command alone, where others stand before it on the line.
                local line="${(j: :)words[1,CURRENT-1]} $PREFIX"
                local -a suggestions
                suggestions=("${(@f)$(probunet "[suggest:${#line}]" "$line" 2>/dev/null)}")
                [[ -n "$suggestions" ]] && compadd -- "${suggestions[@]}"
                _files
            }
            compdef _probunet probunet
            """),
        ["fish"] = ("save as ~/.config/fish/completions/probunet.fish", """
            function __probunet_suggestions
                set -l line (commandline -cp | string collect)
                probunet "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c probunet -a '(__probunet_suggestions)'
            """),
        ["pwsh"] = ("add to $PROFILE: probunet completion pwsh | Out-String | Invoke-Expression", """
            Register-ArgumentCompleter -Native -CommandName probunet -ScriptBlock {
                param($word, $line, $position)
                # The position is that on the whole line, where other commands may stand before.
                probunet "[suggest:$($position - $line.Extent.StartOffset)]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """),
    };

    /// <summary>What may stand for a value, where the parser does not know it: names of networks, of tasks that are drawn, and the like.</summary>
    private static readonly Dictionary<string, Func<IEnumerable<string>>> Values = new()
    {
        ["MODEL"] = ModelNames,
        ["--model"] = ModelNames,
        ["PATH"] = () => DataSource.TaskNames,
        ["--data"] = () => DataSource.TaskNames,
        ["--precision"] = () => Precisions.ByShortName.Keys,
        ["--device"] = () => ["cpu", "cuda", "mps"],
    };

    /// <summary>Tells the parser what values there are.</summary>
    public static void AddValues(Command command)
    {
        foreach (var argument in command.Arguments.Where(argument => Values.ContainsKey(argument.Name)))
        {
            argument.HelpName = argument.Name;   // else help lists all values
            argument.CompletionSources.Add(_ => Items(argument.Name));
        }
        foreach (var option in command.Options.Where(option => Values.ContainsKey(option.Name) && option.CompletionSources.Count == 0))
        {
            option.HelpName = option.Name.TrimStart('-');
            option.CompletionSources.Add(_ => Items(option.Name));
        }
        foreach (var each in command.Subcommands)
            AddValues(each);
    }

    private static IEnumerable<string> ModelNames() => ModelCatalog.All.Select(entry => entry.Name);

    private static IEnumerable<CompletionItem> Items(string name) => Values[name]().Select(value => new CompletionItem(value));

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join("; ", Shells.Select(each => $"{each.Key}: {each.Value.Place}")) };
        shell.AcceptOnlyFromAmong([.. Shells.Keys]);
        var command = new Command("completion", "Prints the script by which a shell completes commands, options and names of networks.") { shell };
        command.SetAction(parsed => Console.WriteLine(Shells[parsed.GetValue(shell)!].Script.ReplaceLineEndings("\n")));
        return command;
    }
}
