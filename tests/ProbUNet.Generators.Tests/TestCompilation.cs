extern alias generators;

using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
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
/// time nothing was computed, and that what the analyzer finds wrong is an error in generated code too, so that no test can forget it.
/// </summary>
internal sealed partial record TestCompilation(Compilation Output, GeneratorDriverRunResult Generated, ImmutableArray<Diagnostic> Diagnostics)
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

    public static CSharpGeneratorDriver Driver(LanguageVersion language = LanguageVersion.Latest, bool tracked = true, params IEnumerable<IIncrementalGenerator> others) => CSharpGeneratorDriver.Create(
        others.Append(new NetworkGenerator()).Select(generator => generator.AsSourceGenerator()),
        parseOptions: Options(language),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: tracked));

    public static TestCompilation Run(string source, IEnumerable<MetadataReference>? references = null, LanguageVersion language = LanguageVersion.Latest)
    {
        var compilation = Create(source, references, language);
        var driver = Driver(language).RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        var generated = driver.GetRunResult();
        Assert.Null(generated.Results.Single().Exception);

        var again = driver.RunGenerators(compilation.Clone()).GetRunResult().Results.Single();
        Assert.All(again.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs), made => Assert.Equal(IncrementalStepRunReason.Cached, made.Reason));

        var found = Analyze(output);
        var analysis = found.RemoveAll(diagnostic => diagnostic.IsSuppressed);
        Assert.DoesNotContain(analysis, diagnostic => diagnostic.Id == "AD0001");   // the analyzer threw
        // Nothing is ever wrong inside of generated code but what is wrong with the declaration, not even a warning: users may treat those as errors.
        Assert.DoesNotContain(analysis, diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && IsGenerated(diagnostic) && !IsWritten(diagnostic));
        Assert.Equal(Located(found), Written(output).Where(error => !IsUnread(error)));
        // Of what cannot be read the compiler tells the place: whatever that is, it is not in the source.
        Assert.True(!Written(output).Any(IsUnread) || found.Any(error => error.Severity == DiagnosticSeverity.Error && error.Id.StartsWith("CS", StringComparison.Ordinal) && !IsWritten(error)));
        return new TestCompilation(output, generated, analysis);
    }

    /// <summary>What the compiler and our analyzer say of a program that was generated, and what somebody has silenced of that.</summary>
    public static ImmutableArray<Diagnostic> Analyze(Compilation output) => output
        .WithAnalyzers([new NetworkAnalyzer()], new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: true))
        .GetAllDiagnosticsAsync().GetAwaiter().GetResult();

    /// <summary>What the analyzer finds wrong: id, sentence, on one line as directives are.</summary>
    public static IEnumerable<string> Located(IEnumerable<Diagnostic> analysis) => analysis
        .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id.StartsWith("PUN", StringComparison.Ordinal))
        .Select(error => $"{error.Id}: {LineBreaks().Replace(error.GetMessage(CultureInfo.InvariantCulture), " ")}").Order(StringComparer.Ordinal);

    /// <summary>The errors in generated code, which stop any compiler: id, sentence, without the name of the class between them.</summary>
    public static IEnumerable<string> Written(Compilation output) => output.GetParseDiagnostics().Where(IsWritten)
        .Select(error => ClassOfError().Replace(error.GetMessage(CultureInfo.InvariantCulture), "$1$2")).Order(StringComparer.Ordinal);

    /// <summary>Whether an error in generated code is of the rule that the analyzer leaves to the compiler.</summary>
    public static bool IsUnread(string written) => written.StartsWith(Rules.Unread, StringComparison.Ordinal);

    /// <summary>Whether a diagnostic is an error that the generator wrote.</summary>
    public static bool IsWritten(Diagnostic diagnostic) => diagnostic.Id == "CS1029" && IsGenerated(diagnostic);

    private static bool IsGenerated(Diagnostic diagnostic) => diagnostic.Location.SourceTree?.FilePath.EndsWith(".ProbUNet.g.cs", StringComparison.Ordinal) == true;

    [GeneratedRegex(@"[\p{Cc}\p{Zl}\p{Zp}]")]
    private static partial Regex LineBreaks();

    [GeneratedRegex("^#error: '(PUN[0-9]{4}: )[^:]*: (.*)'$")]
    private static partial Regex ClassOfError();

    /// <summary>Errors at their places, the compiler's and ours; those of ours stand in generated code once more.</summary>
    public IEnumerable<Diagnostic> Errors => Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && !IsWritten(diagnostic));

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
}
