using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Inspection;
using ProbUNet.Models.Sources;

namespace ProbUNet.Cli.Commands;

/// <summary>What <c>data describe</c> prints.</summary>
internal static class DescriptionText
{
    private const int Shown = 3;   // of each kind of problem; --json has all

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>For people.</summary>
    public static string Of(DataDescription description)
    {
        var text = new StringBuilder();
        foreach (var split in description.Splits)
            Append(text, split, description.Classes);
        if (description.Classes is { Count: > 1 } classes)
            Line(text, "classes", $"{string.Join(", ", classes.Names)}; the metric runs over {string.Join(", ", classes.Evaluated.Select(@class => classes.Names[@class]))}");
        if (description is { KnownModes: { } modes, KnownProbabilities: var (least, most) })
            Line(text, "modes", string.Create(CultureInfo.InvariantCulture, $"each image has {modes} with known probabilities, those of the first from {least:G3} to {most:G3}"));
        Append(text, "errors", "training refuses the data for them", [.. description.Problems.Where(problem => problem.IsError)]);
        Append(text, "warnings", "training goes on", [.. description.Problems.Where(problem => !problem.IsError)]);
        if (description.Problems.Count == 0)
            Line(text, "problems", "none were found");
        return text.ToString();
    }

    /// <summary>For programs.</summary>
    public static string Json(DataDescription description) => JsonSerializer.Serialize(
        new
        {
            description.Name,
            Classes = description.Classes.Names,
            Evaluated = description.Classes.Evaluated.Select(@class => description.Classes.Names[@class]),
            Splits = description.Splits.ToDictionary(split => split.Split.FolderName(), split => new
            {
                split.Images,
                split.Cases,
                ImagesByGraders = split.Graders,
                Shapes = split.Shapes.Select(each => new { each.Shape.Channels, each.Shape.Height, each.Shape.Width, each.Shape.Bits, each.Images }),
                split.Masks,
                split.EmptyMasks,
                ImagesByGradersWhoDrew = split.GradersWhoDrew,
                ClassShares = description.Classes.Names.Zip(split.ClassShares).ToDictionary(pair => pair.First, pair => pair.Second),
                ForegroundWhereDrawn = Finite(split.ForegroundWhereDrawn),
                GraderDiversity = Finite(split.GraderDiversity),
                Agreement = Finite(split.Agreement),
                Constants = split.Constants.Select(constant => new { constant.Name, constant.LooksAtGraders, constant.Ged, constant.Images }),
            }),
            description.KnownModes,
            description.IsRefused,
            Problems = description.Problems.Select(problem => new { problem.Kind, problem.IsError, problem.Input, problem.Problem, problem.Remedy }),
        },
        Options) + "\n";

    private static void Append(StringBuilder text, SplitDescription split, SegmentationClasses classes)
    {
        if (split.Images == 0)
        {
            Line(text, split.Split.FolderName(), "no images");
            return;
        }
        var shapes = split.Shapes.Select(each => each.Shape).ToList();
        var (first, binary) = (shapes[0], classes.Count == 1);
        var sizes = split.Shapes.GroupBy(each => (each.Shape.Channels, each.Shape.Height, each.Shape.Width))
            .Select(same => (Text: $"{same.Key.Channels}x{same.Key.Height}x{same.Key.Width}", Images: same.Sum(each => each.Images))).ToList();
        var size = sizes.Count == 1 ? sizes[0].Text
            : $"{sizes.Count} shapes ({string.Join(", ", sizes.Take(Shown).Select(each => $"{each.Images} of {each.Text}"))}{(sizes.Count > Shown ? ", …" : "")})";
        var graders = split.Graders.Count switch
        {
            0 => "a grader drawn anew at each visit",
            1 => $"{Counted.Of(split.Graders.Keys.Single(), "grader")} an image",
            _ => $"{string.Join(", ", split.Graders.Select(each => $"{each.Key} graders in {each.Value}"))} images",
        };
        Line(text, split.Split.FolderName(), $"{Counted.Of(split.Images, "image")} of {Counted.Of(split.Cases, "case")}, {size}{(binary ? "" : $", {classes.Count} classes")}, {graders}; {string.Join(" and ", shapes.Select(shape => shape.Bits).Distinct().Order())} bits a level");
        if (binary && split.Masks > 0)
        {
            Line(text, "", $"nothing drawn in {split.EmptyMasks} of {split.Masks} masks ({Percent((double)split.EmptyMasks / split.Masks)}), and in all masks of {Counted.Of(split.GradersWhoDrew.GetValueOrDefault(0), "image")}; images by graders who drew: {string.Join(", ", split.GradersWhoDrew.Select(each => $"{each.Key}: {each.Value}"))}");
            Line(text, "", $"foreground is {Percent(split.ClassShares[0])} of all pixels{(double.IsNaN(split.ForegroundWhereDrawn) ? "" : $", and {Percent(split.ForegroundWhereDrawn)} where anything is drawn")}");
        }
        else if (!binary)
            Line(text, "", $"pixels: {string.Join(", ", classes.Names.Zip(split.ClassShares).OrderByDescending(pair => pair.Second).Take(8).Select(pair => $"{pair.First} {Percent(pair.Second)}"))}{(classes.Count > 8 ? ", …" : "")}");
        Line(text, "", $"graders: E[d(Y, Y′)] = {Number(split.GraderDiversity)}{(double.IsNaN(split.Agreement) || split.Graders.Count == 0 ? "" : $", and two different ones agree to an IoU of {Number(split.Agreement)}")} (n = {Counted.Of(split.Images, "image")})");
        Line(text, "", $"GED² without a network: {string.Join(", ", split.Constants.Select(each => $"{each.Name} {Number(each.Ged)}{(each.Images == split.Images ? "" : $" (n = {each.Images})")}"))}");
    }

    private static void Append(StringBuilder text, string title, string meaning, IReadOnlyList<DataProblem> problems)
    {
        if (problems.Count == 0)
            return;
        Line(text, title, $"{problems.Count}, {meaning}");
        foreach (var kind in problems.GroupBy(problem => problem.Kind))
        {
            Line(text, "", $"{Words(kind.Key)}: {kind.Count()}");
            foreach (var problem in kind.Take(Shown))
                Line(text, "", $"  {problem.Message}");
            if (kind.Count() > Shown)
                Line(text, "", $"  and {kind.Count() - Shown} more (--json lists them)");
        }
    }

    private static string Words(DataProblemKind kind) => kind switch
    {
        DataProblemKind.Layout => "missing or out of place",
        DataProblemKind.UnreadableFile => "files that cannot be read",
        DataProblemKind.MissingImage => "masks without an image",
        DataProblemKind.MissingGrader => "missing masks",
        DataProblemKind.MaskLevels => "levels of masks",
        DataProblemKind.MaskSize => "masks of another size than their image",
        DataProblemKind.ImageChannels => "grey among colour images, or colour among grey ones",
        DataProblemKind.ImageSize => "images of several sizes",
        DataProblemKind.TooSmall => "images that are too small",
        DataProblemKind.CaseInTwoSplits => "cases in two splits",
        DataProblemKind.ForeignFormat => "files of other formats",
        DataProblemKind.SameImageInTwoSplits => "one picture in two splits",
        DataProblemKind.FewerGraders => "images with fewer graders",
        DataProblemKind.OneGrader => "images with one grader",
        DataProblemKind.UnusedCase => "cases that are not used",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:G3} %");

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static double? Finite(double value) => double.IsNaN(value) ? null : value;

    private static void Line(StringBuilder text, string title, string line) =>
        text.Append(title.PadRight(title.Length < 7 ? 7 : title.Length + 1)).Append(line).Append('\n');
}
