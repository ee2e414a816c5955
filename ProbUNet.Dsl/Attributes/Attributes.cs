namespace ProbUNet.Dsl;

/// <summary>
/// Makes a partial class a network: the compiler writes its TorchSharp module into it. One attribute a family of networks; every setting left
/// out has the paper's value for LIDC.
/// </summary>
public abstract class NetworkAttribute : Attribute
{
    private protected NetworkAttribute() { }

    /// <summary>Channels of the image: 1 is grey, 3 is colour. Default 1; 1 to 1024.</summary>
    public int ImageChannels { get; set; } = 1;

    /// <inheritdoc cref="ModelSpec.Classes"/>
    public int Classes { get; set; } = 1;

    /// <summary>Rows of the image. Default 128; 1 to 16384, which 2^(levels − 1) must divide, unless <see cref="SizePolicy"/> says otherwise.</summary>
    public int Height { get; set; } = 128;

    /// <summary>Columns of the image. Default 128; 1 to 16384, likewise.</summary>
    public int Width { get; set; } = 128;

    /// <inheritdoc cref="ModelSpec.SizePolicy"/>
    public SizePolicy SizePolicy { get; set; }
}

/// <summary>Declares a Probabilistic U-Net (Kohl et al. 2018): U-Net, prior, posterior and combiner.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ProbabilisticUNetAttribute : NetworkAttribute;

/// <summary>Declares a Dropout U-Net: dropout before the innermost blocks, drawn anew for every sample.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DropoutUNetAttribute : NetworkAttribute
{
    /// <inheritdoc cref="DropoutUNetSpec.Rate"/>
    public double Rate { get; set; } = 0.5;

    /// <inheritdoc cref="DropoutUNetSpec.Blocks"/>
    public int Blocks { get; set; } = 3;
}

/// <summary>Declares an ensemble of plain U-Nets: sample i is the answer of member i.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class UNetEnsembleAttribute : NetworkAttribute
{
    /// <inheritdoc cref="UNetEnsembleSpec.Members"/>
    public int Members { get; set; } = 4;
}

/// <summary>Declares M-Heads: one U-Net whose last layer branches into several heads.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MultiHeadUNetAttribute : NetworkAttribute
{
    /// <inheritdoc cref="MultiHeadUNetSpec.Heads"/>
    public int Heads { get; set; } = 4;
}

/// <summary>Declares an Image2Image VAE: prior N(0, I), posterior from the mask alone, z at the image.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ImageToImageVaeAttribute : NetworkAttribute;

/// <summary>Declares a plain U-Net: one answer an image.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DeterministicUNetAttribute : NetworkAttribute;

/// <summary>
/// Declares a network by what sets it apart from another: it has all settings of <paramref name="of"/>, and its own attributes change what they
/// name. With another family's attribute it keeps image, classes, size policy and U-Net, and has that family's defaults for all else
/// (<see cref="Settings.As(ModelSpec, Family)"/>). What the other network is counts, not how its attributes say it. An ablation is one line: <c>[Variant(of: typeof(LidcNet)), Latent(3)]</c>.
/// </summary>
/// <param name="of">A class that is declared as a network, in this project or another.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class VariantAttribute(Type of) : Attribute
{
    /// <summary>The network that this one varies.</summary>
    public Type Of { get; } = of;
}

/// <summary>
/// Gives a network weights that come with its assembly: the class gets a static <c>Pretrained(device)</c>, which makes it with them. They are an embedded resource of this name, or a
/// file beside the assembly, and used only if their SHA-256 is the one that is written here. A variant of the network has none of them.
/// </summary>
/// <param name="path">The file, safetensors or PyTorch's, as it is called from the assembly's folder: relative, with <c>/</c>, for example <c>weights/lesions.safetensors</c>.</param>
/// <param name="sha256">The SHA-256 of the file, 64 hexadecimal digits in either case: <c>sha256sum weights/lesions.safetensors</c> prints it.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PretrainedAttribute(string path, string sha256) : Attribute
{
    /// <summary>The file with the weights.</summary>
    public string Path { get; } = path;

    /// <summary>What its bytes must be.</summary>
    public string Sha256 { get; } = sha256;
}

/// <summary>The U-Net of a network.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class UNetAttribute : Attribute
{
    /// <summary>Channels of each level, from full resolution down; their number is the depth. By default they are made of depth, base channels and growth. 1 to 12 levels of 1 to 8192 channels.</summary>
    public int[]? Channels { get; set; }

    /// <inheritdoc cref="UNetSpec.Depth"/>
    public int Depth { get; set; } = 5;

    /// <inheritdoc cref="UNetSpec.BaseChannels"/>
    public int BaseChannels { get; set; } = 32;

    /// <inheritdoc cref="UNetSpec.Growth"/>
    public double Growth { get; set; } = 2;

    /// <inheritdoc cref="UNetSpec.ConvsPerBlock"/>
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

    /// <inheritdoc cref="UNetSpec.Dropout"/>
    public double Dropout { get; set; }

    /// <inheritdoc cref="UNetSpec.Initialization"/>
    public Initialization Initialization { get; set; }

    /// <inheritdoc cref="UNetSpec.Biases"/>
    public BiasInitialization Biases { get; set; }
}

/// <summary>The latent Gaussian of a network that has one: <c>[Latent(3)]</c> or <c>[Latent(Dimension = 3)]</c>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LatentAttribute : Attribute
{
    /// <summary>Leaves the dimension to <see cref="Dimension"/>, or out.</summary>
    public LatentAttribute() { }

    /// <summary>Gives the dimension.</summary>
    /// <param name="dimension">Its dimension; 1 to 1024. <see cref="Dimension"/>, given too, goes over it.</param>
    public LatentAttribute(int dimension) => Dimension = dimension;

    /// <summary>Its dimension. Default 6, or 3 of the Image2Image VAE; 1 to 1024.</summary>
    public int Dimension { get; set; } = 6;

    /// <inheritdoc cref="LatentSpec.Entry"/>
    public LatentEntry Entry { get; set; }
}

/// <summary>The prior encoder, P(z|X). What is left out is the U-Net's.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PriorAttribute : Attribute
{
    /// <summary>Channels of each level. Default: the U-Net's; 1 to 12 levels of 1 to 8192 channels.</summary>
    public int[]? Channels { get; set; }

    /// <summary>Convolutions in each block; 1 to 16. Default: the U-Net's.</summary>
    public int ConvsPerBlock { get; set; }
}

/// <summary>The posterior encoder, Q(z|X,Y), or Q(z|Y) of the Image2Image VAE. What is left out is the U-Net's.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PosteriorAttribute : Attribute
{
    /// <summary>Channels of each level. Default: the U-Net's; 1 to 12 levels of 1 to 8192 channels.</summary>
    public int[]? Channels { get; set; }

    /// <summary>Convolutions in each block; 1 to 16. Default: the U-Net's.</summary>
    public int ConvsPerBlock { get; set; }

    /// <inheritdoc cref="LatentVariableSpec.MaskEncoding"/>
    public MaskEncoding Mask { get; set; } = MaskEncoding.Centred;
}

/// <summary>The combiner: the 1x1 convolutions at the end of a network with a latent, which join features and z where z enters there.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CombinerAttribute : Attribute
{
    /// <summary>All its convolutions, the last (which gives the logits) included. Default 3, or 1 of the Image2Image VAE; 1 to 16.</summary>
    public int Convs { get; set; } = 3;

    /// <summary>Channels between its convolutions; 1 to 8192. Default: those of the U-Net's first level.</summary>
    public int Channels { get; set; }
}
