extern alias generators;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using StepNames = generators::ProbUNet.Generators.NetworkGenerator.StepNames;

namespace ProbUNet.Generators.Tests;

/// <summary>Law 9: an unrelated edit computes nothing, an equivalent edit changes nothing, a different one regenerates its network alone.</summary>
public class IncrementalityTests
{
    private const string Two = """
        [ProbabilisticUNet] [Latent(3)] partial class First;
        [ProbabilisticUNet] [Latent(4)] partial class Second;
        """;

    [Fact]
    public void AddingAnUnrelatedFile_RegeneratesNothing()
    {
        var (model, output) = ReasonsAfter(Two, compilation => compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated { int X => 1; }")));
        Assert.All(model, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.All(output, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Theory]
    [InlineData("[Latent(3)]", "[Latent(dimension: 1 + 2)] /* three */")]
    [InlineData("partial class First;", "\n\n[System.Serializable] partial class First { int Mine => 3; }")]
    [InlineData("[ProbabilisticUNet] [Latent(3)]", "[Latent(3)] [ProbabilisticUNet(Height = 128)]")]
    public void AnEquivalentEdit_ChangesNothing(string before, string after)
    {
        var (model, output) = ReasonsAfter(Two, Edit(before, after));
        Assert.All(model, reason => Assert.True(reason is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached, $"{reason}"));
        Assert.All(output, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void ADifferentSetting_RegeneratesItsNetworkAlone()
    {
        var (model, output) = ReasonsAfter(Two, Edit("[Latent(3)]", "[Latent(5)]"));
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], model);
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], output);
    }

    [Fact]
    public void NoModel_HoldsASymbolOrASyntaxNode()
    {
        var driver = TestCompilation.Driver().RunGenerators(TestCompilation.Create(Two), TestContext.Current.CancellationToken);
        var models = driver.GetRunResult().Results.Single().TrackedSteps[StepNames.Networks].SelectMany(step => step.Outputs).Select(output => output.Value).ToList();
        Assert.Equal(2, models.Count);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var model in models)
            Walk(model);

        void Walk(object? value)
        {
            if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
                return;
            Assert.False(value is ISymbol or SyntaxNode or Compilation or SemanticModel or Location or SyntaxTree, $"a model holds a {value.GetType()}");
            Assert.False(value is Type or System.Reflection.MemberInfo);
            if (value is System.Collections.IEnumerable items)
                foreach (var item in items)
                    Walk(item);
            foreach (var field in value.GetType().GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public))
                Walk(field.GetValue(value));
        }
    }

    [Fact]
    public void TheOutput_IsTheSameInEveryRun() => Assert.Equal(
        TestCompilation.Run("[ProbabilisticUNet] partial class Net;").Source,
        TestCompilation.Run("[ProbabilisticUNet] partial class Net;").Source);

    private static Func<CSharpCompilation, CSharpCompilation> Edit(string before, string after) => compilation =>
    {
        var tree = compilation.SyntaxTrees.Single();
        var text = tree.ToString();
        Assert.Contains(before, text);
        var at = text.IndexOf(before, StringComparison.Ordinal);
        return compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(text[..at] + after + text[(at + before.Length)..])));
    };

    private static (IncrementalStepRunReason[] Models, IncrementalStepRunReason[] Outputs) ReasonsAfter(string source, Func<CSharpCompilation, CSharpCompilation> edit)
    {
        var compilation = TestCompilation.Create(source);
        var driver = TestCompilation.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken).RunGenerators(edit(compilation), TestContext.Current.CancellationToken);
        var result = driver.GetRunResult().Results.Single();
        return ([.. result.TrackedSteps[StepNames.Networks].SelectMany(step => step.Outputs).Select(output => output.Reason)],
            [.. result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason)]);
    }
}
