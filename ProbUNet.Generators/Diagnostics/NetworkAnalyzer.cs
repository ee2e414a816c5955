using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Reports what is wrong with the declaration of a network, at the argument at fault.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NetworkAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Descriptors.All];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(static analysis => Analyze(analysis), SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (NetworkGenerator.Parser.ReadSpec(type) is not { } spec)
            return;

        void Report(DiagnosticDescriptor descriptor, Location location, string message) => context.ReportDiagnostic(Diagnostic.Create(descriptor, location, message));

        var name = type.Locations.FirstOrDefault(location => location.IsInSource) ?? Location.None;
        var surroundings = NetworkGenerator.Parser.ReadSurroundings(context.Compilation);
        if (!surroundings.HasRuntime)
            Report(Descriptors.Surroundings, name, $"The project declares the network {type.Name} but does not reference ProbUNet.Models, which runs it: add the reference");
        else if (!surroundings.HasCollectionExpressions)
            Report(Descriptors.Surroundings, name, $"The network {type.Name} needs C# 12 or newer: set LangVersion to 12 or higher");
        if (NetworkGenerator.Parser.DeclarationProblem(type, spec) is { } problem)
            Report(Descriptors.Declaration, name, problem);
        foreach (var error in spec.Validate())
            Report(Descriptors.Of(error), Locate(type, error.Path, context.CancellationToken) ?? name, error.Message);
    }

    /// <summary>The argument that gives a setting, or the element of its list; failing that the attribute whose default is at fault.</summary>
    private static Location? Locate(INamedTypeSymbol type, string path, CancellationToken cancellation)
    {
        var bracket = path.IndexOf('[');
        var setting = Settings.All.FirstOrDefault(candidate => candidate.Path == (bracket < 0 ? path : path.Substring(0, bracket)));
        // Duplicates are the compiler's to report; the last one counts, as for the parser.
        var attribute = type.GetAttributes().LastOrDefault(candidate => setting is not null && NetworkGenerator.Parser.FullName(candidate) == setting.Attribute);
        if (setting is null || attribute?.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
            return null;
        var argument = syntax.ArgumentList?.Arguments.FirstOrDefault(candidate => (candidate.NameEquals?.Name ?? candidate.NameColon?.Name)?.Identifier.ValueText == setting.Argument)
            ?? syntax.ArgumentList?.Arguments.FirstOrDefault(candidate => candidate.NameEquals is null && candidate.NameColon is null);
        if (argument is null)
            return syntax.GetLocation();
        return bracket >= 0 && int.TryParse(path.Substring(bracket + 1).TrimEnd(']'), out var index) && ElementAt(argument.Expression, index) is { } element
            ? element.GetLocation()
            : argument.GetLocation();
    }

    private static SyntaxNode? ElementAt(ExpressionSyntax list, int index)
    {
        IEnumerable<SyntaxNode>? elements = list switch
        {
            CollectionExpressionSyntax collection => collection.Elements,
            ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            ImplicitArrayCreationExpressionSyntax { Initializer: var initializer } => initializer.Expressions,
            _ => null,
        };
        return elements?.ElementAtOrDefault(index);
    }
}
