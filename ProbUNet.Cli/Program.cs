using System.CommandLine;
using ProbUNet.Cli.Commands;
using ProbUNet.Models;

namespace ProbUNet.Cli;

/// <summary>The <c>probunet</c> tool. Exit codes: 0 done, 1 failed, 2 wrong usage or bad input.</summary>
internal static class Program
{
    public const int Failed = 1;
    public const int BadInput = 2;

    private static int Main(string[] args)
    {
        var root = new RootCommand("Declares, trains and judges probabilistic segmentation networks.")
        {
            ModelsCommand.Create(), SummaryCommand.Create(), DataCommand.Create(), TrainCommand.Create(), EvaluateCommand.Create(), SampleCommand.Create(),
            CompareCommand.Create(), SearchCommand.Create(), ResultsCommand.Create(), ReportCommand.Create(), LatentCommand.Create(), ExploreCommand.Create(), ImportCommand.Create(), ExportCommand.Create(),
            DoctorCommand.Create(), CompletionCommand.Create(), BenchCommand.Create(), BenchSideCommand.Create(),
        };
        root.Add(new DiagramDirective());
        Examples.AddTo(root);
        CompletionCommand.AddValues(root);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine(Misunderstanding.Of(args, parsed));
            return BadInput;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error)
        {
            var (sentence, code) = Told(error);
            Console.Error.WriteLine(sentence);
            return code;
        }
    }

    /// <summary>What a user is told of an exception, and the exit code. No stack trace reaches a user.</summary>
    public static (string Sentence, int Code) Told(Exception error) => error switch
    {
        InputException input => (TrainCommand.InOptions(input).Message, BadInput),
        _ when IsWithoutEngine(error) => ($"libtorch cannot be loaded ({WordsOf(error)}); run 'probunet doctor', which says what is missing.", Failed),
        // What gets here is a fault of ours.
        _ => ($"probunet failed: {error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}; please report this with the command that you gave.", Failed),
    };

    /// <summary>What lies at the bottom of an exception, in one line without a full stop.</summary>
    public static string WordsOf(Exception error) => error.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');

    /// <summary>Whether TorchSharp found no engine: it says so from its static constructor, or when it looks for a function.</summary>
    private static bool IsWithoutEngine(Exception? error) =>
        error is not null && (error is DllNotFoundException || error is TypeInitializationException { TypeName: "TorchSharp.torch" } || IsWithoutEngine(error.InnerException));
}
