using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Removes what says a thing twice or says what the family has no use for; gives a family to a class that has none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AttributeFix : TextFix
{
    private static readonly string Usual = Families.Usual.Name;

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.ChannelsTwice, Rules.StrayAttribute];

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
            switch (root?.FindNode(diagnostic.Location.SourceSpan))
            {
                case AttributeArgumentSyntax { NameEquals.Name.Identifier.ValueText: var name, Parent: AttributeArgumentListSyntax list } argument when diagnostic.Id == Rules.ChannelsTwice:
                    // Away from what stands in its place, so that what goes with one argument never goes with another.
                    var kept = list.Arguments.IndexOf(other => Settings.Replacing.Any(setting => setting.Replaces!.Rule == diagnostic.Id && setting.Argument == other.NameEquals?.Name.Identifier.ValueText));
                    await Offer(context, diagnostic, $"Remove {name}", Without(list.Arguments, argument, forward: list.Arguments.IndexOf(argument) < kept)).ConfigureAwait(false);
                    break;
                case AttributeSyntax { Parent: AttributeListSyntax list } attribute when diagnostic.Id == Rules.StrayAttribute && attribute.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration:
                    if (model?.GetDeclaredSymbol(declaration, context.CancellationToken) is { } type && !type.GetAttributes().Any(OurAttributes.IsMarker))
                        await Offer(context, diagnostic, $"Add [{Usual}]", new TextChange(new TextSpan(attribute.SpanStart, 0), $"{NameBeside(attribute, model)}, ")).ConfigureAwait(false);
                    else
                        await Offer(context, diagnostic, $"Remove [{Simple(attribute.Name)}]", list.Attributes.Count > 1 ? Without(list.Attributes, attribute) : new TextChange(Whole(list), "")).ConfigureAwait(false);
                    break;
            }
    }

    /// <summary>A list with the white space up to what follows; comments there stay.</summary>
    private static TextSpan Whole(AttributeListSyntax list)
    {
        var next = list.GetLastToken().GetNextToken();
        return TextSpan.FromBounds(list.SpanStart, next.LeadingTrivia.All(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)) ? next.SpanStart : list.FullSpan.End);
    }

    /// <summary>The attribute of the usual family as it is called beside another of ours: like that one if that means it there, in full otherwise.</summary>
    private static string NameBeside(AttributeSyntax attribute, SemanticModel model)
    {
        var name = Qualifier(attribute.Name) + Usual;
        var meant = model.GetSpeculativeSymbolInfo(attribute.SpanStart, SyntaxFactory.Attribute(SyntaxFactory.ParseName(name))).Symbol?.ContainingType;
        return meant?.ToDisplayString() == OurAttributes.MetadataName(Usual) ? name : $"global::{OurAttributes.Space}.{Usual}";
    }

    /// <summary>What stands before the last name: nothing, or <c>ProbUNet.Dsl.</c> where there is no using.</summary>
    private static string Qualifier(NameSyntax name) => name switch
    {
        QualifiedNameSyntax qualified => $"{qualified.Left}.",
        AliasQualifiedNameSyntax alias => $"{alias.Alias}::",
        _ => "",
    };

    private static string Simple(NameSyntax name) => name switch
    {
        QualifiedNameSyntax qualified => Simple(qualified.Right),
        AliasQualifiedNameSyntax alias => Simple(alias.Name),
        _ => ((SimpleNameSyntax)name).Identifier.ValueText,
    };
}
