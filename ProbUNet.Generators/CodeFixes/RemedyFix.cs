using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ProbUNet.Generators;

/// <summary>Writes a value that works in the place of the one at fault, for every rule that knows such values.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class RemedyFix : TextFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. new NetworkAnalyzer().SupportedDiagnostics.Select(descriptor => descriptor.Id)];

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in context.Diagnostics)
            if (diagnostic.Properties.TryGetValue(NetworkAnalyzer.Remedies, out var remedies) && remedies is { Length: > 0 })
                foreach (var value in remedies.Split('|'))
                    await Offer(context, root.FindNode(diagnostic.Location.SourceSpan), diagnostic, value).ConfigureAwait(false);
    }

    private static Task Offer(CodeFixContext context, SyntaxNode place, Diagnostic diagnostic, string value) => place switch
    {
        AttributeSyntax attribute => diagnostic.Properties.TryGetValue(NetworkAnalyzer.Argument, out var name) && name is not null
            ? Offer(context, diagnostic, $"Add {name} = {value}", Addition(attribute, $"{name} = {value}"))
            : Task.CompletedTask,
        AttributeArgumentSyntax { Expression: var expression } => Use(context, expression, diagnostic, value),
        ExpressionElementSyntax { Expression: var expression } => Use(context, expression, diagnostic, value),
        ExpressionSyntax expression => Use(context, expression, diagnostic, value),
        _ => Task.CompletedTask,
    };

    private static Task Use(CodeFixContext context, ExpressionSyntax expression, Diagnostic diagnostic, string value) =>
        Offer(context, diagnostic, $"Use {value}", new TextChange(expression.Span, value));

    private static TextChange Addition(AttributeSyntax attribute, string argument) => attribute.ArgumentList switch
    {
        null => new TextChange(new TextSpan(attribute.Span.End, 0), $"({argument})"),
        { Arguments.Count: 0 } list => new TextChange(new TextSpan(list.OpenParenToken.Span.End, 0), argument),
        var list => new TextChange(new TextSpan(list.Arguments.Last().Span.End, 0), $", {argument}"),
    };
}
