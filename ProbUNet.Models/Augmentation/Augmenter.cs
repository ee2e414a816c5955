using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Augmentation;

/// <summary>Shows training a window of an image as an <see cref="AugmentationPlan"/> says, with one grader's segmentation.</summary>
public static class Augmenter
{
    /// <summary>A window of an image and of one segmentation, deformed alike. What lies around the window comes into view; beyond the image, it is reflected.</summary>
    /// <param name="plan">How it is deformed.</param>
    /// <param name="random">Decides what is drawn; an identity uses none of it.</param>
    /// <param name="whole">The image.</param>
    /// <param name="window">What of it is shown.</param>
    /// <param name="choice">The place of the segmentation among <see cref="Grading.Choices"/>.</param>
    /// <param name="pixels">Gets the values, [C, height, width] row-major in [0, 1]; of that length or more.</param>
    /// <returns>The segmentation, [K, height, width].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty or does not lie in the image, or there is no such choice.</exception>
    public static Segmentation Apply(AugmentationPlan plan, RandomStream random, GradedImage whole, Window window, int choice, Span<float> pixels)
    {
        window.CheckIn(whole.Height, whole.Width);
        var drawn = whole.Grading.Choices[choice];
        pixels = pixels[..(whole.Channels * window.Height * window.Width)];
        if (plan.IsIdentity)
            return Crop(whole, window, drawn, pixels);
        var map = SpatialMap.Draw(plan, window.Height, window.Width, random);
        var segmentation = map.IsIdentity ? Crop(whole, window, drawn, pixels) : Warp.Apply(map, whole, window, drawn, pixels);
        GammaCurve.Apply(plan, random, pixels, whole.Channels);
        return segmentation;
    }

    /// <summary>As the other, with pixels that are new.</summary>
    /// <inheritdoc cref="Apply(AugmentationPlan, RandomStream, GradedImage, Window, int, Span{float})"/>
    public static (float[] Pixels, Segmentation Segmentation) Apply(AugmentationPlan plan, RandomStream random, GradedImage whole, Window window, int choice)
    {
        window.CheckIn(whole.Height, whole.Width);
        var pixels = new float[whole.Channels * window.Height * window.Width];
        var segmentation = Apply(plan, random, whole, window, choice, pixels);
        return (pixels, segmentation);
    }

    private static Segmentation Crop(GradedImage whole, Window window, Segmentation drawn, Span<float> pixels)
    {
        whole.CopyPixelsTo(pixels, window);
        return drawn.Crop(window);
    }
}
