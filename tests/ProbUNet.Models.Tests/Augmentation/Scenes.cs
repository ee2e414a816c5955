using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Tests.Data;

namespace ProbUNet.Models.Tests.Augmentation;

/// <summary>Random images, windows of them and ways to deform them.</summary>
internal static class Scenes
{
    /// <summary>An image with one grader: of noise in 8 or 32 bits, binary or of several classes.</summary>
    public static GradedImage Draw(RandomStream random, int height, int width)
    {
        var (channels, classes) = (1 + random.NextInt32(3), 1 + random.NextInt32(4));
        var size = height * width;
        var pixels = random.NextInt32(2) == 0
            ? ImagePixels.FromLevels(channels, height, width, [.. Enumerable.Range(0, channels * size).Select(_ => (byte)random.NextInt32(256))])
            : ImagePixels.FromValues(channels, height, width, [.. Enumerable.Range(0, channels * size).Select(_ => (float)random.NextDouble())]);
        return new GradedImage("scene", "scene", pixels, new Grading.ByGraders([Drawn(random, height, width, classes)]), Classes(classes));
    }

    public static GradedImage Draw(RandomStream random) => Draw(random, 1 + random.NextInt32(40), 1 + random.NextInt32(40));

    /// <summary>An image whose channels are the row and the column of each pixel, from 0 to 1, with one grader of several classes.</summary>
    public static GradedImage OfPlaces(RandomStream random, int height, int width)
    {
        var rows = Enumerable.Range(0, height * width).Select(i => i / width / (height - 1f));
        var columns = Enumerable.Range(0, height * width).Select(i => i % width / (width - 1f));
        return new GradedImage("places", "places", ImagePixels.FromValues(2, height, width, [.. rows, .. columns]), new Grading.ByGraders([Drawn(random, height, width, 4)]), Classes(4));
    }

    public static Window Window(RandomStream random, GradedImage whole)
    {
        var (height, width) = (1 + random.NextInt32(whole.Height), 1 + random.NextInt32(whole.Width));
        return new Window(random.NextInt32(whole.Height - height + 1), random.NextInt32(whole.Width - width + 1), height, width);
    }

    /// <summary>A plan that deforms much, in all ways, and leaves values.</summary>
    public static AugmentationPlan Wild(RandomStream random) => new()
    {
        FlipHorizontal = true, FlipVertical = random.NextInt32(2) == 0, SpatialProbability = 0.9,
        ElasticAlpha = random.NextDouble(0, 100), SmallestElasticSigma = 1 + random.NextDouble(0, 4), LargestElasticSigma = 5 + random.NextDouble(0, 9),
        Rotation = random.NextDouble(0, 180), Shear = random.NextDouble(0, 45), SmallestScale = random.NextDouble(0.3, 1), LargestScale = random.NextDouble(1, 3),
    };

    private static Segmentation Drawn(RandomStream random, int height, int width, int classes) => classes == 1
        ? Segmentation.Binary(BitMask.From<byte>(height, width, LabelMaps.Draw(random, height, width, 2), label => label == 1))
        : Segmentation.FromLabels(height, width, LabelMaps.Draw(random, height, width, classes), classes);

    private static SegmentationClasses? Classes(int count) => count == 1 ? null : new SegmentationClasses([.. Enumerable.Range(0, count).Select(i => $"class {i}")]);
}
