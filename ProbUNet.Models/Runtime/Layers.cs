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
        // Channels last, as what they meet: see Layout.
        this.weight = new Parameter(weight.dim() == 4 ? Layout.ChannelsLast(weight) : weight);
        this.bias = new Parameter(bias);
        // An owner of weights outlives every scope that it is made in.
        this.weight.DetachFromDisposeScope();
        this.bias.DetachFromDisposeScope();
    }

    /// <summary>Its output for the inputs of its node.</summary>
    internal virtual Tensor Run(Tensor[] inputs) =>
        inputs is [var x] ? forward(x) : throw new NotSupportedException($"A {GetType().Name} reads one input, and its node has {inputs.Length}.");

    /// <summary>Forgets what was made of weights that now are others.</summary>
    internal virtual void Forget() { }

    /// <inheritdoc/>
    public override void train(bool on = true)
    {
        Forget();
        base.train(on);
    }
}

/// <summary>
/// Batch normalisation: statistics of the batch in training, running ones otherwise, and in inference mode always. Whoever looks at a network draws from it in that mode, which is the thread's own, so that a network
/// that is being trained is not changed by being looked at, and answers as it will when it is trained.
/// </summary>
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
        nn.functional.batch_norm(x, running_mean, running_var, weight, bias, training && !is_inference_mode_enabled(), momentum: 0.1, eps: ProbUNet.Dsl.Graphs.BatchNorm.Epsilon);
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

    /// <summary>[N, C, H, W] → the same shape and precision.</summary>
    public override Tensor forward(Tensor x) => For(x.device_type, x);

    /// <summary>
    /// The same by what the kernels of a device take. For a bfloat16 map beside a float32 weight and bias there is one on CPUs; that on GPUs reads these as numbers of the map's type, and refuses others. So there it
    /// is computed in the precision of the weight, as autocast does. (Batch normalisation has kernels for both on either.)
    /// </summary>
    internal Tensor For(DeviceType device, Tensor x)
    {
        if (device == DeviceType.CPU || x.dtype == weight.dtype)
            return Normalised(x);
        using var scope = NewDisposeScope();
        return Normalised(x.to(weight.dtype)).to(x.dtype).MoveToOuterDisposeScope();
    }

    private Tensor Normalised(Tensor x) => nn.functional.group_norm(x, _groups, weight, bias, eps: ProbUNet.Dsl.Graphs.GroupNorm.Epsilon);
}
