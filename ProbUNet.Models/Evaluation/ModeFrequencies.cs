using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// How often a network draws each mode of a task of label switches, and each switched class, over a set of images beside how often it should (Kohl et al. 2018,
/// section 4.2; the paper's released code shows the same two).
/// </summary>
/// <param name="Modes">One a mode, in the order of <see cref="LabelSwitches.Probabilities"/>: the mean over images.</param>
/// <param name="Classes">One a switch: the share of the alternate among all pixels of the class or its alternate, over all images and samples.</param>
/// <param name="Images">Images that were counted.</param>
/// <param name="Samples">Samples an image.</param>
public sealed record ModeFrequencies(IReadOnlyList<ModeFrequency> Modes, IReadOnlyList<ClassFrequency> Classes, int Images, int Samples)
{
    /// <summary>Whether images have modes that label switches make.</summary>
    public static bool AreKnown(IReadOnlyList<GradedImage> images) => images.Count > 0 && images.All(image => image.Truth?.Switches is not null);

    /// <summary>Puts the scores of images together.</summary>
    /// <remarks>
    /// A sample counts for the mode nearest to it. Where a switched class has no pixel in an image, modes that differ in it alone are the same segmentation: they count as the
    /// one in which it is not switched, among samples and in truth alike, so that a perfect network's bars agree.
    /// </remarks>
    /// <param name="images">What was judged; modes known (<see cref="AreKnown"/>), with the same switches.</param>
    /// <param name="result">Their scores.</param>
    /// <exception cref="ArgumentException">The modes are not known, or the scores are not those of the images.</exception>
    public static ModeFrequencies Of(IReadOnlyList<GradedImage> images, EvaluationResult result)
    {
        if (!AreKnown(images))
            throw new ArgumentException("Frequencies of modes need images whose modes are those of label switches.", nameof(images));
        if (!images.Select(image => image.Name).SequenceEqual(result.Images.Select(image => image.Image)))
            throw new ArgumentException("The scores are not those of the images.", nameof(result));
        var switches = images[0].Truth!.Switches!.Switches;
        if (images.Any(image => !image.Truth!.Switches!.Switches.SequenceEqual(switches)))
            throw new ArgumentException("The images have different switches.", nameof(images));

        var modes = Enumerable.Range(0, 1 << switches.Count).Select(mode => new ModeFrequency(
            [.. Enumerable.Range(0, switches.Count).Select(bit => (mode >> bit & 1) != 0)],
            Share(result.Images.Average(image => image.Modes!.Probabilities[mode])),
            Share(result.Images.Average(image => image.Modes!.Frequencies[mode]))));
        var classes = switches.Select((each, i) =>
        {
            var pixels = result.Images.Select(image => image.SwitchedPixels![i]).Aggregate(SwitchedPixels.Add);
            return new ClassFrequency(images[0].Classes.Names[each.From],
                pixels.TrueTotal == 0 ? 0 : Share(pixels.True / pixels.TrueTotal),
                pixels.Original + pixels.Alternate == 0 ? 0 : (double)pixels.Alternate / (pixels.Original + pixels.Alternate));
        });
        return new([.. modes], [.. classes], images.Count, result.Counts.Max());
    }

    /// <summary>A mean of frequencies, which rounding may carry past 1.</summary>
    private static double Share(double value) => Math.Clamp(value, 0, 1);
}

/// <summary>How often a mode is drawn, and how often it should be.</summary>
/// <param name="Switches">For each class, whether it is switched.</param>
/// <param name="True">Its probability.</param>
/// <param name="Sampled">The share of samples that are nearest to it.</param>
public sealed record ModeFrequency(IReadOnlyList<bool> Switches, double True, double Sampled);

/// <summary>How often a class is drawn switched, and how often it should be.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="True">The probability that it is switched.</param>
/// <param name="Sampled">The share of its pixels that samples draw switched.</param>
public sealed record ClassFrequency(string Name, double True, double Sampled);
