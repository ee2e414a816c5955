using System.Globalization;
using System.Text;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports.Html;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Reports;

/// <summary>A run in one document: what it reached, where it fails, how it was trained, what the network is, and how to have it all again.</summary>
public static class RunReport
{
    private const string FileName = "report.html";

    /// <summary>Where the report of a run lies unless somebody says otherwise.</summary>
    public static string PathOf(RunFolder run) => Path.Combine(run.Path, FileName);

    /// <summary>
    /// Judges a run on the test images and writes its report: one HTML file with all its pictures in it, without a script, for screens light and dark, wide and
    /// narrow, and for print. The same run, data and settings give the same bytes on the same machine, but for the date.
    /// </summary>
    /// <param name="path">The file to write, whole or not at all.</param>
    /// <param name="run">A run with a checkpoint.</param>
    /// <param name="data">Whose test images are judged by, at the network's size.</param>
    /// <param name="settings">What is shown; the defaults if left out.</param>
    /// <exception cref="InputException">There is no such checkpoint, the data have no test images or other classes, a setting cannot work, or the path cannot be written.</exception>
    public static void Write(string path, RunFolder run, GradedData data, ReportSettings? settings = null)
    {
        var document = Document(Gather(run, data, settings ?? new()));
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(document)));
    }

    /// <summary>The document of some content.</summary>
    internal static string Document(RunContent content)
    {
        var step = content.Step == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" after {content.Step:N0} steps");
        return Page.Document($"{content.Network} on {content.Data}{step}", GedParts.Verdict(content.Result, content.AllEmpty), new[]
        {
            GedParts.Ged(content.Result, content.AllEmpty, content.Attainable),
            CasePart.Of(content.Cases, content.Result.Counts),
            GedParts.Reliability(content.Result),
            content.Steps.Count == 0 ? null : TrainingParts.Curves(content.Steps),
            TrainingParts.Dimensions(content.Steps),
            content.Latent is var (plane, image) ? Sweep(plane, image) : null,
            NetworkPart.Of(content.Graph, content.Network),
            content.Provenance.Part(),
        }.OfType<Part>(), content.Date);
    }

    private static Part Sweep(LatentPlane plane, GradedImage image) => new("latent", "A sweep of the latent",
        P($"What the network draws for {image.Name}, the test image whose graders disagree most, over four standard deviations of the image’s prior either way, as in the paper’s Fig. 6; circles are whole standard deviations, and numbers stand where the posterior puts each grader’s mask. "
            + "A grader far out is one whom the prior deems unlikely; a plane of one colour, a latent that nothing depends on."),
        Figure(Drawings.Of(LatentFigure.Of(plane, image, $"Latent space for {image.Name}"), "chart-latent", $"Masks over a plane of the latent space for {image.Name}"), plane.Dimension <= 2
            ? "The whole latent space."
            : string.Create(CultureInfo.InvariantCulture, $"Of {plane.Dimension} dimensions the plane in which the drawing changes most, with {100 * plane.Share:0} % of the mean squared change (an active subspace: Constantine, Dow and Wang 2014).")).Class("card"));

    private static RunContent Gather(RunFolder run, GradedData data, ReportSettings settings)
    {
        settings.Check();
        if (data.Test.Count == 0)
            throw new InputException(data.Name, "it has no test images, and there is nothing to report", "give it a test split");
        run.Check(data);
        using var model = run.LoadModel(settings.Step, settings.Device);
        var step = settings.Step ?? (run.Checkpoints.Steps is [var last, ..] ? last : 0);
        var (counts, test) = (settings.Counts, data.Test);
        var result = Evaluator.Evaluate(model, test, counts, settings.Seed);
        var disputed = Disagreement.Largest(test);
        return new RunContent
        {
            Network = Families.Of(run.Spec).Title,
            Data = NameOf(data.Name),
            Step = step,
            Graph = GraphBuilder.Build(run.Spec).Match(graph => graph, errors => throw new InputException(run.Path, $"its spec cannot be used ({errors[0].Message})", "train the network anew")),
            Result = result,
            AllEmpty = Evaluator.ScoreAllEmpty(test, [1]).GedAt(1),
            Attainable = test.All(image => image.Truth is not null) ? counts.ToDictionary(count => count, count => test.Average(image => GeneralizedEnergyDistance.Attainable(image.Truth!, image.Reference, count, image.Classes))) : new Dictionary<int, double>(),
            Cases = [.. ReportedCase.Choose(result, settings.Cases).Select(each => new ReportedCase(each.Rank, test[each.Place], result.Images[each.Place], Predictor.Predict(model, test[each.Place], counts.Max(), settings.Seed)))],
            Steps = run.ReadSteps(),
            Latent = model is LatentVariableModel latent ? (LatentPlane.Of(latent, disputed, seed: settings.Seed), disputed) : null,
            Provenance = ProvenanceOf(run, data, settings, step),
            Date = settings.Date,
        };
    }

    private static Provenance ProvenanceOf(RunFolder run, GradedData data, ReportSettings settings, int step)
    {
        var (invariant, counts) = (CultureInfo.InvariantCulture, string.Join(',', settings.Counts));
        var seed = settings.Seed.ToString(invariant);
        var fingerprint = data.Fingerprint();
        string[] judged = run.IsImported || fingerprint != run.Fingerprint ? ["--data", data.Name] : [];
        string[] taken = settings.Step is { } wanted ? ["--checkpoint", wanted.ToString(invariant)] : [];
        List<(string, string)> facts =
        [
            ("run", run.Path),
            ("checkpoint", string.Create(invariant, $"step {step}{(run.IsImported ? "" : $" of {run.Plan.Steps}")}")),
            ("seed of the training", run.Seed.ToString(invariant)),
            ("initial weights", run.InitialWeights ?? "drawn by the seed"),
            ("trained on", run.IsImported ? "imported weights: not known" : $"{run.Data}, SHA-256 {run.Fingerprint}"),
            ("judged by", string.Create(invariant, $"{data.Name}, {data.Test.Count} images of {data.Test.Select(image => image.Case).Distinct().Count()} cases, SHA-256 {fingerprint}")),
            ("seed of the samples", seed),
            ("trained by", string.Join(", ", run.Versions.Select(version => $"{version.Key} {version.Value}"))),
            ("judged on", settings.Machine ?? Provenance.ThisMachine),
        ];
        return new(facts,
            [("Spec", SpecJson.Write(run.Spec)), .. run.IsImported ? [] : new[] { ("Plan", PlanJson.Write(run.Plan)) }],
            [
                .. run.IsImported || run.HasForeignStart ? [] : new[] { ("the same training, bit for bit on the same machine", Provenance.Line("probunet", "train", "--from", run.Path, "--out", "again")) },
                ("the numbers", Provenance.Line(["probunet", "evaluate", run.Path, .. judged, .. taken, "--samples", counts, "--seed", seed, "--json"])),
                ("this report", Provenance.Line(["probunet", "report", run.Path, .. judged, .. taken, "--samples", counts, "--cases", settings.Cases.ToString(invariant), "--seed", seed])),
            ]);
    }

    /// <summary>The last part of a folder's name: where it lies is nobody's business.</summary>
    internal static string NameOf(string data) => Path.GetFileName(Path.TrimEndingDirectorySeparator(data)) is { Length: > 0 } name ? name : data;
}
