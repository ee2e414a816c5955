#:project ../../ProbUNet.Models/ProbUNet.Models.csproj
#:property PublishAot=false

// The table and the Fig. 4 of systems that were trained one by one, where `probunet compare` would have trained them in a row.
//
//     probunet evaluate RUN --data lidc_full --scores vae.csv        (for each network)
//     dotnet run eng/lidc/five.cs -- docs/figures/figure4-lidc.png "title" "Image2Image VAE=vae.csv" … "Probabilistic U-Net=nodules.csv"
//
// The last system is the one that the others are compared with, image by image. In round brackets stand the paper's means, where a system's name
// begins as the paper's. No name of an image has a comma in this data set.
using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;

const int Seed = 1;
int[] counts = [1, 4, 8, 16];
var systems = args[2..].Select(argument => argument.Split('=')).Select(part => (Name: part[0], Table: Table.Read(part[1]))).ToList();
var (last, ours) = systems[^1];
if (systems.Find(system => !system.Table.Images.SequenceEqual(ours.Images)) is { Name: { } other })
    throw new InvalidDataException($"{other} and {last} are not of the same images in the same order.");

Console.WriteLine($"| system | {string.Join(" | ", counts.Select(count => $"n = {count}"))} | behind at n = 4 | behind at n = 16 | matched IoU | E[d(S, Y)] | E[d(S, S')] |");
Console.WriteLine("|" + string.Concat(Enumerable.Repeat(" --- |", counts.Length + 6)));
foreach (var (name, table) in systems)
{
    var key = Families.All.FirstOrDefault(family => name.StartsWith(family.Title, StringComparison.Ordinal))?.Key ?? "";
    string[] cells =
    [
        name,
        .. counts.Select(count => Told(Bootstrap.Mean(table.Cases, table["ged", count], Seed)) + (PaperFigure4.Of(key, binary: true, count) is { } paper ? paper.ToString(" (0.00)", CultureInfo.InvariantCulture) : "")),
        .. new[] { 4, 16 }.Select(count => name == last ? "" : Told(PairedComparison.Of(table.Cases, table["ged", count], ours["ged", count], Better.Lower, Seed).Difference)),
        Told(Bootstrap.Mean(table.Cases, table["matchedIou"], Seed)),
        .. new[] { "crossDistance", "sampleDiversity" }.Select(measure => table[measure, counts[^1]].Average().ToString("F3", CultureInfo.InvariantCulture)),
    ];
    Console.WriteLine($"| {string.Join(" | ", cells)} |");
}
Figure4.Write(args[0], [new("lidc_full", [.. systems.Select(system => new Figure4System(system.Name, [.. counts.Select(count => new Figure4Point(count, system.Table["ged", count])
{
    Interval = Bootstrap.Mean(system.Table.Cases, system.Table["ged", count], Seed) is { Lower: { } low, Upper: { } high } ? (Math.Max(0, low), high) : null,
})]))])], args[1]);

static string Told(ConfidenceInterval interval) => string.Create(CultureInfo.InvariantCulture, $"{interval.Mean:F3} [{interval.Lower:F3}, {interval.Upper:F3}]");

/// <summary>Scores of images, as `probunet evaluate --scores` writes them.</summary>
internal sealed record Table(string[] Images, string[] Cases, Dictionary<string, string[]> Columns)
{
    /// <summary>A measure of every image; an image that has it not is an error.</summary>
    public double[] this[string measure, int? count = null] => [.. Columns[measure + count].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];

    public static Table Read(string path)
    {
        var lines = File.ReadAllLines(path).Select(line => line.Split(',')).ToList();
        string[] Column(int place) => [.. lines.Skip(1).Select(line => line[place])];
        return new(Column(0), Column(1), lines[0].Select((name, place) => (name, place)).Skip(2).ToDictionary(column => column.name, column => Column(column.place)));
    }
}
