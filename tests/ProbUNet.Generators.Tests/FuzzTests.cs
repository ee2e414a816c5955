using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ProbUNet.Dsl;

namespace ProbUNet.Generators.Tests;

/// <summary>Law 9: no text, however wrong, makes the generator or the analyzer throw; and what has no error compiles.</summary>
public partial class FuzzTests(ITestOutputHelper output)
{
    private const int Texts = 2000;
    private const int InOneCompilation = 250;

    [Fact]
    public void ABrokenText_GivesAnError_OrCodeThatCompiles()
    {
        // New texts every time, but where a change is judged: there the same for all.
        var seed = Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ? 1895010136 : System.Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var fuzz = new DeclarationFuzz(new Random(seed));
        var failures = new List<string>();
        var (errors, generated, spared) = (0, 0, 0);
        // One that breaks out of its namespace would meddle with the others.
        var apart = Enumerable.Range(0, Texts).Select(fuzz.Write).ToLookup(BreaksOut);
        foreach (var drawn in apart[false].Chunk(InOneCompilation).Concat(apart[true].Chunk(1)))
        {
            var (failed, wrong, written, thrown) = CheckWhatCompiles(drawn);
            spared += thrown;
            failures.AddRange(failed);
            errors += wrong;
            generated += written;
        }
        output.WriteLine($"{errors} of {Texts} texts have errors, {generated} networks are written, and at {spared} the compiler itself throws");
        Assert.True(failures.Count == 0, $"Seed {seed}: {failures.Count} failures\n{string.Join("\n----\n", failures.Take(10))}");
        Assert.True(generated > Texts / 10 && errors > Texts / 3 && errors < Texts * 9 / 10 && spared < Texts / 20, "the texts are neither all broken nor all well");
    }

    [Theory]
    [InlineData("partial class Outer { [DeterministicUNet] partial class Net; } partial struct Outer { [DeterministicUNet] partial class Net; }")]
    [InlineData("partial class Outer { [DeterministicUNet] partial class Net; } partial interface Outer { [DeterministicUNet] partial class Net; }")]
    [InlineData("namespace A { partial class B { [DeterministicUNet] partial class Net; } } namespace A.B { [DeterministicUNet] partial class Net; }")]
    public void WhatFuzzingFound_StaysMended(string text)
    {
        var (failures, wrong, _) = Check($"using ProbUNet.Dsl; namespace F0 {{ {text} }}");
        Assert.Empty(failures);
        Assert.Equal(1, wrong);
    }

    private static (List<string> Failures, int Wrong, int Written, int Thrown) CheckWhatCompiles(string[] texts)
    {
        try
        {
            var (failures, wrong, written) = Check(texts);
            return (failures, wrong, written, 0);
        }
        catch (Exception error) when (error is not OperationCanceledException && texts.Where(text => !Throws(text)).ToArray() is var rest && rest.Length < texts.Length)
        {
            var (failures, wrong, written) = Check(rest);
            return (failures, wrong, written, texts.Length - rest.Length);
        }
    }

    /// <summary>Whether the compiler throws without any help of ours, as Roslyn 5.0 does at some odd texts.</summary>
    private static bool Throws(string text)
    {
        try
        {
            Compile([text]).GetDiagnostics(TestContext.Current.CancellationToken);
            return false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>A compilation with a file a text, and these files.</summary>
    private static CSharpCompilation Compile(string[] texts)
    {
        var compilation = TestCompilation.Create("");
        var options = (CSharpParseOptions)compilation.SyntaxTrees.Single().Options;
        return compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(texts.Select((text, i) => CSharpSyntaxTree.ParseText(text, options, $"Text{i}.cs")));
    }

    /// <summary>What is wrong with texts that each have a namespace of their own.</summary>
    private static (List<string> Failures, int Wrong, int Written) Check(params string[] texts)
    {
        var compilation = Compile(texts);
        var trees = compilation.SyntaxTrees;
        var result = TestCompilation.Driver(tracked: false).RunGeneratorsAndUpdateCompilation(compilation, out var whole, out var complaints).GetRunResult().Results.Single();
        var failures = new List<string>();
        if (result.Exception is { } thrown)
            failures.Add($"The generator threw {thrown}");
        failures.AddRange(complaints.Select(complaint => complaint.ToString()));
        var found = TestCompilation.Analyze(whole);
        failures.AddRange(found.Where(diagnostic => diagnostic.Id is "AD0001" or "CS8785").Select(diagnostic => diagnostic.ToString()));

        var (located, stopping) = (TestCompilation.Located(found).ToList(), TestCompilation.Written(whole).Where(error => !TestCompilation.IsUnread(error)).ToList());
        failures.AddRange(located.Except(stopping).Concat(stopping.Except(located)).Select(each => $"Either the analyzer finds it or the compiler stops at it, not both: {each}"));
        if (located.Count != stopping.Count)
            failures.Add($"The analyzer finds {located.Count} errors, and the compiler stops at {stopping.Count}");

        var wrong = found.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && !diagnostic.IsSuppressed && !TestCompilation.IsWritten(diagnostic)).ToLookup(diagnostic => diagnostic.Location.SourceTree);
        string SpaceOf(SyntaxTree tree) => texts.Length == 1 ? "" : Space().Match(tree.ToString()).Value;
        var written = whole.SyntaxTrees.Except(trees).ToLookup(SpaceOf);
        foreach (var tree in trees)
        {
            var space = SpaceOf(tree);
            if (!wrong.Contains(tree) && !written.Contains(space) && IsOurs(tree))
                failures.Add($"Neither an error nor a network:\n{tree}");
            if (!wrong.Contains(tree) && written[space].Any(file => file.ToString().Contains($"#error {Rules.Unread}", StringComparison.Ordinal)))
                failures.Add($"The compiler reads what the generator cannot:\n{tree}");
            foreach (var error in written[space].SelectMany(file => wrong[file]).Take(wrong.Contains(tree) ? 0 : 1))
                failures.Add($"Only generated code has an error, {error}:\n{tree}");
        }
        return (failures, trees.Count(tree => wrong.Contains(tree)), written.Sum(files => files.Count()));
    }

    private static bool BreaksOut(string text) => CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot().Members is not [BaseNamespaceDeclarationSyntax];

    /// <summary>Whether anything in a text still is an attribute of a type, after all the breaking; one of another target is ignored, with a warning.</summary>
    private static bool IsOurs(SyntaxTree tree) => tree.GetRoot().DescendantNodes()
        .Any(node => node is AttributeListSyntax { Target: null or { Identifier.ValueText: "type" } });

    [GeneratedRegex(@"namespace F[0-9]+")]
    private static partial Regex Space();
}
