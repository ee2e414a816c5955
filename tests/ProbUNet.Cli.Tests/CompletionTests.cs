namespace ProbUNet.Cli.Tests;

/// <summary>What is begun on a shell's line is completed, in the shell itself. Where there is no such shell the test is skipped and says so.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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
        var script = $$"""
            source <(probunet completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            _probunet
            printf '%s ' "${COMPREPLY[@]}"
            """;
        Assert.Equal(words, Say("bash", "", "-c", script));
    }

    [Theory]
    [InlineData("probunet tr", "probunet train ")]
    [InlineData("probunet train lid", "probunet train lidc")]   // as far as all that may be meant are alike
    [InlineData("probunet train small --data synthetic:le", "probunet train small --data synthetic:lesions ")]
    [InlineData("probunet sample --che", "probunet sample --checkpoint ")]
    [InlineData("true; probunet tr", "true; probunet train ")]
    [InlineData("probunet sample nothing-like-th", "probunet sample nothing-like-th")]
    public void Zsh_CompletesWhatIsBegun(string line, string completed)
    {
        // The line editor needs a terminal: a shell in it is typed to, and says what stands on its line after the tabulator.
        var script = $$"""
            zmodload zsh/zpty
            zpty shell 'TERM=dumb zsh -f -i'
            zpty -w shell 'PROMPT= ; autoload -Uz compinit && compinit -u -D; setopt no_beep; source <(probunet completion zsh)'
            zpty -w shell 'tell() { print -r -- "<<$BUFFER>>"; BUFFER=; zle accept-line }; zle -N tell; bindkey "^X" tell; print rea""dy'
            zpty -r shell seen '*ready*'
            zpty -w -n shell '{{line}}'$'\t\x18'
            zpty -r shell seen '*>>*'
            print -r -- "${${seen##*<<}%%>>*}"
            """;
        Assert.Equal(completed.Trim(), Say("zsh", "apt-get install zsh", "-f", "-c", script));
    }

    [Theory]
    [InlineData("probunet tr", "train")]
    [InlineData("probunet train lid", "lidc lidc-deterministic lidc-dropout lidc-ensemble lidc-heads lidc-vae")]
    [InlineData("probunet train small --data synthetic:le", "synthetic:lesions")]
    [InlineData("probunet sample --che", "--checkpoint")]
    [InlineData("true; probunet tr", "train")]
    [InlineData("probunet sample nothing-like-th", "")]
    public void Fish_CompletesWhatIsBegun(string line, string words) =>
        Assert.Equal(words, Say("fish", "apt-get install fish", "--no-config", "-c", $"probunet completion fish | source; complete -C '{line}'"));

    [Theory]
    [InlineData("probunet tr", "train")]
    [InlineData("probunet train lid", "lidc lidc-deterministic lidc-dropout lidc-ensemble lidc-heads lidc-vae")]
    [InlineData("probunet train small --data ", "synthetic:lesions synthetic:streets")]
    [InlineData("probunet sample --che", "--checkpoint")]
    [InlineData("$null; probunet tr", "train")]
    [InlineData("probunet sample nothing-like-th", "")]
    public void PowerShell_CompletesWhatIsBegun(string line, string words) => Assert.Equal(words, Say("pwsh", "dotnet tool install --global PowerShell", "-NoProfile", "-NonInteractive", "-Command", $$"""
        probunet completion pwsh | Out-String | Invoke-Expression
        [System.Management.Automation.CommandCompletion]::CompleteInput('{{line}}', {{line.Length}}, $null).CompletionMatches.CompletionText
        """));

    /// <summary>What a shell prints, on one line, in which <c>probunet</c> is ours.</summary>
    private string Say(string shell, string remedy, params string[] arguments)
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        Assert.SkipUnless(places.Any(place => File.Exists(Path.Combine(place, shell))), $"There is no {shell} in PATH{(remedy.Length > 0 ? $"; {remedy}" : "")}.");
        var program = Path.Combine(_folder, "probunet");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet '{Programs.PathOfProbunet}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var running = Programs.Start(_folder, "env", [$"PATH={_folder}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}", $"XDG_CONFIG_HOME={_folder}", shell, .. arguments]);
        var outcome = running.End();
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return string.Join(' ', outcome.Output.Split((char[])['\n', '\r'], StringSplitOptions.RemoveEmptyEntries)).Trim();
    }
}
