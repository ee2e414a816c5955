using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace ProbUNet.Generators;

/// <summary>A fix that changes the text and leaves all else as the user wrote it: no formatting, no lost comments.</summary>
public abstract class TextFix : CodeFixProvider
{
    private protected TextFix() { }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <summary>Offers changes of the diagnostic's own document.</summary>
    private protected static Task Offer(CodeFixContext context, Diagnostic diagnostic, string title, params TextChange[] changes) =>
        Offer(context, diagnostic, title, changes.Select(change => (context.Document, change)).ToImmutableArray());

    /// <summary>Offers changes of several documents, unless one would tear a directive out of its place.</summary>
    private protected static async Task Offer(CodeFixContext context, Diagnostic diagnostic, string title, ImmutableArray<(Document Document, TextChange Change)> changes)
    {
        foreach (var (document, change) in changes)
            if (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is { } root
                && root.DescendantTrivia(change.Span).Any(trivia => trivia.IsDirective && trivia.Span.OverlapsWith(change.Span)))
                return;
        // What the title says is what happens, everywhere: so the title tells apart what is fixed together.
        context.RegisterCodeFix(CodeAction.Create(title, cancellation => Apply(context.Document.Project.Solution, changes, cancellation), $"{diagnostic.Id} {title}"), diagnostic);
    }

    private static async Task<Solution> Apply(Solution solution, ImmutableArray<(Document Document, TextChange Change)> changes, CancellationToken cancellation)
    {
        foreach (var document in changes.GroupBy(pair => pair.Document.Id, pair => pair.Change))
        {
            var text = await solution.GetDocument(document.Key)!.GetTextAsync(cancellation).ConfigureAwait(false);
            solution = solution.WithDocumentText(document.Key, text.WithChanges(document.OrderBy(change => change.Span.Start)));
        }
        return solution;
    }

    /// <summary>The removal of an element of a list separated by commas, with the comma before it, or that behind it where <paramref name="forward"/> or nothing is before it. Comments around the comma stay.</summary>
    private protected static TextChange Without<T>(SeparatedSyntaxList<T> list, T element, bool forward = false) where T : SyntaxNode
    {
        var index = list.IndexOf(element);
        var isBehind = index > 0 && !forward;
        if (!isBehind && index + 1 == list.Count)
            return new(element.Span, "");
        var comma = list.GetSeparator(isBehind ? index - 1 : index).Span;
        var (from, to) = isBehind ? (list[index - 1].Span.End, element.SpanStart) : (element.Span.End, list[index + 1].SpanStart);
        var kept = new[] { TextSpan.FromBounds(from, comma.Start), TextSpan.FromBounds(comma.End, to) }.Select(element.SyntaxTree.GetText().ToString).Where(text => !string.IsNullOrWhiteSpace(text));
        return new(TextSpan.FromBounds(Math.Min(from, element.SpanStart), Math.Max(to, element.Span.End)), string.Concat(kept));
    }
}
