#:project ../../ProbUNet.Models/ProbUNet.Models.csproj
#:property PublishAot=false

// The table and the Fig. 4 of systems that were trained one by one, where `probunet compare` would have trained them in a row.
//
//     probunet evaluate RUN --data lidc_full --scores vae.csv        (for each network)
//     dotnet run eng/lidc/five.cs -- docs/figures/figure4-lidc.png "title" "M-Heads=heads4.csv,heads16.csv" … "Probabilistic U-Net=punet.csv"
//
// A system of several networks has the numbers of samples of each; where two have the same, the first counts. The last system is the one that the
// others are compared with, image by image. No image's name has a comma in this data set.
using System.Globalization;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;

const int Resamplings = 1;
int[] counts = [1, 4, 8, 16];
var systems = args[2..].Select(argument => argument.Split('=')).Select(part => (Name: part[0], Tables: part[1].Split(',').Select(Table.Read).ToList())).ToList();
var ours = systems[^1].Tables[0];
var figure = new List<Figure4System>();
Console.WriteLine("| system | " + string.Join(" | ", counts.Select(count => $"n = {count}")) + " | behind at n = 4, 16 | matched IoU | E[d(S, Y)] | E[d(S, S')] |");
Console.WriteLine("|" + string.Concat(Enumerable.Repeat(" --- |", counts.Length + 5)));
foreach (var (name, tables) in systems)
{
    var most = tables[^1];
    string[] cells =
    [
        name,
        .. counts.Select(count => In(tables, $"ged{count}") is var (table, values) ? Told(Bootstrap.Mean(table.Cases, values, Resamplings)) : ""),
        string.Join(", ", new[] { 4, 16 }.Select(count => name == systems[^1].Name ? "" : In(tables, $"ged{count}") is var (table, values)
            ? Told(PairedComparison.Of(table.Cases, values, ours.Columns[$"ged{count}"], Better.Lower, Resamplings).Difference) : "")).Trim(',', ' '),
        Told(Bootstrap.Mean(most.Cases, most.Columns["matchedIou"], Resamplings)),
        .. new[] { "crossDistance", "sampleDiversity" }.Select(key => most.Columns.Last(column => column.Key.StartsWith(key, StringComparison.Ordinal)).Value.Average().ToString("F3", CultureInfo.InvariantCulture)),
    ];
    Console.WriteLine($"| {string.Join(" | ", cells)} |");
    figure.Add(new(name, [.. counts.Select(count => In(tables, $"ged{count}") is var (table, values) ? new Figure4Point(count, values)
    {
        Interval = Bootstrap.Mean(table.Cases, values, Resamplings) is { Lower: { } low, Upper: { } high } ? (Math.Max(0, low), high) : null,
    } : null).OfType<Figure4Point>()]));
}
Figure4.Write(args[0], [new("lidc_full", figure)], args[1]);

(Table Table, double[] Values)? In(List<Table> tables, string column) =>
    tables.Find(table => table.Columns.ContainsKey(column)) is { } table ? (table, table.Columns[column]) : null;

static string Told(ConfidenceInterval interval) => string.Create(CultureInfo.InvariantCulture, $"{interval.Mean:F3} [{interval.Lower:F3}, {interval.Upper:F3}]");

internal sealed record Table(string[] Cases, Dictionary<string, double[]> Columns)
{
    public static Table Read(string path)
    {
        var lines = File.ReadAllLines(path).Select(line => line.Split(',')).ToList();
        return new([.. lines.Skip(1).Select(line => line[1])], lines[0].Select((name, i) => (name, i)).Skip(2).ToDictionary(column => column.name,
            column => lines.Skip(1).Where(line => line[column.i].Length > 0).Select(line => double.Parse(line[column.i], CultureInfo.InvariantCulture)).ToArray()));
    }
}
