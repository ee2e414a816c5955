using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ProbUNet.Generators;

/// <summary>
/// Writes the module of every class with a family attribute. The parser reads the class into a <see cref="NetworkDeclaration"/> and judges
/// that into a <see cref="NetworkModel"/>, both of plain values, so that an edit that does not change the declaration judges and regenerates
/// nothing. Errors are the analyzer's to report, which knows where they are; only a build that runs no analyzers hears of them here.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed partial class NetworkGenerator : IIncrementalGenerator
{
    /// <summary>The properties of a project with which it leaves analyzers out; our targets make them visible to the compiler.</summary>
    private static readonly string[] Switches = ["RunAnalyzers", "RunAnalyzersDuringBuild"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var surroundings = context.CompilationProvider
            .Select(static (compilation, _) => Parser.ReadSurroundings(compilation))
            .WithTrackingName(StepNames.Surroundings);
        var isUnanalyzed = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => Switches.Any(name => options.GlobalOptions.TryGetValue($"build_property.{name}", out var value) && value.Equals("false", StringComparison.OrdinalIgnoreCase)));

        foreach (var marker in OurAttributes.Markers)
        {
            var networks = context.SyntaxProvider
                .ForAttributeWithMetadataName(
                    OurAttributes.MetadataName(marker),
                    static (node, _) => node is ClassDeclarationSyntax or RecordDeclarationSyntax,
                    static (attributed, cancellation) => attributed.TargetSymbol is INamedTypeSymbol type && Parser.IsMarker(type, attributed, cancellation)
                        ? Parser.Read(type, cancellation)
                        : null)
                .Where(static declared => declared is not null)
                .WithTrackingName(StepNames.Declarations)
                .Select(static (declared, cancellation) => Invariantly.Do(() => declared!.Judge(cancellation)))
                .WithTrackingName(StepNames.Networks);

            context.RegisterSourceOutput(networks.Combine(surroundings.Combine(isUnanalyzed)), static (output, pair) =>
            {
                var (model, (around, isUnanalyzed)) = pair;
                var lacking = around.ProblemOf(model.Type);
                if (model.HasPlace && lacking is null)
                    output.AddSource(model.Type.HintName, Invariantly.Do(() => Emitter.Emit(model, output.CancellationToken)));
                if (isUnanalyzed)
                    foreach (var error in model.Errors.Append(lacking).OfType<Finding>())
                        output.ReportDiagnostic(Diagnostic.Create(Descriptors.Of(error.Rule), Location.None, $"{model.Type.Name}: {error.Message}"));
            });
        }
    }

    /// <summary>The steps of the pipeline, as tests of its caching see them.</summary>
    public static class StepNames
    {
        /// <summary>What the compilation offers.</summary>
        public const string Surroundings = nameof(Surroundings);

        /// <summary>What the symbols of a declared network say: read anew whenever the program changes, and so nothing that takes time.</summary>
        public const string Declarations = nameof(Declarations);

        /// <summary>One model a declared network that can be written.</summary>
        public const string Networks = nameof(Networks);
    }
}
