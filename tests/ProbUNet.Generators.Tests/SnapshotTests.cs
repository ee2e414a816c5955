using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ProbUNet.Generators.Tests;

/// <summary>The code that is committed beside the examples is the code that the generator writes: the snapshot that a reader can open.</summary>
public class SnapshotTests
{
    [Theory]
    [InlineData("Quickstart")]
    [InlineData("Variants")]
    public void TheCommittedCode_IsWhatTheGeneratorWrites(string name)
    {
        var example = Path.Combine(Repository.Root, "examples", name);
        var program = File.ReadAllText(Path.Combine(example, "Program.cs"));
        var compilation = TestCompilation.Create("").AddSyntaxTrees(CSharpSyntaxTree.ParseText(program, cancellationToken: TestContext.Current.CancellationToken));
        var written = TestCompilation.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results.Single().GeneratedSources;
        var committed = Directory.GetFiles(Path.Combine(example, "Generated"), "*.g.cs", SearchOption.AllDirectories);
        Assert.Equal(written.Select(source => source.HintName).Order(StringComparer.Ordinal), committed.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(written, source => Assert.Equal(source.SourceText.ToString(), File.ReadAllText(committed.Single(path => Path.GetFileName(path) == source.HintName))));
    }

    [Fact]
    public void EveryExampleThatDeclaresNetworks_IsHeldAgainstTheGenerator()
    {
        var held = typeof(SnapshotTests).GetMethod(nameof(TheCommittedCode_IsWhatTheGeneratorWrites))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Select(data => (string)((InlineDataAttribute)data).Data[0]!);
        var declaring = Directory.GetFiles(Path.Combine(Repository.Root, "examples"), "*.csproj", SearchOption.AllDirectories)
            .Where(project => File.ReadAllText(project).Contains("<DeclaresNetworks>true", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(declaring.Order(StringComparer.Ordinal), held.Order(StringComparer.Ordinal));
    }
}
