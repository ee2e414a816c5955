using System.CommandLine;
using System.Diagnostics;
using System.Text;
using ProbUNet.Models;
using ProbUNet.Models.Benchmarking;
using Spectre.Console;
using Profile = ProbUNet.Models.Benchmarking.Profile;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet bench</c></summary>
internal static class BenchCommand
{
    private const string Title = "# Performance\n";
    private const int LongTable = 60;   // rows, from which a page folds it
    private const int NoTerminal = 250;   // columns, where nobody reads on a screen: rows stay whole

    public static Command Create()
    {
        var peers = new Option<string?>("--peer") { Description = $"Who does the same work in turns, between commas: {string.Join(", ", Sides.Peers)}. pytorch needs its set-up, and root; onnxruntime draws samples only." };
        var setUp = new Option<string?>("--peer-setup") { Description = "The file that sets PyTorch up and runs it; without it, shared/peer/setup beside this folder or one above it." };
        var precisions = new Option<string>("--precision") { Description = $"Between commas: {string.Join(", ", Arithmetic.All)}.", DefaultValueFactory = _ => string.Join(',', Arithmetic.All) };
        var runs = new Option<int>("--runs") { Description = "Rounds, in each of which every side has its turn.", DefaultValueFactory = _ => BenchPlan.FewestRounds };
        var seconds = new Option<double>("--seconds") { Description = "For so long each work is done in a turn, at the least.", DefaultValueFactory = _ => 3 };
        var threads = new Option<int>("--threads") { Description = "Of every side.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var profile = new Option<bool>("--profile") { Description = "Shows where the time goes as well: each phase of a step, each operator." };
        var grow = new Option<bool>("--grow") { Description = "Shows how cost grows as well: with size, batch, depth, samples and threads." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON document instead of tables." };
        var from = new Option<string[]>("--from") { Description = "Shows what an earlier run printed with --json, and measures nothing." };
        var markdown = new Option<string?>("--markdown") { Description = "A Markdown file to write the tables into; what stands in it between the marks is replaced, all else stays." };
        var command = new Command("bench", "Measures the standard network, side by side with others, as ratios of one run.") { peers, setUp, precisions, runs, seconds, threads, profile, grow, json, from, markdown };
        command.SetAction(parsed =>
        {
            var earlier = parsed.GetValue(from) ?? [];
            if (earlier.Length > 1)
                throw new InputException($"--from {string.Join(" --from ", earlier)}", "these are several runs, and a ratio is made of sides that took turns in one", "name one");
            // All input is looked at before anything takes time.
            var document = parsed.GetValue(markdown) is { } path ? MarkedText.Replace("probunet bench", OutputFile.Checked(markdown.Name, path, "a Markdown document", ".md", ".markdown"), File.Exists(path) ? File.ReadAllText(path) : Title, "") : null;
            Report report;
            if (earlier is [var file])
            {
                if (new Option[] { peers, setUp, precisions, runs, seconds, threads, profile, grow }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } other)
                    throw new InputException($"--from {file} {other.Name}", "an earlier run is shown as it was", "give one of the two");
                report = Report.Read(file);
            }
            else
            {
                var plan = new BenchPlan(parsed.GetValue(runs), parsed.GetValue(seconds), parsed.GetValue(threads));
                plan.Check();
                string[] asked = [.. parsed.GetValue(precisions)!.Split(',').Select(Arithmetic.KeyOf).Distinct()];
                Side[] sides = [.. Sides.Own(asked, Self), .. (parsed.GetValue(peers)?.Split(',') ?? []).Distinct().SelectMany(peer => Sides.Of(peer, Self, parsed.GetValue(setUp)))];
                report = Told(tell => Measured(sides, asked, plan, parsed.GetValue(profile), parsed.GetValue(grow), tell));
            }
            if (document is not null)
            {
                var text = MarkedText.Replace("probunet bench", parsed.GetValue(markdown)!, document, Markdown(report));
                AtomicFile.Write(parsed.GetValue(markdown)!, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            }
            if (parsed.GetValue(json))
                Console.WriteLine(report.Write());
            else
                Show(report);
        });
        return command;
    }

    private static Report Measured(Side[] sides, string[] precisions, BenchPlan plan, bool isProfiled, bool grows, Action<string> tell)
    {
        var (began, machine) = (DateTimeOffset.UtcNow, Machine.Here());
        var run = Guid.NewGuid().ToString("N");
        tell("setting up");
        foreach (var side in sides)
            side.Prepare();
        var measurements = Bench.Run(run, sides, plan, tell);
        GrowthCell[]? growth = grows ? [.. precisions.SelectMany(precision => Growth.Of(precision, plan.Threads, Self, machine.MemoryMib, tell))] : null;
        if (isProfiled)
            tell("where the time goes");
        // Last, because it is the only one that takes memory in this process.
        Profile[]? profiles = isProfiled ? [.. precisions.SelectMany(precision => Profiler.Of(precision, plan.Threads, Math.Max(5, plan.Rounds)))] : null;
        return new Report(run, began, machine, plan, measurements) { Growth = growth, Profiles = profiles };
    }

    /// <summary>Has something done that tells what it does: on the terminal, if there is one.</summary>
    private static Report Told(Func<Action<string>, Report> act)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return Console.IsErrorRedirected || !console.Profile.Capabilities.Interactive
            ? act(_ => { })
            : console.Status().Start("", context => act(line => context.Status(Markup.Escape(line))));
    }

    private static string Markdown(Report report) => $"{Sheet.Circumstances(report)}\n\n{string.Join('\n', Sheet.Of(report).Select(Folded))}";

    /// <summary>A table that nobody reads from top to bottom is there for those who unfold it.</summary>
    private static string Folded(Sheet sheet) => sheet.Rows.Count <= LongTable ? sheet.Markdown() : $"<details>\n<summary>{sheet.Title}: {sheet.Rows.Count} rows</summary>\n\n{sheet.Markdown()}\n</details>\n";

    private static void Show(Report report)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = NoTerminal;
        AnsiConsole.WriteLine(Sheet.Circumstances(report));
        foreach (var sheet in Sheet.Of(report))
        {
            var table = new Table { Title = new TableTitle(Markup.Escape(sheet.Title)), Border = Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded };
            foreach (var column in sheet.Columns)
                table.AddColumn(Markup.Escape(column));
            foreach (var row in sheet.Rows)
                table.AddRow([.. row.Select(Markup.Escape)]);
            AnsiConsole.WriteLine();
            AnsiConsole.Write(table);
        }
    }

    /// <summary>Starts this program as one of its own sides.</summary>
    private static ProcessStartInfo Self(IEnumerable<string> arguments)
    {
        var (host, program) = (Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "probunet.dll"));
        IEnumerable<string> all = [BenchSideCommand.Name, .. arguments];
        // Run by 'dotnet probunet.dll', or by an executable of its own.
        return new ProcessStartInfo(host, Path.GetFileNameWithoutExtension(host) == "dotnet" ? all.Prepend(program) : all);
    }
}
