using ProbUNet.Models;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Training;

namespace ProbUNet.Cli.Commands;

/// <summary>Which images a command shall look at: files that nobody graded, or images of a test set.</summary>
internal static class Pictures
{
    public const string ImageHelp = "A PNG of the network's size, or the name of a test image of --data.";

    /// <summary>The one image of an option.</summary>
    /// <param name="run">Whose network will look at it.</param>
    /// <param name="image">A file, or a name of the data's; without it, the test image whose graders disagree most.</param>
    /// <param name="data">Where names are looked up; without it, in what the run was trained on.</param>
    /// <exception cref="InputException">There is no such image, or it is not the network's.</exception>
    public static GradedImage One(RunFolder run, string? image, string? data)
    {
        if (image is not null && data is null && (File.Exists(image) || Path.GetExtension(image).Equals(".png", StringComparison.OrdinalIgnoreCase)))
            return ImageFile.Read(image, run.Spec, run.ClassNames);
        if (image is not null && data is null && Directory.Exists(image))
            throw new InputException(image, "this is a folder", "name one PNG in it");
        var opened = run.OpenData(data);
        if (opened.Test.Count == 0)
            throw new InputException(opened.Name, "it has no test images", "name a PNG with --image");
        if (image is null)
            return Disagreement.Largest(opened.Test);
        return opened.Test.FirstOrDefault(each => each.Name == image) ?? throw new InputException($"--image {image}",
            $"there is no such file, and no test image of {opened.Name} has this name", $"use a PNG or a name such as {string.Join(" or ", opened.Test.Take(2).Select(each => each.Name))}");
    }

    /// <summary>Every PNG of a folder, in the ordinal order of their names.</summary>
    /// <exception cref="InputException">There is none, or one of them is not the network's.</exception>
    public static IReadOnlyList<GradedImage> All(RunFolder run, string folder)
    {
        var files = Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase)
            && !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0
            ? [.. files.Select(file => ImageFile.Read(file, run.Spec, run.ClassNames))]
            : throw new InputException(folder, "there is no PNG in this folder", "name a folder with images of the network's size");
    }

    /// <summary>Refuses a picture's name before any work is done for it.</summary>
    /// <exception cref="InputException">It ends neither with .png nor with .svg.</exception>
    public static string Checked(string picture) => Path.GetExtension(picture).ToUpperInvariant() is ".PNG" or ".SVG"
        ? picture
        : throw new InputException(picture, "a picture is a .png or a .svg file", "end its name with one of the two");
}
