using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProbUNet.Cli.Doctor;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet doctor</c></summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<Health>(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = Networks.DataHelp };
        var mend = new Option<bool>("--mend") { Description = "Mends what keeps libtorch from being loaded on distributions with an older C++ runtime, in the folder of this program." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON document instead of text." };
        var command = new Command("doctor", "Says what is missing on this machine, and the command that mends it; answers with exit code 1 where something is.") { data, mend, json };
        command.SetAction(parsed =>
        {
            List<Finding> findings = [.. Checkup.Look(parsed.GetValue(data), parsed.GetValue(mend))];
            if (parsed.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(findings, Json));
            else
                foreach (var finding in findings)
                {
                    Console.WriteLine($"{Mark(finding.Health)} {finding.Subject}: {finding.Words}.");
                    if (finding.Remedy is { } remedy)
                        Console.WriteLine($"         mend it: {remedy}");
                }
            return findings.Exists(finding => finding.Health == Health.Bad) ? Program.Failed : 0;
        });
        return command;
    }

    private static string Mark(Health health) => health switch
    {
        Health.Good => "good    ",
        Health.Advice => "advice  ",
        _ => "missing ",
    };
}
