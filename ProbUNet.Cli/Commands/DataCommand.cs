using System.CommandLine;
using System.Globalization;
using ProbUNet.Models.Data;
using ProbUNet.Models.Sources;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet data</c></summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A folder of graded images in a known layout, synthetic:lesions or synthetic:streets." };
        var describe = new Command("describe", "Reads a data set whole and says what is in it.") { path };
        describe.SetAction(parsed =>
        {
            var data = DataSource.Open(parsed.GetValue(path)!);
            foreach (var (name, images) in new[] { ("train", data.Train), ("val", data.Validation), ("test", data.Test) })
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-6} {Described(images)}"));
            var classes = data.Classes;
            if (classes.Count > 1)
                Console.WriteLine($"classes {string.Join(", ", classes.Names)}; " +
                    $"the metric runs over {string.Join(", ", classes.Evaluated.Select(@class => classes.Names[@class]))}");
            if (data.Test.Concat(data.Train).FirstOrDefault()?.Truth is { } truth)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"modes   each image has {truth.Modes.Count} with known probabilities, " +
                    $"those of the first from {truth.Probabilities.Min():G3} to {truth.Probabilities.Max():G3}"));
        });
        return new Command("data", "Looks at data.") { describe };
    }

    private static string Described(IReadOnlyList<GradedImage> images)
    {
        if (images.Count == 0)
            return "no images";
        var first = images[0];
        var what = $"{images.Count} images of {images.Select(image => image.Case).Distinct().Count()} cases, {first.Channels}x{first.Height}x{first.Width}";
        if (first.Graders.Count == 0)
            return $"{what}, {first.Classes.Count} classes, a grader drawn anew at each visit";
        var graders = $"{string.Join(" or ", images.Select(image => image.Graders.Count).Distinct().Order())} graders an image";
        return first.Classes.Count > 1
            ? $"{what}, {first.Classes.Count} classes, {graders}"
            : $"{what}, {graders}; in {images.Count(image => image.Graders.Any(mask => mask.IsEmpty))} at least one grader drew nothing";
    }
}
