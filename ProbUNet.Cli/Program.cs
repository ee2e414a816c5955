using System.CommandLine;
using ProbUNet.Cli.Commands;
using ProbUNet.Models;

namespace ProbUNet.Cli;

/// <summary>The <c>probunet</c> tool. Exit codes: 0 done, 1 failed, 2 wrong usage or bad input.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int BadInput = 2;

    private static int Main(string[] args)
    {
        var root = new RootCommand("Declares, trains and judges probabilistic segmentation networks.") 
        {
            ModelsCommand.Create(), SummaryCommand.Create(), DataCommand.Create(), TrainCommand.Create(), EvaluateCommand.Create(), SampleCommand.Create(),
            CompareCommand.Create(), ResultsCommand.Create(), LatentCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // A word that is not understood says more than what is missing without it.
            var error = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is not understood here" : parsed.Errors[0].Message.TrimEnd('.');
            var path = string.Join(' ', parsed.CommandResult.Command.Parents.Append(parsed.CommandResult.Command).OfType<Command>().Where(command => command is not RootCommand).Select(command => $" {command.Name}"));
            Console.Error.WriteLine($"{error}; see 'probunet{path} --help'.");
            return BadInput;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (InputException error)
        {
            Console.Error.WriteLine(error.Message);
            return BadInput;
        }
        catch (Exception error)
        {
            // No stack trace reaches a user; what gets here is a fault of ours.
            Console.Error.WriteLine($"probunet failed: {error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}; please report this with the command that you gave.");
            return Failed;
        }
    }
}
