using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ProbUNet.Models.Training;

/// <summary>
/// What is written down of a step, under names that stay as they are: a line of <c>metrics.jsonl</c>, and in a checkpoint the step that is still to be validated. What does not apply to a step is not there. No clock is in it.
/// </summary>
internal sealed record MetricsLine(
    [property: JsonRequired] int Step, [property: JsonRequired] double Loss, [property: JsonRequired] double CrossEntropy, [property: JsonRequired] double Kl, [property: JsonRequired] double LearningRate,
    double GradientNorm = 0, double? Beta = null, double? ReconstructionWeight = null, int? ActiveDimensions = null, IReadOnlyList<double>? KlPerDimension = null,
    double? SampleDiversity = null, double? GraderDiversity = null, double? ValidationGed = null, bool? IsBest = null, string? Warning = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of a step.</summary>
    public static MetricsLine Of(TrainingStep step)
    {
        var line = new MetricsLine(step.Step, step.Loss, step.CrossEntropy, step.KullbackLeibler, step.LearningRate, step.GradientNorm)
        {
            SampleDiversity = step.Diversity?.Samples,
            GraderDiversity = step.Diversity?.Graders,
            ValidationGed = step.ValidationGed,
            IsBest = step.ValidationGed is null ? null : step.IsBest,
            Warning = step.Warning,
        };
        return step.KullbackLeiblerPerDimension is not { } dimensions ? line
            : line with { Beta = step.Beta, ReconstructionWeight = step.ReconstructionWeight, ActiveDimensions = step.ActiveDimensions, KlPerDimension = dimensions };
    }

    /// <summary>The step.</summary>
    /// <param name="steps">How many there will be.</param>
    public TrainingStep In(int steps) => new(Step, steps, Loss, CrossEntropy, Kl, LearningRate)
    {
        GradientNorm = GradientNorm,
        KullbackLeiblerPerDimension = KlPerDimension,
        Beta = Beta ?? 0,
        ReconstructionWeight = ReconstructionWeight ?? 0,
        Diversity = this is { SampleDiversity: { } samples, GraderDiversity: { } graders } ? new Diversity(samples, graders) : null,
        ValidationGed = ValidationGed,
        IsBest = IsBest ?? false,
        Warning = Warning,
    };

    /// <summary>As one line of JSON, without its end.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>What a line says.</summary>
    /// <exception cref="JsonException">It is not of a step.</exception>
    public static MetricsLine? Read(string line) => JsonSerializer.Deserialize<MetricsLine>(line, Json);

    /// <summary>Gives a step in a checkpoint the names of a line: earlier versions wrote it by the names of the class.</summary>
    public static void Rename(JsonObject step)
    {
        if (step["kullbackLeibler"] is not { } nats)
            return;
        (step["kl"], step["klPerDimension"]) = (nats.DeepClone(), step["kullbackLeiblerPerDimension"]?.DeepClone());
        (step["sampleDiversity"], step["graderDiversity"]) = (step["diversity"]?["samples"]?.DeepClone(), step["diversity"]?["graders"]?.DeepClone());
    }
}
