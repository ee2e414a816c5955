using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Evaluation;

/// <summary>What a network says about one image.</summary>
/// <param name="Samples">[K, H, W] each: thresholded at a probability of one half for one class, the most probable class of each pixel for several.</param>
/// <param name="StandardDeviation">Of the probabilities over the samples, a pixel each, [H, W] in [0, 0.5]; of several classes, that of the class for which it is largest.</param>
public sealed record Prediction(IReadOnlyList<Segmentation> Samples, float[] StandardDeviation)
{
    /// <summary>The samples' probabilities of foreground, [n, H, W] row-major; empty of several classes.</summary>
    public float[] Probabilities { get; init; } = [];

    /// <summary>The mean of the probabilities over the samples, [K, H, W] row-major.</summary>
    public float[] Mean { get; init; } = [];

    /// <summary>Samples of one class, [H, W] each.</summary>
    /// <exception cref="InvalidOperationException">There are several classes.</exception>
    public IReadOnlyList<BitMask> Masks => [.. Samples.Select(sample => sample.Foreground)];
}

/// <summary>Asks networks about images of the data.</summary>
public static class Predictor
{
    /// <summary>Samples of a network for one image.</summary>
    /// <param name="model">A network with the classes of the image.</param>
    /// <param name="image">Of the network's size.</param>
    /// <param name="count">Samples; at least 1.</param>
    /// <param name="seed">With the image's name, decides the samples.</param>
    /// <exception cref="InputException">The image is not of the network's size, or has other classes.</exception>
    public static Prediction Predict(SegmentationModel model, GradedImage image, int count, long seed = 1)
    {
        Fit.Check(model.Declaration, [image]);
        using var scope = NewDisposeScope();
        using var random = RandomStream.For(seed, (long)Purpose.Evaluation, RandomStream.Key(image.Name)).Generator();
        var pixels = ImageTensors.Of(image, model.Device);
        var probabilities = model.Sample(pixels, count, random)[0].cpu();   // [count, K, H, W]
        var deviation = probabilities.std(0, unbiased: false).amax([0]).data<float>().ToArray();
        var values = model.Declaration.Classes == 1 ? probabilities.contiguous().data<float>().ToArray() : [];
        var samples = values.Length > 0 ? Thresholded(values, count, image.Height, image.Width) : SegmentationsOf(probabilities);
        return new Prediction(samples, deviation)
        {
            Probabilities = values,
            Mean = probabilities.mean([0]).contiguous().data<float>().ToArray(),
        };
    }

    /// <summary>Probabilities [n, K, H, W] as n segmentations: thresholded at one half for one class, the most probable class of each pixel for several.</summary>
    internal static Segmentation[] SegmentationsOf(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        var (count, classes, height, width) = ((int)probabilities.shape[0], (int)probabilities.shape[1], (int)probabilities.shape[2], (int)probabilities.shape[3]);
        if (classes == 1)
            return Thresholded(probabilities.cpu().contiguous().data<float>().ToArray(), count, height, width);
        var size = height * width;
        var labels = probabilities.argmax(1).to(uint8).cpu().contiguous().data<byte>().ToArray();
        return [.. Enumerable.Range(0, count).Select(sample => Segmentation.FromLabels(height, width, labels.AsSpan(sample * size, size), classes))];
    }

    /// <summary>Probabilities of foreground [n, H, W] as n masks.</summary>
    private static Segmentation[] Thresholded(float[] values, int count, int height, int width) => [.. Enumerable.Range(0, count).Select(sample => Segmentation.Binary(
        BitMask.From<float>(height, width, values.AsSpan(sample * height * width, height * width), probability => probability > 0.5f)))];
}
