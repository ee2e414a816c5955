using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>
/// Writes the module of every class with a family attribute. The parser reads the class into a <see cref="NetworkDeclaration"/> and judges
/// that into a <see cref="NetworkModel"/>, both of plain values, so that an edit that does not change the declaration judges and regenerates
/// nothing. Errors are the analyzer's to report, which knows where they are; only a build that runs no analyzers hears of them here.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed partial class NetworkGenerator : IIncrementalGenerator
{
    /// <summary>The properties of a project with which it leaves analyzers out, of which the first that is set counts, as for the SDK; our targets make them visible to the compiler.</summary>
    private static readonly string[] Switches = ["RunAnalyzers", "RunAnalyzersDuringBuild"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var surroundings = context.CompilationProvider
            .Select(static (compilation, _) => Parser.ReadSurroundings(compilation))
            .WithTrackingName(StepNames.Surroundings);
        var isUnanalyzed = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => "false".Equals(
            Switches.Select(name => options.GlobalOptions.TryGetValue($"build_property.{name}", out var value) ? value : "").FirstOrDefault(value => value.Length > 0), StringComparison.OrdinalIgnoreCase));

        // Of what is no network at all, only a build without analyzers has to hear here.
        foreach (var name in OurAttributes.Names)
            context.RegisterSourceOutput(
                context.SyntaxProvider.ForAttributeWithMetadataName(
                    OurAttributes.MetadataName(name),
                    static (node, _) => node is ClassDeclarationSyntax or RecordDeclarationSyntax,
                    static (attributed, cancellation) => attributed.TargetSymbol is INamedTypeSymbol type && Parser.IsFirst(type, attributed, cancellation) && Parser.ReadSpec(type, cancellation) is null
                        ? new Stray(type.Name, Parser.MisfitsIn(type, null, cancellation).ToValueList())
                        : null)
                    .Where(static stray => stray is not null).Combine(isUnanalyzed),
                static (output, pair) =>
                {
                    if (pair.Right)
                        Report(output, pair.Left!.Name, pair.Left.Findings);
                });

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
                    Report(output, model.Type.Name, model.Errors.Append(lacking).OfType<Finding>());
            });
        }
    }

    private static void Report(SourceProductionContext output, string name, IEnumerable<Finding> errors)
    {
        foreach (var error in errors)
            output.ReportDiagnostic(Diagnostic.Create(Descriptors.Of(error.Rule), Location.None, $"{name}: {error.Message}"));
    }

    /// <summary>A class that has attributes of ours and is no network.</summary>
    private sealed record Stray(string Name, ValueList<Finding> Findings);

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
