using ProbUNet.Models.Data;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>Images with one grader's segmentation each.</summary>
/// <param name="Image">[N, C, H, W] in [0, 1].</param>
/// <param name="Mask">[N, K, H, W], zeros and ones: a binary mask, or one-hot over K classes and all zero where a pixel is ignored.</param>
public readonly record struct Batch(Tensor Image, Tensor Mask) : IDisposable
{
    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        Image.Dispose();
        Mask.Dispose();
    }
}

/// <summary>What stands at one place of a batch.</summary>
/// <param name="Image">The image.</param>
/// <param name="Grader">The place of the grader, or that of the mode where graders are drawn anew.</param>
/// <param name="Top">The first row of the window of <see cref="GradedImage.Whole"/> that is shown.</param>
/// <param name="Left">Its first column.</param>
public readonly record struct Choice(GradedImage Image, int Grader, int Top, int Left)
{
    /// <summary>What the grader drew in that window, [K, H, W].</summary>
    public Segmentation Segmentation => (Image.Whole.Graders.Count > 0 ? Image.Whole.Graders : Image.Whole.Truth!.Modes)[Grader].Crop(Top, Left, Image.Height, Image.Width);
}

/// <summary>
/// Chooses what a step trains on, as a pure function of seed and step: each epoch goes through all images in an order of its own, and
/// for each image a grader is drawn uniformly from all of its graders, those who saw nothing included (paper, appendix H.1). Where graders
/// are drawn anew, one is drawn from the image's distribution at each visit. Of an image that is the middle of a larger one, a window is
/// drawn uniformly from all of the larger one (the paper's randomly translated crop).
/// </summary>
/// <param name="images">All of one size; at least one.</param>
/// <param name="batchSize">Images a step.</param>
/// <param name="seed">Decides order, graders and windows.</param>
public sealed class BatchSampler(IReadOnlyList<GradedImage> images, int batchSize, long seed)
{
    private (long Epoch, int[] Order) _current = (-1, []);

    /// <summary>Image, grader and window of each place of a batch; <paramref name="step"/> is counted from 1.</summary>
    public IReadOnlyList<Choice> Choose(int step)
    {
        var chosen = new Choice[batchSize];
        for (var place = 0; place < batchSize; place++)
        {
            var position = (long)(step - 1) * batchSize + place;
            var image = images[OrderOf(position / images.Count)[(int)(position % images.Count)]];
            var (grading, cropping) = (RandomStream.For(seed, (long)Purpose.Grader, position), RandomStream.For(seed, (long)Purpose.Crop, position));
            var whole = image.Whole;
            chosen[place] = new Choice(
                image,
                whole.Graders.Count > 0 ? grading.NextInt32(whole.Graders.Count) : whole.Truth!.DrawMode(grading),
                cropping.NextInt32(whole.Height - image.Height + 1),
                cropping.NextInt32(whole.Width - image.Width + 1));
        }
        return chosen;
    }

    /// <summary>The tensors of a batch, on a device; the caller owns them.</summary>
    public Batch Draw(int step, Device device)
    {
        var chosen = Choose(step);
        var (channels, classes, height, width) = (chosen[0].Image.Channels, chosen[0].Image.Classes.Count, chosen[0].Image.Height, chosen[0].Image.Width);
        var pixels = new float[batchSize * channels * height * width];
        var masks = new float[batchSize * classes * height * width];
        for (var place = 0; place < batchSize; place++)
        {
            var (image, _, top, left) = chosen[place];
            image.Whole.CopyPixelsTo(pixels.AsSpan(place * channels * height * width), top, left, height, width);
            chosen[place].Segmentation.CopyTo(masks.AsSpan(place * classes * height * width, classes * height * width));
        }
        return new Batch(tensor(pixels, [batchSize, channels, height, width], device: device), tensor(masks, [batchSize, classes, height, width], device: device));
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
