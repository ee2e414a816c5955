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
                && NetworkGenerator.Parser.Read(type, context.CancellationToken)?.Obstacle?.Mend is { } mend
                && Fix(type, mend, context.CancellationToken) is var (title, changes))
                await Offer(context, diagnostic, title,
                    [.. changes.Select(change => (context.Document.Project.Solution.GetDocument(change.Tree), change.Change)).Where(pair => pair.Item1 is not null).Select(pair => (pair.Item1!, pair.Change))]).ConfigureAwait(false);
    }

    private static (string Title, IEnumerable<(SyntaxTree Tree, TextChange Change)> Changes) Fix(INamedTypeSymbol type, ModifierChange mend, CancellationToken cancellation)
    {
        var owner = Enumerable.Range(0, mend.Outwards).Aggregate(type, (outer, _) => outer.ContainingType);
        var parts = owner.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>();
        var modifier = SyntaxFacts.GetText(mend.Modifier);
        return mend.IsMissing
            ? ($"Make {owner.Name} {modifier}", from part in parts
                                                where !part.Modifiers.Any(mend.Modifier)
                                                select (part.SyntaxTree, new TextChange(new TextSpan(part.Keyword.SpanStart, 0), $"{modifier} ")))
            : ($"Remove '{modifier}' from {owner.Name}", from part in parts
                                                         from token in part.Modifiers
                                                         where token.IsKind(mend.Modifier)
                                                         select (part.SyntaxTree, new TextChange(TextSpan.FromBounds(token.SpanStart, token.GetNextToken().SpanStart), "")));
    }
}
