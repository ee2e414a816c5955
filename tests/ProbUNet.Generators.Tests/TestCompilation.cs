extern alias generators;

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;
using NetworkAnalyzer = generators::ProbUNet.Generators.NetworkAnalyzer;
using NetworkGenerator = generators::ProbUNet.Generators.NetworkGenerator;

namespace ProbUNet.Generators.Tests;

/// <summary>
/// Source text through the compiler, our generator and our analyzer. Every run drives the generator twice and asserts that the second
/// time nothing was computed, so that no test can forget it.
/// </summary>
internal sealed record TestCompilation(Compilation Output, GeneratorDriverRunResult Generated, ImmutableArray<Diagnostic> Diagnostics)
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file && (file.StartsWith("System.", StringComparison.Ordinal) || file is "netstandard.dll" or "TorchSharp.dll" or "Microsoft.ML.OnnxRuntime.dll"))
            .Append(typeof(object).Assembly.Location)
            .Append(typeof(ModelSpec).Assembly.Location)
            .Append(typeof(SegmentationModel).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilation Create(string source, IEnumerable<MetadataReference>? references = null, LanguageVersion language = LanguageVersion.Latest) =>
        CSharpCompilation.Create(
            $"Test{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText($"using ProbUNet.Dsl;\n{source}", Options(language), path: "Test.cs")],
            references ?? References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Documentation is checked, as in projects that generate it.</summary>
    private static CSharpParseOptions Options(LanguageVersion language) => new(language, DocumentationMode.Diagnose);

    public static CSharpGeneratorDriver Driver(LanguageVersion language = LanguageVersion.Latest, bool tracked = true, AnalyzerConfigOptionsProvider? options = null) => CSharpGeneratorDriver.Create(
        [new NetworkGenerator().AsSourceGenerator()],
        parseOptions: Options(language),
        optionsProvider: options,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: tracked));

    public static TestCompilation Run(string source, IEnumerable<MetadataReference>? references = null, LanguageVersion language = LanguageVersion.Latest)
    {
        var compilation = Create(source, references, language);
        var driver = Driver(language).RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        var generated = driver.GetRunResult();
        Assert.Null(generated.Results.Single().Exception);

        var again = driver.RunGenerators(compilation.Clone()).GetRunResult().Results.Single();
        Assert.All(again.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs), made => Assert.Equal(IncrementalStepRunReason.Cached, made.Reason));

        var analysis = output.WithAnalyzers([new NetworkAnalyzer()]).GetAllDiagnosticsAsync().GetAwaiter().GetResult();
        Assert.DoesNotContain(analysis, diagnostic => diagnostic.Id == "AD0001");   // the analyzer threw
        // Nothing is ever wrong inside of generated code, not even a warning: users may treat those as errors.
        Assert.DoesNotContain(analysis, diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && diagnostic.Location.SourceTree?.FilePath.EndsWith(".ProbUNet.g.cs") == true);
        return new TestCompilation(output, generated, analysis);
    }

    /// <summary>What the generator itself says in a project that switches analyzers off.</summary>
    public static ImmutableArray<Diagnostic> WithoutAnalyzers(string source, string property) => WithSwitches(source, (property, "False"));

    /// <summary>What it says in a project with properties.</summary>
    public static ImmutableArray<Diagnostic> WithSwitches(string source, params (string Name, string Value)[] properties)
    {
        Assert.Empty(Driver().RunGenerators(Create(source)).GetRunResult().Diagnostics);
        return Driver(options: new Switched(properties.ToDictionary(property => $"build_property.{property.Name}", property => property.Value))).RunGenerators(Create(source)).GetRunResult().Diagnostics;
    }

    /// <summary>Errors, the compiler's and ours.</summary>
    public IEnumerable<Diagnostic> Errors => Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    /// <summary>The source that was written for the only network.</summary>
    public string Source => Generated.Results.Single().GeneratedSources.Single().SourceText.ToString();

    public static IEnumerable<MetadataReference> AllReferences => References;

    /// <summary>Loads the compiled program.</summary>
    public Assembly Load()
    {
        Assert.Empty(Errors);
        using var stream = new MemoryStream();
        var result = Output.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Assembly.Load(stream.ToArray());
    }

    /// <summary>Options of a project with properties.</summary>
    private sealed class Switched(Dictionary<string, string> properties) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Properties(properties);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Properties(Dictionary<string, string> properties) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => properties.TryGetValue(key, out value);
        }
    }
}
