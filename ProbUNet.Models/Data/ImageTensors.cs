using static TorchSharp.torch;

namespace ProbUNet.Models.Data;

/// <summary>From rows of the data to tensors; each is new and the caller's.</summary>
internal static class ImageTensors
{
    /// <summary>An image, [1, C, H, W] in [0, 1].</summary>
    public static Tensor Of(GradedImage image, Device device) => tensor(image.Pixels(), [1, image.Channels, image.Height, image.Width], device: device);

    /// <summary>Segmentations, [N, K, H, W] of zeros and ones.</summary>
    /// <param name="segmentations">At least one, all of one size and number of classes.</param>
    /// <param name="device">Where the tensor lies.</param>
    public static Tensor Of(IReadOnlyList<Segmentation> segmentations, Device device)
    {
        var (classes, height, width) = (segmentations[0].Classes, segmentations[0].Height, segmentations[0].Width);
        var size = classes * height * width;
        var values = new float[segmentations.Count * size];
        for (var place = 0; place < segmentations.Count; place++)
            segmentations[place].CopyTo(values.AsSpan(place * size, size));
        return tensor(values, [segmentations.Count, classes, height, width], device: device);
    }
}
