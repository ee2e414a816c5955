using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Reports.Html;

/// <summary>All that a report of a run is made of.</summary>
internal sealed record RunContent
{
    /// <summary>What the paper calls the network.</summary>
    public required string Network { get; init; }

    /// <summary>The data, in a word.</summary>
    public required string Data { get; init; }

    /// <summary>Steps of training behind the weights.</summary>
    public required int Step { get; init; }

    /// <summary>The network.</summary>
    public required Graph Graph { get; init; }

    /// <summary>The scores of all test images.</summary>
    public required EvaluationResult Result { get; init; }

    /// <summary>GED² of the predictor that sees nothing anywhere.</summary>
    public required double AllEmpty { get; init; }

    /// <summary>GED² of true draws by the number of samples; nothing where the truth is not known.</summary>
    public required IReadOnlyDictionary<int, double> Attainable { get; init; }

    /// <summary>What is shown, in its order.</summary>
    public required IReadOnlyList<ReportedCase> Cases { get; init; }

    /// <summary>The training; nothing of imported weights.</summary>
    public required IReadOnlyList<TrainingStep> Steps { get; init; }

    /// <summary>A plane of the latent space, and the image that it is drawn for; nothing of a network without one.</summary>
    public required (LatentPlane Plane, GradedImage Image)? Latent { get; init; }

    /// <summary>Where all that comes from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>When the report was made.</summary>
    public required DateTimeOffset? Date { get; init; }
}
