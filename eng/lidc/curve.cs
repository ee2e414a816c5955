#:project ../../ProbUNet.Models/ProbUNet.Models.csproj
#:property PublishAot=false

// Draws docs/figures/ged-minutes.png: GED² on validation patients against the minutes that a training has had.
//
//     dotnet run eng/lidc/curve.cs -- eng/lidc/curve.json docs/figures/ged-minutes.png
//
// curve.json has a list of lines: a name, and for each point its minutes, its GED² and the ends of its interval.
using System.Text.Json;
using ProbUNet.Models.Reports;

var lines = JsonSerializer.Deserialize<Line[]>(File.ReadAllText(args[0]), JsonSerializerOptions.Web)!;
Curve.Write(args[1], [.. lines.Select(line => new CurveLine(line.Name, line.Minutes, line.Ged) { Low = line.Low, High = line.High })],
    "GED² (V-statistic, n = 16) on 300 validation slices of lidc_full", "minutes of processor time, on two cores", "GED²");

internal sealed record Line(string Name, double[] Minutes, double[] Ged, double[] Low, double[] High);
