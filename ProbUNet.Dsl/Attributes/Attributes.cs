namespace ProbUNet.Dsl;

/// <summary>
/// Declares a Probabilistic U-Net (Kohl et al. 2018): the compiler writes its TorchSharp module into this partial class. Every
/// setting left out has the paper's value for LIDC.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ProbabilisticUNetAttribute : Attribute
{
    /// <summary>Channels of the image: 1 is grey, 3 is colour. Default 1; 1 to 1024.</summary>
    public int ImageChannels { get; set; } = 1;

    /// <summary>Channels that come out: 1 is a Bernoulli logit, K ≥ 2 a softmax over K classes. Default 1; 1 to 1024.</summary>
    public int Classes { get; set; } = 1;

    /// <summary>Rows of the image. Default 128; 2^(levels − 1) must divide them.</summary>
    public int Height { get; set; } = 128;

    /// <summary>Columns of the image. Default 128; 2^(levels − 1) must divide them.</summary>
    public int Width { get; set; } = 128;
}

/// <summary>The U-Net of a network.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class UNetAttribute : Attribute
{
    /// <summary>Channels of each level, from full resolution down; their number is the depth. Default [32, 64, 128, 256, 512], the paper's for LIDC.</summary>
    public int[] Channels { get; set; } = [32, 64, 128, 256, 512];

    /// <summary>Convolutions in each block. Default 3; 1 to 16.</summary>
    public int ConvsPerBlock { get; set; } = 3;

    /// <inheritdoc cref="UNetSpec.Kernel"/>
    public int Kernel { get; set; } = 3;

    /// <inheritdoc cref="UNetSpec.Padding"/>
    public PaddingMode Padding { get; set; }

    /// <inheritdoc cref="UNetSpec.Activation"/>
    public Nonlinearity Activation { get; set; }

    /// <inheritdoc cref="UNetSpec.Normalization"/>
    public Normalization Normalization { get; set; }

    /// <inheritdoc cref="UNetSpec.Groups"/>
    public int Groups { get; set; } = 8;

    /// <inheritdoc cref="UNetSpec.Downsampling"/>
    public Downsampling Downsampling { get; set; }

    /// <inheritdoc cref="UNetSpec.Upsampling"/>
    public Upsampling Upsampling { get; set; }

    /// <inheritdoc cref="UNetSpec.Residual"/>
    public bool Residual { get; set; }

    /// <inheritdoc cref="UNetSpec.Initialization"/>
    public Initialization Initialization { get; set; }
}

/// <summary>The latent Gaussian of a network.</summary>
/// <param name="dimension">Its dimension; 1 to 1024.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LatentAttribute(int dimension) : Attribute
{
    /// <summary>Its dimension.</summary>
    public int Dimension { get; } = dimension;
}

/// <summary>The prior encoder, P(z|X). What is left out is the U-Net's.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PriorAttribute : Attribute
{
    /// <summary>Channels of each level. Default: the U-Net's.</summary>
    public int[]? Channels { get; set; }

    /// <summary>Convolutions in each block; 1 to 16. Default: the U-Net's.</summary>
    public int ConvsPerBlock { get; set; }
}

/// <summary>The posterior encoder, Q(z|X,Y). What is left out is the U-Net's.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PosteriorAttribute : Attribute
{
    /// <summary>Channels of each level. Default: the U-Net's.</summary>
    public int[]? Channels { get; set; }

    /// <summary>Convolutions in each block; 1 to 16. Default: the U-Net's.</summary>
    public int ConvsPerBlock { get; set; }

    /// <summary>How it sees the mask. Default: centred, as in the paper.</summary>
    public MaskEncoding Mask { get; set; } = MaskEncoding.Centred;
}

/// <summary>The combiner, which joins features and z by 1x1 convolutions.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CombinerAttribute : Attribute
{
    /// <summary>All its convolutions, the last (which gives the logits) included. Default 3; 1 to 16.</summary>
    public int Convs { get; set; } = 3;

    /// <summary>Channels between its convolutions; 1 to 8192. Default: those of the U-Net's first level.</summary>
    public int Width { get; set; }
}
