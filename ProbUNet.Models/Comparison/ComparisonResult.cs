using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Comparison;

/// <summary>What a comparison found: the content of <c>comparison.json</c>, from which figures and tables are made.</summary>
public sealed record ComparisonResult
{
    /// <summary>The data.</summary>
    public required string Data { get; init; }

    /// <summary>SHA-256 of the data, and of the classes that are evaluated where these are not all.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What the images are like: channels x rows x columns.</summary>
    public required string Image { get; init; }

    /// <summary>Classes of a mask; 1 is binary.</summary>
    public required int Classes { get; init; }

    /// <summary>Images trained on and judged by.</summary>
    public required int TrainImages { get; init; }

    /// <summary>Images judged by.</summary>
    public required int TestImages { get; init; }

    /// <summary>Cases that these are of.</summary>
    public required int TestCases { get; init; }

    /// <summary>What the numbers were made by: version and commit.</summary>
    public required string Version { get; init; }

    /// <summary>How it was done.</summary>
    public required ComparisonPlan Plan { get; init; }

    /// <summary>The systems, in the paper's order.</summary>
    public required IReadOnlyList<SystemResult> Systems { get; init; }

    /// <summary>GED² of the predictor that sees nothing anywhere, by number of samples.</summary>
    public required IReadOnlyDictionary<string, double> AllEmpty { get; init; }

    /// <summary>GED² that true draws have in expectation, by number of samples; nothing where the truth is not known.</summary>
    public IReadOnlyDictionary<string, double>? Attainable { get; init; }
}

/// <summary>What was found of one system.</summary>
public sealed record SystemResult
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>What the paper calls it.</summary>
    public required string Title { get; init; }

    /// <summary>Its networks, with what each cost.</summary>
    public required IReadOnlyList<NetworkResult> Networks { get; init; }

    /// <summary>Mean GED² (V-statistic) over images and seeds, with its interval over cases, by number of samples.</summary>
    public required IReadOnlyDictionary<string, ConfidenceInterval> Ged { get; init; }

    /// <summary>The same by the unbiased estimator; not there for one sample.</summary>
    public required IReadOnlyDictionary<string, ConfidenceInterval> GedUnbiased { get; init; }

    /// <summary>E[d(S, Y)], by number of samples.</summary>
    public required IReadOnlyDictionary<string, double> CrossDistance { get; init; }

    /// <summary>E[d(S, S′)], by number of samples.</summary>
    public required IReadOnlyDictionary<string, double> SampleDiversity { get; init; }

    /// <summary>E[d(Y, Y′)] of the graders.</summary>
    public required double GraderDiversity { get; init; }

    /// <summary>Matched IoU at the largest number of samples.</summary>
    public required ConfidenceInterval MatchedIou { get; init; }

    /// <summary>Mean GED² by seed, in the plan's order, by number of samples.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> GedBySeed { get; init; }

    /// <summary>GED² of each image, mean over seeds, by number of samples: the figure's dots.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> GedByImage { get; init; }

    /// <summary>How much lower the Probabilistic U-Net's GED² is on the same images, with its interval over cases, by number of samples; not for itself.</summary>
    public IReadOnlyDictionary<string, ConfidenceInterval>? BehindProbabilistic { get; init; }
}

/// <summary>What a network of a system cost.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Parameters">Trainable values, all members counted.</param>
/// <param name="Steps">Steps of training; of each member, where there are several.</param>
/// <param name="Seconds">Of training, by seed.</param>
public sealed record NetworkResult(string Key, long Parameters, int Steps, IReadOnlyList<double> Seconds)
{
    /// <summary>The parts that are trained one after another, each for all of its steps: the members of an ensemble.</summary>
    public int Parts { get; init; } = 1;
}
