using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProbUNet.Models.Benchmarking;

/// <summary>All that one run measured, as the document that <c>probunet bench --json</c> prints.</summary>
/// <param name="Run">What the run is called.</param>
/// <param name="Began">When it began.</param>
/// <param name="Machine">Where.</param>
/// <param name="Plan">How.</param>
/// <param name="Measurements">Every side's every work in every round.</param>
internal sealed record Report(string Run, DateTimeOffset Began, Machine Machine, BenchPlan Plan, IReadOnlyList<Measurement> Measurements)
{
    private const int Current = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Of this document; it is 1.</summary>
    public int FormatVersion { get; init; } = Current;

    /// <summary>Ratios with their spread, and whether they are what they should be: made anew from the measurements wherever the document is read.</summary>
    public IReadOnlyList<Verdict> Ratios => Verdict.Of(Measurements);

    /// <summary>Where the time goes, a table a precision; nothing unless it was asked for.</summary>
    public IReadOnlyList<Profile>? Profiles { get; init; }

    /// <summary>How cost grows; nothing unless it was asked for.</summary>
    public IReadOnlyList<GrowthCell>? Growth { get; init; }

    /// <summary>The document.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads a document.</summary>
    /// <exception cref="InputException">The file is missing, holds none, or holds what several runs measured.</exception>
    public static Report Read(string path)
    {
        const string remedy = "name what 'probunet bench --json' printed";
        var report = JsonFile.Read<Report>(path, Json, "result of a benchmark", remedy);
        if (report.FormatVersion != Current)
            throw new InputException(path, FormattableString.Invariant($"its format is {report.FormatVersion}, and this program knows {Current}"), "measure anew");
        try
        {
            Ratio.CheckOneRun(report.Measurements.Prepend(new Measurement(report.Run, "", 0, new SideLine("", "", "", 1, 1, 1))));
        }
        catch (InputException error)
        {
            throw new InputException(path, $"it holds {error.Input}, and {error.Problem}", error.Remedy, error);
        }
        return report;
    }
}
