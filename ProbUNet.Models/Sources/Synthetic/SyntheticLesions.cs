using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>
/// The embedded default task: drawings that look like crops of a lung CT, each with four graders who disagree as radiologists do, about whether
/// there is a lesion, how large it is, and whether a faint part belongs to it. Each grader is drawn independently from a distribution over seven masks
/// that is known in closed form (<see cref="GradedImage.Truth"/>), so that what a network samples can be compared with the truth itself.
/// </summary>
/// <remarks>
/// <para>
/// The modes are, in this order: no lesion; the tight, the middle and the generous outline; the three outlines with the extension (a satellite, a spicule or
/// a halo of ground glass). With p = the probability that a lesion is marked, (t, m, g) = those of the outlines, t + m + g = 1, and q = that of the
/// extension, their probabilities are 1 − p; pt(1 − q), pm(1 − q), pg(1 − q); ptq, pmq, pgq. All three show in the image and are
/// independent of each other: p grows with the brightness of the core, from 0.22 to 0.985; t = g grows with the blur of its edge relative to its size, from 0.1
/// to 0.3; q grows with the brightness of the extension relative to the core, from 0.1 to 0.9.
/// </para>
/// <para>
/// As with LIDC-IDRI, about 63% of the images have a grader who saw nothing. Unlike there, images in which no grader saw anything (13%) are kept:
/// to leave them out would make the graders dependent, and the closed form another one.
/// </para>
/// <para>An image is a pure function of seed, split, index and size, to the bit, on every machine and under every thread schedule.</para>
/// </remarks>
public static class SyntheticLesions
{
    /// <summary>The name of the task as a data source.</summary>
    public const string Name = "synthetic:lesions";

    private const int GraderCount = 4;   // as LIDC-IDRI

    private static readonly SyntheticTask Task = new(Name, "lesion");

    /// <summary>Draws a data set.</summary>
    /// <param name="height">Rows, 32 to 1024.</param>
    /// <param name="width">Columns, 32 to 1024. What is drawn scales with the shorter side.</param>
    /// <param name="train">Images to train on.</param>
    /// <param name="validation">Images to choose by.</param>
    /// <param name="test">Images to report on.</param>
    /// <param name="seed">Decides everything.</param>
    /// <exception cref="InputException">The images would be smaller than 32x32, or larger than 1024x1024.</exception>
    public static GradedData Draw(int height = 64, int width = 64, int train = 600, int validation = 60, int test = 120, long seed = 1) =>
        Task.Draw(height, width, train, validation, test, (split, index) => DrawImage(split, index, height, width, seed));

    /// <summary>Draws one image of a data set.</summary>
    /// <param name="split">The part of the set.</param>
    /// <param name="index">The place in it, from 0.</param>
    /// <param name="height">Rows, 32 to 1024.</param>
    /// <param name="width">Columns, 32 to 1024.</param>
    /// <param name="seed">Decides everything.</param>
    /// <exception cref="InputException">The image would be smaller than 32x32, or larger than 1024x1024.</exception>
    public static GradedImage DrawImage(DataSplit split, int index, int height = 64, int width = 64, long seed = 1)
    {
        var (name, stream) = Task.Image(split, index, height, width, seed);
        var grid = new PixelGrid(height, width);
        var lesion = new Lesion(stream((long)Part.Lesion));
        var drawing = lesion.On(grid);
        var clean = new Lung(stream((long)Part.Lung), grid, lesion).With(drawing);
        var noise = Scanner.Noise(stream((long)Part.Noise), grid);
        byte[] levels = [.. clean.Zip(noise, (value, error) => SyntheticTask.Level(value + error))];
        var random = stream((long)Part.Graders);
        Segmentation[] graders = [.. Enumerable.Range(0, GraderCount).Select(_ => drawing.Truth.Draw(random))];
        return new GradedImage(name, name, ImagePixels.FromLevels(1, height, width, levels), new Grading.ByGraders(graders, drawing.Truth));
    }

    private enum Part
    {
        Lesion = 1,
        Lung = 2,
        Noise = 3,
        Graders = 4,
    }
}
