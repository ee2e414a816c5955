namespace ProbUNet.Dsl;

/// <summary>How the posterior sees a mask [N, classes, H, W] of zeros and ones (one-hot where there are several classes).</summary>
public enum MaskEncoding
{
    /// <summary>Minus 0.5, so that it is centred: as in the paper's own code.</summary>
    Centred,

    /// <summary>As it is: as in the PyTorch re-implementation that most people use.</summary>
    Raw,
}

/// <summary>What a convolution sees beyond the edge of a map; the size always stays.</summary>
public enum PaddingMode
{
    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>The map mirrored at its outermost pixels, which are not repeated.</summary>
    Reflect,

    /// <summary>The outermost pixels, repeated.</summary>
    Replicate,

    /// <summary>The other side of the map.</summary>
    Circular,
}

/// <summary>What paddings need.</summary>
public static class PaddingModeNeeds
{
    /// <summary>The least height and width that a padding can be made from: a mirror needs what it shows, a circle may not go around twice.</summary>
    /// <param name="padding">What lies beyond the edge.</param>
    /// <param name="kernel">The odd side of the kernel, in pixels.</param>
    /// <returns>Pixels, at least 1 but for a circle around a kernel of 1, which needs none.</returns>
    public static int LeastSize(this PaddingMode padding, int kernel) => padding switch
    {
        PaddingMode.Reflect => kernel / 2 + 1,
        PaddingMode.Circular => kernel / 2,
        _ => 1,
    };
}

/// <summary>The nonlinearity after a convolution, element by element.</summary>
public enum Nonlinearity
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x, or 0.01 x below 0.</summary>
    LeakyRelu,

    /// <summary>x · sigmoid(x) (Elfwing et al. 2018).</summary>
    Silu,

    /// <summary>x · Φ(x) (Hendrycks and Gimpel 2016), with the exact distribution function.</summary>
    Gelu,

    /// <summary>x, or exp(x) − 1 below 0 (Clevert et al. 2016).</summary>
    Elu,
}

/// <summary>What brings the values of a map to mean 0 and variance 1, before a learnt scale and shift of each channel.</summary>
public enum Normalization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Over the batch, each channel by itself (Ioffe and Szegedy 2015); running statistics when the network is not in training.</summary>
    Batch,

    /// <summary>Over each image and channel by itself (Ulyanov et al. 2016).</summary>
    Instance,

    /// <summary>Over each image and group of channels (Wu and He 2018).</summary>
    Group,

    /// <summary>Over each image (Ba et al. 2016), the same as one group.</summary>
    Layer,
}

/// <summary>How height and width are halved, odd ones rounded up.</summary>
public enum Downsampling
{
    /// <summary>The mean of each 2x2 window.</summary>
    Average,

    /// <summary>The largest value of each 2x2 window.</summary>
    Max,

    /// <summary>A 3x3 convolution of stride 2.</summary>
    StridedConv,
}

/// <summary>How height and width are doubled.</summary>
public enum Upsampling
{
    /// <summary>Bilinear, the centres of the corner pixels staying where they are (align_corners).</summary>
    BilinearAligned,

    /// <summary>Bilinear, the edges of the corner pixels staying where they are.</summary>
    Bilinear,

    /// <summary>Each pixel four times.</summary>
    Nearest,

    /// <summary>A transposed 2x2 convolution of stride 2.</summary>
    TransposedConv,
}

/// <summary>How the weights of convolutions start.</summary>
public enum Initialization
{
    /// <summary>Normal with variance 2 / fan-in (He et al. 2015), which the paper's authors found to work better.</summary>
    HeNormal,

    /// <summary>Orthogonal with gain 1 (Saxe et al. 2014), as the paper's appendix says.</summary>
    Orthogonal,
}

/// <summary>How the biases of convolutions start.</summary>
public enum BiasInitialization
{
    /// <summary>Normal with standard deviation 0.001, cut at two of them, as in the paper's appendix and its released code.</summary>
    TruncatedNormal,

    /// <summary>Zeros.</summary>
    Zeros,
}

/// <summary>What a U-Net does with a height or width that its poolings do not divide; features and logits always have the image's size.</summary>
public enum SizePolicy
{
    /// <summary>Refuses it.</summary>
    Strict,

    /// <summary>Pads the image with its outermost pixels to the next size that they divide, evenly on both sides, and cuts the features back.</summary>
    Pad,

    /// <summary>Rounds up at each pooling, and cuts what comes up to the size of the skip that it meets.</summary>
    Crop,
}

/// <summary>Where z, repeated at every pixel, enters a network that has a latent.</summary>
public enum LatentEntry
{
    /// <summary>Behind the U-Net, at the combiner (Kohl et al. 2018): the U-Net runs once an image, however many samples are drawn.</summary>
    Combiner,

    /// <summary>At the deepest level, behind the encoder: the way down runs once an image, the way up once a sample.</summary>
    Bottleneck,

    /// <summary>At the image (Zhu et al. 2017): the whole U-Net runs once a sample.</summary>
    Input,
}
