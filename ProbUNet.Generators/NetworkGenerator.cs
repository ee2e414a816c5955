using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ProbUNet.Generators;

/// <summary>
/// Writes the module of every class with a family attribute. The parser reads the class into a <see cref="NetworkDeclaration"/> and judges
/// that into a <see cref="NetworkModel"/>, both of plain values, so that an edit that does not change the declaration judges and regenerates
/// nothing. What is wrong is written into the code, so that no compiler takes it, whoever runs it; the analyzer says the same at its place.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed partial class NetworkGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var surroundings = context.CompilationProvider
            .Select(static (compilation, _) => Parser.ReadSurroundings(compilation))
            .WithTrackingName(StepNames.Surroundings);

        foreach (var name in OurAttributes.Names)
        {
            var networks = context.SyntaxProvider
                .ForAttributeWithMetadataName(
                    OurAttributes.MetadataName(name),
                    static (node, _) => node is ClassDeclarationSyntax or RecordDeclarationSyntax,
                    static (attributed, cancellation) => attributed.TargetSymbol is INamedTypeSymbol type && Parser.IsDeclaring(type, attributed, cancellation)
                        ? Parser.Read(type, cancellation)
                        : null)
                .Where(static declared => declared is not null)
                .WithTrackingName(StepNames.Declarations)
                .Select(static (declared, cancellation) => Invariantly.Do(() => declared!.Judge(cancellation)))
                .WithTrackingName(StepNames.Networks);

            context.RegisterSourceOutput(networks.Combine(surroundings), static (output, pair) =>
                output.AddSource(pair.Left.Type.HintName, Invariantly.Do(() => Emitter.Emit(pair.Left, pair.Right, output.CancellationToken))));
        }
    }

    /// <summary>The steps of the pipeline, as tests of its caching see them.</summary>
    public static class StepNames
    {
        /// <summary>What the compilation offers.</summary>
        public const string Surroundings = nameof(Surroundings);

        /// <summary>What the symbols of a class with attributes of ours say: read anew whenever the program changes, and so nothing that takes time.</summary>
        public const string Declarations = nameof(Declarations);

        /// <summary>One model a declaration.</summary>
        public const string Networks = nameof(Networks);
    }
}
