using System.CommandLine;
using ProbUNet.Models.Inspection;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet data</c></summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A folder of graded images in a known layout, synthetic:lesions or synthetic:streets." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON document instead of text." };
        var describe = new Command("describe", "Reads a data set whole and says what is in it, and all that is wrong with it; answers with exit code 2 where training would refuse it.") { path, json };
        describe.SetAction(parsed =>
        {
            var description = DataDescriber.Describe(parsed.GetValue(path)!);
            Console.Write(parsed.GetValue(json) ? DescriptionText.Json(description) : DescriptionText.Of(description));
            if (description.Refusal is not { } refusal)
                return 0;
            Console.Error.WriteLine(refusal.Message);
            return Program.BadInput;
        });
        return new Command("data", "Looks at data.") { describe };
    }
}
