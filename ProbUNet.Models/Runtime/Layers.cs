using ProbUNet.Dsl;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

// The factories of the layers, under the names and parameters of their Creation.
public abstract partial class SegmentationModel
{
    /// <summary>Makes a convolution with initial weights and registers its parameters under the dotted name.</summary>
    protected Conv2dLayer Conv2d(string name, int inChannels, int outChannels, int kernel, int stride = 1, PaddingMode padding = PaddingMode.Zeros) =>
        Register(name, new Conv2dLayer(name, inChannels, outChannels, kernel, stride, padding, _initial));

    /// <summary>Makes a transposed convolution, likewise.</summary>
    protected TransposedConv2dLayer TransposedConv2d(string name, int channels) => Register(name, new TransposedConv2dLayer(name, channels, _initial));

    /// <summary>Makes a batch normalisation, likewise.</summary>
    protected BatchNormLayer BatchNorm(string name, int channels) => Register(name, new BatchNormLayer(name, channels));

    /// <summary>Makes a group normalisation, likewise.</summary>
    protected GroupNormLayer GroupNorm(string name, int channels, int groups) => Register(name, new GroupNormLayer(name, channels, groups));
}

/// <summary>Scale and shift, or weight and bias: what every layer has. Its names end the keys of a checkpoint.</summary>
public abstract class Layer : nn.Module<Tensor, Tensor>
{
    // Fields, and named so: TorchSharp finds and moves them by name.
#pragma warning disable IDE1006
    /// <summary>The weight; its shape is the operator's.</summary>
    public readonly Parameter weight;

    /// <summary>The bias, one value a channel that comes out.</summary>
    public readonly Parameter bias;
#pragma warning restore IDE1006

    private protected Layer(string name, Tensor weight, Tensor bias) : base(name)
    {
        this.weight = new Parameter(weight);
        this.bias = new Parameter(bias);
        // An owner of weights outlives every scope that it is made in.
        this.weight.DetachFromDisposeScope();
        this.bias.DetachFromDisposeScope();
    }
}

/// <summary>A layer whose weight is a kernel: what weight decay is for.</summary>
public abstract class ConvolutionLayer : Layer
{
    private protected ConvolutionLayer(string name, Tensor weight, Tensor bias) : base(name, weight, bias) { }
}

/// <summary>A convolution with bias that keeps the size, or divides it by its stride.</summary>
public sealed class Conv2dLayer : ConvolutionLayer
{
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
        if (_mode is not { } mode)
            return nn.functional.conv2d(x, weight, bias, strides: _stride, padding: _zeros);
        using var padded = nn.functional.pad(x, _around, mode);
        return nn.functional.conv2d(padded, weight, bias, strides: _stride, padding: _zeros);
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
    public override Tensor forward(Tensor x) => nn.functional.conv_transpose2d(x, weight, bias, strides: [2, 2]);
}

/// <summary>Batch normalisation: statistics of the batch in training, running ones otherwise.</summary>
public sealed class BatchNormLayer : Layer
{
    // As above: TorchSharp registers buffers by the names of fields.
#pragma warning disable IDE1006
    /// <summary>Mean of each channel over past batches, [C].</summary>
    public readonly Tensor running_mean;

    /// <summary>Variance of each channel over past batches, [C].</summary>
    public readonly Tensor running_var;
#pragma warning restore IDE1006

    internal BatchNormLayer(string name, int channels) : base(name, ones(channels), zeros(channels))
    {
        running_mean = zeros(channels).DetachFromDisposeScope();
        running_var = ones(channels).DetachFromDisposeScope();
        register_buffer(nameof(running_mean), running_mean);
        register_buffer(nameof(running_var), running_var);
        RegisterComponents();
    }

    /// <summary>[N, C, H, W] → the same shape.</summary>
    public override Tensor forward(Tensor x) =>
        nn.functional.batch_norm(x, running_mean, running_var, weight, bias, training, momentum: 0.1, eps: 1e-5);
}

/// <summary>Normalisation of each image over groups of channels.</summary>
public sealed class GroupNormLayer : Layer
{
    private readonly long _groups;

    internal GroupNormLayer(string name, int channels, int groups) : base(name, ones(channels), zeros(channels))
    {
        _groups = groups;
        RegisterComponents();
    }

    /// <summary>[N, C, H, W] → the same shape.</summary>
    public override Tensor forward(Tensor x) => nn.functional.group_norm(x, _groups, weight, bias, eps: 1e-5);
}
