using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>The compiler's side of the rule table: one descriptor an id; the words come from the rules.</summary>
internal static class Descriptors
{
    /// <summary>Those of the rules that a declaration can break and the compiler does not know.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> All = [.. Rules.All.Where(rule => rule.Stage is RuleStage.Everywhere or RuleStage.CompileTime).Select(New)];

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = All.ToDictionary(descriptor => descriptor.Id);

    /// <summary>That of a rule; nothing if the compiler itself tells where it is broken.</summary>
    public static DiagnosticDescriptor? Of(string id) => ById.TryGetValue(id, out var descriptor) ? descriptor : null;

    // An error ends the build whatever is said here: no setting may silence it, for the build to end without telling the place.
    private static DiagnosticDescriptor New(Rule rule) => new(rule.Id, rule.Title, "{0}", "ProbUNet",
        rule.Severity == RuleSeverity.Error ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning, isEnabledByDefault: true,
        customTags: [.. rule.Severity == RuleSeverity.Error ? [WellKnownDiagnosticTags.NotConfigurable] : Array.Empty<string>(), .. rule.Id == Rules.Unseen ? [WellKnownDiagnosticTags.CompilationEnd] : Array.Empty<string>()]);
}
