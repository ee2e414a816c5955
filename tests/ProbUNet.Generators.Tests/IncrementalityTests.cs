extern alias generators;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using ProbUNet.Dsl;
using ProbUNet.Testing;
using Emitter = generators::ProbUNet.Generators.NetworkGenerator.Emitter;
using NetworkAnalyzer = generators::ProbUNet.Generators.NetworkAnalyzer;
using NetworkModel = generators::ProbUNet.Generators.NetworkModel;
using Parser = generators::ProbUNet.Generators.NetworkGenerator.Parser;
using StepNames = generators::ProbUNet.Generators.NetworkGenerator.StepNames;

namespace ProbUNet.Generators.Tests;

/// <summary>Law 9: an unrelated edit computes nothing, an equivalent edit changes nothing, a different one regenerates its network alone.</summary>
public class IncrementalityTests(ITestOutputHelper output)
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
    public void AnUnrelatedMember_IsReadAndJudged_ButWritesNothingAgain()
    {
        var compilation = Files("[ProbabilisticUNet] [Latent(3)] partial class First;", "[ProbabilisticUNet] [Latent(4)] partial class Second;");
        var result = RunTwice(compilation, Edited(compilation, 0, "class First;", "class First { int Mine() => 3; }"));
        // What is computed anew and found equal is as good as what is not computed.
        IncrementalStepRunReason[] Reasons(string step) => [.. result.TrackedSteps[step].SelectMany(each => each.Outputs).Select(output => output.Reason == IncrementalStepRunReason.Unchanged ? IncrementalStepRunReason.Cached : output.Reason)];
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], Reasons(StepNames.Declarations));
        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached], Reasons(StepNames.Networks));
        Assert.All(result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs), output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Fact]
    public void AnEditElsewhere_JudgesNothing()
    {
        var compilation = Files("[ProbabilisticUNet] [Latent(3)] partial class First;", "[ProbabilisticUNet] [Latent(4)] partial class Second;", "class Other;");
        var steps = RunTwice(compilation, Edited(compilation, 2, "class Other;", "class Other { int Mine() => 3; }")).TrackedSteps;
        // The declarations are read anew and found equal, so that nothing behind them runs.
        Assert.All(steps[StepNames.Networks].SelectMany(step => step.Outputs), output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Fact]
    public void ANameThatIsTaken_UnmakesTheNetwork_AndGivingItUpMakesItAgain()
    {
        var compilation = Files("[ProbabilisticUNet] [Latent(3)] partial class First { int Mine; }");
        var taken = Edited(compilation, 0, "Mine", "Features");
        Assert.Equal(0, Written(compilation, taken));
        Assert.Equal(1, Written(taken, Edited(taken, 0, "Features", "Mine")));

        static int Written(CSharpCompilation before, CSharpCompilation after) => RunTwice(before, after).GeneratedSources.Length;
    }

    [Fact]
    public void ADifferentSetting_RegeneratesItsNetworkAlone()
    {
        var (model, output) = ReasonsAfter(Two, Edit("[Latent(3)]", "[Latent(5)]"));
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], model);
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], output);
    }

    [Theory]
    [InlineData("a.safetensors", "b.safetensors", IncrementalStepRunReason.Modified)]
    [InlineData("01234567", "12345670", IncrementalStepRunReason.Modified)]
    [InlineData("partial class First;", "partial class First { int Mine => 1; }", IncrementalStepRunReason.Cached)]
    [InlineData("sha256: ", "/* as sha256sum says */ ", IncrementalStepRunReason.Cached)]
    public void OtherWeights_RegenerateTheirNetworkAlone(string before, string after, IncrementalStepRunReason expected)
    {
        var compilation = Files("[ProbabilisticUNet] [Pretrained(\"a.safetensors\", sha256: \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class First;", "[Variant(of: typeof(First))] partial class Second;");
        Assert.Equal([$"First {expected}", "Second Cached"], Named(compilation, Edited(compilation, 0, before, after)));
    }

    [Fact]
    public void AnEditOfABaseInAnotherFile_RegeneratesItsVariantsToo()
    {
        var compilation = Files("[ProbabilisticUNet] [Latent(3)] partial class Based;", "[Variant(of: typeof(Based)), UNet(Kernel = 5)] partial class Varied;",
            "[Variant(of: typeof(Varied)), DropoutUNet] partial class Again;", "[ProbabilisticUNet] partial class Alone;");
        Assert.Equal(["Again Modified", "Alone Cached", "Based Modified", "Varied Modified"], Named(compilation, Edited(compilation, 0, "[ProbabilisticUNet]", "[ProbabilisticUNet(Classes = 3)]")));
        Assert.Equal(["Again Modified", "Alone Cached", "Based Cached", "Varied Modified"], Named(compilation, Edited(compilation, 1, "Kernel = 5", "Kernel = 7")));
        Assert.Equal(["Again Cached", "Alone Cached", "Based Cached", "Varied Cached"], Named(compilation, Edited(compilation, 0, "Based;", "Based { int Mine => 1; }")));
        Assert.Equal(["Again Cached", "Alone Cached", "Based Cached", "Varied Cached"], Named(compilation, compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated;"))));
    }

    [Fact]
    public void OfAHundredNetworks_OnlyTheOneThatIsAddedOrChanged_IsRegenerated()
    {
        var compilation = Files([.. Enumerable.Range(0, 100).Select(i => $"[ProbabilisticUNet] [Latent({i + 1})] [UNet(Channels = [4, 8])] partial class Net{i};")]);
        var added = Counts(compilation, compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("[ProbUNet.Dsl.DeterministicUNet] partial class New;", compilation.SyntaxTrees[0].Options as CSharpParseOptions)));
        Assert.Equal(["100 Cached", "1 New"], added);
        Assert.Equal(["99 Cached", "1 Modified"], Counts(compilation, Edited(compilation, 50, "[Latent(51)]", "[Latent(52)]")));
        // The rest of its attributes is then of no network.
        Assert.Equal(["1 New", "1 Removed", "99 Cached"], Counts(compilation, Edited(compilation, 50, "[ProbabilisticUNet]", "")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheSameSource_GivesEqualModels_WithEqualHashCodes()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        var specs = SpecGen.Any.Draw(100, seed).Distinct().ToList();
        var source = string.Join('\n', specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}")));
        var (first, second) = (Models(source), Models(source));
        Assert.Equal(specs.Count, first.Count);
        Assert.All(first.Zip(second), pair => Assert.True(pair.First.Equals(pair.Second) && pair.First.GetHashCode() == pair.Second.GetHashCode(), $"Seed {seed}: {pair.First} is not {pair.Second}"));
        Assert.Equal(specs.Count, first.Select(model => model.Spec).Distinct().Count());   // and different sources different ones
    }

    [Fact]
    public void AnyEquivalentWriting_ChangesNothing_AndAnyOtherSpec_RegeneratesItsNetworkAlone()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        // Another of the same family each, since another family is another attribute, and so another network in place of the old one.
        var pairs = SpecGen.Valid.Draw(200, seed).GroupBy(spec => spec.GetType()).SelectMany(family => family.Distinct().Chunk(2).Where(pair => pair.Length == 2)).Take(60).ToList();
        string Source(Func<ModelSpec[], int, string> write) => string.Join('\n', pairs.Select(write));
        var compilation = TestCompilation.Create(Source((pair, i) => SpecAttributes.Write(pair[0], $"Net{i}")));
        CSharpCompilation With(string source) => compilation.ReplaceSyntaxTree(compilation.SyntaxTrees.Single(), TestCompilation.Create(source).SyntaxTrees.Single());

        var (models, outputs) = ReasonsAfter(compilation, With(Source((pair, i) => Equivalent(pair[0], $"Net{i}"))));
        Assert.True(models.All(reason => reason is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached), $"Seed {seed}: {string.Join(", ", models)}");
        Assert.All(outputs, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));

        Assert.Equal(
            pairs.Select((_, i) => $"Net{i} {(i % 2 == 0 ? "Modified" : "Cached")}").Order(StringComparer.Ordinal),
            Named(compilation, With(Source((pair, i) => SpecAttributes.Write(pair[(i + 1) % 2], $"Net{i}")))));
    }

    [Fact]
    public void AHundredNetworks_AreReadAndWrittenInMoments()
    {
        var specs = SpecGen.Valid.Draw(100, 1);
        var compilation = Files([.. specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}"))]);
        GeneratorDriver driver = TestCompilation.Driver();
        double Milliseconds(CSharpCompilation next, string what)
        {
            driver = driver.RunGenerators(next, TestContext.Current.CancellationToken);
            var time = driver.GetTimingInfo().GeneratorTimes.Single().ElapsedTime.TotalMilliseconds;
            output.WriteLine($"{time,8:F1} ms {what}");
            return time;
        }
        Milliseconds(compilation, "100 networks, the first time");
        driver = TestCompilation.Driver();
        var again = Milliseconds(Files([.. specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}"))]), "100 networks in a process that has run the generator before");
        var edited = Enumerable.Range(0, 5).Select(i => Milliseconds(Edited(compilation, 0, "class Net0;", $"class Net0 {{ int Mine{i}; }}"), "after an edit that changes no declaration")).Min();
        Milliseconds(Edited(compilation, 0, "Classes = ", "Classes = 1"), "after a change of one network");
        // Ten times what an idle machine takes: no measurement, but a guard against what grows faster than the networks.
        Assert.True(again < 20_000 && edited < 5_000);
    }

    [Fact]
    public void NoModel_HoldsASymbolOrASyntaxNode()
    {
        var driver = TestCompilation.Driver().RunGenerators(TestCompilation.Create(Two), TestContext.Current.CancellationToken);
        var models = driver.GetRunResult().Results.Single().TrackedSteps
            .Where(step => step.Key is StepNames.Declarations or StepNames.Networks).SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Value).ToList();
        Assert.Equal(4, models.Count);
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

    [Fact]
    public void WhatIsCancelled_IsNotRead_NorJudged_NorWritten_NorAnalyzed()
    {
        var compilation = TestCompilation.Create("[ProbabilisticUNet] partial class Net;");
        var type = compilation.GetTypeByMetadataName("Net")!;
        var declared = Parser.Read(type, CancellationToken.None)!;
        var model = declared.Judge(CancellationToken.None);
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => Parser.Read(type, cancelled));
        Assert.Throws<OperationCanceledException>(() => declared.Judge(cancelled));
        Assert.Throws<OperationCanceledException>(() => Emitter.Emit(model, cancelled));
#pragma warning disable CS0618   // A driver that is cancelled does not come so far: only so is it our own analysis that is.
        Assert.Throws<OperationCanceledException>(() => NetworkAnalyzer.Analyze(new SymbolAnalysisContext(type, compilation, new AnalyzerOptions([]), _ => { }, _ => true, cancelled)));
#pragma warning restore CS0618
    }

    /// <summary>The graph is built once, where the network is judged, and written as it is.</summary>
    [Fact]
    public void WhatIsWritten_IsTheGraphThatWasJudged()
    {
        var (first, second) = Models(Two) is [var one, var other] ? (one, other) : throw new InvalidOperationException("Two networks are declared.");
        string Body(NetworkModel model) => Emitter.Emit(model, CancellationToken.None).Split("base(Spec, seed)")[1];
        Assert.NotEqual(Body(first), Body(second));
        Assert.Equal(Body(second), Body(first with { Type = second.Type, Graph = second.Graph }));
    }

    private static Func<CSharpCompilation, CSharpCompilation> Edit(string before, string after) => compilation =>
    {
        var tree = compilation.SyntaxTrees.Single();
        var text = tree.ToString();
        Assert.Contains(before, text);
        var at = text.IndexOf(before, StringComparison.Ordinal);
        return compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(text[..at] + after + text[(at + before.Length)..])));
    };

    /// <summary>A compilation with a file a text.</summary>
    private static CSharpCompilation Files(params string[] sources)
    {
        var compilation = TestCompilation.Create("");
        var options = (CSharpParseOptions)compilation.SyntaxTrees.Single().Options;
        return compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(sources.Select((source, i) => CSharpSyntaxTree.ParseText($"using ProbUNet.Dsl;\n{source}", options, $"Test{i}.cs")));
    }

    private static CSharpCompilation Edited(CSharpCompilation compilation, int file, string before, string after)
    {
        var tree = compilation.SyntaxTrees[file];
        Assert.Contains(before, tree.ToString());
        return compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(tree.ToString().Replace(before, after, StringComparison.Ordinal))));
    }

    /// <summary>The same spec in other words: attributes and arguments in another order, numbers as sums, lists as arrays.</summary>
    private static string Equivalent(ModelSpec spec, string name)
    {
        static string Value(string value) => value.StartsWith('[') ? $"new int[] {{ {value[1..^1]} }}" : int.TryParse(value, out _) ? $"1 + {value} - 1" : $"({value}) /* same */";
        static string Argument(string argument) => argument.Split(" = ") is [var name, var value] ? $"{name} = {Value(value)}" : Value(argument);
        return string.Join('\n', SpecAttributes.Parts(spec).Reverse()
            .Select(part => $"[{part.Name}Attribute( {string.Join(" ,\n    ", part.Arguments.OrderBy(argument => argument.Contains(" = ")).ThenByDescending(argument => argument, StringComparer.Ordinal).Select(Argument))} )]")
            .Append($"/* {name} */ public sealed partial class {name} {{ int Mine => 1; }}"));
    }

    private static List<NetworkModel> Models(string source) => [.. TestCompilation.Driver()
        .RunGenerators(TestCompilation.Create(source), TestContext.Current.CancellationToken).GetRunResult().Results.Single()
        .TrackedSteps[StepNames.Networks].SelectMany(step => step.Outputs).Select(output => (NetworkModel)output.Value)];

    /// <summary>Each network with why its model was computed, in the order of their names.</summary>
    private static string[] Named(CSharpCompilation before, CSharpCompilation after)
    {
        var result = RunTwice(before, after);
        var models = result.TrackedSteps[StepNames.Networks].SelectMany(step => step.Outputs).Select(output => (((NetworkModel)output.Value).Type.Name, output.Reason)).ToList();
        // What is unchanged is not written again.
        Assert.Equal(models.Count(model => model.Reason == IncrementalStepRunReason.Modified),
            result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Count(output => output.Reason != IncrementalStepRunReason.Cached));
        // Whether an equal model is computed anew is the compiler's affair.
        return [.. models.Select(model => $"{model.Name} {(model.Reason == IncrementalStepRunReason.Unchanged ? IncrementalStepRunReason.Cached : model.Reason)}").Order(StringComparer.Ordinal)];
    }

    /// <summary>How many files were written for which reason.</summary>
    private static string[] Counts(CSharpCompilation before, CSharpCompilation after) => [.. RunTwice(before, after).TrackedOutputSteps
        .SelectMany(step => step.Value).SelectMany(step => step.Outputs).CountBy(output => output.Reason).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}")];

    private static (IncrementalStepRunReason[] Models, IncrementalStepRunReason[] Outputs) ReasonsAfter(string source, Func<CSharpCompilation, CSharpCompilation> edit)
    {
        var compilation = TestCompilation.Create(source);
        return ReasonsAfter(compilation, edit(compilation));
    }

    private static (IncrementalStepRunReason[] Models, IncrementalStepRunReason[] Outputs) ReasonsAfter(CSharpCompilation before, CSharpCompilation after)
    {
        var result = RunTwice(before, after);
        return ([.. result.TrackedSteps[StepNames.Networks].SelectMany(step => step.Outputs).Select(output => output.Reason)],
            [.. result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason)]);
    }

    private static GeneratorRunResult RunTwice(CSharpCompilation before, CSharpCompilation after) => TestCompilation.Driver()
        .RunGenerators(before, TestContext.Current.CancellationToken).RunGenerators(after, TestContext.Current.CancellationToken).GetRunResult().Results.Single();
}
