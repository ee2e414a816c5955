using System.Globalization;
using ProbUNet.Models.Training;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Reports.Html;

/// <summary>How a training went.</summary>
internal static class TrainingParts
{
    /// <summary>Points of a curve; more steps than these are put together.</summary>
    private const int Points = 120;

    /// <summary>Steps at the end over which the KL of a dimension is averaged: a batch of a few images says little by itself.</summary>
    private const int Last = 20;

    /// <summary>Dimensions that one chart can tell apart.</summary>
    private const int MostLines = 7;

    /// <summary>Loss, KL, validation, diversity, learning rate.</summary>
    public static Part Curves(IReadOnlyList<TrainingStep> steps)
    {
        var isLatent = steps.Any(step => step.KullbackLeiblerPerDimension is not null);
        var validated = steps.Where(step => step.ValidationGed is { } ged && double.IsFinite(ged)).ToList();
        var diversity = steps.Where(step => step.Diversity is not null).ToList();
        var charts = new List<Element?>
        {
            Chart("loss", "Loss", "nats an image", [Smooth("loss", steps, step => step.Loss), .. isLatent ? [Smooth("cross-entropy", steps, step => step.CrossEntropy) with { Low = null, High = null }] : Array.Empty<CurveLine>()], isLogarithmic: true),
            isLatent ? Chart("kl", "KL(Q ‖ P)", "nats an image", [Smooth("KL", steps, step => step.KullbackLeibler)], isFromZero: true) : null,
            validated.Count == 0 ? null : Chart("validation", "GED² on validation images", "GED²", [new("validation", Steps(validated), [.. validated.Select(step => step.ValidationGed!.Value)])], hasDots: true, isFromZero: true),
            diversity.Count == 0 ? null : Chart("diversity", "Diversity", "mean distance", [new("samples", Steps(diversity), [.. diversity.Select(step => step.Diversity!.Value.Samples)]), new("graders", Steps(diversity), [.. diversity.Select(step => step.Diversity!.Value.Graders)])], hasDots: true, isFromZero: true),
            Chart("rate", "Learning rate", "learning rate", [Smooth("learning rate", steps, step => step.LearningRate)], isFromZero: true),
        };
        var each = steps.Count > Points ? $"A point is the mean of {N((steps.Count + Points - 1) / Points)} steps, and bands go from the least of them to the most. " : "";
        var best = validated.LastOrDefault(step => step.IsBest);
        return new("training", "Training",
            P(isLatent ? "The loss (section 2) is the cross-entropy of the mask, summed over pixels, under z of the posterior Q(z|X, Y), plus β times KL(Q ‖ P), how much more than the image’s prior P(z|X) the posterior knows. A KL of 0 means that z says nothing, and all samples of an image are alike."
                : "The loss is the cross-entropy of the mask, summed over pixels.", $" {each}All in nats, means over the batch."),
            best.Step > 0 ? P("The lowest GED² on validation images was ", Number(best.ValidationGed!.Value), $", after step {N(best.Step)}.") : Markup.None,
            All(steps.Where(step => step.Warning is not null).Select(step => P(E("strong", $"Step {N(step.Step)}: "), step.Warning!, "."))),
            E("div", [.. charts.OfType<Element>()]).Class("charts"));
    }

    /// <summary>Which dimensions of the latent are in use; nothing of a network without one.</summary>
    public static Part? Dimensions(IReadOnlyList<TrainingStep> steps)
    {
        var known = steps.Where(step => step.KullbackLeiblerPerDimension is { Count: > 0 }).ToList();
        if (known.Count == 0)
            return null;
        var last = known.TakeLast(Last).ToList();
        var nats = Enumerable.Range(0, last[0].KullbackLeiblerPerDimension!.Count).Select(d => last.Average(step => step.KullbackLeiblerPerDimension![d])).ToList();
        var (active, most) = (nats.Count(each => each >= TrainingStep.ActiveFrom), Math.Max(nats.Max(), 1e-12));
        return new("dimensions", "KL of each dimension",
            P($"The posterior and the prior are Gaussians with a diagonal covariance (section 2), so that their KL is a sum over the dimensions of z. A dimension with at least {TrainingStep.ActiveFrom.ToString(CultureInfo.InvariantCulture)} nats is called active: {N(active)} of {N(nats.Count)} are. The others tell nothing of the mask."),
            E("div", Table($"KL of each dimension, mean of the last {N(last.Count)} steps", ["dimension", "nats", "of the largest", ""],
                nats.Select((each, d) => new Row(N(d), Number(each), Bar(each / most), each >= TrainingStep.ActiveFrom ? "active" : "not active"))),
            nats.Count > MostLines ? Markup.None : Chart("dimensions", "KL of each dimension", "nats an image", [.. nats.Select((_, d) => Smooth($"z{Subscript(d)}", known, step => step.KullbackLeiblerPerDimension![d]) with { Low = null, High = null })], isFromZero: true)).Class("beside"));
    }

    /// <summary>The means of equal stretches, and what lies around them.</summary>
    public static CurveLine Smooth(string name, IReadOnlyList<TrainingStep> steps, Func<TrainingStep, double> value)
    {
        var stretches = steps.Chunk(Math.Max(1, (steps.Count + Points - 1) / Points)).ToList();
        var line = new CurveLine(name, stretches.ConvertAll(stretch => (double)stretch[^1].Step), stretches.ConvertAll(stretch => stretch.Average(value)));
        return stretches[0].Length == 1 ? line : line with { Low = stretches.ConvertAll(stretch => stretch.Min(value)), High = stretches.ConvertAll(stretch => stretch.Max(value)) };
    }

    /// <summary>A chart over steps, and how its lines end.</summary>
    public static Element Chart(string id, string title, string unit, IReadOnlyList<CurveLine> lines, bool isLogarithmic = false, bool hasDots = false, bool isFromZero = false)
    {
        var last = "at the end " + string.Join(", ", lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{(lines.Count > 1 ? $"{line.Name} " : "")}{Shown(line.Y[^1])}")));
        var axes = new CurveAxes { IsLogarithmicY = isLogarithmic && lines.All(line => line.Y.Concat(line.Low ?? []).All(y => y > 0)), HasDots = hasDots, IsFromZero = isFromZero, IsFromZeroX = true, HasLegend = lines.Count > 1 };
        return Figure(Drawings.Of(Curve.Of(lines, title, "step", unit, axes), $"chart-{id}", $"{title} over the steps of training: {last}"), $"{title}{(axes.IsLogarithmicY ? " on a logarithmic axis" : "")}, {last}.");
    }

    /// <summary>Three digits, and a power of ten only where there is no other way.</summary>
    private static string Shown(double value) => Math.Abs(value) is >= 0.001 and < 1e6 or 0 ? Math.Round(value, Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Max(Math.Abs(value), 1e-3))), 0, 6)).ToString("#,0.######", CultureInfo.InvariantCulture) : value.ToString("0.0#e0", CultureInfo.InvariantCulture);

    private static Element Bar(double share) => E("span", E("span").With("style", string.Create(CultureInfo.InvariantCulture, $"width:{100 * Math.Clamp(share, 0, 1):0.#}%"))).Class("bar").With("aria-hidden", "true");

    private static IReadOnlyList<double> Steps(IEnumerable<TrainingStep> steps) => [.. steps.Select(step => (double)step.Step)];

    private static string Subscript(int number) => string.Concat(N(number).Select(digit => "₀₁₂₃₄₅₆₇₈₉"[digit - '0']));

    private static string N(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
