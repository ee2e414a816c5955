namespace ProbUNet.Dsl;

/// <summary>
/// What a network is, as a value: no tensors, no randomness. A closed hierarchy, one case a family of networks (<see cref="Families"/>).
/// Two specs with equal settings are equal and give the same network.
/// </summary>
public abstract record ModelSpec
{
    private protected ModelSpec() { }

    /// <summary>The images that go in. Default: the LIDC crops of the paper (appendix H.1), 1x128x128.</summary>
    public ImageSpec Image { get; init; } = new();

    /// <summary>Channels that come out: 1 is a Bernoulli logit, K ≥ 2 a softmax over K classes. Default 1; 1 to 1024.</summary>
    public int Classes { get; init; } = 1;

    /// <summary>What happens to a size that the poolings do not divide. Default <see cref="SizePolicy.Strict"/>: it is refused.</summary>
    public SizePolicy SizePolicy { get; init; } = SizePolicy.Strict;

    /// <summary>The U-Net that all families share.</summary>
    public UNetSpec UNet { get; init; } = new();
}

/// <summary>The plain U-Net (Ronneberger et al. 2015): one answer an image.</summary>
public sealed record DeterministicUNetSpec : ModelSpec;

/// <summary>
/// The Dropout U-Net (Kendall et al. 2015, "Bayesian SegNet"; Kohl et al. 2018, section 3): dropout before the innermost blocks, drawn anew for
/// every sample, when sampling too.
/// </summary>
public sealed record DropoutUNetSpec : ModelSpec
{
    /// <summary>The probability that a value is dropped. Default 0.5, the paper's; at least 0, below 1.</summary>
    public double Rate { get; init; } = 0.5;

    /// <summary>How many of the innermost blocks of the encoder, and of the decoder, have dropout before them. Default 3, the paper's; 1 to 12, and no more than there are levels.</summary>
    public int Blocks { get; init; } = 3;
}

/// <summary>The U-Net ensemble (Lakshminarayanan et al. 2017; Kohl et al. 2018, section 3): sample i is the answer of member i.</summary>
public sealed record UNetEnsembleSpec : ModelSpec
{
    /// <summary>Plain U-Nets, trained independently of each other. Default 4; 1 to 64. The paper draws 1, 4, 8 and 16.</summary>
    public int Members { get; init; } = 4;

    /// <summary>What the names of a member's layers begin with.</summary>
    internal static string PrefixOf(int member) => FormattableString.Invariant($"member{member}.");
}

/// <summary>M-Heads (Lee et al. 2015, Rupprecht et al. 2017; Kohl et al. 2018, section 3): one U-Net whose last layer branches into several heads.</summary>
public sealed record MultiHeadUNetSpec : ModelSpec
{
    /// <summary>Heads, each with logits of its own. Default 4; 1 to 64. Their number is that of the samples: the paper has a network of its own for 4, 8 and 16 of them.</summary>
    public int Heads { get; init; } = 4;
}

/// <summary>
/// Marks the specs of networks with a latent z: every one is a <see cref="LatentVariableSpec"/>, and nothing else is. It is there for generic code over those families: F# does not solve two base classes
/// as constraints on one type variable, so that <c>fun n -> n |> Network.latent 2 |> Network.depth 3</c> has a type only as "a <see cref="ModelSpec"/> that is an <see cref="ILatentVariableSpec"/>".
/// </summary>
public interface ILatentVariableSpec;

/// <summary>A network with a latent z: what the Probabilistic U-Net and the Image2Image VAE have in common.</summary>
public abstract record LatentVariableSpec : ModelSpec, ILatentVariableSpec
{
    private protected LatentVariableSpec() { }

    /// <summary>The latent Gaussian.</summary>
    public LatentSpec Latent { get; init; } = new();

    /// <summary>The encoder of the posterior.</summary>
    public EncoderSpec Posterior { get; init; } = new();

    /// <summary>How the posterior sees the mask. Default <see cref="MaskEncoding.Centred"/>, as in the paper's released code.</summary>
    public MaskEncoding MaskEncoding { get; init; } = MaskEncoding.Centred;

    /// <summary>The 1x1 convolutions at the end.</summary>
    public CombinerSpec Combiner { get; init; } = new();
}

/// <summary>The Probabilistic U-Net (Kohl et al. 2018, section 2): a U-Net, a prior P(z|X), a posterior Q(z|X,Y) and a combiner.</summary>
public sealed record ProbabilisticUNetSpec : LatentVariableSpec
{
    /// <summary>The encoder of the prior, P(z|X): it sees the image. The posterior's sees image and mask.</summary>
    public EncoderSpec Prior { get; init; } = new();
}

/// <summary>
/// The Image2Image VAE (Zhu et al. 2017, "BicycleGAN", without the GAN; Kohl et al. 2018, section 3): the prior is N(0, I) whatever the image, the
/// posterior Q(z|Y) sees the mask alone, and z enters at the image. Defaults: latent 3, one last 1x1 convolution.
/// </summary>
public sealed record ImageToImageVaeSpec : LatentVariableSpec
{
    /// <summary>With the paper's defaults for this family.</summary>
    public ImageToImageVaeSpec() => (Latent, Combiner) = (new(3) { Entry = LatentEntry.Input }, new(1));
}

/// <summary>Images [N, <see cref="Channels"/>, <see cref="Height"/>, <see cref="Width"/>] with values in [0, 1].</summary>
public sealed record ImageSpec
{
    /// <summary>The paper's: 1x128x128.</summary>
    public ImageSpec() { }

    /// <summary>Of a size.</summary>
    /// <param name="channels"><see cref="Channels"/>.</param>
    /// <param name="height"><see cref="Height"/>.</param>
    /// <param name="width"><see cref="Width"/>.</param>
    public ImageSpec(int channels, int height, int width) => (Channels, Height, Width) = (channels, height, width);

    /// <summary>1 is grey, 3 is colour. Default 1; 1 to 1024.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Rows. Default 128; 1 to 16384, and under <see cref="SizePolicy.Strict"/> every pooling of the U-Net must halve them exactly.</summary>
    public int Height { get; init; } = 128;

    /// <summary>Columns. Default 128; 1 to 16384, likewise.</summary>
    public int Width { get; init; } = 128;
}

/// <summary>
/// A U-Net: blocks of convolutions, each with its normalisation and activation, a halving between levels on the way down, a doubling and
/// the concatenation with the skip on the way up. The encoders of the latent are built of the same blocks.
/// </summary>
public sealed record UNetSpec
{
    /// <summary>Channels of each level, from full resolution down; their number is the depth. <see langword="null"/> (the default) makes them of depth, base channels and growth. 1 to 12 levels of 1 to 8192 channels.</summary>
    public ValueList<int>? Channels { get; init; }

    /// <summary>The number of levels, where <see cref="Channels"/> is left out. Default 5, the paper's for LIDC; 1 to 12.</summary>
    public int? Depth { get; init; }

    /// <summary>Channels of the first level, where <see cref="Channels"/> is left out. Default 32, the paper's; 1 to 8192.</summary>
    public int? BaseChannels { get; init; }

    /// <summary>By what the channels grow from level to level, rounded to whole channels, where <see cref="Channels"/> is left out. Default 2, the paper's; 0.125 to 8.</summary>
    public double? Growth { get; init; }

    /// <summary>Convolutions in each block. Default 3, as in the paper; 1 to 16.</summary>
    public int ConvsPerBlock { get; init; } = 3;

    /// <summary>The side of their kernels, odd. Default 3; 1 to 15.</summary>
    public int Kernel { get; init; } = 3;

    /// <summary>What lies beyond the edge of a map. Default <see cref="PaddingMode.Zeros"/>.</summary>
    public PaddingMode Padding { get; init; } = PaddingMode.Zeros;

    /// <summary>The nonlinearity. Default <see cref="Nonlinearity.Relu"/>.</summary>
    public Nonlinearity Activation { get; init; } = Nonlinearity.Relu;

    /// <summary>What stands between a convolution and its activation. Default <see cref="Normalization.None"/>, as in the paper.</summary>
    public Normalization Normalization { get; init; } = Normalization.None;

    /// <summary>Groups of channels, where the normalisation is by groups; must divide every level's channels. Default 8; 1 to 8192, whatever the normalisation.</summary>
    public int Groups { get; init; } = 8;

    /// <summary>How a level's size is halved. Default <see cref="Downsampling.Average"/>.</summary>
    public Downsampling Downsampling { get; init; } = Downsampling.Average;

    /// <summary>How a level's size is doubled. Default <see cref="Upsampling.BilinearAligned"/>.</summary>
    public Upsampling Upsampling { get; init; } = Upsampling.BilinearAligned;

    /// <summary>Whether a block's input is added to its output before the last activation (He et al. 2016). Default no.</summary>
    public bool Residual { get; init; }

    /// <summary>
    /// The probability that a value is dropped before each block but the first (Srivastava et al. 2014), whenever the network is given random
    /// numbers: in training, and in a Dropout U-Net that draws samples too, beside its own. Default 0; at least 0, below 1.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>How the weights of convolutions start. Default <see cref="Initialization.HeNormal"/>.</summary>
    public Initialization Initialization { get; init; } = Initialization.HeNormal;

    /// <summary>How the biases of convolutions start. Default <see cref="BiasInitialization.TruncatedNormal"/>.</summary>
    public BiasInitialization Biases { get; init; } = BiasInitialization.TruncatedNormal;

    /// <summary>The channels of each level: <see cref="Channels"/>, or what depth, base channels and growth make.</summary>
    // What stands here for what is left out stands for good: compiled networks, documents and weights leave it out.
    public ValueList<int> Levels() => Channels ?? Geometric(Depth ?? 5, BaseChannels ?? 32, Growth ?? 2);

    private static ValueList<int> Geometric(int depth, int baseChannels, double growth)
    {
        // All is bounded, because a spec that breaks the rules is asked too: a rule says of what ends at the bound that no level has so many channels.
        const decimal Bound = int.MaxValue;
        // As decimals, for so they are written: the compiler and every machine make the same network of them, where powers of doubles are what a library makes of them.
        var (levels, channels, factor) = (new List<int>(), (decimal)baseChannels, growth is >= (double)-Bound and <= (double)Bound ? (decimal)growth : Bound);
        for (var level = 0; level < Math.Min(depth, 64); level++)
        {
            levels.Add((int)Math.Round(channels, MidpointRounding.AwayFromZero));
            channels = Math.Max(-Bound, Math.Min(channels * factor, Bound));
        }
        return levels.ToValueList();
    }
}

/// <summary>An encoder of the latent Gaussian: a contracting path like the U-Net's, a global mean, and a 1x1 head for mean and log sigma.</summary>
public sealed record EncoderSpec
{
    /// <summary>Channels of each level; <see langword="null"/> (the default) takes the U-Net's. 1 to 12 levels of 1 to 8192 channels.</summary>
    public ValueList<int>? Channels { get; init; }

    /// <summary>Convolutions in each block; <see langword="null"/> (the default) takes the U-Net's. 1 to 16.</summary>
    public int? ConvsPerBlock { get; init; }
}

/// <summary>The latent Gaussian with diagonal covariance.</summary>
public sealed record LatentSpec
{
    /// <summary>The paper's: of 6 dimensions, at the combiner.</summary>
    public LatentSpec() { }

    /// <summary>Of a dimension.</summary>
    /// <param name="dimension"><see cref="Dimension"/>.</param>
    public LatentSpec(int dimension) => Dimension = dimension;

    /// <summary>Its dimension. Default 6, the paper's for LIDC and Cityscapes (3 for the Image2Image VAE); 1 to 1024.</summary>
    public int Dimension { get; init; } = 6;

    /// <summary>Where z enters. Default <see cref="LatentEntry.Combiner"/> (<see cref="LatentEntry.Input"/> for the Image2Image VAE).</summary>
    public LatentEntry Entry { get; init; } = LatentEntry.Combiner;
}

/// <summary>The combiner: 1x1 convolutions with the U-Net's activation between them, over the features and, where z enters here, z repeated at every pixel.</summary>
public sealed record CombinerSpec
{
    /// <summary>The paper's: of three convolutions.</summary>
    public CombinerSpec() { }

    /// <summary>Of that many convolutions.</summary>
    /// <param name="convs"><see cref="Convs"/>.</param>
    public CombinerSpec(int convs) => Convs = convs;

    /// <summary>All its convolutions, the last (which gives the logits) included. Default 3, the paper's (1 for the Image2Image VAE); 1 to 16.</summary>
    public int Convs { get; init; } = 3;

    /// <summary>Channels between them; <see langword="null"/> (the default) takes those of the U-Net's first level. 1 to 8192.</summary>
    public int? Channels { get; init; }
}
