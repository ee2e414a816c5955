using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Reports what is wrong or unwise in the declaration of a network, at the argument at fault.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NetworkAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property of a diagnostic that holds values which would work in the place of the one at fault, for code fixes.</summary>
    public const string Remedies = nameof(Remedies);

    /// <summary>The property of a diagnostic at an attribute that holds the argument which the remedies are for, and which the attribute leaves out.</summary>
    public const string Argument = nameof(Argument);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = Descriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        // A file that is marked as generated may declare a network too, which the generator writes.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(static start =>
        {
            var sound = new ConcurrentBag<(INamedTypeSymbol Type, ModelSpec Spec)>();
            start.RegisterSymbolAction(analysis =>
            {
                if (analysis.Symbol.GetAttributes().Any(attribute => OurAttributes.NameOf(attribute) is not null)
                    && Invariantly.Do(() => Analyze((INamedTypeSymbol)analysis.Symbol, analysis.Compilation, analysis.ReportDiagnostic, analysis.CancellationToken)) is { } spec)
                    sound.Add(((INamedTypeSymbol)analysis.Symbol, spec));
            }, SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => Invariantly.Do(() =>
            {
                foreach (var (type, spec) in sound)
                    foreach (var finding in NetworkGenerator.Parser.Unseen(type, spec))
                        Report(type, finding, end.ReportDiagnostic, end.CancellationToken);
            }));
        });
    }

    /// <summary>Tells what is wrong and unwise.</summary>
    /// <returns>The spec of a network that is made; nothing where none is.</returns>
    internal static ModelSpec? Analyze(INamedTypeSymbol type, Compilation compilation, Action<Diagnostic> report, CancellationToken cancellation)
    {
        if (NetworkGenerator.Parser.Read(type, cancellation) is not { } declared)
            return null;
        var findings = declared.Judge(cancellation).FindingsIn(NetworkGenerator.Parser.ReadSurroundings(compilation)).ToList();
        foreach (var finding in findings)
            Report(type, finding, report, cancellation);
        return findings.Any(finding => finding.IsError) ? null : declared.Spec;
    }

    private static void Report(INamedTypeSymbol type, Finding finding, Action<Diagnostic> report, CancellationToken cancellation)
    {
        if (Descriptors.Of(finding.Rule) is not { } descriptor)
            return;
        var place = PlaceOf(type, finding.Subject, cancellation);
        // Of groups that do nothing only who asks for them is told: a variant with another normalisation has those of its base, and did not.
        if (finding.Rule == Rules.IdleGroups && place is not { TakesValue: true, Argument: null })
            return;
        var properties = place.TakesValue && finding.Remedies.Count > 0
            ? ImmutableDictionary<string, string?>.Empty.Add(Remedies, string.Join("|", finding.Remedies)).Add(Argument, place.Argument)
            : null;
        report(Diagnostic.Create(descriptor, place.Location ?? type.Locations.FirstOrDefault(location => location.IsInSource) ?? Location.None, properties, finding.Message));
    }

    private static Place PlaceOf(INamedTypeSymbol type, Subject subject, CancellationToken cancellation)
    {
        AttributeData? Attribute(string name) => NetworkGenerator.Parser.AttributeOf(type, name);
        return subject switch
        {
            Subject.OnAttribute(var name) => new(LocationOf(Attribute(name), cancellation)),
            Subject.OnParameter(var name, var place) when Attribute(name) is { } attribute => new(ArgumentAt(attribute, place, cancellation) ?? LocationOf(attribute, cancellation)),
            Subject.OnSetting(var path) => Locate(type, path, cancellation),
            _ => default,
        };
    }

    private static Location? LocationOf(AttributeData? attribute, CancellationToken cancellation) => attribute?.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation();

    /// <summary>Where an attribute gives a parameter of its constructor: by its name, or by its place; nothing where it does not.</summary>
    private static Location? ArgumentAt(AttributeData attribute, int parameter, CancellationToken cancellation)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax { ArgumentList.Arguments: var arguments } || attribute.AttributeConstructor is not { } constructor)
            return null;
        return (arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == constructor.Parameters[parameter].Name)
            ?? arguments.Where(argument => argument.NameEquals is null).ElementAtOrDefault(parameter))?.GetLocation();
    }

    /// <summary>Where a setting is given.</summary>
    /// <param name="Location">The place; nothing where no attribute of the class is to blame.</param>
    /// <param name="TakesValue">Whether the setting's value can be written there.</param>
    /// <param name="Argument">The argument that has to be added for that; nothing where there is one.</param>
    private readonly record struct Place(Location? Location, bool TakesValue = false, string? Argument = null);

    /// <summary>The argument that gives a setting, or the element of its list; failing that the attribute whose default is at fault, or the one that names the base or the family.</summary>
    private static Place Locate(INamedTypeSymbol type, string path, CancellationToken cancellation)
    {
        var bracket = path.IndexOf('[');
        var setting = Settings.At(path);
        var family = type.GetAttributes().FirstOrDefault(attribute => OurAttributes.FamilyOf(attribute) is not null);
        // Duplicates are the compiler's to report; the last one counts, as for the parser.
        var named = (setting.Attribute ?? (family is null ? null : OurAttributes.NameOf(family))) is { } name ? NetworkGenerator.Parser.AttributeOf(type, name) : null;
        if (named?.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
            return new(LocationOf(NetworkGenerator.Parser.AttributeOf(type, OurAttributes.Variant) ?? family, cancellation));
        var argument = syntax.ArgumentList?.Arguments.FirstOrDefault(candidate => candidate.NameEquals?.Name.Identifier.ValueText == setting.Argument)
            ?? syntax.ArgumentList?.Arguments.FirstOrDefault(candidate => candidate.NameColon?.Name.Identifier.ValueText is { } parameter && OurAttributes.IsParameterOf(setting, parameter))
            ?? (setting.IsPositional ? syntax.ArgumentList?.Arguments.FirstOrDefault(candidate => candidate.NameEquals is null && candidate.NameColon is null) : null);
        if (argument is null)
            return new(syntax.GetLocation(), TakesValue: bracket < 0, setting.Argument);
        if (bracket < 0)
            return new(argument.GetLocation(), TakesValue: true);
        return int.TryParse(path.Substring(bracket + 1).TrimEnd(']'), out var index) && ElementAt(argument.Expression, index) is { } element
            ? new(element.GetLocation(), TakesValue: true)
            : new(argument.GetLocation());
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
