using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ProbUNet.Generators.Tests;

/// <summary>The code that is committed beside the Quickstart is the code that the generator writes: the snapshot that a reader can open.</summary>
public class SnapshotTests
{
    [Fact]
    public void TheCommittedCode_IsWhatTheGeneratorWrites()
    {
        var example = Path.Combine(Repository.Root, "examples", "Quickstart");
        var program = File.ReadAllText(Path.Combine(example, "Program.cs"));
        var compilation = TestCompilation.Create("").AddSyntaxTrees(CSharpSyntaxTree.ParseText(program, cancellationToken: TestContext.Current.CancellationToken));
        var written = TestCompilation.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results.Single().GeneratedSources;
        var committed = Directory.GetFiles(Path.Combine(example, "Generated"), "*.g.cs", SearchOption.AllDirectories);
        Assert.Equal(written.Select(source => source.HintName), committed.Select(Path.GetFileName));
        Assert.Equal(written.Single().SourceText.ToString(), File.ReadAllText(committed.Single()));
    }
}
