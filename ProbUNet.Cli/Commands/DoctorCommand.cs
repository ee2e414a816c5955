using System.CommandLine;
using ProbUNet.Cli.Doctor;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = Networks.DataHelp };
        var mend = new Option<bool>("--mend") { Description = "Mends what keeps libtorch from being loaded on distributions with an older C++ runtime, in the folder of this program." };
        var command = new Command("doctor", "Says what is missing on this machine, and the command that mends it; answers with exit code 1 where something is.") { data, mend };
        command.AddJson();
        command.SetAction(parsed =>
        {
            List<Finding> findings = [.. Checkup.Look(parsed.GetValue(data), parsed.GetValue(mend))];
            parsed.Say(string.Join('\n', findings.SelectMany(Lines)), findings);
            return findings.Exists(finding => finding.Health == Health.Bad) ? Program.Failed : 0;
        });
        return command;
    }

    private static IEnumerable<string> Lines(Finding finding)
    {
        yield return $"{Mark(finding.Health)} {finding.Subject}: {finding.Words}.";
        if (finding.Remedy is { } remedy)
            yield return $"         mend it: {remedy}";
    }

    private static string Mark(Health health) => health switch
    {
        Health.Good => "good    ",
        Health.Advice => "advice  ",
        _ => "missing ",
    };
}
