using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// The operators of the graph on tensors, each exactly as its shape rule says. Generated code and the interpreter call the same
/// ones, which is why they agree bit for bit. Arguments stay the caller's; results are new.
/// </summary>
public static class Operators
{
    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(Tensor x) => nn.functional.relu(x);

    /// <summary>max(x, 0), written over x; the handle that comes back is x's own.</summary>
    public static Tensor ReluInPlace(Tensor x) => x.relu_();

    /// <summary>x + constant.</summary>
    public static Tensor Shift(Tensor x, double constant) => x.add(constant);

    /// <summary>Mean of 2x2 windows, stride 2, ceil mode: [N, C, H, W] → [N, C, ⌈H/2⌉, ⌈W/2⌉].</summary>
    public static Tensor AveragePool(Tensor x) => nn.functional.avg_pool2d(x, kernel_size: 2, stride: 2, padding: 0, ceil_mode: true);

    /// <summary>Bilinear, corners aligned: [N, C, H, W] → [N, C, 2H, 2W].</summary>
    public static Tensor Upsample(Tensor x) =>
        nn.functional.interpolate(x, size: [x.shape[2] * 2, x.shape[3] * 2], mode: InterpolationMode.Bilinear, align_corners: true);

    /// <summary>The channels of all, one behind the other.</summary>
    public static Tensor Concat(params Tensor[] maps) => cat(maps, 1);

    /// <summary>[N, C, H, W] → [N, C, 1, 1]: the mean over the rows' means.</summary>
    public static Tensor GlobalMean(Tensor x) => x.mean([2, 3], keepdim: true);

    /// <summary>[N, C, 1, 1] → [N, C], without a copy.</summary>
    public static Tensor Flatten(Tensor x) => x.flatten(1);

    /// <summary>Channels start … start + length − 1, without a copy.</summary>
    public static Tensor Slice(Tensor x, int start, int length) => x.narrow(1, start, length);

    /// <summary>[N, C] → [N, C, H, W], without a copy.</summary>
    public static Tensor Broadcast(Tensor x, int height, int width)
    {
        using var pixel = x.unsqueeze(-1);
        using var map = pixel.unsqueeze(-1);
        return map.expand(x.shape[0], x.shape[1], height, width);
    }
}
