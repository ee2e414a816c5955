extern alias generators;

using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using ProbUNet.Dsl;

namespace ProbUNet.Generators.Tests;

/// <summary>No generator sees what another one writes. What it cannot read is no network with defaults: it is an error, though the compiler, who sees all, finds none.</summary>
public class UnreadTests
{
    private const string Others = """
        public static class Other
        {
            public const int Number = 3;
            public const double Factor = 1.5;
            public const bool Yes = true;
            public const ProbUNet.Dsl.LatentEntry Entry = ProbUNet.Dsl.LatentEntry.Input;
            public const string Path = "net.safetensors";
            public const string Checksum = "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789";
        }
        [ProbUNet.Dsl.ProbabilisticUNet] public partial class Base;
        """;

    [Theory]
    [InlineData("[ProbabilisticUNet(Height = Other.Number * 32)] partial class Net;", "[ProbabilisticUNet(Height = …)]")]
    [InlineData("[UNetEnsemble(Members = Other.Number)] partial class Net;", "[UNetEnsemble(Members = …)]")]
    [InlineData("[ProbabilisticUNet] [Latent(Other.Number)] partial class Net;", "[Latent(…)]")]
    [InlineData("[ProbabilisticUNet] [Latent(dimension: Other.Number, Entry = LatentEntry.Input)] partial class Net;", "[Latent(…)]")]
    [InlineData("[ProbabilisticUNet] [Latent(3, Entry = Other.Entry)] partial class Net;", "[Latent(Entry = …)]")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [2, Other.Number])] partial class Net;", "[UNet(Channels = …)]")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = new[] { 2, Other.Number })] partial class Net;", "[UNet(Channels = …)]")]
    [InlineData("[ProbabilisticUNet] [UNet(Growth = Other.Factor, Residual = Other.Yes)] partial class Net;", "[UNet(Growth = …)]", "[UNet(Residual = …)]")]
    [InlineData("[ProbabilisticUNet] [UNet(ConvsPerBlock = Other.Number - 1)] partial class Net;", "[UNet(ConvsPerBlock = …)]")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"net.safetensors\", Other.Checksum)] partial class Net;", "[Pretrained(…)]")]
    [InlineData("[ProbabilisticUNet] [Pretrained(Other.Path, sha256: Other.Checksum)] partial class Net;", "[Pretrained(…)]")]
    [InlineData("[Variant(of: typeof(Base))] partial class Net;", "[Variant(of: …)]")]
    [InlineData("[Variant(of: typeof(Base)), DropoutUNet] partial class Net;", "[Variant(of: …)]")]
    public void WhatAnotherGeneratorWrites_IsAnErrorOfTheGenerator_NeverADefault(string source, params string[] unread)
    {
        var driver = TestCompilation.Driver(tracked: false, others: new Writer(Others)).RunGeneratorsAndUpdateCompilation(TestCompilation.Create(source), out var output, out _, TestContext.Current.CancellationToken);
        var sentences = TestCompilation.Written(output).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(unread.Order(StringComparer.Ordinal).Select(said => $"PUN0028: {said} has no value that a generator can read"), sentences.Select(sentence => sentence.Split(", which")[0]));

        // It is the only error: without it a network with defaults would have compiled.
        Assert.All(output.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), error => Assert.True(TestCompilation.IsWritten(error), $"{error}"));
        Assert.Empty(TestCompilation.Located(TestCompilation.Analyze(output)));
    }

    [Fact]
    public void AVariantOfWhatCannotBeRead_WaitsForThat()
    {
        var result = TestCompilation.Run("[ProbabilisticUNet(Height = Missing.Height)] partial class Elder; [Variant(of: typeof(Elder))] partial class Net;");
        Assert.Equal("Net is a variant of Elder, whose own declaration cannot be read: mend that first", Assert.Single(result.Errors, error => error.Id == Rules.VariantOf).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("[ProbabilisticUNet] partial class Net;", "[ProbUNet.Dsl.UNet(Depth = 3)] partial class Net;", "UNet.Depth is 3, and null in the network that is made, by something")]
    [InlineData("[ProbabilisticUNet] [Latent(4)] partial class Net;", "[ProbUNet.Dsl.Posterior(Mask = ProbUNet.Dsl.MaskEncoding.Raw, ConvsPerBlock = 1)] partial class Net;",
        "MaskEncoding is global::ProbUNet.Dsl.MaskEncoding.Raw, and global::ProbUNet.Dsl.MaskEncoding.Centred in the network that is made, by something", "Posterior.ConvsPerBlock is 1, and null in the network that is made, by something")]
    [InlineData("[ProbabilisticUNet] public partial class Base; [Variant(of: typeof(Base))] partial class Net;", "[ProbUNet.Dsl.Latent(3)] partial class Base;", "Latent.Dimension is 3, and 6 in the network that is made, by something", "Latent.Dimension is 3, and 6 in the network that is made, by something")]
    [InlineData("[ProbabilisticUNet] public partial class Base; [Variant(of: typeof(Base))] partial class Net;", "[ProbUNet.Dsl.DeterministicUNet] partial class Net;", null!)]   // what was made has the base class of another family, which is an error of its own
    [InlineData("partial class Net;", "[ProbUNet.Dsl.ProbabilisticUNet] partial class Net;")]   // no network is made
    [InlineData("[ProbabilisticUNet] [Latent(Sizes.Z)] partial class Net; static class Sizes { public const int Z = 4; }", "partial class Net { static class Sizes { public const int Z = 5; } }", "Latent.Dimension is 5, and 4 in the network that is made, by something")]
    public void WhatAnotherGeneratorAdds_IsAnErrorOfTheAnalyzer(string source, string other, params string[]? unseen)
    {
        TestCompilation.Driver(tracked: false, others: new Writer(other)).RunGeneratorsAndUpdateCompilation(TestCompilation.Create(source), out var output, out _, TestContext.Current.CancellationToken);
        Assert.Empty(TestCompilation.Written(output));
        if (unseen is null)
            Assert.StartsWith("PUN0001: Net derives from ProbabilisticUNetModel", Assert.Single(TestCompilation.Located(TestCompilation.Analyze(output))));
        else
            Assert.Equal(unseen.Select(said => $"PUN0029: {said} which another generator writes and no generator sees: say it in sources of the project"), TestCompilation.Located(TestCompilation.Analyze(output)));
        Assert.DoesNotContain(output.GetDiagnostics(TestContext.Current.CancellationToken), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>An editor may run generators at every build, and analyzers at every key stroke: what is told of a whole compilation alone is told of no keystroke's.</summary>
    [Fact]
    public void ThatIsToldAtTheEndOfACompilation() =>
        Assert.Contains(WellKnownDiagnosticTags.CompilationEnd, Assert.Single(new generators::ProbUNet.Generators.NetworkAnalyzer().SupportedDiagnostics, descriptor => descriptor.Id == Rules.Unseen).CustomTags);

    /// <summary>A generator that writes one text, whatever the program is, where the programs after it see it and generators beside it do not.</summary>
    private sealed class Writer(string text) : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) =>
            context.RegisterSourceOutput(context.CompilationProvider, (output, _) => output.AddSource("Other", SourceText.From(text, Encoding.UTF8)));
    }
}
