using System.Globalization;
using System.Text;

namespace ProbUNet.Models.Benchmarking;

/// <summary>A table for people, before it is known whether a terminal or a document shows it.</summary>
/// <param name="Title">What it tells.</param>
/// <param name="Columns">The heads.</param>
/// <param name="Rows">As many cells each.</param>
internal sealed record Sheet(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>In Markdown, under a heading.</summary>
    public string Markdown()
    {
        var text = new StringBuilder($"## {Title}\n\n");
        foreach (var row in Rows.Prepend([.. Columns.Select(_ => "---")]).Prepend(Columns))
            text.Append("| ").AppendJoin(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        return text.ToString();
    }

    /// <summary>The tables of a run.</summary>
    public static IReadOnlyList<Sheet> Of(Report report) =>
    [
        Times(report.Measurements),
        .. report.Ratios.Count == 0 ? Array.Empty<Sheet>() : [Ratios(report.Ratios)],
        .. (report.Profiles ?? []).SelectMany(Profile),
        .. (report.Growth ?? []).GroupBy(cell => (cell.Axis, cell.Precision)).Select(cells => Growth(cells.Key.Axis, cells.Key.Precision, [.. cells])),
    ];

    /// <summary>Where and how a run was made, in a paragraph.</summary>
    public static string Circumstances(Report report)
    {
        var (machine, plan) = (report.Machine, report.Plan);
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{machine.Processor}, {machine.Cores} cores ({string.Join(", ", machine.Features)}), {machine.MemoryMib / 1024.0:0.#} GiB, {machine.System}; {string.Join(", ", machine.Versions.Select(version => $"{version.Key} {version.Value}"))}; {plan.Threads} thread{(plan.Threads == 1 ? "" : "s")}, {plan.Rounds} rounds of {plan.Seconds} s a work, {report.Began.UtcDateTime:yyyy-MM-dd}, run {report.Run}.");
        return machine.IsBusy
            ? string.Create(CultureInfo.InvariantCulture, $"{text} Other work ran on the machine when this began ({machine.Load:0.0} processes on average): the numbers are disturbed, the ratios less so.")
            : text;
    }

    private static Sheet Times(IReadOnlyList<Measurement> measurements)
    {
        string Cell(IEnumerable<Measurement> rounds, Func<SideLine, double> of)
        {
            double[] all = [.. rounds.Select(each => of(each.Line))];
            return all.Length == 0 ? "" : Spread(Timing.Median(all), all.Min(), all.Max());
        }

        return new Sheet("Times and memory: median (least to most of the rounds)",
            ["side", .. Work.Standard.Select(work => $"{work.Title}, ms"), "peak resident, training, MiB"],
            [.. measurements.GroupBy(each => each.Side).Select(side => (IReadOnlyList<string>)
            [
                $"{Sides.TitleOf(side.Key)} ({side.First().Line.Peer})",
                .. Work.Standard.Select(work => Cell(side.Where(each => each.Line.Work == work.Name), line => line.Ms)),
                Cell(side.Where(each => each.Line.Work == Work.Training.Name), line => line.RssMib),
            ])]);
    }

    private static Sheet Ratios(IReadOnlyList<Verdict> verdicts) => new("Ratios: median (least to most of the rounds)",
        ["work", "side", "against", "ratio", "target", "stretch"],
        [.. verdicts.Select(verdict => (IReadOnlyList<string>)
        [
            verdict.Ratio.Quantity == Quantity.Memory ? "peak resident memory of training" : Work.Parse(verdict.Ratio.Work)?.Title ?? verdict.Ratio.Work,
            Sides.TitleOf(verdict.Ratio.Side),
            Sides.TitleOf(verdict.Ratio.Peer),
            $"{Number(verdict.Ratio.Median)}x ({Number(verdict.Ratio.Least)} to {Number(verdict.Ratio.Most)})",
            verdict.Target is { } target ? Aim(target.Quantity, target.Bound, verdict.IsMet) : "",
            verdict.Target is { Stretch: { } stretch } stretched ? Aim(stretched.Quantity, stretch, verdict.IsStretchMet) : "",
        ])]);

    private static string Aim(Quantity quantity, double bound, bool? isMet) =>
        $"{(quantity == Quantity.Speed ? "at least" : "at most")} {Number(bound)}x: {(isMet == true ? "met" : "not met")}";

    private static IEnumerable<Sheet> Profile(Profile profile)
    {
        var work = Work.Parse(profile.Work)?.Title ?? profile.Work;
        IReadOnlyList<string> Row(ProfileRow row) =>
        [
            row.Name, row.What, Number(row.Ms), row.Gigaflops > 0 ? Number(row.Gigaflops) : "", row.Gigaflops > 0 ? Number(row.Rate) : "",
            row.Gigaflops > 0 ? string.Create(CultureInfo.InvariantCulture, $"{100 * row.Rate / profile.Peak:0} %") : "",
        ];
        string[] columns = ["part", "what", "ms", "GFLOP", "GFLOP/s", $"of the peak, {Number(profile.Peak)} GFLOP/s"];
        yield return new Sheet($"Phases: {work}, {profile.Precision}", columns, [.. profile.Phases.Select(Row)]);
        yield return new Sheet($"Operators, forward: {work}, {profile.Precision}", columns, [.. profile.Operators.Select(Row)]);
    }

    private static Sheet Growth(string axis, string precision, IReadOnlyList<GrowthCell> cells)
    {
        // Works that are the same for all values stand side by side; those whose number is the value itself in one column.
        static string Column(GrowthCell cell) => cell.Axis is "batch" or "samples" ? (cell.Axis == "batch" ? "train step" : "samples of an image") : Work.Parse(cell.Work)?.Title ?? cell.Work;
        string[] columns = [.. cells.Select(Column).Distinct()];
        return new Sheet($"How cost grows with {axis}, {precision}: ms, and peak resident memory",
            [axis, .. columns],
            [.. cells.GroupBy(cell => cell.Value).Select(row => (IReadOnlyList<string>)
            [
                row.Key.ToString(CultureInfo.InvariantCulture),
                .. columns.Select(column => row.FirstOrDefault(cell => Column(cell) == column) is { } cell
                    ? cell is { Ms: { } ms, RssMib: { } rss } ? string.Create(CultureInfo.InvariantCulture, $"{Number(ms)} ms, {rss:0} MiB") : cell.Left ?? ""
                    : ""),
            ])]);
    }

    private static string Spread(double median, double least, double most) => $"{Number(median)} ({Number(least)} to {Number(most)})";

    /// <summary>Three digits, or all those before the point.</summary>
    private static string Number(double value) => value.ToString(Math.Abs(value) switch { < 10 => "0.00", < 100 => "0.0", _ => "0" }, CultureInfo.InvariantCulture);
}
