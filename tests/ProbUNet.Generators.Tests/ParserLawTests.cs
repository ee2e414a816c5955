extern alias generators;

using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;
using ProbUNet.Testing;
using Parser = generators::ProbUNet.Generators.NetworkGenerator.Parser;

namespace ProbUNet.Generators.Tests;

/// <summary>Laws 2 and 3 on the compiler's side: the analyzer finds exactly what the rule table finds, in the same words.</summary>
public class ParserLawTests
{
    [Fact]
    public void TheAnalyzer_ReportsWhatValidationFinds()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        var specs = SpecGen.Any.Draw(400, seed);
        Assert.Contains(specs, spec => spec.Validate().Count > 0);
        Assert.Contains(specs, spec => spec.Validate().Count == 0);

        // Line i + 1 of the file (after the using) declares spec i, so that a diagnostic's line names its spec.
        var source = string.Join('\n', specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}").ReplaceLineEndings(" ")));
        var found = TestCompilation.Run(source).Errors
            .ToLookup(error => error.Location.GetLineSpan().StartLinePosition.Line - 1, error => $"{error.Id} {error.GetMessage()}");
        for (var i = 0; i < specs.Length; i++)
            Assert.True(
                specs[i].Validate().Select(error => $"{error.Id} {error.Message}").Order().SequenceEqual(found[i].Order()),
                $"Seed {seed}: {specs[i]} gives {string.Join("; ", specs[i].Validate())} at run time and {string.Join("; ", found[i])} in the compiler");
    }

    [Fact]
    public void AttributesToSpecToAttributes_IsTheIdentity()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        var specs = SpecGen.Any.Draw(600, seed);
        Assert.Equal(Families.All.Count, specs.Select(spec => Families.Of(spec)).Distinct().Count());
        var compilation = TestCompilation.Create(string.Join('\n', specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}"))));
        for (var i = 0; i < specs.Length; i++)
        {
            var read = Read(compilation, $"Net{i}");
            Assert.True(specs[i] == read, $"Seed {seed}: {specs[i]} is read as {read}");
            Assert.Equal(SpecAttributes.Write(specs[i], "Net"), SpecAttributes.Write(read, "Net"));
        }
    }

    [Theory]
    [InlineData("[Latent(3)]", 3)]
    [InlineData("[Latent(dimension: 3)]", 3)]
    [InlineData("[Latent(Dimension = 3)]", 3)]
    [InlineData("[Latent(Entry = LatentEntry.Input, Dimension = 3)]", 3)]
    [InlineData("[Latent(5, Dimension = 3)]", 3)]
    [InlineData("[Latent(dimension: 5, Dimension = 3)]", 3)]
    [InlineData("[Latent]", 6)]
    [InlineData("[Latent(Entry = LatentEntry.Input)]", 6)]
    public void TheLatentsDimension_HasTwoSpellings_AndTheNamedOneCounts(string attribute, int dimension)
    {
        var compilation = TestCompilation.Create($"[ProbabilisticUNet] {attribute} partial class Net; [Variant(of: typeof(Net)), Latent(Entry = LatentEntry.Bottleneck)] partial class Other;");
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id is "CS7036" or "CS0617"));
        Assert.Equal(dimension, ((ProbabilisticUNetSpec)Read(compilation, "Net")).Latent.Dimension);
        Assert.Equal(new LatentSpec(dimension) { Entry = LatentEntry.Bottleneck }, ((ProbabilisticUNetSpec)Read(compilation, "Other")).Latent);
    }

    [Fact]
    public void AVariant_IsItsBaseUnderItsOwnAttributes()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        var pairs = SpecGen.Any.Draw(400, seed).Chunk(2).Select(pair => (Base: pair[0], Own: Whole(pair[1]))).ToList();
        var compilation = TestCompilation.Create(string.Join('\n', pairs.Select((pair, i) => $$"""
            namespace N{{i}}
            {
                {{SpecAttributes.Write(pair.Base, "Base")}}
                [Variant(of: typeof(Base))] partial class Same;
                [Variant(of: typeof(Same)), {{Families.Of(pair.Own).Name}}] partial class Other;
                [Variant(of: typeof(Same))] {{SpecAttributes.Write(pair.Own, "Own")}}
            }
            """)));
        for (var i = 0; i < pairs.Count; i++)
        {
            var (based, own) = pairs[i];
            Assert.True(based == Read(compilation, $"N{i}.Same"), $"Seed {seed}: a variant without settings is {Read(compilation, $"N{i}.Same")}, not {based}");
            Assert.True(own == Read(compilation, $"N{i}.Own"), $"Seed {seed}: a variant with all settings is {Read(compilation, $"N{i}.Own")}, not {own}");
            var other = Read(compilation, $"N{i}.Other");
            Assert.Equal(Families.Of(own), Families.Of(other));
            Assert.Equal((based.Image, based.Classes, based.SizePolicy, based.UNet), (other.Image, other.Classes, other.SizePolicy, other.UNet));
        }
    }

    [Fact]
    public void TwoBases_WithEqualSpecs_VaryAlike()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        var specs = SpecGen.Any.Draw(60, seed);
        // The one base says in its attributes what the other has by default or by being a variant itself.
        const string usual = """
            [ProbabilisticUNet] partial class Plain;
            [ProbabilisticUNet] [Latent(6)] [Combiner(Convs = 3)] partial class Spoken;
            [Variant(of: typeof(Plain)), ImageToImageVae] partial class PlainVae;
            [Variant(of: typeof(Spoken)), ImageToImageVae] partial class SpokenVae;
            """;
        var compilation = TestCompilation.Create(string.Join('\n', specs.Select((spec, i) => $$"""
            namespace N{{i}}
            {
                {{SpecAttributes.Write(spec, "Said")}}
                [Variant(of: typeof(Said))] partial class Had;
                {{string.Concat(Families.All.Select(family => $"""
                    [Variant(of: typeof(Said)), {family.Name}] partial class {family.Name}OfSaid;
                    [Variant(of: typeof(Had)), {family.Name}] partial class {family.Name}OfHad;
                    """))}}
            }
            """).Prepend(usual)));
        Assert.Equal(new ImageToImageVaeSpec(), Read(compilation, "PlainVae"));
        Assert.Equal(new ImageToImageVaeSpec(), Read(compilation, "SpokenVae"));
        for (var i = 0; i < specs.Length; i++)
            foreach (var family in Families.All)
            {
                Assert.True(specs[i].As(family) == Read(compilation, $"N{i}.{family.Name}OfSaid"), $"Seed {seed}: {specs[i]} as {family.Name} is {Read(compilation, $"N{i}.{family.Name}OfSaid")}");
                Assert.Equal(specs[i].As(family), Read(compilation, $"N{i}.{family.Name}OfHad"));
            }
    }

    /// <summary>A spec in which nothing is left to be taken from elsewhere, so that its attributes say all of it.</summary>
    private static ModelSpec Whole(ModelSpec spec)
    {
        var unet = spec.UNet;
        EncoderSpec Own(EncoderSpec encoder) => new() { Channels = encoder.Channels ?? [2, 3], ConvsPerBlock = encoder.ConvsPerBlock ?? 2 };
        spec = unet.Channels is null ? spec with { UNet = unet with { Depth = unet.Depth ?? 5, BaseChannels = unet.BaseChannels ?? 32, Growth = unet.Growth ?? 2 } } : spec;
        spec = spec is LatentVariableSpec latent ? latent with { Posterior = Own(latent.Posterior), Combiner = latent.Combiner with { Channels = latent.Combiner.Channels ?? 3 } } : spec;
        return spec is ProbabilisticUNetSpec probabilistic ? probabilistic with { Prior = Own(probabilistic.Prior) } : spec;
    }

    /// <summary>What the generator's parser reads off a class. It has its own copy of the language, whose specs become ours here, property by property.</summary>
    private static ModelSpec Read(Compilation compilation, string type) => (ModelSpec)Ours(Parser.ReadSpec(compilation.GetTypeByMetadataName(type)!, CancellationToken.None)!)!;

    private static object? Ours(object? theirs)
    {
        if (theirs is null or int or double or bool)
            return theirs;
        if (theirs is IEnumerable<int> numbers)
            return numbers.ToValueList();
        var type = typeof(ModelSpec).Assembly.GetType(theirs.GetType().FullName!)!;
        if (type.IsEnum)
            return Enum.ToObject(type, (int)theirs);
        var ours = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in theirs.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.SetMethod is not null))
            type.GetProperty(property.Name)!.SetValue(ours, Ours(property.GetValue(theirs)));
        return ours;
    }
}
