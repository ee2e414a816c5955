namespace ProbUNet.Dsl;

/// <summary>
/// Specs with one setting changed, for C#: <c>new ProbabilisticUNetSpec().WithChannels(16, 32, 64).WithLatent(4)</c>. Nothing is checked before
/// the spec is built.
/// </summary>
public static class SpecSettings
{
    /// <summary>The images that go in.</summary>
    public static TSpec WithImage<TSpec>(this TSpec spec, ImageSpec image) where TSpec : ModelSpec => (TSpec)(spec with { Image = image });

    /// <summary>Channels that come out: 1 is a Bernoulli logit, K ≥ 2 a softmax.</summary>
    public static TSpec WithClasses<TSpec>(this TSpec spec, int count) where TSpec : ModelSpec => (TSpec)(spec with { Classes = count });

    /// <summary>What happens to a size that the poolings do not divide.</summary>
    public static TSpec WithSizePolicy<TSpec>(this TSpec spec, SizePolicy policy) where TSpec : ModelSpec => (TSpec)(spec with { SizePolicy = policy });

    /// <summary>Channels of each level of the U-Net; their number is the depth. Takes the place of depth, base channels and growth.</summary>
    public static TSpec WithChannels<TSpec>(this TSpec spec, params int[] levels) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Channels = levels.ToValueList(), Depth = null, BaseChannels = null, Growth = null } });

    /// <summary>The number of levels of the U-Net, whose channels are made of depth, base channels and growth.</summary>
    public static TSpec WithDepth<TSpec>(this TSpec spec, int levels) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Channels = null, Depth = levels } });

    /// <summary>Channels of the U-Net's first level; likewise.</summary>
    public static TSpec WithBaseChannels<TSpec>(this TSpec spec, int channels) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Channels = null, BaseChannels = channels } });

    /// <summary>By what the channels grow from level to level; likewise.</summary>
    public static TSpec WithGrowth<TSpec>(this TSpec spec, double factor) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Channels = null, Growth = factor } });

    /// <summary>Convolutions in each block.</summary>
    public static TSpec WithConvsPerBlock<TSpec>(this TSpec spec, int count) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { ConvsPerBlock = count } });

    /// <summary>The side of their kernels.</summary>
    public static TSpec WithKernel<TSpec>(this TSpec spec, int side) where TSpec : ModelSpec => (TSpec)(spec with { UNet = spec.UNet with { Kernel = side } });

    /// <summary>What lies beyond the edge of a map.</summary>
    public static TSpec WithPadding<TSpec>(this TSpec spec, PaddingMode mode) where TSpec : ModelSpec => (TSpec)(spec with { UNet = spec.UNet with { Padding = mode } });

    /// <summary>The nonlinearity.</summary>
    public static TSpec WithActivation<TSpec>(this TSpec spec, Nonlinearity kind) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Activation = kind } });

    /// <summary>What stands between a convolution and its activation.</summary>
    public static TSpec WithNormalization<TSpec>(this TSpec spec, Normalization kind) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Normalization = kind } });

    /// <summary>Groups of a normalisation by groups.</summary>
    public static TSpec WithGroups<TSpec>(this TSpec spec, int count) where TSpec : ModelSpec => (TSpec)(spec with { UNet = spec.UNet with { Groups = count } });

    /// <summary>How a level's size is halved.</summary>
    public static TSpec WithDownsampling<TSpec>(this TSpec spec, Downsampling kind) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Downsampling = kind } });

    /// <summary>How a level's size is doubled.</summary>
    public static TSpec WithUpsampling<TSpec>(this TSpec spec, Upsampling kind) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Upsampling = kind } });

    /// <summary>Whether a block's input is added to its output.</summary>
    public static TSpec WithResidual<TSpec>(this TSpec spec, bool whether) where TSpec : ModelSpec => (TSpec)(spec with { UNet = spec.UNet with { Residual = whether } });

    /// <summary>The probability that a value is dropped before each block but the first, wherever random numbers are given.</summary>
    public static TSpec WithDropout<TSpec>(this TSpec spec, double rate) where TSpec : ModelSpec => (TSpec)(spec with { UNet = spec.UNet with { Dropout = rate } });

    /// <summary>How the weights of convolutions start.</summary>
    public static TSpec WithInitialization<TSpec>(this TSpec spec, Initialization kind) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Initialization = kind } });

    /// <summary>How the biases of convolutions start.</summary>
    public static TSpec WithBiases<TSpec>(this TSpec spec, BiasInitialization kind) where TSpec : ModelSpec =>
        (TSpec)(spec with { UNet = spec.UNet with { Biases = kind } });

    /// <summary>The dimension of the latent.</summary>
    public static TSpec WithLatent<TSpec>(this TSpec spec, int dimension) where TSpec : LatentVariableSpec =>
        (TSpec)(spec with { Latent = spec.Latent with { Dimension = dimension } });

    /// <summary>Where z enters.</summary>
    public static TSpec WithLatentEntry<TSpec>(this TSpec spec, LatentEntry entry) where TSpec : LatentVariableSpec =>
        (TSpec)(spec with { Latent = spec.Latent with { Entry = entry } });

    /// <summary>Channels of each level of the posterior's encoder; the U-Net's if never set.</summary>
    public static TSpec WithPosteriorChannels<TSpec>(this TSpec spec, params int[] levels) where TSpec : LatentVariableSpec =>
        (TSpec)(spec with { Posterior = spec.Posterior with { Channels = levels.ToValueList() } });

    /// <summary>Convolutions in each block of the posterior's encoder; the U-Net's if never set.</summary>
    public static TSpec WithPosteriorConvsPerBlock<TSpec>(this TSpec spec, int count) where TSpec : LatentVariableSpec =>
        (TSpec)(spec with { Posterior = spec.Posterior with { ConvsPerBlock = count } });

    /// <summary>How the posterior sees the mask.</summary>
    public static TSpec WithMaskEncoding<TSpec>(this TSpec spec, MaskEncoding encoding) where TSpec : LatentVariableSpec =>
        (TSpec)(spec with { MaskEncoding = encoding });

    /// <summary>All convolutions of the combiner, the last included.</summary>
    public static TSpec WithCombinerConvs<TSpec>(this TSpec spec, int count) where TSpec : LatentVariableSpec =>
        (TSpec)(spec with { Combiner = spec.Combiner with { Convs = count } });

    /// <summary>Channels between the combiner's convolutions; those of the U-Net's first level if never set.</summary>
    public static TSpec WithCombinerChannels<TSpec>(this TSpec spec, int channels) where TSpec : LatentVariableSpec =>
        (TSpec)(spec with { Combiner = spec.Combiner with { Channels = channels } });

    /// <summary>Channels of each level of the prior's encoder; the U-Net's if never set.</summary>
    public static ProbabilisticUNetSpec WithPriorChannels(this ProbabilisticUNetSpec spec, params int[] levels) =>
        spec with { Prior = spec.Prior with { Channels = levels.ToValueList() } };

    /// <summary>Convolutions in each block of the prior's encoder; the U-Net's if never set.</summary>
    public static ProbabilisticUNetSpec WithPriorConvsPerBlock(this ProbabilisticUNetSpec spec, int count) =>
        spec with { Prior = spec.Prior with { ConvsPerBlock = count } };

    /// <summary>The probability that a value before an innermost block is dropped.</summary>
    public static DropoutUNetSpec WithRate(this DropoutUNetSpec spec, double probability) => spec with { Rate = probability };

    /// <summary>How many of the innermost blocks of encoder and decoder have dropout before them.</summary>
    public static DropoutUNetSpec WithBlocks(this DropoutUNetSpec spec, int count) => spec with { Blocks = count };

    /// <summary>Members of the ensemble.</summary>
    public static UNetEnsembleSpec WithMembers(this UNetEnsembleSpec spec, int count) => spec with { Members = count };

    /// <summary>Heads of the network.</summary>
    public static MultiHeadUNetSpec WithHeads(this MultiHeadUNetSpec spec, int count) => spec with { Heads = count };
}
