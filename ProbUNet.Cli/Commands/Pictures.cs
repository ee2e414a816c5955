using System.Text.RegularExpressions;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Sources;

namespace ProbUNet.Cli.Commands;

/// <summary>Which images a command shall look at: files that nobody graded, or images of a test set.</summary>
internal static partial class Pictures
{
    public const string ImageHelp = "A PNG of the network's size, or the name of a test image of --data.";

    /// <summary>The one image of an option.</summary>
    /// <param name="network">What will look at it.</param>
    /// <param name="image">A file, or a name of the data's; without it, the test image whose graders disagree most.</param>
    /// <param name="data">Where names are looked up; without it, in what the network was trained on.</param>
    /// <param name="anySize">Whether a file may have another size than the network.</param>
    /// <exception cref="InputException">There is no such image, or it is not the network's.</exception>
    public static GradedImage One(TrainedNetwork network, string? image, string? data, bool anySize = false)
    {
        if (image is not null && data is null && (File.Exists(image) || Path.GetExtension(image).Equals(".png", StringComparison.OrdinalIgnoreCase)))
            return ImageFile.Read(image, network.Spec, network.ClassNames, anySize);
        if (image is not null && data is null && Directory.Exists(image))
            throw new InputException(image, "this is a folder", "name one PNG in it");
        var opened = network.OpenData(data);
        if (opened.Test.Count == 0)
            throw new InputException(opened.Name, "it has no test images", "name a PNG with --image");
        if (image is null)
            return Disagreement.Largest(opened.Test);
        return opened.Test.FirstOrDefault(each => each.Name == image) ?? throw new InputException($"--image {image}",
            $"there is no such file, and no test image of {opened.Name} has this name", $"use a PNG or a name such as {string.Join(" or ", opened.Test.Take(2).Select(each => each.Name))}");
    }

    /// <summary>Every image of a folder, in the ordinal order of their names, and how many masks that lie beside their images were left out.</summary>
    /// <exception cref="InputException">There is none, the folder is a whole data set or one of masks, or one of its images is not the network's.</exception>
    public static (IReadOnlyList<GradedImage> Images, int Masks) All(TrainedNetwork network, string folder, bool anySize = false)
    {
        if (DataSource.IsSet(folder))
            throw new InputException(folder, "this is a whole data set", $"name a folder of its images{(ImagesOf(folder) is { } place ? $", such as {place}" : "")}, or with --data {folder} a test image");
        var files = PngsOf(folder);
        if (files.Count == 0)
            throw new InputException(folder, "there is no PNG in this folder", "name a folder with images of the network's size");
        var images = files.Where(file => ImageOf(folder, file) is null).ToList();
        return images.Count > 0
            ? ([.. images.Select(file => ImageFile.Read(file, network.Spec, network.ClassNames, anySize))], files.Count - images.Count)
            : throw new InputException(folder, "this folder has nothing but masks", $"name the folder of their images, {Path.GetDirectoryName(ImageOf(folder, files[0]))}");
    }

    private static List<string> PngsOf(string folder) =>
    [
        .. Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The image of which a file is plainly a grader's mask: it has the name of one beside it, or in the data set's folder of images, and a grader's number behind it; nothing for any other file.</summary>
    private static string? ImageOf(string folder, string file)
    {
        if (GradersMask().Match(Path.GetFileNameWithoutExtension(file)) is not { Success: true } match)
            return null;
        var image = match.Groups["image"].Value + Path.GetExtension(file);
        var whole = Path.GetFullPath(folder);
        return new[] { Path.Combine(folder, image), Path.GetFullPath(Path.Combine(whole, "..", "..", "images", Path.GetFileName(whole), image)) }.FirstOrDefault(File.Exists);
    }

    /// <summary>A folder of a data set that has images in it, one to report on where there are several splits; nothing where all are in archives.</summary>
    private static string? ImagesOf(string set) => new[] { "test", "val", "train" }.Select(split => Path.Combine(set, split)).Append(set).Where(Directory.Exists)
        .SelectMany(part => Directory.EnumerateDirectories(part, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Order(StringComparer.Ordinal))
        .FirstOrDefault(place => PngsOf(place) is { Count: > 0 } pngs && !Path.GetRelativePath(set, place).Split(Path.DirectorySeparatorChar).Any(part => part is "gt" or "gtFine" || part.StartsWith("mask", StringComparison.Ordinal)));

    [GeneratedRegex("^(?<image>.+)_l[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex GradersMask();
}
