extern alias fixes;
extern alias generators;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Fixes = fixes::ProbUNet.Generators;
using NetworkAnalyzer = generators::ProbUNet.Generators.NetworkAnalyzer;

namespace ProbUNet.Generators.Tests;

/// <summary>What an editor does: it opens documents, shows our diagnostics, offers our fixes and applies one.</summary>
internal static class Mending
{
    private static readonly CodeFixProvider[] Providers = [new Fixes.RemedyFix(), new Fixes.DeclarationFix(), new Fixes.AttributeFix()];

    /// <summary>A project with one document a text, the first of which is Test0.cs.</summary>
    public static Project Open(AdhocWorkspace workspace, params IEnumerable<string> sources)
    {
        var id = ProjectId.CreateNewId();
        var solution = workspace.CurrentSolution.AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Test", "Test", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            metadataReferences: TestCompilation.AllReferences));
        foreach (var (number, source) in sources.Index())
            solution = solution.AddDocument(DocumentId.CreateNewId(id), $"Test{number}.cs", source);
        return solution.GetProject(id)!;
    }

    /// <summary>Our diagnostics in the order of their places.</summary>
    public static async Task<List<Diagnostic>> Diagnose(Project project)
    {
        var compilation = (await project.GetCompilationAsync())!;
        var found = await compilation.WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    /// <summary>The document that a diagnostic is in.</summary>
    public static Document DocumentOf(Project project, Diagnostic diagnostic) => project.GetDocument(diagnostic.Location.SourceTree)!;

    /// <summary>All that is offered for a diagnostic.</summary>
    public static async Task<List<CodeAction>> Offers(Project project, Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        foreach (var provider in Providers.Where(provider => provider.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await provider.RegisterCodeFixesAsync(new CodeFixContext(DocumentOf(project, diagnostic), diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    /// <summary>The project after an action.</summary>
    public static async Task<Project> After(Project project, CodeAction action)
    {
        var changed = Assert.IsType<ApplyChangesOperation>(Assert.Single(await action.GetOperationsAsync(CancellationToken.None)));
        return changed.ChangedSolution.GetProject(project.Id)!;
    }

    /// <summary>The project after an action and all its likes.</summary>
    public static async Task<Project> AfterAll(Project project, Diagnostic diagnostic, CodeAction action)
    {
        var provider = Providers.Last(provider => provider.FixableDiagnosticIds.Contains(diagnostic.Id));   // the first knows every id
        var context = new FixAllContext(project, provider, FixAllScope.Project, action.EquivalenceKey!, [diagnostic.Id], new Everything(), CancellationToken.None);
        return await After(project, (await provider.GetFixAllProvider()!.GetFixAsync(context))!);
    }

    public static async Task<string> TextOf(Project project, int document = 0) => (await project.Documents.ElementAt(document).GetTextAsync()).ToString();

    private sealed class Everything : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await Diagnose(project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            (await Diagnose(document.Project)).Where(diagnostic => DocumentOf(document.Project, diagnostic).Id == document.Id);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
