namespace ProbUNet.Dsl;

/// <summary>
/// What a network is, as a value: no tensors, no randomness. A closed hierarchy, one case a family of networks.
/// Two specs with equal settings are equal and give the same network.
/// </summary>
public abstract record ModelSpec
{
    private protected ModelSpec() { }

    /// <summary>The images that go in. Default: the LIDC crops of the paper (appendix H.1), 1x128x128.</summary>
    public ImageSpec Image { get; init; } = new();

    /// <summary>Channels that come out: 1 is a Bernoulli logit, K ≥ 2 a softmax over K classes. Default 1; 1 to 1024.</summary>
    public int Classes { get; init; } = 1;

    /// <summary>The U-Net that all families share.</summary>
    public UNetSpec UNet { get; init; } = new();
}

/// <summary>The Probabilistic U-Net (Kohl et al. 2018, section 2): a U-Net, a prior P(z|X), a posterior Q(z|X,Y) and a combiner.</summary>
public sealed record ProbabilisticUNetSpec : ModelSpec
{
    /// <summary>The latent Gaussian.</summary>
    public LatentSpec Latent { get; init; } = new();

    /// <summary>The encoder of the prior, P(z|X): it sees the image.</summary>
    public EncoderSpec Prior { get; init; } = new();

    /// <summary>The encoder of the posterior, Q(z|X,Y): it sees image and mask.</summary>
    public EncoderSpec Posterior { get; init; } = new();

    /// <summary>How the posterior sees the mask. Default: centred, as in the paper.</summary>
    public MaskEncoding MaskEncoding { get; init; } = MaskEncoding.Centred;

    /// <summary>The 1x1 convolutions that join features and z.</summary>
    public CombinerSpec Combiner { get; init; } = new();
}

/// <summary>Images [N, <paramref name="Channels"/>, <paramref name="Height"/>, <paramref name="Width"/>] with values in [0, 1].</summary>
/// <param name="Channels">1 is grey, 3 is colour; 1 to 1024.</param>
/// <param name="Height">Rows; every pooling of the U-Net must halve them exactly.</param>
/// <param name="Width">Columns; likewise.</param>
public sealed record ImageSpec(int Channels = 1, int Height = 128, int Width = 128);

/// <summary>
/// A U-Net: blocks of convolutions, each with its normalisation and activation, a halving between levels on the way down, a doubling and
/// the concatenation with the skip on the way up. The encoders of the latent are built of the same blocks.
/// </summary>
public sealed record UNetSpec
{
    /// <summary>Channels of each level, from full resolution down; their number is the depth. Default: the paper's for LIDC, 32 doubled four times.</summary>
    public ValueList<int> Channels { get; init; } = [32, 64, 128, 256, 512];

    /// <summary>Convolutions in each block. Default 3, as in the paper; 1 to 16.</summary>
    public int ConvsPerBlock { get; init; } = 3;

    /// <summary>The side of their kernels, odd. Default 3; 1 to 15.</summary>
    public int Kernel { get; init; } = 3;

    /// <summary>What lies beyond the edge of a map. Default zeros.</summary>
    public PaddingMode Padding { get; init; } = PaddingMode.Zeros;

    /// <summary>The nonlinearity. Default ReLU.</summary>
    public Nonlinearity Activation { get; init; } = Nonlinearity.Relu;

    /// <summary>What stands between a convolution and its activation. Default nothing, as in the paper.</summary>
    public Normalization Normalization { get; init; } = Normalization.None;

    /// <summary>Groups of channels, where the normalisation is by groups; must divide every level's channels. Default 8; 1 to 8192.</summary>
    public int Groups { get; init; } = 8;

    /// <summary>How a level's size is halved. Default by average.</summary>
    public Downsampling Downsampling { get; init; } = Downsampling.Average;

    /// <summary>How a level's size is doubled. Default bilinear with corners aligned.</summary>
    public Upsampling Upsampling { get; init; } = Upsampling.BilinearAligned;

    /// <summary>Whether a block's input is added to its output before the last activation (He et al. 2016). Default no.</summary>
    public bool Residual { get; init; }

    /// <summary>How the weights of convolutions start. Default He normal.</summary>
    public Initialization Initialization { get; init; } = Initialization.HeNormal;
}

/// <summary>An encoder of the latent Gaussian: a contracting path like the U-Net's, a global mean, and a 1x1 head for mean and log sigma.</summary>
public sealed record EncoderSpec
{
    /// <summary>Channels of each level; <see langword="null"/> (the default) takes the U-Net's.</summary>
    public ValueList<int>? Channels { get; init; }

    /// <summary>Convolutions in each block; <see langword="null"/> (the default) takes the U-Net's.</summary>
    public int? ConvsPerBlock { get; init; }
}

/// <summary>The latent Gaussian with diagonal covariance.</summary>
/// <param name="Dimension">Its dimension. Default 6, the paper's for LIDC and Cityscapes; 1 to 1024.</param>
public sealed record LatentSpec(int Dimension = 6);

/// <summary>The combiner: 1x1 convolutions with the U-Net's activation between them, over the features and z repeated at every pixel.</summary>
/// <param name="Convs">All its convolutions, the last (which gives the logits) included. Default 3, the paper's; 1 to 16.</param>
/// <param name="Width">Channels between them; <see langword="null"/> (the default) takes those of the U-Net's first level. 1 to 8192.</param>
public sealed record CombinerSpec(int Convs = 3, int? Width = null);
