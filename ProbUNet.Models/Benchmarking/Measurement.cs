using System.Text.Json;

namespace ProbUNet.Models.Benchmarking;

/// <summary>What a side says of one work, a line of JSON: the form that every peer writes.</summary>
/// <param name="Peer">The program and its version.</param>
/// <param name="Mode">How it works: a precision, or a peer's own word.</param>
/// <param name="Work">See <see cref="Benchmarking.Work.Name"/>.</param>
/// <param name="Ms">The median time, milliseconds.</param>
/// <param name="Runs">Of how many.</param>
/// <param name="RssMib">The most memory that the process had resident until then, MiB.</param>
internal sealed record SideLine(string Peer, string Mode, string Work, double Ms, int Runs, double RssMib)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>The line.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>The line of a text; nothing where it is none, or its numbers cannot be a measurement's.</summary>
    public static SideLine? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<SideLine>(text, Json) is { Ms: > 0, Runs: > 0, RssMib: > 0 } line ? line : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One work of one side in one round of a run.</summary>
/// <param name="Run">Which run: what is of two of them is never compared.</param>
/// <param name="Side">The key of the side.</param>
/// <param name="Round">Counted from 1; in a round each side had its turn.</param>
/// <param name="Line">What it said.</param>
internal sealed record Measurement(string Run, string Side, int Round, SideLine Line);
