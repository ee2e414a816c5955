using System.CommandLine;
using System.Globalization;
using ProbUNet.Models;
using ProbUNet.Models.Benchmarking;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Training;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet report</c></summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var usual = new ReportSettings();
        var run = new Argument<string>("RUN") { Description = "A run folder, or the folder of a comparison." };
        var data = new Option<string?>("--data") { Description = $"{Networks.DataHelp} Without it, those that the run was trained on." };
        var samples = new Option<string>("--samples") { Description = "Numbers of samples, between commas.", DefaultValueFactory = _ => string.Join(',', usual.Counts) };
        var cases = new Option<int>("--cases") { Description = "How many of the worst cases are shown; the median and the best one follow.", DefaultValueFactory = _ => usual.Cases };
        var seed = new Option<long>("--seed") { Description = "Decides the samples.", DefaultValueFactory = _ => usual.Seed };
        var file = new Option<string?>("--out") { Description = "The file to write; without it, report.html in the folder." };
        var checkpoint = Checkpoints.Option();
        var command = new Command("report", "Writes all that there is to know of a run, or of a comparison, into one HTML file.") { run, checkpoint, data, samples, cases, seed, file };
        command.AddDevice();
        command.AddJson();
        command.SetAction(parsed =>
        {
            var shown = parsed.GetValue(cases);
            if (shown < 0)
                throw new InputException(string.Create(CultureInfo.InvariantCulture, $"--cases {shown}"), "it is no number of cases", "use 0 or more");
            var named = parsed.GetValue(file) is { } name ? OutputFile.Checked(file.Name, name, "a report", ".html", ".htm") : null;
            if (parsed.GetValue(run) is { } compared && !RunFolder.Recognizes(compared) && Comparer.Recognizes(compared))
            {
                if (Array.Find(new Option[] { samples, seed, checkpoint }, option => parsed.GetResult(option) is { Implicit: false }) is { } given)
                    throw new InputException(given.Name, "a comparison has its numbers of samples, seeds and weights already", "leave it out, or name one run of the comparison");
                var comparer = Comparer.Open(compared, parsed.GetValue(data), Networks.DeviceOf(parsed));
                var page = named ?? Path.Combine(compared, "report.html");
                WriteComparison(page, comparer, comparer.ReadResult(), shown);
                parsed.Say($"The report is in {page}.", new { report = page });
                return;
            }
            var folder = RunFolder.Open(parsed.GetValue(run)!);
            var path = named ?? RunReport.PathOf(folder);
            RunReport.Write(path, folder, folder.OpenData(parsed.GetValue(data)), new()
            {
                Counts = [.. Networks.Numbers("--samples", parsed.GetValue(samples)!).Distinct()],
                Cases = shown,
                Seed = parsed.GetValue(seed),
                Step = Checkpoints.StepOf(folder, parsed.GetValue(checkpoint)!),
                Device = Networks.DeviceOf(parsed),
                Date = DateTimeOffset.Now,
                Machine = MachineHere(),
            });
            parsed.Say($"The report is in {path}.", new { report = path });
        });
        return command;
    }

    /// <summary>Writes the page of a comparison.</summary>
    public static void WriteComparison(string path, Comparer comparer, ComparisonResult result, int cases) =>
        ComparisonReport.WriteHtml(path, comparer, result, cases, DateTimeOffset.Now, MachineHere());

    /// <summary>This machine in a line.</summary>
    private static string MachineHere()
    {
        var machine = Machine.Here();
        return string.Create(CultureInfo.InvariantCulture, $"{machine.Processor}, {machine.Cores} cores, {machine.MemoryMib} MiB, {machine.System}; {string.Join(", ", machine.Versions.Select(version => $"{version.Key} {version.Value}"))}");
    }
}
