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
    /// <param name="image">Of the network's size; with tiles, of any that it could be declared for.</param>
    /// <param name="count">Samples; at least 1.</param>
    /// <param name="seed">With the image's name, decides the samples.</param>
    /// <param name="tile">The side of the tiles in which it is computed, in pixels; the image is computed whole if left out. The samples are the same, to rounding.</param>
    /// <exception cref="InputException">
    /// The image is not of the network's size, or has other classes; there are no samples, or more than an array can hold; or no tile can be computed without the whole image.
    /// </exception>
    public static Prediction Predict(SegmentationModel model, GradedImage image, int count, long seed = 1, int? tile = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(image);
        Fit.Check(tile is null ? model.Declaration : model.Declaration with { Image = model.Declaration.Image with { Height = image.Height, Width = image.Width } }, [image]);
        var most = Array.MaxLength / ((long)image.Classes.Count * image.Height * image.Width);
        InputException.Refuse(count < 1 || count > most, "The number of samples", count, $"1 to {most}");
        InputException.Refuse(tile < 1, "The side of the tiles", tile ?? 0, "1 pixel or more");
        using var scope = NewDisposeScope();
        using var random = RandomStream.For(seed, (long)Purpose.Evaluation, RandomStream.Key(image.Name)).Generator();
        var pixels = ImageTensors.Of(image, model.Device);
        return Of((tile is { } side ? model.SampleInTiles(pixels, count, random, side) : model.Sample(pixels, count, random))[0]);
    }

    /// <summary>The prediction of probabilities [n, K, H, W].</summary>
    internal static Prediction Of(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        var values = probabilities.cpu().contiguous().data<float>().ToArray();
        return new Prediction(values, (int)probabilities.shape[0], (int)probabilities.shape[1], (int)probabilities.shape[2], (int)probabilities.shape[3]);
    }
}
