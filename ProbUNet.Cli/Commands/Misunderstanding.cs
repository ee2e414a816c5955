using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using ProbUNet.Dsl;
using ProbUNet.Models;

namespace ProbUNet.Cli.Commands;

/// <summary>What is wrong with a command line that the parser does not understand, in one line that names the word or option at fault and what to write, as every refusal does.</summary>
internal static class Misunderstanding
{
    /// <summary>Says it.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="parsed">What the parser made of it: an error at least.</param>
    public static string Of(string[] args, ParseResult parsed)
    {
        var path = PathOf(parsed.CommandResult.Command);
        var help = $"'{string.Join(' ', new[] { "probunet", path, "--help" }.Where(word => word.Length > 0))}'";
        // A word that is not understood says more than what is missing without it.
        if (WordOf(args, parsed) is { } word)
            return Unknown(word, parsed, path, help).Message;
        List<InputException> faults = [.. Missing(parsed.CommandResult, path, help), .. parsed.Errors.Select(error => InValue(error, help)).OfType<InputException>()];
        return faults.Count > 0 ? InputException.Of(faults).Message : $"{parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd('.')}; see {help}.";
    }

    /// <summary>What a command is called, with those above it.</summary>
    private static string PathOf(Command command) => string.Join(' ', command.Parents.Append(command).OfType<Command>().Where(each => each is not RootCommand).Select(each => each.Name));

    /// <summary>The word that is not understood; nothing where all words are.</summary>
    private static string? WordOf(string[] args, ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0)
            return null;
        // A misspelt option passes for an argument, and it is the word behind it that is left over.
        var known = OptionsOf(parsed);
        return args.FirstOrDefault(arg => arg.StartsWith("--", StringComparison.Ordinal) && !known.Contains(NameIn(arg))) is { } option ? NameIn(option) : parsed.UnmatchedTokens[0];
    }

    private static string NameIn(string word) => word.Split('=', ':')[0];

    private static List<string> OptionsOf(ParseResult parsed) =>
        [.. parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive)).Where(option => !option.Hidden).Select(option => option.Name)];

    private static InputException Unknown(string word, ParseResult parsed, string path, string help)
    {
        var command = parsed.CommandResult.Command;
        List<string> commands = [.. command.Subcommands.Where(each => !each.Hidden).Select(each => each.Name)];
        var (what, names) = word.StartsWith('-') ? ($"{(path.Length == 0 ? "probunet" : path)} has no such option", OptionsOf(parsed))
            : commands.Count > 0 ? ("there is no such command", commands)
            : ($"{path} has no place for this word{(command.Arguments.Count == 0 ? "" : $" beside {string.Join(", ", command.Arguments.Select(argument => argument.Name))}")}", []);
        return new(word, $"{what}{Spelling.Aside(word, names)}", $"see {help}");
    }

    /// <summary>All that a command cannot do without, in one fault.</summary>
    private static IEnumerable<InputException> Missing(CommandResult result, string path, string help)
    {
        var command = result.Command;
        List<string> missing = command.Subcommands.Count > 0 ? ["COMMAND"] :
        [
            .. command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0 && result.GetResult(argument) is null or { Tokens.Count: 0 }).Select(argument => argument.Name),
            .. command.Options.Where(option => option.Required && result.GetResult(option) is null or { Implicit: true }).Select(option => option.Name),
        ];
        if (missing.Count == 0)
            yield break;
        var remedy = command.Subcommands.Count > 0 ? $"use one of {string.Join(", ", command.Subcommands.Where(each => !each.Hidden).Select(each => each.Name))}"
            : Examples.Of(path, missing) is { } example ? $"write for example probunet {example}" : $"see {help}";
        yield return new(string.Join(", ", missing), missing.Count == 1 ? "it is missing" : "they are missing", remedy);
    }

    /// <summary>What is wrong with the value of an option or an argument; nothing where the error is none of a value.</summary>
    private static InputException? InValue(ParseError error, string help)
    {
        // What an option is given is an argument of its own to the parser.
        var result = error.SymbolResult is ArgumentResult { Parent: OptionResult above } ? above : error.SymbolResult;
        var (name, arity, type, completions) = result switch
        {
            OptionResult { Option: var option } => (option.Name, option.Arity, option.ValueType, option.GetCompletions(CompletionContext.Empty)),
            ArgumentResult { Argument: var argument } => (argument.Name, argument.Arity, argument.ValueType, argument.GetCompletions(CompletionContext.Empty)),
            _ => ("", default, typeof(void), []),
        };
        List<string> given = [.. (result as OptionResult)?.Tokens.Select(token => token.Value) ?? (result as ArgumentResult)?.Tokens.Select(token => token.Value) ?? []];
        if (name.Length == 0 || (given.Count == 0 && result is ArgumentResult or OptionResult { Implicit: true }))   // which is told as missing
            return null;
        if (given.Count == 0)
            return new(name, "its value is missing", $"write one behind it, which {help} describes");
        var place = result is OptionResult ? $"{name} {string.Join(' ', given)}" : given[0];
        if (result is OptionResult { IdentifierTokenCount: > 1 } || given.Count > arity.MaximumNumberOfValues)
            return new(place, $"it is given {given.Count} values and takes one", "leave the others out");
        List<string> choices = [.. completions.Select(completion => completion.Label)];
        return WantedOf(Nullable.GetUnderlyingType(type) ?? type) is { } wanted ? new(place, "this cannot be its value", $"use {wanted}")
            : choices.Count > 0 ? new(place, $"{(result is OptionResult ? $"{name} has no such choice" : $"there is no such {name}")}{Spelling.Aside(given[0], choices)}", $"use {string.Join(" or ", choices)}")
            : null;
    }

    private static string? WantedOf(Type type) =>
        type == typeof(int) ? $"a whole number up to {int.MaxValue}" : type == typeof(long) ? "a whole number" : type == typeof(double) ? "a number" : type == typeof(bool) ? "true or false, or leave it to itself" : null;
}
