using System.Globalization;
using ProbUNet.Models.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ProbUNet.Models.Terminal;

/// <summary>A training on a terminal: at most 12 lines of 80 letters. What colours say is there without them too.</summary>
internal sealed class TrainingPanel(TrainingOverview seen) : Renderable
{
    private const int LabelWidth = 12, ShortestBar = 10, LongestBar = 24, MostDimensions = 20, MostWarnings = 2, WarningLines = 4;

    private const string Cut = " ...";

    /// <summary>Nats of a full bar where no dimension has more: a latent that is ignored is flat.</summary>
    private const double LowestTop = 10 * TrainingStep.ActiveFrom;

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        ((IRenderable)new Rows(Lines(options.Unicode, maxWidth))).Render(options, maxWidth);

    /// <summary>Whether all warnings are there in full.</summary>
    public bool TellsAll(int width) => Shown == seen.Warnings.Count && seen.Warnings.All(warning => !Wrapped(warning, width)[^1].EndsWith(Cut, StringComparison.Ordinal));

    private int Shown => Math.Min(seen.Warnings.Count, MostWarnings);

    private IEnumerable<Markup> Lines(bool unicode, int width)
    {
        if (seen.Last is not { } step)
        {
            yield return new Markup($"[bold]{Markup.Escape(seen.Name)}[/]  begins");
            yield break;
        }
        yield return Head(step, unicode, width);
        yield return new Markup($"{Label("loss")}{$"{Significant(seen.Loss)} from {Significant(seen.Curve.FirstOrDefault(double.IsFinite))}",-22}  {Markup.Escape(Blocks.Curve(seen.Curve, unicode))}");
        yield return new Markup($"{Label("terms")}{Terms(step)}");
        if (seen.PerDimension is { } dimensions)
            yield return new Markup($"{Label("KL of z")}{Dimensions(dimensions, unicode)}");
        yield return new Markup($"{Label("optimiser")}learning rate {Number(step.LearningRate, "0.##e0")}, gradient norm {Significant(seen.GradientNorm)}");
        if (seen.LastValidation is { } last)
            yield return new Markup($"{Label("validation")}GED² {Number(last.Ged, "0.000")} at step {last.Step}, {Best(last)}");
        if (seen.Diversity is { } diversity)
            yield return new Markup($"{Label("diversity")}samples {Number(diversity.Samples, "0.00")}, graders {Number(diversity.Graders, "0.00")}");
        if (seen.ImagesPerSecond > 0)
            yield return new Markup($"{Label("speed")}{Significant(seen.ImagesPerSecond)} images/s, {Number(100 * seen.WaitingShare, "0.0")} % of the time waiting for images");
        foreach (var warning in seen.Warnings.TakeLast(Shown))
            foreach (var line in Wrapped(warning, width))
                yield return new Markup($"[yellow]{Markup.Escape(line)}[/]");
    }

    /// <summary>How far it is. Where there is little room the bar is short, and a long name, which may be a path, is cut in front.</summary>
    private Markup Head(TrainingStep step, bool unicode, int width)
    {
        var (before, after) = ($"  step {step.Step}/{step.Steps}  ", $"  {Number(Math.Floor(100.0 * step.Step / step.Steps), "0")} %  {Clock(seen.Left)} left");
        var room = width - before.Length - after.Length;
        var (done, left) = Blocks.Progress((double)step.Step / step.Steps, Math.Clamp(room - seen.Name.Length, ShortestBar, LongestBar), unicode);
        var most = Math.Max(1, room - done.Length - left.Length);
        var name = seen.Name.Length <= most ? seen.Name : seen.Name[^most..];
        return new Markup($"[bold]{Markup.Escape(name)}[/]{before}[green]{done}[/][grey]{left}[/]{after}");
    }

    private string Terms(TrainingStep step)
    {
        var weight = step.ReconstructionWeight;
        var entropy = $"{(seen.PerDimension is not null && weight != 1 ? $"{Weight(weight)} x " : "")}cross-entropy {Significant(seen.CrossEntropy)}";
        return seen.PerDimension is null
            ? $"{entropy} nats an image"
            : $"{entropy} + {(step.Beta == 1 ? "" : $"{Weight(step.Beta)} x ")}KL {Significant(seen.KullbackLeibler)} nats an image";
    }

    private string Dimensions(IReadOnlyList<double> dimensions, bool unicode)
    {
        var top = Math.Max(dimensions.Max(), LowestTop);
        var bars = dimensions.Take(MostDimensions).Select(nats => $"[{(nats >= TrainingStep.ActiveFrom ? "green" : "grey")}]{Markup.Escape(Blocks.Bar(nats / top, unicode).ToString())}[/]");
        return $"{string.Concat(bars)}{(dimensions.Count > MostDimensions ? "..." : "")}  {seen.Active} of {dimensions.Count} active, the most {Significant(dimensions.Max())} nats";
    }

    private string Best(Validated last) => seen.BestValidation is not { } best ? "an earlier part of the run had a better one"
        : best == last ? "the best so far"
        : $"best {Number(best.Ged, "0.000")} at step {best.Step}";

    /// <summary>A warning in lines of at most a width, broken between words; where it has more lines than there is room for, the last one ends in three dots.</summary>
    private List<string> Wrapped(string warning, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in $"warning: {warning}".Split(' '))
            if (lines[^1].Length == 0)
                lines[^1] = word;
            else if (lines[^1].Length + 1 + word.Length <= width)
                lines[^1] += $" {word}";
            else
                lines.Add(word);
        var most = WarningLines / Shown;
        if (lines.Count <= most)
            return lines;
        var end = lines[most - 1];
        while (end.Length > Math.Max(0, width - Cut.Length))
            end = end[..Math.Max(0, end.LastIndexOf(' '))];
        return [.. lines.Take(most - 1), end + Cut];
    }

    private static string Label(string text) => $"[grey]{text.PadRight(LabelWidth)}[/]";

    /// <summary>About four digits.</summary>
    internal static string Significant(double value) => Number(value, Math.Abs(value) switch
    {
        >= 1e6 or (< 1e-4 and > 0) => "0.00e0",
        >= 1000 => "0",
        >= 100 => "0.0",
        >= 1 or 0 => "0.00",
        _ => "0.0000",
    });

    /// <summary>As somebody gave it, where it has few digits.</summary>
    private static string Weight(double value) => value is 0 or (>= 1e-3 and < 1e6) ? Number(value, "0.###") : Significant(value);

    /// <summary>Minutes and seconds, and hours where there are some.</summary>
    internal static string Clock(TimeSpan time) => time.TotalHours < 1 ? time.ToString("m\\:ss", CultureInfo.InvariantCulture) : $"{(int)time.TotalHours}:{time:mm\\:ss}";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
