using System.Text.Json;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Tests.Evaluation;

/// <summary>The golden cases of <c>tests/Fixtures/metrics.json</c>; its field "convention" says what the numbers mean.</summary>
internal static class MetricFixtures
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly Lazy<IReadOnlyList<Case>> Cases = new(() =>
        JsonSerializer.Deserialize<Document>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "metrics.json")), SnakeCase)!.Cases);

    public static IReadOnlyList<string> Names => [.. Cases.Value.Select(c => c.Name)];

    public static Case Named(string name) => Cases.Value.Single(c => c.Name == name);

    private sealed record Document(string Convention, IReadOnlyList<Case> Cases);

    public sealed record Case(string Name, int Height, int Width, IReadOnlyList<string> Samples, IReadOnlyList<string> Graders,
        double GedSquared, double ExpectedCrossDistance, double SampleDiversity, double GraderDiversity, double HungarianMatchedIou)
    {
        public IReadOnlyList<BitMask> SampleMasks() => [.. Samples.Select(Parse)];

        public IReadOnlyList<BitMask> GraderMasks() => [.. Graders.Select(Parse)];

        private BitMask Parse(string digits) => BitMask.From(Height, Width, digits.AsSpan(), digit => digit == '1');
    }
}
