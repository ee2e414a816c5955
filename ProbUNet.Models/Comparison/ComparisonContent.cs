using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports.Html;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Comparison;

/// <summary>An image, and what each system drew for it.</summary>
/// <param name="Image">The image with its graders.</param>
/// <param name="Place">Its place in the test set.</param>
/// <param name="Predictions">One a system, in their order.</param>
internal sealed record ComparedCase(GradedImage Image, int Place, IReadOnlyList<Prediction> Predictions);

/// <summary>All that the page of a comparison is made of.</summary>
internal sealed record ComparisonContent
{
    /// <summary>What was found.</summary>
    public required ComparisonResult Result { get; init; }

    /// <summary>What is shown, in its order.</summary>
    public required IReadOnlyList<ComparedCase> Cases { get; init; }

    /// <summary>The seed of the networks that are shown.</summary>
    public required long Seed { get; init; }

    /// <summary>How each system's network of the most samples was trained, in their order.</summary>
    public required IReadOnlyList<IReadOnlyList<TrainingStep>> Steps { get; init; }

    /// <summary>Where all that comes from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>When the page was made.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Gathers it from a comparison that is done.</summary>
    /// <exception cref="InputException">A network is not there any more.</exception>
    public static ComparisonContent Of(Comparer comparer, ComparisonResult result, int cases, DateTimeOffset date, string machine)
    {
        InputException.Refuse(cases < 0, "cases", cases, "0 or more");
        var seed = result.Plan.Seeds[0];
        var places = ComparisonReport.CasesOf(comparer, cases);
        var predictions = comparer.Systems.Select(system =>
        {
            var network = system.Networks[^1];   // of the most samples
            using var model = comparer.Load(network, seed);
            return places.Select(place => Predictor.Predict(model, comparer.Test[place], network.Counts.Max(), seed)).ToList();
        }).ToList();
        return new()
        {
            Result = result,
            Seed = seed,
            Cases = [.. places.Select((place, i) => new ComparedCase(comparer.Test[place], place, [.. predictions.Select(system => system[i])]))],
            Steps = [.. comparer.Systems.Select(system => comparer.RunOf(system.Networks[^1], seed).ReadSteps())],
            Provenance = ProvenanceOf(comparer, result, cases, machine),
            Date = date,
        };
    }

    private static Provenance ProvenanceOf(Comparer comparer, ComparisonResult result, int cases, string machine)
    {
        var (invariant, plan) = (CultureInfo.InvariantCulture, result.Plan);
        return new(
        [
            ("comparison", comparer.Folder),
            ("data", $"{result.Data}, SHA-256 {result.Fingerprint}"),
            ("images", string.Create(invariant, $"{result.Image}, {result.TrainImages} to train on, {result.TestImages} of {result.TestCases} cases to judge by")),
            ("seeds", string.Join(", ", plan.Seeds)),
            ("compared by", $"ProbUNet {result.Version}"),
            ("this page made on", machine),
        ],
        [("Spec of the Probabilistic U-Net, whose U-Net all have", SpecJson.Write(comparer.Network)), ("Training, but for what the comparison decides", PlanJson.Write(plan.Training))],
        [
            ("the same comparison, with the spec and the training below", Provenance.Line(
            [
                "probunet", "compare", "--data", result.Data, "--model", "spec.json", "--out", "again",
                .. plan.Minutes is { } minutes ? new[] { "--minutes", minutes.ToString(invariant) } : ["--steps", plan.Steps.ToString(invariant)],
                "--seeds", string.Join(',', plan.Seeds), "--samples", string.Join(',', plan.Counts), "--plan", "training.json",
                .. plan.TestImages is { } images ? new[] { "--test-images", images.ToString(invariant) } : [],
            ])),
            ("this page", Provenance.Line("probunet", "report", comparer.Folder, "--cases", cases.ToString(invariant))),
        ]);
    }
}
