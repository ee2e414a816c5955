extern alias generators;

using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;
using NetworkGenerator = generators::ProbUNet.Generators.NetworkGenerator;

namespace ProbUNet.Benchmarks;

/// <summary>Writing 100 networks in one compilation, a file each, and after an edit of one of them. The target is 1 s for all; an edit writes one.</summary>
public class GeneratorBenchmarks
{
    private const int Networks = 100;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    private CSharpCompilation? _compilation, _edited;
    private GeneratorDriver? _ready;

    [GlobalSetup]
    public void SetUp()
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file && (file.StartsWith("System.", StringComparison.Ordinal) || file is "netstandard.dll" or "TorchSharp.dll"))
            .Append(typeof(object).Assembly.Location).Append(typeof(ModelSpec).Assembly.Location).Append(typeof(SegmentationModel).Assembly.Location);
        SyntaxTree[] files = [.. Enumerable.Range(0, Networks).Select(number => File(number, latent: 2 + number % 20))];
        _compilation = CSharpCompilation.Create("Networks", files, references.Select(path => MetadataReference.CreateFromFile(path)), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        _edited = _compilation.ReplaceSyntaxTree(files[Networks / 2], File(Networks / 2, latent: 50));
        _ready = Driver().RunGenerators(_compilation);
        var written = _ready.GetRunResult().Results.Single();
        var changed = _ready.RunGenerators(_edited).GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Count(made => made.Reason == IncrementalStepRunReason.Modified);
        if (written.Exception is not null || written.GeneratedSources.Length != Networks || changed != 1)
            throw new InvalidOperationException($"{written.GeneratedSources.Length} networks were written, and {changed} after an edit of one: {written.Exception?.Message}");
    }

    [Benchmark]
    public object All() => Driver().RunGenerators(_compilation!).GetRunResult();

    [Benchmark]
    public object AfterAnEditOfOne() => _ready!.RunGenerators(_edited!).GetRunResult();

    private static SyntaxTree File(int number, int latent) => CSharpSyntaxTree.ParseText(
        $"using ProbUNet.Dsl;\n[ProbabilisticUNet, UNet(Channels = [32, 64, 128, {160 + number}]), Latent({latent})] public sealed partial class Net{number};", Options, path: $"Net{number}.cs");

    private static GeneratorDriver Driver() => CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: Options,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
}
