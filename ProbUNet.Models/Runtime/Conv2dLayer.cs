using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The parameters of a convolution with bias, stride 1 and "same" zero padding.</summary>
public sealed class Conv2dLayer : nn.Module<Tensor, Tensor>
{
    // Fields, and named as the keys of a checkpoint end: TorchSharp finds and moves them by name.
#pragma warning disable IDE1006
    /// <summary>[out, in, k, k].</summary>
    public readonly Parameter weight;

    /// <summary>[out].</summary>
    public readonly Parameter bias;
#pragma warning restore IDE1006

    private readonly long[] _padding;

    internal Conv2dLayer(string name, int inChannels, int outChannels, int kernel, Generator random) : base(name)
    {
        _padding = [kernel / 2, kernel / 2];
        using (no_grad())
        {
            weight = new Parameter(Initialization.HeNormal([outChannels, inChannels, kernel, kernel], random));
            bias = new Parameter(Initialization.TruncatedNormal([outChannels], standardDeviation: 0.001, random));
        }
        // An owner of weights outlives every scope that it is made in.
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>[N, in, H, W] → [N, out, H, W].</summary>
    public override Tensor forward(Tensor x) => nn.functional.conv2d(x, weight, bias, padding: _padding);
}
