using ProbUNet.Models.Data;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>Images with one grader's mask each.</summary>
/// <param name="Image">[N, C, H, W] in [0, 1].</param>
/// <param name="Mask">[N, 1, H, W], zeros and ones.</param>
public readonly record struct Batch(Tensor Image, Tensor Mask) : IDisposable
{
    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        Image.Dispose();
        Mask.Dispose();
    }
}

/// <summary>
/// Chooses what a step trains on, as a pure function of seed and step: each epoch goes through all images in an order of its own, and
/// for each image a grader is drawn uniformly from all of its graders, those who saw nothing included (paper, appendix H.1).
/// </summary>
/// <param name="images">All of one size; at least one.</param>
/// <param name="batchSize">Images a step.</param>
/// <param name="seed">Decides order and graders.</param>
public sealed class BatchSampler(IReadOnlyList<GradedImage> images, int batchSize, long seed)
{
    private (long Epoch, int[] Order) _current = (-1, []);

    /// <summary>Image and grader of each place of a batch; <paramref name="step"/> is counted from 1.</summary>
    public IReadOnlyList<(GradedImage Image, int Grader)> Choose(int step)
    {
        var chosen = new (GradedImage, int)[batchSize];
        for (var place = 0; place < batchSize; place++)
        {
            var position = (long)(step - 1) * batchSize + place;
            var image = images[OrderOf(position / images.Count)[(int)(position % images.Count)]];
            var random = RandomStream.For(seed, (long)Purpose.Grader, position);
            chosen[place] = (image, random.NextInt32(image.Graders.Count));
        }
        return chosen;
    }

    /// <summary>The tensors of a batch, on a device; the caller owns them.</summary>
    public Batch Draw(int step, Device device)
    {
        var chosen = Choose(step);
        var (channels, height, width) = (chosen[0].Image.Channels, chosen[0].Image.Height, chosen[0].Image.Width);
        var pixels = new float[batchSize * channels * height * width];
        var masks = new float[batchSize * height * width];
        for (var place = 0; place < batchSize; place++)
        {
            var (image, grader) = chosen[place];
            image.CopyPixelsTo(pixels.AsSpan(place * channels * height * width));
            image.Graders[grader].CopyTo(masks.AsSpan(place * height * width, height * width));
        }
        return new Batch(tensor(pixels, [batchSize, channels, height, width], device: device), tensor(masks, [batchSize, 1, height, width], device: device));
    }

    private int[] OrderOf(long epoch)
    {
        if (_current.Epoch != epoch)
        {
            var order = Enumerable.Range(0, images.Count).ToArray();
            RandomStream.For(seed, (long)Purpose.Order, epoch).Shuffle(order);
            _current = (epoch, order);
        }
        return _current.Order;
    }
}
