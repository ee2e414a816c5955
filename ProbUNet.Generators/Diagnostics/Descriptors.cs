using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>The compiler's side of the rule table: one descriptor an id; the words come from the rules.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor Declaration = Error(Rules.Declaration, "The class cannot take a network");
    public static readonly DiagnosticDescriptor Divisibility = Error(Rules.Divisibility, "The poolings do not divide the image");
    public static readonly DiagnosticDescriptor Depth = Error(Rules.Depth, "The list of channels is empty or too long");
    public static readonly DiagnosticDescriptor Channels = Error(Rules.Channels, "The channels of a level are out of range");
    public static readonly DiagnosticDescriptor Latent = Error(Rules.Latent, "The latent dimension is out of range");
    public static readonly DiagnosticDescriptor ConvsPerBlock = Error(Rules.ConvsPerBlock, "The convolutions of a block are out of range");
    public static readonly DiagnosticDescriptor CombinerConvs = Error(Rules.CombinerConvs, "The convolutions of the combiner are out of range");
    public static readonly DiagnosticDescriptor ImageChannels = Error(Rules.ImageChannels, "The channels of the image are out of range");
    public static readonly DiagnosticDescriptor ImageSize = Error(Rules.ImageSize, "The size of the image is out of range");
    public static readonly DiagnosticDescriptor Classes = Error(Rules.Classes, "The number of classes is out of range");
    public static readonly DiagnosticDescriptor Choice = Error(Rules.Choice, "The choice does not exist");
    public static readonly DiagnosticDescriptor Surroundings = Error(Rules.Surroundings, "The project lacks what generated code needs");

    public static readonly DiagnosticDescriptor Kernel = Error(Rules.Kernel, "The kernel has no middle or is too large");
    public static readonly DiagnosticDescriptor Groups = Error(Rules.Groups, "The groups do not divide the channels");
    public static readonly DiagnosticDescriptor PaddingSize = Error(Rules.PaddingSize, "The deepest level is too small for the padding");

    public static readonly DiagnosticDescriptor[] All =
        [Declaration, Divisibility, Depth, Channels, Latent, ConvsPerBlock, CombinerConvs, ImageChannels, ImageSize, Classes, Choice, Surroundings, Kernel, Groups, PaddingSize];

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = All.ToDictionary(descriptor => descriptor.Id);

    public static DiagnosticDescriptor Of(SpecError error) => ById[error.Id];

    private static DiagnosticDescriptor Error(string id, string title) =>
        new(id, title, "{0}", "ProbUNet", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
