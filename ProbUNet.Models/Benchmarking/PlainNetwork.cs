using TorchSharp.Modules;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Benchmarking;

/// <summary>
/// The standard network as most write it in TorchSharp: modules in float32, channels first, whose every value lives to the end of the step. Nothing of <c>Runtime</c> is in it, so that no pass
/// reaches it. Its parameters come in the order of the catalog's <c>standard</c>, and with those it is the same function.
/// </summary>
internal sealed class PlainNetwork : nn.Module
{
    private const int Latent = 6, Convs = 3, CombinerConvs = 4;

    private static readonly int[] Channels = [32, 64, 128, 192];

    // Registered in this order.
    private readonly ModuleList<nn.Module<Tensor, Tensor>> _down, _up, _prior;
    private readonly nn.Module<Tensor, Tensor> _priorHead;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> _posterior;
    private readonly nn.Module<Tensor, Tensor> _posteriorHead, _combiner;

    public PlainNetwork() : base(nameof(PlainNetwork))
    {
        _down = Encoder(1);
        _up = nn.ModuleList([.. Enumerable.Range(0, Channels.Length - 1).Reverse().Select(level => Block(Channels[level + 1] + Channels[level], Channels[level]))]);
        (_prior, _priorHead) = (Encoder(1), nn.Conv2d(Channels[^1], 2 * Latent, 1));
        (_posterior, _posteriorHead) = (Encoder(2), nn.Conv2d(Channels[^1], 2 * Latent, 1));
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (var conv = 0; conv < CombinerConvs - 1; conv++)
            layers.AddRange([nn.Conv2d(Channels[0] + (conv == 0 ? Latent : 0), Channels[0], 1), nn.ReLU()]);
        _combiner = nn.Sequential([.. layers, nn.Conv2d(Channels[0], 1, 1)]);
        RegisterComponents();
    }

    /// <summary>Image [N, 1, H, W] → [N, 32, H, W].</summary>
    public Tensor Features(Tensor image)
    {
        var x = image;
        var skips = new List<Tensor>();
        foreach (var block in _down)
            skips.Add(x = block.call(skips.Count == 0 ? x : Halved(x)));
        for (var level = 0; level < _up.Count; level++)
        {
            var skip = skips[^(level + 2)];
            var up = nn.functional.interpolate(x, size: [skip.shape[2], skip.shape[3]], mode: InterpolationMode.Bilinear, align_corners: true);
            x = _up[level].call(cat([up, skip], 1));
        }
        return x;
    }

    /// <summary>Mean and log sigma of P(z|X), [N, 6] each.</summary>
    public (Tensor Mean, Tensor LogSigma) Prior(Tensor image) => Gaussian(_prior, _priorHead, image);

    /// <summary>Mean and log sigma of Q(z|X,Y), [N, 6] each.</summary>
    public (Tensor Mean, Tensor LogSigma) Posterior(Tensor image, Tensor mask) => Gaussian(_posterior, _posteriorHead, cat([image, mask - 0.5], 1));

    /// <summary>Features [N, 32, H, W] and z [N, 6] → logits [N, 1, H, W].</summary>
    public Tensor Combine(Tensor features, Tensor z)
    {
        var tiled = z.unsqueeze(-1).unsqueeze(-1).expand(features.shape[0], Latent, features.shape[2], features.shape[3]);
        return _combiner.call(cat([features, tiled], 1));
    }

    /// <summary>The loss of a batch, a number.</summary>
    public Tensor Loss(Tensor image, Tensor mask)
    {
        var (mean, logSigma) = Posterior(image, mask);
        var (priorMean, priorLogSigma) = Prior(image);
        var z = mean + logSigma.exp() * randn_like(mean);
        var crossEntropy = nn.functional.binary_cross_entropy_with_logits(Combine(Features(image), z), mask, reduction: nn.Reduction.Sum) / image.shape[0];
        var divergence = priorLogSigma - logSigma + ((2 * logSigma).exp() + (mean - priorMean).square()) / (2 * (2 * priorLogSigma).exp()) - 0.5;
        return crossEntropy + divergence.sum(1).mean();
    }

    /// <summary>Probabilities [N, count, 1, H, W].</summary>
    public Tensor Sample(Tensor image, int count)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var features = Features(image);
        var (mean, logSigma) = Prior(image);
        return stack([.. Enumerable.Range(0, count).Select(_ => Combine(features, mean + logSigma.exp() * randn_like(mean)).sigmoid())], 1).MoveToOuterDisposeScope();
    }

    private static (Tensor Mean, Tensor LogSigma) Gaussian(ModuleList<nn.Module<Tensor, Tensor>> blocks, nn.Module<Tensor, Tensor> head, Tensor x)
    {
        for (var level = 0; level < blocks.Count; level++)
            x = blocks[level].call(level == 0 ? x : Halved(x));
        var both = head.call(x.mean([2, 3], keepdim: true)).flatten(1).chunk(2, 1);
        using Scalar least = (-10).ToScalar(), most = 10.ToScalar();   // held: see SegmentationModel.Operators.cs
        return (both[0], both[1].clamp(least, most));
    }

    private static Tensor Halved(Tensor x) => nn.functional.avg_pool2d(x, 2, ceil_mode: true);

    private static ModuleList<nn.Module<Tensor, Tensor>> Encoder(int channels) => nn.ModuleList([.. Channels.Select((width, level) => Block(level == 0 ? channels : Channels[level - 1], width))]);

    private static nn.Module<Tensor, Tensor> Block(int from, int to) => nn.Sequential(
        [.. Enumerable.Range(0, Convs).SelectMany(conv => new nn.Module<Tensor, Tensor>[] { nn.Conv2d(conv == 0 ? from : to, to, 3, padding: 1), nn.ReLU() })]);
}
