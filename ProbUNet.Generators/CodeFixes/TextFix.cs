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
    private protected static void Offer(CodeFixContext context, Diagnostic diagnostic, string title, params TextChange[] changes) =>
        Offer(context, diagnostic, title, changes.Select(change => (context.Document, change)).ToImmutableArray());

    /// <summary>Offers changes of several documents.</summary>
    private protected static void Offer(CodeFixContext context, Diagnostic diagnostic, string title, ImmutableArray<(Document Document, TextChange Change)> changes) =>
        // What the title says is what happens, everywhere: so the title tells apart what is fixed together.
        context.RegisterCodeFix(CodeAction.Create(title, cancellation => Apply(context.Document.Project.Solution, changes, cancellation), $"{diagnostic.Id} {title}"), diagnostic);

    private static async Task<Solution> Apply(Solution solution, ImmutableArray<(Document Document, TextChange Change)> changes, CancellationToken cancellation)
    {
        foreach (var document in changes.GroupBy(pair => pair.Document.Id, pair => pair.Change))
        {
            var text = await solution.GetDocument(document.Key)!.GetTextAsync(cancellation).ConfigureAwait(false);
            solution = solution.WithDocumentText(document.Key, text.WithChanges(document.OrderBy(change => change.Span.Start)));
        }
        return solution;
    }

    /// <summary>What goes with an element of a list separated by commas: the comma before it, or that behind it where <paramref name="forward"/> or nothing is before it.</summary>
    private protected static TextSpan WithComma<T>(SeparatedSyntaxList<T> list, T element, bool forward = false) where T : SyntaxNode
    {
        var index = list.IndexOf(element);
        return index > 0 && !forward ? TextSpan.FromBounds(list[index - 1].Span.End, element.Span.End)
            : index + 1 < list.Count ? TextSpan.FromBounds(element.SpanStart, list[index + 1].SpanStart)
            : element.Span;
    }
}
