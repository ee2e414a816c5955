using System.Globalization;
using System.Text;
using ProbUNet.Dsl;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Drawing;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Comparison;

/// <summary>A comparison as the paper shows it: figure, table, and cases.</summary>
public static class ComparisonReport
{
    private const int Cases = 6;

    /// <summary>What the data are called: a synthetic task's name, or the last part of a folder's, since where it lies is nobody's business.</summary>
    public static string NameOf(ComparisonResult result) => Path.GetFileName(Path.TrimEndingDirectorySeparator(result.Data));

    /// <summary>Draws the paper's Fig. 4 of a result, as PNG or SVG by the ending of the path.</summary>
    /// <exception cref="InputException">The path cannot be written.</exception>
    public static void DrawFigure4(ComparisonResult result, string path) => Figure4Of(result).Write(path);

    /// <summary>The same as a drawing.</summary>
    internal static Figure Figure4Of(ComparisonResult result)
    {
        var counts = result.Plan.Counts;
        var systems = result.Systems.Select(system => new Figure4System(system.Title, [.. counts.Select(count => new Figure4Point(count, system.GedByImage[Key(count)])
        {
            Interval = system.Ged[Key(count)] is { Lower: { } low, Upper: { } high } ? new(Math.Max(0, low), high) : null,
        })])).ToList();
        var panel = new Figure4Panel(NameOf(result), systems)
        {
            References = result.Attainable is { } attainable ? [.. counts.Select(count => new Figure4Reference("true draws", attainable[Key(count)], count))] : [],
        };
        return Figure4.Of([panel], $"GED² (V-statistic) of {result.TestImages} unseen images, {Seeds(result)}, {Training(result)}");
    }

    /// <summary>A training in words: its batches and steps, and whatever of it is not as usual.</summary>
    private static string Recipe(TrainingPlan plan)
    {
        string[] said = ["batchSize", "learningRate", "optimizer", "schedule"];
        var others = PlanJson.Unusual(plan).Where(setting => !said.Contains(setting.Path)).Select(setting => $"{setting.Path} {setting.Value}");
        return string.Join(", ", others.Prepend(string.Create(CultureInfo.InvariantCulture, $"batches of {plan.BatchSize}, {plan.Optimizer} at {plan.LearningRate}{plan.Schedule switch
        {
            LearningRateSchedule.Cosine => " along half a cosine",
            LearningRateSchedule.Staircase => " down a staircase",
            _ => "",
        }}")));
    }

    /// <summary>The table of a result in Markdown: means with intervals, the attainable values, and the paper's own beside them.</summary>
    public static string Table(ComparisonResult result)
    {
        var text = new StringBuilder();
        var counts = result.Plan.Counts;
        var binary = result.Classes == 1;
        text.Append(CultureInfo.InvariantCulture, $"`{NameOf(result)}`, {result.Image}, {(binary ? "binary masks" : $"{result.Classes} classes")}: {result.TrainImages} images to train on, judged by {result.TestImages} images of {result.TestCases} cases; ");
        text.Append(CultureInfo.InvariantCulture, $"{Seeds(result)}; trained for {Training(result)}{(result.Plan.Minutes is null ? "" : " and seed")}, ");
        text.Append(CultureInfo.InvariantCulture, $"{Recipe(result.Plan.Training)}; made by {result.Version}; data {result.Fingerprint[..12]}.\n\n");

        if (result.Plan.Minutes is not null)
            text.Append("The minutes of a system are shared by its networks: each member of the ensemble had its part of them, each M-Heads network a share, and a single sample of either is an answer of such a part.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"GED² (V-statistic), mean over images and seeds with {Bootstrap.DefaultLevelInWords} bootstrap interval over cases; in brackets the paper's own mean {(binary ? "on LIDC" : "on Cityscapes")} (other data, size and training).\n\n");
        Row(text, ["system", .. counts.Select(count => $"n = {count}"), "matched IoU", "networks x steps", "minutes"]);
        Row(text, [.. Enumerable.Repeat("---", counts.Count + 4)]);
        foreach (var system in result.Systems)
            Row(text,
            [
                system.Title,
                .. counts.Select(count => Cell(system.Ged[Key(count)]) + (PaperFigure4.Of(system.Key, binary, count) is { } paper ? string.Create(CultureInfo.InvariantCulture, $" ({paper:F2})") : "")),
                Cell(system.MatchedIou),
                Cost(system),
                string.Create(CultureInfo.InvariantCulture, $"{system.Networks.Sum(network => network.Seconds.Average()) / 60:F1}"),
            ]);
        Row(text, ["all-empty predictor", .. counts.Select(count => Number(result.AllEmpty[Key(count)])), "", "", ""]);
        if (result.Attainable is { } attainable)
            Row(text, ["true draws (attainable)", .. counts.Select(count => Number(attainable[Key(count)])), "", "", ""]);

        text.Append("\nUnbiased GED² at the largest n (of systems whose samples are independent draws), its terms, and how much worse than the Probabilistic U-Net on the same images (difference of GED², paired).\n\n");
        var most = Key(counts.Max());
        Row(text, ["system", $"unbiased GED², n = {most}", "E[d(S, Y)]", "E[d(S, S')]", "E[d(Y, Y')]", .. counts.Select(count => $"behind, n = {count}")]);
        Row(text, [.. Enumerable.Repeat("---", counts.Count + 5)]);
        foreach (var system in result.Systems)
            Row(text,
            [
                system.Title,
                system.GedUnbiased.TryGetValue(most, out var unbiased) ? Cell(unbiased) : "",
                Number(system.CrossDistance[most]), Number(system.SampleDiversity[most]), Number(system.GraderDiversity),
                .. counts.Select(count => system.BehindProbabilistic is { } behind ? Cell(behind[Key(count)]) : ""),
            ]);
        if (result.Plan.Seeds.Count > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nGED² at n = {most} by seed: ");
            text.AppendJoin("; ", result.Systems.Select(system => $"{system.Title} {string.Join(", ", system.GedBySeed[most].Select(Number))}")).Append(".\n");
        }
        return text.ToString();
    }

    /// <summary>Draws the same cases for every system: image, graders, samples, spread.</summary>
    /// <param name="comparer">A comparison that is done.</param>
    /// <param name="seed">Whose networks are shown.</param>
    /// <param name="folder">Where the pictures go.</param>
    /// <returns>The paths.</returns>
    public static IReadOnlyList<string> DrawCases(Comparer comparer, long seed, string folder)
    {
        var images = CasesOf(comparer, Cases).Select(place => comparer.Test[place]).ToList();
        return [.. comparer.Systems.Select(system =>
        {
            var path = Path.Combine(folder, $"cases-{system.Key}.png");
            var network = system.Networks[^1];   // of the most samples
            using var model = comparer.Load(network, seed);
            var rows = images.Select(image =>
            {
                var prediction = Predictor.Predict(model, image, network.Counts.Max(), seed);
                return new SampleSheetRow(image, prediction.Samples, prediction.StandardDeviation, image.Name);
            });
            SampleSheet.Write(path, [.. rows], $"{system.Title}: unseen images whose graders differ most, {Counted.Of(network.Counts.Max(), "sample")}, seed {seed}");
            return path;
        })];
    }

    /// <summary>The places of the images whose graders differ most, which is where the systems do; the order of the set breaks ties.</summary>
    internal static IReadOnlyList<int> CasesOf(Comparer comparer, int cases) =>
        [.. Enumerable.Range(0, comparer.Test.Count).OrderByDescending(place => Disagreement.Of(comparer.Test[place])).Take(cases)];

    /// <summary>Writes the result as one HTML file with all its pictures in it.</summary>
    /// <param name="path">The file to write, whole or not at all.</param>
    /// <param name="comparer">A comparison that is done.</param>
    /// <param name="result">What it found.</param>
    /// <param name="cases">How many images are shown, those whose graders differ most; 0 or more.</param>
    /// <param name="date">When it is made, as it says.</param>
    /// <param name="machine">The machine that it names.</param>
    /// <exception cref="InputException">A network is not there any more, or the path cannot be written.</exception>
    public static void WriteHtml(string path, Comparer comparer, ComparisonResult result, int cases, DateTimeOffset date, string machine)
    {
        var document = ComparisonPage.Document(ComparisonContent.Of(comparer, result, cases, date, machine));
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(document)));
    }

    internal static string Cost(SystemResult system) =>
        string.Join(", ", system.Networks.Select(network => string.Create(CultureInfo.InvariantCulture, $"{network.Parts} x {network.Steps}")));

    /// <summary>In few words, which the title of the figure has room for.</summary>
    internal static string Training(ComparisonResult result) => result.Plan.Minutes is { } minutes
        ? string.Create(CultureInfo.InvariantCulture, $"{minutes:0.##} minute{(minutes == 1 ? "" : "s")} a system")
        : $"{Counted.Of(result.Plan.Steps, "step")} a network";

    internal static string Seeds(ComparisonResult result) => result.Plan.Seeds.Count == 1 ? $"seed {result.Plan.Seeds[0]}" : $"seeds {string.Join(", ", result.Plan.Seeds)}";

    private static string Cell(ConfidenceInterval interval) => interval is { Lower: { } low, Upper: { } high }
        ? string.Create(CultureInfo.InvariantCulture, $"{interval.Mean:F3} [{low:F3}, {high:F3}]")
        : Number(interval.Mean);

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static string Key(int count) => ComparisonSummary.Key(count);

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
