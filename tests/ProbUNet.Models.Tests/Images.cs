using ProbUNet.Models.Data;

namespace ProbUNet.Models.Tests;

/// <summary>Images in few words.</summary>
internal static class Images
{
    /// <summary>An image with graders of binary masks.</summary>
    public static GradedImage Of(string name, string @case, int channels, int height, int width, float[] pixels, IReadOnlyList<BitMask> graders) =>
        new(name, @case, ImagePixels.FromValues(channels, height, width, pixels), new Grading.ByGraders(graders));

    /// <summary>An image whose pixels are no numbers, which nobody but these tests can make.</summary>
    public static GradedImage Broken(string name, int height, int width, Grading grading) =>
        new(name, name, new ImagePixels(1, height, width, new PixelStore.Values([.. Enumerable.Repeat(float.NaN, height * width)])), grading);

    /// <summary>A black image, which is its own case.</summary>
    public static GradedImage Black(string name, int channels, int height, int width, Grading grading, SegmentationClasses? classes = null) =>
        new(name, name, ImagePixels.FromLevels(channels, height, width, new byte[channels * height * width]), grading, classes);

    /// <summary>A black image that nobody has graded.</summary>
    public static GradedImage Ungraded(string name, int channels, int height, int width) => Black(name, channels, height, width, Grading.Unknown.Instance);
}
