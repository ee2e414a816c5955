using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

// The operators of the graph on tensors, each exactly as its shape rule says, under the names and parameters of its OperatorCall. Generated code and the
// interpreter call the same ones, which is why they agree bit for bit; they are members, so that generated code reads well and no name in the user's
// namespaces can hide them. Arguments stay the caller's; results are new.
public abstract partial class SegmentationModel
{
    // Held, because TorchSharp makes a scalar of every number that it is given, and the garbage collector may take that while the kernel still reads it.
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar Slope = ProbUNet.Dsl.Graphs.Activation.Slope.ToScalar();

    /// <summary>max(x, 0).</summary>
    protected internal static Tensor Relu(Tensor x) => nn.functional.relu(x);

    /// <summary>max(x, 0), written over x; the handle that comes back is x's own.</summary>
    protected internal static Tensor ReluInPlace(Tensor x) => x.relu_();

    /// <summary>x, or 0.01 x below 0.</summary>
    protected internal static Tensor LeakyRelu(Tensor x) => x.leaky_relu(Slope);

    /// <summary>x, or 0.01 x below 0, written over x; the handle that comes back is x's own.</summary>
    protected internal static Tensor LeakyReluInPlace(Tensor x) => x.leaky_relu_(Slope);

    /// <summary>x · sigmoid(x).</summary>
    protected internal static Tensor Silu(Tensor x) => nn.functional.silu(x);

    /// <summary>x · Φ(x).</summary>
    protected internal static Tensor Gelu(Tensor x) => nn.functional.gelu(x);

    /// <summary>x, or exp(x) − 1 below 0.</summary>
    protected internal static Tensor Elu(Tensor x) => x.elu(One, One, One);

    /// <summary>x, or exp(x) − 1 below 0, written over x; the handle that comes back is x's own.</summary>
    protected internal static Tensor EluInPlace(Tensor x) => x.elu_(One, One, One);

    /// <summary>x + y, of one shape.</summary>
    protected internal static Tensor Add(Tensor x, Tensor y) => x.add(y, One);

    /// <summary>x + constant.</summary>
    protected internal static Tensor Shift(Tensor x, double constant)
    {
        using var held = constant.ToScalar();
        return x.add(held, One);
    }

    /// <summary>x, brought into [least, most].</summary>
    protected internal static Tensor Clamp(Tensor x, double least, double most)
    {
        using var low = least.ToScalar();
        using var high = most.ToScalar();
        return x.clamp(low, high);
    }

    /// <summary>Mean of 2x2 windows, stride 2, ceil mode: [N, C, H, W] → [N, C, ⌈H/2⌉, ⌈W/2⌉].</summary>
    protected internal static Tensor AveragePool(Tensor x) => nn.functional.avg_pool2d(x, kernel_size: 2, stride: 2, padding: 0, ceil_mode: true);

    /// <summary>Largest of 2x2 windows, stride 2, ceil mode: [N, C, H, W] → [N, C, ⌈H/2⌉, ⌈W/2⌉].</summary>
    protected internal static Tensor MaxPool(Tensor x) => nn.functional.max_pool2d(x, kernel_size: 2, stride: 2, padding: 0, ceil_mode: true);

    /// <summary>Bilinear, corners aligned: [N, C, H, W] → [N, C, 2H, 2W].</summary>
    protected internal static Tensor UpsampleBilinearAligned(Tensor x) => Twice(x, InterpolationMode.Bilinear, alignCorners: true);

    /// <summary>Bilinear, edges aligned: [N, C, H, W] → [N, C, 2H, 2W].</summary>
    protected internal static Tensor UpsampleBilinear(Tensor x) => Twice(x, InterpolationMode.Bilinear, alignCorners: false);

    /// <summary>Each pixel four times: [N, C, H, W] → [N, C, 2H, 2W].</summary>
    protected internal static Tensor UpsampleNearest(Tensor x) => Twice(x, InterpolationMode.Nearest, alignCorners: null);

    /// <summary>
    /// Rows from <paramref name="top"/> on and columns from <paramref name="left"/> on of a map [N, C, wholeHeight, wholeWidth] that is upsampled with aligned corners, of which x is what
    /// lies from <paramref name="seenTop"/> and <paramref name="seenLeft"/> on → [N, C, height, width].
    /// </summary>
    protected internal static Tensor UpsampleAlignedPart(Tensor x, int wholeHeight, int wholeWidth, int top, int left, int height, int width, int seenTop, int seenLeft)
    {
        using var scope = NewDisposeScope();
        var rows = Between(x.to(ScalarType.Float32), 2, wholeHeight, top, height, seenTop);
        return Layout.ChannelsLast(Between(rows, 3, wholeWidth, left, width, seenLeft).to(x.dtype)).MoveToOuterDisposeScope();
    }

    private static Tensor Between(Tensor x, int axis, int whole, int first, int count, int seen)
    {
        var (at, next, behind) = (new long[count], new long[count], new float[count]);
        for (var i = 0; i < count; i++)
        {
            (var pixel, behind[i]) = ProbUNet.Dsl.Graphs.UpsampleAlignedPart.Source(first + i, whole);
            (at[i], next[i]) = (pixel - seen, Math.Min(pixel + 1, whole - 1) - seen);
        }
        long[] shape = [1, 1, 1, 1];
        shape[axis] = count;
        return x.index_select(axis, tensor(at, device: x.device)).lerp(x.index_select(axis, tensor(next, device: x.device)), tensor(behind, shape, device: x.device));
    }

    private static Tensor Twice(Tensor x, InterpolationMode mode, bool? alignCorners) =>
        nn.functional.interpolate(x, size: [x.shape[2] * 2, x.shape[3] * 2], mode: mode, align_corners: alignCorners);

    /// <summary>The channels of all, one behind the other.</summary>
    /// <remarks>Where one has k samples for each image of another, the other's channels are repeated for each.</remarks>
    protected internal static Tensor Concat(params Tensor[] maps)
    {
        var most = maps.Max(map => map.shape[0]);
        if (maps.All(map => map.shape[0] == most))
            return cat(maps, 1);
        using var scope = NewDisposeScope();
        return cat([.. maps.Select(map => map.shape[0] == most ? map : map.repeat_interleave(most / map.shape[0], 0))], 1).MoveToOuterDisposeScope();
    }

    /// <summary>[N, C, H, W] → [N, C, 1, 1], in float32: the mean over the pixels.</summary>
    protected internal static Tensor GlobalMean(Tensor x) => x.mean([2, 3], keepdim: true, type: ScalarType.Float32);

    /// <summary>x [N, C, H, W] in the precision and layout that the network works in: <see cref="Precision"/>, channels last.</summary>
    protected internal Tensor ToWorkingPrecision(Tensor x)
    {
        var type = Precision.Type();
        if (x.dtype == type)
            return Layout.ChannelsLast(x);
        using var cast = x.to(type);
        return Layout.ChannelsLast(cast);
    }

    /// <summary>x [N, C, H, W] as float32, in the layout that it has.</summary>
    protected internal static Tensor ToFloat32(Tensor x) => x.dtype == ScalarType.Float32 ? x.alias() : x.to(ScalarType.Float32);

    /// <summary>[N, C, 1, 1] → [N, C], without a copy.</summary>
    protected internal static Tensor Flatten(Tensor x) => x.flatten(1);

    /// <summary>Channels start … start + length − 1, without a copy.</summary>
    protected internal static Tensor Slice(Tensor x, int start, int length) => x.narrow(1, start, length);

    /// <summary>[N, C] → [N, C, H, W], without a copy.</summary>
    protected internal static Tensor Broadcast(Tensor x, int height, int width)
    {
        using var pixel = x.unsqueeze(-1);
        using var map = pixel.unsqueeze(-1);
        return map.expand(x.shape[0], x.shape[1], height, width);
    }

    /// <summary>[N, …] → [N, length]: zeros in float32, on the device of x.</summary>
    protected internal static Tensor Zeros(Tensor x, int length) => zeros([x.shape[0], length], ScalarType.Float32, x.device);

    /// <summary>Each value 0 with probability <paramref name="rate"/>, the others divided by what is left; x itself where there is no <paramref name="random"/>.</summary>
    protected internal static Tensor Dropout(Tensor x, double rate, Generator? random)
    {
        if (random is null)
            return x.alias();
        // Drawn on the generator's device, so that a seed means the same numbers wherever the network lives.
        using var drawn = rand(x.shape, device: random.device, generator: random);
        using var threshold = rate.ToScalar();
        using var kept = drawn.ge(threshold);
        using var scaled = kept.to(x.dtype);
        using var mask = scaled.to(x.device);
        using var left = (1 - rate).ToScalar();
        mask.div_(left);   // the handle that comes back is the mask's own
        return x.mul(mask);
    }

    /// <summary>[N, C, H, W] → [N, C, top + H + bottom, left + W + right]: the outermost pixels, repeated.</summary>
    protected internal static Tensor Pad(Tensor x, int top, int bottom, int left, int right) => nn.functional.pad(x, [left, right, top, bottom], PaddingModes.Replicate);

    /// <summary>[N, C, H, W] → [N, C, height, width], without a copy.</summary>
    protected internal static Tensor Crop(Tensor x, int top, int left, int height, int width)
    {
        using var rows = x.narrow(2, top, height);
        return rows.narrow(3, left, width);
    }

    /// <summary>x under a handle of its own, without a copy.</summary>
    protected internal static Tensor Identity(Tensor x) => x.alias();
}
