using ProbUNet.Dsl;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>A layer whose weight is a kernel: what weight decay is for. It computes in the precision of its input, by a copy of its weight in that precision.</summary>
public abstract class ConvolutionLayer : Layer
{
    private readonly Lock _making = new();
    private Dictionary<(ScalarType Type, string Parts), Tensor[]>? _made;

    private protected ConvolutionLayer(string name, Tensor weight, Tensor bias) : base(name, weight, bias) { }

    /// <summary>
    /// Weights in a form that they are used in. Outside of training they are made once, until <see cref="Forget"/>; in training they are made anew, in the graph of autograd.
    /// </summary>
    /// <param name="type">Of the input.</param>
    /// <param name="parts">What tells this form from others of the layer.</param>
    /// <param name="make">Makes them, in a scope of its own.</param>
    private protected Tensor[] Form(ScalarType type, string parts, Func<Tensor[]> make)
    {
        if (training || is_grad_enabled())
            return make();
        lock (_making)
        {
            _made ??= [];
            if (!_made.TryGetValue((type, parts), out var form))
            {
                using var scope = NewDisposeScope();
                form = _made[(type, parts)] = Array.ConvertAll(make(), each => each.DetachFromDisposeScope());
            }
            return form;
        }
    }

    /// <summary>Weight and bias in the precision of an input.</summary>
    private protected Tensor[] Form(ScalarType type) => type == weight.dtype ? [weight, bias] : Form(type, "", () => [weight.to(type), bias.to(type)]);

    /// <inheritdoc/>
    internal override void Forget()
    {
        lock (_making)
        {
            foreach (var each in _made?.Values.SelectMany(form => form) ?? [])
                each.Dispose();
            _made = null;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Forget();
        base.Dispose(disposing);
    }
}

/// <summary>A convolution with bias that keeps the size, or divides it by its stride.</summary>
public sealed class Conv2dLayer : ConvolutionLayer
{
    // Held: see SegmentationModel.Operators.cs.
    private static readonly Scalar One = 1.ToScalar();

    private readonly long[] _stride, _zeros, _around;
    private readonly PaddingModes? _mode;

    internal Conv2dLayer(string name, int inChannels, int outChannels, int kernel, int stride, PaddingMode padding, Initializer initial)
        : base(name, initial.Weight([outChannels, inChannels, kernel, kernel], fanIn: (long)inChannels * kernel * kernel), initial.Bias(outChannels))
    {
        long side = kernel / 2;
        _stride = [stride, stride];
        (_mode, _zeros) = padding == PaddingMode.Zeros || side == 0 ? ((PaddingModes?)null, new[] { side, side }) : (Mode(padding), [0, 0]);
        _around = [side, side, side, side];
        RegisterComponents();
    }

    /// <summary>[N, in, H, W] → [N, out, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var form = Form(x.dtype);
        return Convolve(x, form[0], form[1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The same over parts whose channels lie behind each other in the weight: maps [N, C, H, W], and for a 1x1 kernel vectors [M, C] that are the same at every pixel. Where M is k·N, the k vectors of an image
    /// follow each other, and so do the results.
    /// </summary>
    /// <exception cref="ArgumentException">The parts do not have the channels of the layer.</exception>
    public Tensor forward(Tensor first, Tensor second, params Tensor[] more)
    {
        ArgumentNullException.ThrowIfNull(more);
        return Over([first, second, .. more]);
    }

    internal override Tensor Run(Tensor[] inputs) => inputs.Length == 1 ? forward(inputs[0]) : Over(inputs);

    private Tensor Over(Tensor[] parts)
    {
        var channels = Array.ConvertAll(parts, part => part.shape[1]);
        if (channels.Sum() != weight.shape[1])
            throw new ArgumentException($"{GetName()} takes {weight.shape[1]} channels, not {string.Join(" + ", channels)}.", nameof(parts));
        var isMap = Array.ConvertAll(parts, part => part.dim() == 4);
        var type = parts[Array.IndexOf(isMap, true)].dtype;
        using var scope = NewDisposeScope();
        // The weight of each part, and the bias.
        var form = Form(type, string.Join(' ', channels), () => Slices(channels, isMap, type));

        // The bias goes with the vectors, where there are any: it is the same at every pixel as they are.
        var shared = Array.TrueForAll(isMap, map => map) ? null : bias.unsqueeze(0);
        Tensor? sum = null;
        for (var part = 0; part < parts.Length; part++)
            if (isMap[part])
                sum = sum is null ? Convolve(parts[part], form[part], shared is null ? form[^1] : null) : PlusMap(sum, Convolve(parts[part], form[part], null));
            else
                shared = shared!.add(parts[part].matmul(form[part]), One);
        return (shared is null ? sum! : PlusVector(sum!, shared.to(type))).MoveToOuterDisposeScope();
    }

    private Tensor[] Slices(long[] channels, bool[] isMap, ScalarType type)
    {
        var (slices, start) = (new Tensor[channels.Length + 1], 0L);
        for (var part = 0; part < channels.Length; start += channels[part++])
        {
            var slice = weight.narrow(1, start, channels[part]);
            // A product takes [C, out], in float32 as z is; a convolution [out, C, k, k].
            slices[part] = !isMap[part] ? slice.flatten(1).t().contiguous() : type == slice.dtype ? Layout.ChannelsLast(slice) : slice.to(type);
        }
        slices[^1] = bias.to(type, copy: true);
        return slices;
    }

    private Tensor Convolve(Tensor x, Tensor kernel, Tensor? offset)
    {
        // libtorch 2.10 on a CPU leaves memory as it was in the gradient of a strided bfloat16 kernel over one column (PrecisionTests found it).
        if (_stride[0] > 1 && x.dtype == ScalarType.BFloat16 && Math.Min(x.shape[2], x.shape[3]) <= 2)
        {
            using var scope = NewDisposeScope();
            return Convolve(x.to(ScalarType.Float32), kernel.to(ScalarType.Float32), offset?.to(ScalarType.Float32)).to(x.dtype).MoveToOuterDisposeScope();
        }
        if (_mode is not { } mode)
            return nn.functional.conv2d(x, kernel, offset, strides: _stride, padding: _zeros);
        using var padded = nn.functional.pad(x, _around, mode);
        return nn.functional.conv2d(padded, kernel, offset, strides: _stride, padding: _zeros);
    }

    /// <summary>x + y, of which one may have k samples for each image of the other. Both are this layer's own.</summary>
    private static Tensor PlusMap(Tensor x, Tensor y)
    {
        if (x.shape[0] == y.shape[0])
            return x.add_(y, One);
        var (few, many) = x.shape[0] < y.shape[0] ? (x, y) : (y, x);
        return many.add_(few.repeat_interleave(many.shape[0] / few.shape[0], 0), One);
    }

    /// <summary>x [N, C, H, W] + v [k·N, C] at every pixel → [k·N, C, H, W].</summary>
    private static Tensor PlusVector(Tensor x, Tensor v)
    {
        if (v.shape[0] == x.shape[0])
            return x.add_(v.unsqueeze(-1).unsqueeze(-1), One);
        // As rows [N, k, H, W, C], so that the sum is channels last as x is.
        var (images, channels, samples) = (x.shape[0], x.shape[1], v.shape[0] / x.shape[0]);
        var sum = x.permute(0, 2, 3, 1).unsqueeze(1).add(v.view(images, samples, 1, 1, channels), One);
        return sum.flatten(0, 1).permute(0, 3, 1, 2);
    }

    private static PaddingModes Mode(PaddingMode padding) => padding switch
    {
        PaddingMode.Reflect => PaddingModes.Reflect,
        PaddingMode.Replicate => PaddingModes.Replicate,
        PaddingMode.Circular => PaddingModes.Circular,
        _ => throw new ArgumentOutOfRangeException(nameof(padding), padding, "There is no such padding."),
    };
}

/// <summary>A transposed 2x2 convolution of stride 2 with bias, channels kept.</summary>
public sealed class TransposedConv2dLayer : ConvolutionLayer
{
    // Every pixel that comes out reads one pixel of each channel: the fan-in is the number of channels.
    internal TransposedConv2dLayer(string name, int channels, Initializer initial)
        : base(name, initial.Weight([channels, channels, 2, 2], fanIn: channels), initial.Bias(channels)) => RegisterComponents();

    /// <summary>[N, C, H, W] → [N, C, 2H, 2W].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var form = Form(x.dtype);
        return nn.functional.conv_transpose2d(x, form[0], form[1], strides: [2, 2]).MoveToOuterDisposeScope();
    }
}
