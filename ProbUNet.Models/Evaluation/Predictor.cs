using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Evaluation;

/// <summary>Asks networks about images of the data.</summary>
public static class Predictor
{
    /// <summary>Samples of a network for one image.</summary>
    /// <param name="model">A network with the classes of the image.</param>
    /// <param name="image">Of the network's size.</param>
    /// <param name="count">Samples; at least 1.</param>
    /// <param name="seed">With the image's name, decides the samples.</param>
    /// <exception cref="InputException">The image is not of the network's size, or has other classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are no samples, or more than an array can hold.</exception>
    public static Prediction Predict(SegmentationModel model, GradedImage image, int count, long seed = 1)
    {
        Fit.Check(model.Declaration, [image]);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / ((long)image.Classes.Count * image.Height * image.Width));
        using var scope = NewDisposeScope();
        using var random = RandomStream.For(seed, (long)Purpose.Evaluation, RandomStream.Key(image.Name)).Generator();
        var pixels = ImageTensors.Of(image, model.Device);
        return Of(model.Sample(pixels, count, random)[0]);
    }

    /// <summary>The prediction of probabilities [n, K, H, W].</summary>
    internal static Prediction Of(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        var values = probabilities.cpu().contiguous().data<float>().ToArray();
        return new Prediction(values, (int)probabilities.shape[0], (int)probabilities.shape[1], (int)probabilities.shape[2], (int)probabilities.shape[3]);
    }
}
