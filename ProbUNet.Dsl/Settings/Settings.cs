namespace ProbUNet.Dsl;

/// <summary>
/// All settings of all specs, in the order in which errors name them: the one table that rules, attributes, the compiler's parser, generated
/// code and the JSON Schema go by. The faces for people (attributes, With…, F#) are written by hand, and tests hold them to it.
/// </summary>
public static class Settings
{
    private static readonly Part<ModelSpec, ImageSpec> Image = new("Image", null, spec => spec.Image, (spec, image) => spec with { Image = image });
    private static readonly Part<ModelSpec, UNetSpec> UNet = new("UNet", "UNet", spec => spec.UNet, (spec, unet) => spec with { UNet = unet });
    private static readonly Part<ProbabilisticUNetSpec, EncoderSpec> Prior = new("Prior", "Prior", spec => spec.Prior, (spec, prior) => spec with { Prior = prior });
    private static readonly Part<LatentVariableSpec, LatentSpec> Latent = new("Latent", "Latent", spec => spec.Latent, (spec, latent) => spec with { Latent = latent });
    private static readonly Part<LatentVariableSpec, EncoderSpec> Posterior = new("Posterior", "Posterior", spec => spec.Posterior, (spec, posterior) => spec with { Posterior = posterior });
    private static readonly Part<LatentVariableSpec, CombinerSpec> Combiner = new("Combiner", "Combiner", spec => spec.Combiner, (spec, combiner) => spec with { Combiner = combiner });

    private static readonly RealNumbers Rate = new(Rules.Rate, "A dropout rate of {0} is no probability that leaves anything", 0, 1, IsBelow: true);
    internal static readonly WholeNumbers Depth = new(Rules.Depth, "A U-Net cannot have {0} levels", 1, MaxDepth);
    internal static readonly WholeNumbers BaseChannels = new(Rules.Channels, "The first level of a U-Net cannot have {0} channels", 1, MaxChannels);
    internal static readonly WholeNumbers Groups = new(Rules.Groups, "A normalisation cannot have {0} groups", 1, MaxChannels);
    internal static readonly RealNumbers Growth = new(Rules.Growth, "Channels cannot grow by {0} from level to level", 0.125, 8);

    internal static readonly OddNumbers Kernel = new(Rules.Kernel, "A kernel of {0}x{0} has no middle or is too large", 1, 15);
    internal static readonly WholeNumbers Blocks = new(Rules.DropoutBlocks, "A U-Net cannot have {0} innermost blocks", 1, MaxDepth);
    internal static readonly WholeNumbers Members = new(Rules.Members, "An ensemble cannot have {0} members", 1, 64);

    /// <summary>The most levels of a U-Net or an encoder.</summary>
    internal const int MaxDepth = 12;

    /// <summary>The most channels of a map.</summary>
    internal const int MaxChannels = 8192;

    /// <summary>The most rows and columns of an image.</summary>
    internal const int MaxSize = 16384;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Image.Of("Channels", new WholeNumbers(Rules.ImageChannels, "An image cannot have {0} channels", 1, 1024),
            image => image.Channels, (image, value) => image with { Channels = value }, argument: "ImageChannels"),
        Image.Of("Height", new WholeNumbers(Rules.ImageSize, "An image cannot have {0} rows", 1, MaxSize), image => image.Height, (image, value) => image with { Height = value }),
        Image.Of("Width", new WholeNumbers(Rules.ImageSize, "An image cannot have {0} columns", 1, MaxSize), image => image.Width, (image, value) => image with { Width = value }),
        new Setting<ModelSpec, int>("Classes", null, "Classes", new WholeNumbers(Rules.Classes, "A network cannot have {0} classes (1 is a single logit)", 1, 1024),
            spec => spec.Classes, (spec, value) => spec with { Classes = value }),
        new Setting<ModelSpec, SizePolicy>("SizePolicy", null, "SizePolicy", new Choices(typeof(SizePolicy)), spec => spec.SizePolicy, (spec, value) => spec with { SizePolicy = value }),

        UNet.Of("Depth", Depth, unet => unet.Depth, (unet, value) => unet with { Depth = value }),
        UNet.Of("BaseChannels", BaseChannels, unet => unet.BaseChannels, (unet, value) => unet with { BaseChannels = value }),
        UNet.Of("Growth", Growth, unet => unet.Growth, (unet, value) => unet with { Growth = value }),
        UNet.Of("Channels", Levels("a U-Net"), unet => unet.Channels, (unet, value) => unet with { Channels = value }, replaces: new(
            Rules.ChannelsTwice, "{0} makes the channels of the levels, but Channels lists them already: remove one of the two", ["UNet.Depth", "UNet.BaseChannels", "UNet.Growth"])),
        UNet.Of("ConvsPerBlock", Convs("a U-Net"), unet => unet.ConvsPerBlock, (unet, value) => unet with { ConvsPerBlock = value }),
        UNet.Of("Kernel", Kernel, unet => unet.Kernel, (unet, value) => unet with { Kernel = value }),
        UNet.Of("Padding", new Choices(typeof(PaddingMode)), unet => unet.Padding, (unet, value) => unet with { Padding = value }, isMeaning: true),
        UNet.Of("Activation", new Choices(typeof(Nonlinearity)), unet => unet.Activation, (unet, value) => unet with { Activation = value }, isMeaning: true),
        UNet.Of("Normalization", new Choices(typeof(Normalization)), unet => unet.Normalization, (unet, value) => unet with { Normalization = value }, isMeaning: true),
        UNet.Of("Downsampling", new Choices(typeof(Downsampling)), unet => unet.Downsampling, (unet, value) => unet with { Downsampling = value }, isMeaning: true),
        UNet.Of("Upsampling", new Choices(typeof(Upsampling)), unet => unet.Upsampling, (unet, value) => unet with { Upsampling = value }, isMeaning: true),
        UNet.Of("Residual", new YesOrNo(), unet => unet.Residual, (unet, value) => unet with { Residual = value }, isMeaning: true),
        UNet.Of("Dropout", Rate, unet => unet.Dropout, (unet, value) => unet with { Dropout = value }),
        UNet.Of("Initialization", new Choices(typeof(Initialization)), unet => unet.Initialization, (unet, value) => unet with { Initialization = value }),
        UNet.Of("Biases", new Choices(typeof(BiasInitialization)), unet => unet.Biases, (unet, value) => unet with { Biases = value }),
        UNet.Of("Groups", Groups, unet => unet.Groups, (unet, value) => unet with { Groups = value }, isMeaning: true),

        new Setting<DropoutUNetSpec, double>("Rate", null, "Rate", Rate, spec => spec.Rate, (spec, value) => spec with { Rate = value }),
        new Setting<DropoutUNetSpec, int>("Blocks", null, "Blocks", Blocks,
            spec => spec.Blocks, (spec, value) => spec with { Blocks = value }),
        new Setting<UNetEnsembleSpec, int>("Members", null, "Members", Members,
            spec => spec.Members, (spec, value) => spec with { Members = value }),
        new Setting<MultiHeadUNetSpec, int>("Heads", null, "Heads", new WholeNumbers(Rules.Heads, "A network cannot have {0} heads", 1, 64),
            spec => spec.Heads, (spec, value) => spec with { Heads = value })
        {
            // Shapes tell their product with the classes alone.
            IsMeaning = true,
        },

        Prior.Of("Channels", Levels("a prior"), prior => prior.Channels, (prior, value) => prior with { Channels = value }),
        Prior.Of("ConvsPerBlock", Convs("a prior"), prior => prior.ConvsPerBlock, (prior, value) => prior with { ConvsPerBlock = value }),
        Latent.Of("Dimension", new WholeNumbers(Rules.Latent, "A latent cannot have {0} dimensions", 1, 1024),
            latent => latent.Dimension, (latent, value) => latent with { Dimension = value }, isPositional: true),
        Latent.Of("Entry", new Choices(typeof(LatentEntry)), latent => latent.Entry, (latent, value) => latent with { Entry = value }),
        Posterior.Of("Channels", Levels("a posterior"), posterior => posterior.Channels, (posterior, value) => posterior with { Channels = value }),
        Posterior.Of("ConvsPerBlock", Convs("a posterior"), posterior => posterior.ConvsPerBlock, (posterior, value) => posterior with { ConvsPerBlock = value }),
        Combiner.Of("Convs", new WholeNumbers(Rules.CombinerConvs, "A combiner cannot have {0} convolutions, the last included", 1, 16),
            combiner => combiner.Convs, (combiner, value) => combiner with { Convs = value }),
        Combiner.Of("Channels", new WholeNumbers(Rules.Channels, "A combiner cannot have {0} channels", 1, MaxChannels), combiner => combiner.Channels, (combiner, value) => combiner with { Channels = value }),
        new Setting<LatentVariableSpec, MaskEncoding>("MaskEncoding", "Posterior", "Mask", new Choices(typeof(MaskEncoding)),
            spec => spec.MaskEncoding, (spec, value) => spec with { MaskEncoding = value })
        {
            IsMeaning = true,
        },
    ];

    /// <summary>Those that stand in the place of others.</summary>
    internal static IReadOnlyList<Setting> Replacing { get; } = [.. All.Where(setting => setting.Replaces is not null)];

    /// <summary>Those that the family of a spec has.</summary>
    public static IEnumerable<Setting> Of(ModelSpec spec) => All.Where(setting => setting.Suits(spec));

    /// <summary>A spec under settings that are given together, without the settings that these exclude where they have a value, and that are not given too; what does not suit the spec says nothing.</summary>
    public static ModelSpec Overlay(this ModelSpec spec, IReadOnlyCollection<(Setting Setting, object? Value)> given)
    {
        var suiting = given.Where(pair => pair.Setting.Suits(spec)).ToList();
        return Of(spec).Where(setting => suiting.Any(pair => pair.Value is not null && pair.Setting.Excludes(setting))).Select(setting => (Setting: setting, Value: (object?)null))
            .Concat(suiting)
            .Aggregate(spec, (changed, pair) => pair.Setting.With(changed, pair.Value));
    }

    /// <summary>The setting that a path is of, <c>UNet.Channels[2]</c> too.</summary>
    internal static Setting At(string path) => path.IndexOf('[') is var bracket and >= 0 ? At(path.Substring(0, bracket)) : All.Single(setting => setting.Path == path);

    /// <summary>The place in the table of the setting that a path is of.</summary>
    internal static int IndexOf(string path)
    {
        var own = At(path);
        return All.TakeWhile(setting => setting != own).Count();
    }

    /// <summary>The setting that a spec has in the place of another; nothing where the other counts.</summary>
    internal static Setting? InPlaceOf(this ModelSpec spec, Setting setting) => Replacing.FirstOrDefault(other => other.StandsFor(setting) && other.Suits(spec) && other.Get(spec) is not null);

    /// <summary>The contracting paths that have channels of their own: the U-Net's, and those of the encoders that do not take the U-Net's.</summary>
    internal static IEnumerable<(string Owner, ValueList<int> Channels)> Paths(ModelSpec spec) =>
        from setting in Of(spec)
        where setting.Domain is LevelChannels
        let lists = (LevelChannels)setting.Domain
        let channels = setting.IsShared ? spec.UNet.Levels() : (ValueList<int>?)setting.Get(spec)
        where channels is not null
        select (lists.Owner, channels);

    /// <summary>The numbers of channels that the groups of a normalisation must divide; none where there are no groups. What is out of range is another rule's.</summary>
    internal static IEnumerable<int> Parted(ModelSpec spec) => spec.UNet.Normalization != Normalization.Group
        ? []
        : Paths(spec).SelectMany(path => path.Channels).Where(channels => channels is >= 1 and <= MaxChannels).Distinct();

    /// <summary>
    /// The same network in a family. Another family keeps what all families share (image, classes, size policy, U-Net) and has its own defaults for
    /// all else, though both have a latent: the Image2Image VAE's latent of 3 at the input is part of what it is, not the first network's.
    /// </summary>
    /// <param name="spec">The network.</param>
    /// <param name="family">The family that it shall be of; of its own it stays as it is.</param>
    public static ModelSpec As(this ModelSpec spec, Family family) => Families.Of(spec) == family
        ? spec
        : All.Where(setting => setting.IsShared).Aggregate(family.Defaults, (changed, setting) => setting.With(changed, setting.Get(spec)));

    /// <inheritdoc cref="As(ModelSpec, Family)"/>
    /// <typeparam name="TSpec">The specs of the family.</typeparam>
    public static TSpec As<TSpec>(this ModelSpec spec) where TSpec : ModelSpec => (TSpec)spec.As(Families.Of<TSpec>());

    private static LevelChannels Levels(string owner) =>
        new(Rules.Depth, owner, MaxDepth, new WholeNumbers(Rules.Channels, $"Level {{1}} of {owner} cannot have {{0}} channels", 1, MaxChannels));

    private static WholeNumbers Convs(string owner) => new(Rules.ConvsPerBlock, $"A block of {owner} cannot have {{0}} convolutions", 1, 16);
}
