using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Makes a class one that a network can be written into, where a modifier is all that stands in the way.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class DeclarationFix : TextFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.Declaration];

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
            if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration
                && model?.GetDeclaredSymbol(declaration, context.CancellationToken) is { } type
                && Fix(type) is var (title, changes))
                Offer(context, diagnostic, title,
                    [.. changes.Select(change => (context.Document.Project.Solution.GetDocument(change.Tree), change.Change)).Where(pair => pair.Item1 is not null).Select(pair => (pair.Item1!, pair.Change))]);
    }

    /// <summary>The first thing in the way, as the analyzer goes: from the class outwards, then the class itself.</summary>
    private static (string Title, IEnumerable<(SyntaxTree Tree, TextChange Change)> Changes)? Fix(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (Declarations(outer).Where(part => !Has(part, SyntaxKind.PartialKeyword)).ToList() is { Count: > 0 } whole)
                return ($"Make {outer.Name} partial", whole.Select(part => (part.SyntaxTree, new TextChange(new TextSpan(part.Keyword.SpanStart, 0), "partial "))));
            if (outer.IsFileLocal)
                return Without(outer, SyntaxKind.FileKeyword);
        }
        return type.IsStatic ? Without(type, SyntaxKind.StaticKeyword) : null;
    }

    private static (string, IEnumerable<(SyntaxTree, TextChange)>) Without(INamedTypeSymbol type, SyntaxKind modifier) => (
        $"Remove '{SyntaxFacts.GetText(modifier)}' from {type.Name}",
        from part in Declarations(type)
        from token in part.Modifiers
        where token.IsKind(modifier)
        select (part.SyntaxTree, new TextChange(TextSpan.FromBounds(token.SpanStart, token.GetNextToken().SpanStart), "")));

    private static bool Has(TypeDeclarationSyntax part, SyntaxKind modifier) => part.Modifiers.Any(modifier);

    private static IEnumerable<TypeDeclarationSyntax> Declarations(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax()).OfType<TypeDeclarationSyntax>();
}
