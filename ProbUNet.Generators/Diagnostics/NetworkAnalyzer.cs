using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;

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
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(static analysis =>
        {
            if (analysis.Symbol.GetAttributes().Any(attribute => OurAttributes.NameOf(attribute) is not null))
                Invariantly.Do(() => Analyze(analysis));
        }, SymbolKind.NamedType);
    }

    internal static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var ours = type.GetAttributes().Where(attribute => OurAttributes.NameOf(attribute) is not null).ToList();
        void Report(DiagnosticDescriptor descriptor, Location location, string message, ImmutableDictionary<string, string?>? properties = null) =>
            context.ReportDiagnostic(Diagnostic.Create(descriptor, location, properties, message));
        Location PlaceOf(AttributeData attribute) => attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation() ?? Location.None;

        if (WrongBase(type, context.CancellationToken) is { } wrong)
            Report(Descriptors.Of(Rules.VariantOf), PlaceOf(NetworkGenerator.Parser.AttributeOf(type, OurAttributes.Variant)!), wrong);
        else if (NetworkGenerator.Parser.ReadSpec(type, context.CancellationToken) is not { } spec)
            Report(Descriptors.Of(Rules.StrayAttribute), PlaceOf(ours[0]), $"[{Short(ours[0])}] {(Short(ours[0]) == OurAttributes.Pretrained ? "gives weights to" : "describes a part of")} a network, but {type.Name} is none: add the attribute of a family, for example [{Families.Usual.Name}]");
        else
            Analyze(context, type, spec, ours, Report, PlaceOf);
    }

    private static void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, ModelSpec spec, List<AttributeData> ours,
        Action<DiagnosticDescriptor, Location, string, ImmutableDictionary<string, string?>?> report, Func<AttributeData, Location> place)
    {
        var families = ours.Where(attribute => OurAttributes.FamilyOf(attribute) is not null).ToList();
        foreach (var second in families.Skip(1).Where(attribute => Short(attribute) != Short(families[0])))
            report(Descriptors.Of(Rules.OneFamily), place(second), $"{type.Name} is a {Short(families[0])} and a {Short(second)}: keep one of the two attributes", null);
        foreach (var stray in ours.Except(families))
            if (OurAttributes.SettingsOf(stray).ToList() is { Count: > 0 } settings && !settings.Any(setting => setting.Suits(spec)))
                report(Descriptors.Of(Rules.StrayAttribute), place(stray), $"The family {Families.Of(spec).Name} has no {Short(stray)}: remove [{Short(stray)}]", null);

        var name = type.Locations.FirstOrDefault(location => location.IsInSource) ?? Location.None;
        var surroundings = NetworkGenerator.Parser.ReadSurroundings(context.Compilation);
        if (!surroundings.HasRuntime)
            report(Descriptors.Of(Rules.Surroundings), name, $"The project declares the network {type.Name} but does not reference ProbUNet.Models, which runs it: add the reference", null);
        else if (surroundings.OtherVersion is { } other)
            report(Descriptors.Of(Rules.Surroundings), name, $"The project references ProbUNet.Dsl {other} and the generator of {NetworkGenerator.Parser.Version.ToString(3)}, which may not know all that {type.Name} says: reference one version of both", null);
        else if (!surroundings.HasCollectionExpressions)
            report(Descriptors.Of(Rules.Surroundings), name, $"The network {type.Name} needs C# 12 or newer: set LangVersion to 12 or higher", null);
        var network = GraphBuilder.Build(spec);
        context.CancellationToken.ThrowIfCancellationRequested();
        if (NetworkGenerator.Parser.Read(type, spec, context.CancellationToken).ProblemWith(network) is { } problem)
            report(Descriptors.Of(Rules.Declaration), name, problem, null);
        foreach (var error in network.Match(_ => [], errors => errors))
        {
            var at = Locate(type, error.Path, context.CancellationToken);
            report(Descriptors.Of(error.Id), at.Location ?? name, error.Message, at.TakesValue && error.Remedies.Count > 0
                ? ImmutableDictionary<string, string?>.Empty.Add(Remedies, string.Join("|", error.Remedies)).Add(Argument, at.Argument)
                : null);
        }
        if (NetworkGenerator.Parser.AttributeOf(type, OurAttributes.Pretrained) is { } pretrained && NetworkGenerator.Parser.ReadWeights(type) is { } weights)
            foreach (var (rule, argument, wrong) in new[] { (Rules.WeightsPath, 0, WeightsRules.ProblemOfPath(weights.Path)), (Rules.WeightsChecksum, 1, WeightsRules.ProblemOfChecksum(weights)) })
                // What is of another type, or missing, is the compiler's to report.
                if (wrong is not null && argument < pretrained.ConstructorArguments.Length && pretrained.ConstructorArguments[argument] is { Kind: TypedConstantKind.Primitive })
                    report(Descriptors.Of(rule), ArgumentAt(pretrained, argument, context.CancellationToken) ?? place(pretrained), wrong, null);
        foreach (var warning in spec.Advise())
            report(Descriptors.Of(warning.Id), Locate(type, warning.Path, context.CancellationToken).Location ?? name, warning.Message, null);
    }

    /// <summary>Where an attribute gives a parameter of its constructor: by its name, or by its place; nothing where it does not.</summary>
    private static Location? ArgumentAt(AttributeData attribute, int parameter, CancellationToken cancellation)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax { ArgumentList.Arguments: var arguments } || attribute.AttributeConstructor is not { } constructor)
            return null;
        return (arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == constructor.Parameters[parameter].Name)
            ?? arguments.Where(argument => argument.NameEquals is null).ElementAtOrDefault(parameter))?.GetLocation();
    }

    private static string Short(AttributeData attribute) => OurAttributes.NameOf(attribute)!;

    /// <summary>Why a class is no variant of what it says; nothing if it is, or says nothing.</summary>
    private static string? WrongBase(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (NetworkGenerator.Parser.AttributeOf(type, OurAttributes.Variant) is not { } attribute)
            return null;
        if (NetworkGenerator.Parser.BaseOf(type) is not { } based)
            // What is no type at all is the compiler's to report.
            return attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Type }] ? $"{type.Name} must be a variant of a class: name one that is declared as a network" : null;
        if (NetworkGenerator.Parser.Line(type) is var line && line[line.Count - 1] is var last && NetworkGenerator.Parser.BaseOf(last) is not null)
            return $"{type.Name} is a variant of {based.Name}, which is in the end a variant of itself: let one of them name its family";
        return based.TypeKind == TypeKind.Error || NetworkGenerator.Parser.ReadSpec(based, cancellation) is not null
            ? null
            : $"{type.Name} is a variant of {based.Name}, which is no network: name a class that is declared as one";
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
        var named = (setting.Attribute ?? (family is null ? null : Short(family))) is { } name ? NetworkGenerator.Parser.AttributeOf(type, name) : null;
        if (named?.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
            return new((NetworkGenerator.Parser.AttributeOf(type, OurAttributes.Variant) ?? family)?.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation());
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
