using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>The compiler's side of the rule table: one descriptor an id; the words come from the rules.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor Declaration = Error(Rules.Declaration, "The class cannot take a network");
    public static readonly DiagnosticDescriptor Surroundings = Error(Rules.Surroundings, "The project lacks what generated code needs");

    public static readonly DiagnosticDescriptor StrayAttribute = Error(Rules.StrayAttribute, "The family has no use for the attribute");
    public static readonly DiagnosticDescriptor OneFamily = Error(Rules.OneFamily, "The class is of several families");
    public static readonly DiagnosticDescriptor VariantOf = Error(Rules.VariantOf, "The base of the variant is no network");
    public static readonly DiagnosticDescriptor Divisibility = Error(Rules.Divisibility, "The poolings do not divide the image");
    public static readonly DiagnosticDescriptor Depth = Error(Rules.Depth, "The number of levels is out of range");
    public static readonly DiagnosticDescriptor Channels = Error(Rules.Channels, "The channels of a level are out of range");
    public static readonly DiagnosticDescriptor Latent = Error(Rules.Latent, "The latent dimension is out of range");
    public static readonly DiagnosticDescriptor ConvsPerBlock = Error(Rules.ConvsPerBlock, "The convolutions of a block are out of range");
    public static readonly DiagnosticDescriptor CombinerConvs = Error(Rules.CombinerConvs, "The convolutions of the combiner are out of range");
    public static readonly DiagnosticDescriptor ImageChannels = Error(Rules.ImageChannels, "The channels of the image are out of range");
    public static readonly DiagnosticDescriptor ImageSize = Error(Rules.ImageSize, "The size of the image is out of range");
    public static readonly DiagnosticDescriptor Classes = Error(Rules.Classes, "The number of classes is out of range");
    public static readonly DiagnosticDescriptor Choice = Error(Rules.Choice, "The choice does not exist");
    public static readonly DiagnosticDescriptor Kernel = Error(Rules.Kernel, "The kernel has no middle or is too large");
    public static readonly DiagnosticDescriptor Groups = Error(Rules.Groups, "The groups do not divide the channels");
    public static readonly DiagnosticDescriptor PaddingSize = Error(Rules.PaddingSize, "The deepest level is too small for the padding");
    public static readonly DiagnosticDescriptor Rate = Error(Rules.Rate, "The dropout rate is no probability below 1");
    public static readonly DiagnosticDescriptor DropoutBlocks = Error(Rules.DropoutBlocks, "The blocks with dropout are out of range");
    public static readonly DiagnosticDescriptor Members = Error(Rules.Members, "The members of the ensemble are out of range");
    public static readonly DiagnosticDescriptor Heads = Error(Rules.Heads, "The heads are out of range");
    public static readonly DiagnosticDescriptor Growth = Error(Rules.Growth, "The growth of the channels is out of range");
    public static readonly DiagnosticDescriptor ChannelsTwice = Error(Rules.ChannelsTwice, "The channels are listed and made");
    public static readonly DiagnosticDescriptor ShallowPosterior = Warning(Advice.ShallowPosterior, "The posterior is shallower than the prior");
    public static readonly DiagnosticDescriptor WideLatent = Warning(Advice.WideLatent, "The latent is larger than what it is read from");
    public static readonly DiagnosticDescriptor TinyBottleneck = Warning(Advice.TinyBottleneck, "The deepest level is a single pixel");
    public static readonly DiagnosticDescriptor NoDiversity = Warning(Advice.NoDiversity, "Every sample is the same");

    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        Declaration, Surroundings, StrayAttribute, OneFamily, VariantOf, Divisibility, Depth, Channels, Latent, ConvsPerBlock, CombinerConvs,
        ImageChannels, ImageSize, Classes, Choice, Kernel, Groups, PaddingSize, Rate, DropoutBlocks, Members, Heads,
        Growth, ChannelsTwice, ShallowPosterior, WideLatent, TinyBottleneck, NoDiversity,
    ];

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = All.ToDictionary(descriptor => descriptor.Id);

    public static DiagnosticDescriptor Of(string id) => ById[id];

    private static DiagnosticDescriptor Error(string id, string title) => New(id, title, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(string id, string title) => New(id, title, DiagnosticSeverity.Warning);

    // An error stands for code that was not written: nobody may silence it and find out at run time.
    private static DiagnosticDescriptor New(string id, string title, DiagnosticSeverity severity) =>
        new(id, title, "{0}", "ProbUNet", severity, isEnabledByDefault: true,
            customTags: severity == DiagnosticSeverity.Error ? [WellKnownDiagnosticTags.NotConfigurable] : []);
}
