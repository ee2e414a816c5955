extern alias generators;

using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using ProbUNet.Dsl;
using ProbUNet.Testing;
using Parser = generators::ProbUNet.Generators.NetworkGenerator.Parser;
using Rules = ProbUNet.Dsl.Rules;

namespace ProbUNet.Generators.Tests;

/// <summary>What a network was compiled as is written beside it, and read by who is a variant of it elsewhere: attributes leave out what had its default then and there.</summary>
public class RecordTests
{
    /// <summary>Over random specs, through an assembly and through one for reference alone, which has no private members: declared → record → declared.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheRecord_IsTheSpec_InAnotherAssembly(bool forReference)
    {
        var seed = (ulong)System.Random.Shared.NextInt64();   // said when the law fails, so that the specs can be drawn again
        var specs = SpecGen.Valid.Draw(100, seed);
        var library = Image(TestCompilation.Run(string.Join('\n', specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}")))).Output, forReference);
        var variants = CSharpCompilation.Create("Variants", references: [.. TestCompilation.AllReferences, library]);
        Assert.All(specs.Index(), spec => Assert.True(spec.Item.ToString() == Parser.RecordOf(variants.GetTypeByMetadataName($"Net{spec.Index}")!)?.ToString(), $"Seed {seed}: {spec.Item}"));

        var result = TestCompilation.Run(string.Join('\n', specs.Take(5).Select((_, i) => $"[Variant(of: typeof(Net{i}))] public partial class Variant{i};")), [.. TestCompilation.AllReferences, library]);
        Assert.Empty(result.Errors);
        if (!forReference)
            return;
        var written = result.Generated.Results.Single().GeneratedSources.OrderBy(source => source.HintName, StringComparer.Ordinal).Select(source => source.SourceText.ToString()).ToList();
        Assert.All(specs.Take(5).Index(), spec => Assert.Contains($"Dimension = {(spec.Item as LatentVariableSpec)?.Latent.Dimension}", spec.Item is LatentVariableSpec ? written[spec.Index] : "Dimension = "));
    }

    /// <summary>Whose attributes say less than they were compiled as: that counts, whatever the defaults are now, and wherever its own base is.</summary>
    [Fact]
    public void AnElder_IsWhatItWasCompiledAs()
    {
        var root = Library("Root", "[ProbabilisticUNet(Classes = 3)] public partial class Root;", TestCompilation.AllReferences);
        var elder = Library("Elder", "[Variant(of: typeof(Root)), Latent(4)] public partial class Elder;", [.. TestCompilation.AllReferences, root]);
        var result = TestCompilation.Run("[Variant(of: typeof(Elder))] [UNet(Channels = [2, 3])] partial class Net;", [.. TestCompilation.AllReferences, elder]);
        Assert.Empty(result.Errors);
        Assert.Contains("Classes = 3", result.Source);
        Assert.Contains("Dimension = 4", result.Source);
    }

    [Theory]
    [InlineData("[ProbabilisticUNet] public class Elder;")]
    [InlineData("[ProbabilisticUNet] public class Elder { [ProbabilisticUNet(Height = 64)] private static class Declared { } }")]
    [InlineData("[ProbabilisticUNet] public class Elder { private static class Declared { } }")]
    [InlineData("[ProbabilisticUNet] public class Elder { [ProbabilisticUNet(Height = 64), DropoutUNet(Height = 32)] private static class Declared { } }")]
    public void AnElderWithoutARecord_OrWithHalfOfOne_IsRefused(string source)
    {
        using var image = new MemoryStream();
        Assert.True(Compile("Elder", source, TestCompilation.AllReferences).Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        var error = Assert.Single(TestCompilation.Run("[Variant(of: typeof(Elder))] [Latent(3)] partial class Net;", [.. TestCompilation.AllReferences, MetadataReference.CreateFromImage(image.ToArray())]).Errors);
        Assert.Equal(Rules.VariantOf, error.Id);
        Assert.Contains("Net is a variant of Elder, of which Elder has no record that this version reads: build it anew with ", error.GetMessage(CultureInfo.InvariantCulture));
    }

    private static CSharpCompilation Compile(string name, string source, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText($"using ProbUNet.Dsl; {source}", cancellationToken: TestContext.Current.CancellationToken)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static PortableExecutableReference Library(string name, string source, IEnumerable<MetadataReference> references)
    {
        TestCompilation.Driver(tracked: false).RunGeneratorsAndUpdateCompilation(Compile(name, source, references), out var output, out _, TestContext.Current.CancellationToken);
        return Image(output, forReference: false);
    }

    private static PortableExecutableReference Image(Compilation output, bool forReference)
    {
        using var image = new MemoryStream();
        var made = output.Emit(image, options: new EmitOptions(metadataOnly: forReference, includePrivateMembers: !forReference), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(made.Success, string.Join('\n', made.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
