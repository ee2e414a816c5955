using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using ProbUNet.Dsl.Graphs;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Dsl.FSharp;

/// <summary>A spec that was accepted, with its graph.</summary>
/// <param name="Spec">What the network is.</param>
/// <param name="Graph">What it computes.</param>
public sealed record Network(ProbabilisticUNetSpec Spec, Graph Graph)
{
    /// <summary>A Probabilistic U-Net for images; every other setting has the paper's value for LIDC.</summary>
    public static ProbabilisticUNetSpec probabilisticUNet(ImageSpec image) => new() { Image = image };

    /// <summary>Channels that come out: 1 is a Bernoulli logit, K ≥ 2 a softmax.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> classes(int count) => Change(spec => spec with { Classes = count });

    /// <summary>Channels of each level of the U-Net; their number is the depth.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> channels(FSharpList<int> levels) => UNet(unet => unet with { Channels = levels.ToValueList() });

    /// <summary>Convolutions in each block.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> convsPerBlock(int count) => UNet(unet => unet with { ConvsPerBlock = count });

    /// <summary>The side of their kernels.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> kernel(int side) => UNet(unet => unet with { Kernel = side });

    /// <summary>What lies beyond the edge of a map.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> padding(PaddingMode mode) => UNet(unet => unet with { Padding = mode });

    /// <summary>The nonlinearity.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> activation(Nonlinearity kind) => UNet(unet => unet with { Activation = kind });

    /// <summary>What stands between a convolution and its activation.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> normalization(Normalization kind) => UNet(unet => unet with { Normalization = kind });

    /// <summary>Groups of a normalisation by groups.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> groups(int count) => UNet(unet => unet with { Groups = count });

    /// <summary>How a level's size is halved.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> downsampling(Downsampling kind) => UNet(unet => unet with { Downsampling = kind });

    /// <summary>How a level's size is doubled.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> upsampling(Upsampling kind) => UNet(unet => unet with { Upsampling = kind });

    /// <summary>Whether a block's input is added to its output.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> residual(bool whether) => UNet(unet => unet with { Residual = whether });

    /// <summary>How the weights of convolutions start.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> initialization(Initialization kind) => UNet(unet => unet with { Initialization = kind });

    /// <summary>The dimension of the latent.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> latent(int dimension) => Change(spec => spec with { Latent = new LatentSpec(dimension) });

    /// <summary>Channels of each level of the prior's encoder; the U-Net's if never set.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> priorChannels(FSharpList<int> levels) =>
        Change(spec => spec with { Prior = spec.Prior with { Channels = levels.ToValueList() } });

    /// <summary>Convolutions in each block of the prior's encoder; the U-Net's if never set.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> priorConvsPerBlock(int count) =>
        Change(spec => spec with { Prior = spec.Prior with { ConvsPerBlock = count } });

    /// <summary>Channels of each level of the posterior's encoder; the U-Net's if never set.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> posteriorChannels(FSharpList<int> levels) =>
        Change(spec => spec with { Posterior = spec.Posterior with { Channels = levels.ToValueList() } });

    /// <summary>Convolutions in each block of the posterior's encoder; the U-Net's if never set.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> posteriorConvsPerBlock(int count) =>
        Change(spec => spec with { Posterior = spec.Posterior with { ConvsPerBlock = count } });

    /// <summary>How the posterior sees the mask.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> maskEncoding(MaskEncoding encoding) => Change(spec => spec with { MaskEncoding = encoding });

    /// <summary>All convolutions of the combiner, the last included.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> combinerConvs(int count) => Change(spec => spec with { Combiner = spec.Combiner with { Convs = count } });

    /// <summary>Channels between the combiner's convolutions; those of the U-Net's first level if never set.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> combinerWidth(int width) => Change(spec => spec with { Combiner = spec.Combiner with { Width = width } });

    /// <summary>The network of a spec, or every rule that the spec breaks.</summary>
    public static FSharpResult<Network, FSharpList<SpecError>> build(ProbabilisticUNetSpec spec) => GraphBuilder.Build(spec).Match(
        graph => FSharpResult<Network, FSharpList<SpecError>>.NewOk(new Network(spec, graph)),
        errors => FSharpResult<Network, FSharpList<SpecError>>.NewError(ListModule.OfSeq(errors)));

    /// <summary>The number of trainable values.</summary>
    public static long parameterCount(Network network) => network.Graph.ParameterCount;

    /// <summary>The spec as JSON.</summary>
    public static string toJson(Network network) => SpecJson.Write(network.Spec);

    private static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> Change(Func<ProbabilisticUNetSpec, ProbabilisticUNetSpec> change) =>
        FuncConvert.FromFunc(change);

    private static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> UNet(Func<UNetSpec, UNetSpec> change) => Change(spec => spec with { UNet = change(spec.UNet) });
}

/// <summary>Images, for <see cref="Network.probabilisticUNet"/>.</summary>
public static class Image
{
    /// <summary>Grey images [N, 1, height, width].</summary>
    public static FSharpFunc<int, ImageSpec> gray(int height) => FuncConvert.FromFunc((int width) => new ImageSpec(1, height, width));

    /// <summary>Colour images [N, 3, height, width].</summary>
    public static FSharpFunc<int, ImageSpec> rgb(int height) => FuncConvert.FromFunc((int width) => new ImageSpec(3, height, width));
}
