using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// Channels last: a tensor [N, C, H, W] whose channels lie next to each other in memory. Convolutions are quickest on it, and every operator keeps it once it is there (docs/performance.md). TorchSharp has no
/// memory formats; strides are all there is to them.
/// </summary>
internal static class Layout
{
    /// <summary>The same values, channels last; without a copy where they are so already.</summary>
    public static Tensor ChannelsLast(Tensor x)
    {
        if (x.shape is not [var count, var channels, var height, var width])
            throw new ArgumentException($"A layout is for [N, C, H, W], not [{string.Join(", ", x.shape)}].", nameof(x));
        long[] strides = [channels * height * width, 1, width * channels, channels];
        if (x.stride().SequenceEqual(strides))
            return x.alias();
        // A copy is made of what is not dense in this order; of one channel it is another view.
        using var rows = x.permute(0, 2, 3, 1);
        using var dense = rows.contiguous();
        return dense.as_strided([count, channels, height, width], strides, dense.storage_offset());
    }
}
