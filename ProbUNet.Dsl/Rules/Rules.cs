
namespace ProbUNet.Dsl;

/// <summary>
/// The one list of what can be said against a spec, by ids that are never reused. <see cref="Settings"/> says what each setting must satisfy,
/// <see cref="SpecValidation"/> what they must beside each other and <see cref="Advice"/> what is unwise.
/// </summary>
public static class Rules
{
    /// <summary>A declaration that the generator cannot complete.</summary>
    public const string Declaration = "PUN0001";

    /// <summary>The poolings must halve height and width exactly.</summary>
    public const string Divisibility = "PUN0002";

    /// <summary>A list of channels needs one entry a level.</summary>
    public const string Depth = "PUN0003";

    /// <summary>Channels of a level are in range.</summary>
    public const string Channels = "PUN0004";

    /// <summary>The dimension of the latent is in range.</summary>
    public const string Latent = "PUN0005";

    /// <summary>Convolutions of a block are in range.</summary>
    public const string ConvsPerBlock = "PUN0006";

    /// <summary>Convolutions of the combiner are in range.</summary>
    public const string CombinerConvs = "PUN0007";

    /// <summary>Channels of the image are in range.</summary>
    public const string ImageChannels = "PUN0008";

    /// <summary>Height and width are in range.</summary>
    public const string ImageSize = "PUN0009";

    /// <summary>The number of classes is in range.</summary>
    public const string Classes = "PUN0010";

    /// <summary>A choice is one of those that there are.</summary>
    public const string Choice = "PUN0011";

    /// <summary>What the project must offer to generated code.</summary>
    public const string Surroundings = "PUN0012";

    /// <summary>The kernel has a middle.</summary>
    public const string Kernel = "PUN0013";

    /// <summary>The groups of a normalisation divide the channels.</summary>
    public const string Groups = "PUN0014";

    /// <summary>The smallest map is large enough for the padding.</summary>
    public const string PaddingSize = "PUN0015";

    /// <summary>A document describes a spec.</summary>
    public const string Json = "PUN0016";

    /// <summary>A dropout rate is a probability below 1.</summary>
    public const string Rate = "PUN0017";

    /// <summary>The blocks with dropout are among those that there are.</summary>
    public const string DropoutBlocks = "PUN0018";

    /// <summary>The members of an ensemble are in range.</summary>
    public const string Members = "PUN0019";

    /// <summary>The heads are in range.</summary>
    public const string Heads = "PUN0020";

    /// <summary>The growth of the channels is in range.</summary>
    public const string Growth = "PUN0021";

    /// <summary>Channels are listed or made of depth, base channels and growth, not both.</summary>
    public const string ChannelsTwice = "PUN0022";

    /// <summary>An attribute says something that the class's family has no use for.</summary>
    public const string StrayAttribute = "PUN0023";

    /// <summary>A class is of one family.</summary>
    public const string OneFamily = "PUN0024";

    /// <summary>A variant is of a network.</summary>
    public const string VariantOf = "PUN0025";

    /// <summary>Weights that come with an assembly are a file in its folder.</summary>
    public const string WeightsPath = "PUN0026";

    /// <summary>Their checksum is one.</summary>
    public const string WeightsChecksum = "PUN0027";

    /// <summary>What a declaration says can be read where it is written.</summary>
    public const string Unread = "PUN0028";

    /// <summary>What a declaration says is seen where the network is made.</summary>
    public const string Unseen = "PUN0029";

    /// <summary>The posterior should see no less than the prior.</summary>
    public const string ShallowPosterior = "PUN0101";

    /// <summary>A latent larger than what it is read from has dimensions to spare.</summary>
    public const string WideLatent = "PUN0102";

    /// <summary>A deepest level of one pixel has nothing to convolve.</summary>
    public const string TinyBottleneck = "PUN0103";

    /// <summary>One member, one head, or no dropout gives one answer.</summary>
    public const string NoDiversity = "PUN0104";

    /// <summary>Groups part channels where the normalisation is by groups alone.</summary>
    public const string IdleGroups = "PUN0105";

    /// <summary>All rules and all advice, by their ids: what descriptors, release notes and docs/diagnostics.md list.</summary>
    public static ValueList<Rule> All { get; } =
    [
        new(Declaration, "The class cannot take a network", Stage: RuleStage.CompileTime),
        new(Divisibility, "The poolings do not divide the image"),
        new(Depth, "The number of levels is out of range"),
        new(Channels, "The channels of a level are out of range"),
        new(Latent, "The latent dimension is out of range"),
        new(ConvsPerBlock, "The convolutions of a block are out of range"),
        new(CombinerConvs, "The convolutions of the combiner are out of range"),
        new(ImageChannels, "The channels of the image are out of range"),
        new(ImageSize, "The size of the image is out of range"),
        new(Classes, "The number of classes is out of range"),
        new(Choice, "The choice does not exist"),
        new(Surroundings, "The project lacks what generated code needs", Stage: RuleStage.CompileTime),
        new(Kernel, "The kernel has no middle or is too large"),
        new(Groups, "The groups do not divide the channels"),
        new(PaddingSize, "The deepest level is too small for the padding"),
        new(Json, "The document does not describe a spec", Stage: RuleStage.RunTime),
        new(Rate, "The dropout rate is no probability below 1"),
        new(DropoutBlocks, "The blocks with dropout are out of range"),
        new(Members, "The members of the ensemble are out of range"),
        new(Heads, "The heads are out of range"),
        new(Growth, "The growth of the channels is out of range"),
        new(ChannelsTwice, "The channels are listed and made"),
        new(StrayAttribute, "The family has no use for the attribute", Stage: RuleStage.CompileTime),
        new(OneFamily, "The class is of several families", Stage: RuleStage.CompileTime),
        new(VariantOf, "The base of the variant is no network", Stage: RuleStage.CompileTime),
        new(WeightsPath, "The weights have no place beside the assembly", Stage: RuleStage.CompileTime),
        new(WeightsChecksum, "The checksum is no SHA-256", Stage: RuleStage.CompileTime),
        new(Unread, "The declaration cannot be read", Stage: RuleStage.Generation),
        new(Unseen, "Another generator adds to the declaration", Stage: RuleStage.CompileTime),
        new(ShallowPosterior, "The posterior is shallower than the prior", RuleSeverity.Warning),
        new(WideLatent, "The latent is larger than what it is read from", RuleSeverity.Warning),
        new(TinyBottleneck, "The deepest level is a single pixel", RuleSeverity.Warning),
        new(NoDiversity, "Every sample is the same", RuleSeverity.Warning),
        new(IdleGroups, "The groups do nothing", RuleSeverity.Warning),
    ];
}
