using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>
/// The embedded form of the paper's second task: drawings of street scenes in colour, in which five classes (road, sidewalk, vegetation,
/// person, car) flip to an alternate as a whole, independently, anew at each visit, with the probabilities of the paper. So an image has 32 modes whose
/// probabilities are known (<see cref="GradedImage.Truth"/>), and no fixed graders. Nothing in the image tells which of them was drawn.
/// </summary>
/// <remarks>
/// <para>
/// The classes, in this order: road, sidewalk, building, pole, sky, vegetation, person, car, then the alternates of sidewalk, person, car, vegetation and
/// road. The bonnet of the car that carries the camera is ignored, as in Cityscapes.
/// </para>
/// <para>An image is a pure function of seed, split, index and size, to the bit, on every machine and under every thread schedule.</para>
/// </remarks>
public static class SyntheticStreets
{
    /// <summary>The name of the task as a data source.</summary>
    public const string Name = "synthetic:streets";

    private static readonly SyntheticTask Task = new(Name, "street");

    private static readonly (SegmentationClasses Classes, LabelSwitches Switches) Labels =
        StreetTask.Over("road", "sidewalk", "building", "pole", "sky", "vegetation", "person", "car");

    /// <summary>The 13 classes; the metric runs over the five that are switched and their alternates.</summary>
    public static SegmentationClasses Classes => Labels.Classes;

    /// <summary>The five switches.</summary>
    public static LabelSwitches Switches => Labels.Switches;

    /// <summary>Draws a data set.</summary>
    /// <param name="height">Rows, 32 to 1024.</param>
    /// <param name="width">Columns, 32 to 1024. What is drawn scales with the shorter side.</param>
    /// <param name="train">Images to train on.</param>
    /// <param name="validation">Images to choose by.</param>
    /// <param name="test">Images to report on.</param>
    /// <param name="seed">Decides everything.</param>
    /// <exception cref="InputException">The images would be smaller than 32x32, or larger than 1024x1024.</exception>
    public static GradedData Draw(int height = 64, int width = 64, int train = 300, int validation = 60, int test = 100, long seed = 1) =>
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
        var (labels, colors) = new Street(stream((long)Part.Scene), grid).On(grid);
        var random = stream((long)Part.Noise);
        var levels = new byte[3 * height * width];
        foreach (var channel in (ReadOnlySpan<int>)[0, 1, 2])
        {
            var (values, noise) = (Scanner.Blur(colors[channel], grid), Scanner.Noise(random, grid));
            for (var pixel = 0; pixel < noise.Length; pixel++)
                levels[channel * noise.Length + pixel] = SyntheticTask.Level(values[pixel] + noise[pixel]);
        }
        var truth = Switches.Over(Segmentation.FromLabels(height, width, labels, Classes.Count));
        return new GradedImage(name, name, ImagePixels.FromLevels(3, height, width, levels), new Grading.DrawnAnew(truth), Classes);
    }

    private enum Part
    {
        Scene = 1,
        Noise = 2,
    }
}
