using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Randomness;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>Images with the segmentations of one grader each, or of several.</summary>
/// <param name="Image">[N, C, H, W] in [0, 1].</param>
/// <param name="Mask">[k·N, K, H, W] of k graders, those of the first image first; zeros and ones: a binary mask, or one-hot over K classes and all zero where a pixel is ignored.</param>
public readonly record struct Batch(Tensor Image, Tensor Mask) : IDisposable
{
    /// <summary>The same on a device; a new batch, which the caller owns.</summary>
    public Batch To(Device device) => new(Image.to(device, copy: true), Mask.to(device, copy: true));

    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        Image.Dispose();
        Mask.Dispose();
    }
}

/// <summary>What stands at one place of a batch, or one grader of it.</summary>
/// <param name="Image">The image.</param>
/// <param name="Grader">The place of the grader, or that of the mode where graders are drawn anew.</param>
/// <param name="Window">What of <see cref="GradedImage.Whole"/> is shown.</param>
public readonly record struct Choice(GradedImage Image, int Grader, Window Window);

/// <summary>
/// Chooses what a step trains on, as a pure function of seed and step, which any thread may ask: each epoch goes through all images in an order of its own, and
/// for each image a grader is drawn uniformly from all of its graders, those who saw nothing included (paper, appendix H.1). Where graders
/// are drawn anew, one is drawn from the image's distribution at each visit. Of an image that is the middle of a larger one, a window is
/// drawn uniformly from all of the larger one (the paper's randomly translated crop), and deformed with its segmentation.
/// </summary>
/// <param name="images">All of one size; at least one.</param>
/// <param name="batchSize">Images a step.</param>
/// <param name="seed">Decides order, graders, windows and deformations.</param>
/// <param name="augmentation">How images are deformed; not at all if left out.</param>
/// <param name="shard">What of each batch is chosen; all of it if left out. What stands at a place does not depend on it, so that the shards of all ranks are the batch.</param>
/// <param name="graders">Of each image; at least 1. Where it has fewer, they are met again, none before all have been.</param>
public sealed class BatchSampler(IReadOnlyList<GradedImage> images, int batchSize, long seed, AugmentationPlan? augmentation = null, Shard? shard = null, int graders = 1)
{
    private readonly int _first = (shard ?? Shard.Whole).First(batchSize), _count = (shard ?? Shard.Whole).Count(batchSize);
    private readonly AugmentationPlan _augmentation = augmentation ?? AugmentationPlan.None;
    private volatile Epoch _last = new(-1, []);

    /// <summary>Image, grader and window of each place of a batch that is in the shard, a grader each; <paramref name="step"/> is counted from 1.</summary>
    public IReadOnlyList<Choice> Choose(int step)
    {
        var chosen = new List<Choice>(_count * graders);
        for (var place = 0; place < _count; place++)
        {
            var position = PositionOf(step, place);
            var image = images[OrderOf(position / images.Count)[(int)(position % images.Count)]];
            var (grading, cropping) = (RandomStream.For(seed, (long)Purpose.Grader, position), RandomStream.For(seed, (long)Purpose.Crop, position));
            var whole = image.Whole;
            var window = new Window(cropping.NextInt32(whole.Height - image.Height + 1), cropping.NextInt32(whole.Width - image.Width + 1), image.Height, image.Width);
            chosen.AddRange(whole.Grading.Choose(grading, graders).Select(grader => new Choice(image, grader, window)));
        }
        return chosen;
    }

    /// <summary>The tensors of a batch, on a device; the caller owns them.</summary>
    public Batch Draw(int step, Device device)
    {
        var chosen = Choose(step);
        var (channels, height, width) = (chosen[0].Image.Channels, chosen[0].Window.Height, chosen[0].Window.Width);
        var size = channels * height * width;
        var pixels = new float[_count * size];
        var segmentations = new Segmentation[_count * graders];
        for (var number = 0; number < segmentations.Length; number++)
        {
            // The graders of an image are deformed as it is, by the same numbers.
            var place = number / graders;
            var random = RandomStream.For(seed, (long)Purpose.Augmentation, PositionOf(step, place));
            segmentations[number] = Augmenter.Apply(_augmentation, random, chosen[number].Image.Whole, chosen[number].Window, chosen[number].Grader, pixels.AsSpan(place * size, size));
        }
        return new Batch(tensor(pixels, [_count, channels, height, width], device: device), ImageTensors.Of(segmentations, device));
    }

    private long PositionOf(int step, int place) => (long)(step - 1) * batchSize + _first + place;

    /// <summary>Threads that ask at once may both work it out; it is the same.</summary>
    private int[] OrderOf(long epoch)
    {
        if (_last is var last && last.Number == epoch)
            return last.Order;
        var order = Enumerable.Range(0, images.Count).ToArray();
        RandomStream.For(seed, (long)Purpose.Order, epoch).Shuffle(order);
        _last = new Epoch(epoch, order);
        return order;
    }

    private sealed record Epoch(long Number, int[] Order);
}
