using System.Text.Json.Serialization;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Search;

/// <summary>What a search found: the content of <c>result.json</c>.</summary>
public sealed record SearchResult
{
    /// <summary>The data.</summary>
    public required string Data { get; init; }

    /// <summary>SHA-256 of the data without their test images, which a search does not look at, and of the classes that are evaluated where these are not all.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What the images are like: channels x rows x columns.</summary>
    public required string Image { get; init; }

    /// <summary>Classes of a mask; 1 is binary.</summary>
    public required int Classes { get; init; }

    /// <summary>Images trained on.</summary>
    public required int TrainImages { get; init; }

    /// <summary>Validation images that variants were chosen by.</summary>
    public required int ValidationImages { get; init; }

    /// <summary>Cases that these are of.</summary>
    public required int ValidationCases { get; init; }

    /// <summary>What the numbers were made by: version and commit.</summary>
    public required string Version { get; init; }

    /// <summary>How it was searched.</summary>
    public required SearchPlan Plan { get; init; }

    /// <summary>GED² of the predictor that sees nothing anywhere, on the same images.</summary>
    public required double AllEmpty { get; init; }

    /// <summary>
    /// The variants, best first: by the rungs that they were judged on, then by their GED² on the last of these. Behind those that stand on the same rung are the ones that could not be trained on the next.
    /// </summary>
    public required IReadOnlyList<VariantResult> Variants { get; init; }
}

/// <summary>What was found of one variant.</summary>
public sealed record VariantResult
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its rungs, the lowest first.</summary>
    public required IReadOnlyList<RungResult> Rungs { get; init; }
}

/// <summary>What was found of a variant on a rung.</summary>
public sealed record RungResult
{
    /// <summary>Steps that each of its trainings took; those of the first, where they came to no number at different ones.</summary>
    public required int Steps { get; init; }

    /// <summary>Seconds of training, by seed.</summary>
    public required IReadOnlyList<double> Seconds { get; init; }

    /// <summary>The run folders, by seed, within the search's.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>Trainable values, all members counted; 0 where it could not be trained.</summary>
    public required long Parameters { get; init; }

    /// <summary>Mean GED² (V-statistic) over validation images and seeds, with its interval over cases; nothing where it could not be trained.</summary>
    public ConfidenceInterval? Ged { get; init; }

    /// <summary>The same by seed.</summary>
    public IReadOnlyList<double>? GedBySeed { get; init; }

    /// <summary>How much higher its GED² is than that of the best of the rung on the same images, with its interval over cases; nothing for the best itself.</summary>
    public ConfidenceInterval? Behind { get; init; }

    /// <summary>Why it could not be trained: what was no longer a number. Nothing where it could.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Failed { get; init; }
}
