using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;
using ProbUNet.Testing;

namespace ProbUNet.Generators.Tests;

/// <summary>A fix does what its title says, to the letter, and its diagnostic is gone.</summary>
public class CodeFixTests
{
    [Theory]
    [InlineData("[Variant(of: typeof(Base))] partial class Net;")]
    [InlineData("[Variant(of: typeof(Base)), UNet(Kernel = 5)] partial class Net;")]
    public async Task WhatTheBaseSaysTwice_IsNotMendedAtItsVariant(string variant)
    {
        using var workspace = new AdhocWorkspace();
        var project = Mending.Open(workspace, $"using ProbUNet.Dsl;\n[ProbabilisticUNet] [UNet(Channels = [4, 8], Depth = 2)] partial class Base;\n{variant}");
        var diagnostics = (await Mending.Diagnose(project)).ToList();
        Assert.Equal(2, diagnostics.Count);   // the base's own, and the same at its variant
        foreach (var diagnostic in diagnostics)
        {
            Assert.Equal(Rules.ChannelsTwice, diagnostic.Id);
            Assert.DoesNotContain(await Mending.Offers(project, diagnostic), action => action.Title.Contains('['));
        }
    }

    [Theory]
    [InlineData("[ProbabilisticUNet(Height = 100)] [UNet(Channels = [4, 4, 4, 4])] partial class Net;", "Use 96", "[ProbabilisticUNet(Height = 96)] [UNet(Channels = [4, 4, 4, 4])] partial class Net;")]
    [InlineData("[ProbabilisticUNet(Height = 100)] [UNet(Channels = [4, 4, 4, 4])] partial class Net;", "Use 104", "[ProbabilisticUNet(Height = 104)] [UNet(Channels = [4, 4, 4, 4])] partial class Net;")]
    [InlineData("[ProbabilisticUNet(Height = /* tall */ 50 + 50 /* rows */)] partial class Net;", "Use 96", "[ProbabilisticUNet(Height = /* tall */ 96 /* rows */)] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [8, 0])] partial class Net;", "Use 1", "[ProbabilisticUNet] [UNet(Channels = [8, 1])] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = new[] { 8, -4 })] partial class Net;", "Use 1", "[ProbabilisticUNet] [UNet(Channels = new[] { 8, 1 })] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [Latent(dimension: 2000)] partial class Net;", "Use 1024", "[ProbabilisticUNet] [Latent(dimension: 1024)] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Kernel = 4)] partial class Net;", "Use 3", "[ProbabilisticUNet] [UNet(Kernel = 3)] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [8, 12, 20], Normalization = Normalization.Group)] partial class Net;", "Add Groups = 4", "[ProbabilisticUNet] [UNet(Channels = [8, 12, 20], Normalization = Normalization.Group, Groups = 4)] partial class Net;")]
    [InlineData("[DropoutUNet] [UNet(Depth = 2)] partial class Net;", "Add Blocks = 2", "[DropoutUNet(Blocks = 2)] [UNet(Depth = 2)] partial class Net;")]
    [InlineData("[DropoutUNet()] [UNet(Depth = 2)] partial class Net;", "Add Blocks = 2", "[DropoutUNet(Blocks = 2)] [UNet(Depth = 2)] partial class Net;")]
    [InlineData("[DropoutUNet(Rate = 0.1)] [UNet(Depth = 2)] partial class Net;", "Add Blocks = 2", "[DropoutUNet(Rate = 0.1, Blocks = 2)] [UNet(Depth = 2)] partial class Net;")]
    [InlineData("[ProbabilisticUNet]\n/* here */ class Net;", "Make Net partial", "[ProbabilisticUNet]\n/* here */ partial class Net;")]
    [InlineData("[ProbabilisticUNet] public sealed class Net;", "Make Net partial", "[ProbabilisticUNet] public sealed partial class Net;")]
    [InlineData("public class Outer\n{\n    [ProbabilisticUNet] public partial class Net;\n}", "Make Outer partial", "public partial class Outer\n{\n    [ProbabilisticUNet] public partial class Net;\n}")]
    [InlineData("[ProbabilisticUNet] public static /* yes */ partial class Net;", "Remove 'static' from Net", "[ProbabilisticUNet] public partial class Net;")]
    [InlineData("[ProbabilisticUNet] file partial class Net;", "Remove 'file' from Net", "[ProbabilisticUNet] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [4, 8], Depth = 2)] partial class Net;", "Remove Depth", "[ProbabilisticUNet] [UNet(Channels = [4, 8])] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Growth = 2, Channels = [4, 8])] partial class Net;", "Remove Growth", "[ProbabilisticUNet] [UNet(Channels = [4, 8])] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [4, 8], // list\n Depth = 2)] partial class Net;", "Remove Depth", "[ProbabilisticUNet] [UNet(Channels = [4, 8] // list\n )] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [4, 8] /* list */, Depth = 2)] partial class Net;", "Remove Depth", "[ProbabilisticUNet] [UNet(Channels = [4, 8] /* list */)] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Depth = 2, /* list */ Channels = [4, 8])] partial class Net;", "Remove Depth", "[ProbabilisticUNet] [UNet( /* list */ Channels = [4, 8])] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [4, 8],\n    Depth = 2)] partial class Net;", "Remove Depth", "[ProbabilisticUNet] [UNet(Channels = [4, 8])] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] abstract partial class Net { abstract class Inner; }", "Remove 'abstract' from Net", "[ProbabilisticUNet] [Pretrained(\"w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net { abstract class Inner; }")]
    [InlineData("[DropoutUNet]\n[Latent(4)] // four\n[UNet]\npartial class Net;", "Remove [Latent]", "[DropoutUNet]\n[UNet]\npartial class Net;")]
    [InlineData("/// <summary>Mine.</summary>\n[Latent(4)]\n// plain\n[DropoutUNet]\npartial class Net;", "Remove [Latent]", "/// <summary>Mine.</summary>\n// plain\n[DropoutUNet]\npartial class Net;")]
    [InlineData("namespace A\n{\n    [Latent(4)]\n    [DropoutUNet]\n    partial class Net;\n}", "Remove [Latent]", "namespace A\n{\n    [DropoutUNet]\n    partial class Net;\n}")]
    [InlineData("[DropoutUNet, Latent(4), UNet] partial class Net;", "Remove [Latent]", "[DropoutUNet, UNet] partial class Net;")]
    [InlineData("[Latent(4), DropoutUNet] partial class Net;", "Remove [Latent]", "[DropoutUNet] partial class Net;")]
    [InlineData("[UNet(Depth = 4)] partial class Net;", "Add [ProbabilisticUNet]", "[ProbabilisticUNet, UNet(Depth = 4)] partial class Net;")]
    [InlineData("[global::ProbUNet.Dsl.UNetAttribute] partial class Net;", "Add [ProbabilisticUNet]", "[global::ProbUNet.Dsl.ProbabilisticUNet, global::ProbUNet.Dsl.UNetAttribute] partial class Net;")]
    public async Task AFix_WritesWhatItsTitleSays_AndTheDiagnosticIsGone(string source, string title, string expected)
    {
        using var workspace = new AdhocWorkspace();
        var project = Mending.Open(workspace, $"using ProbUNet.Dsl;\n{source}");
        var diagnostic = Assert.Single(await Mending.Diagnose(project));
        var mended = await Mending.After(project, (await Mending.Offers(project, diagnostic)).Single(action => action.Title == title));
        Assert.Equal($"using ProbUNet.Dsl;\n{expected}", await Mending.TextOf(mended));
        Assert.DoesNotContain(await Mending.Diagnose(mended), left => left.Id == diagnostic.Id || left.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData("static class Sizes { public static readonly int[] Of = [8, 0]; } [ProbabilisticUNet] [UNet(Channels = (int[])[8, 0])] partial class Net;")]   // the list is not a literal one
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [8, 0])] partial class Base; [Variant(of: typeof(Base)), Latent(4)] partial class Net;", 1)]   // the base is to blame
    [InlineData("[ProbabilisticUNet] partial class Net : System.Exception;")]
    [InlineData("[ProbabilisticUNet] partial record Net;")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] abstract partial class Net { public abstract int Mine { get; } }")]
    [InlineData("[ProbabilisticUNet] [UNet(\n#if !DEEP\n Depth = 2,\n#endif\n Channels = [4, 8])] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [4, 8],\n#if !DEEP\n Depth = 2\n#endif\n)] partial class Net;")]
    [InlineData("[ProbabilisticUNet]\n#if !DEEP\nstatic\n#endif\npartial class Net;")]
    [InlineData("[DropoutUNet,\n#if !DEEP\nLatent(4),\n#endif\nUNet] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Kernel =\n#if !DEEP\n 4 -\n#endif\n 8)] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Activation = (Nonlinearity)99)] partial class Net;")]
    public async Task WhereNoChangeOfOnePlaceWouldMendIt_NothingIsOffered(string source, int number = 0)
    {
        using var workspace = new AdhocWorkspace();
        var project = Mending.Open(workspace, $"using ProbUNet.Dsl;\n{source}");
        Assert.Empty(await Mending.Offers(project, (await Mending.Diagnose(project))[number]));
    }

    [Theory]
    [InlineData("using U = ProbUNet.Dsl.UNetAttribute; [U(Depth = 4)] partial class Net;", "using U = ProbUNet.Dsl.UNetAttribute; [global::ProbUNet.Dsl.ProbabilisticUNet, U(Depth = 4)] partial class Net;")]
    [InlineData("using D = ProbUNet.Dsl; [D::UNet] partial class Net;", "using D = ProbUNet.Dsl; [D::ProbabilisticUNet, D::UNet] partial class Net;")]
    [InlineData("using ProbUNet.Dsl; [UNet] partial class Net; class ProbabilisticUNetAttribute : System.Attribute;", "using ProbUNet.Dsl; [global::ProbUNet.Dsl.ProbabilisticUNet, UNet] partial class Net; class ProbabilisticUNetAttribute : System.Attribute;")]
    public async Task TheFamilyThatIsAdded_IsCalledWhatItIsThere(string source, string expected)
    {
        using var workspace = new AdhocWorkspace();
        var project = Mending.Open(workspace, source);
        var mended = await Mending.After(project, Assert.Single(await Mending.Offers(project, Assert.Single(await Mending.Diagnose(project)))));
        Assert.Equal(expected, await Mending.TextOf(mended));
        Assert.Empty(await Mending.Diagnose(mended));
    }

    [Fact]
    public async Task AClassOfSeveralParts_BecomesPartialInAll()
    {
        using var workspace = new AdhocWorkspace();
        var project = Mending.Open(workspace, "[ProbUNet.Dsl.ProbabilisticUNet] class Net { }", "partial class Net { }", "sealed class Net { }");
        var diagnostic = Assert.Single(await Mending.Diagnose(project));
        var mended = await Mending.After(project, Assert.Single(await Mending.Offers(project, diagnostic)));
        Assert.Equal("[ProbUNet.Dsl.ProbabilisticUNet] partial class Net { }", await Mending.TextOf(mended));
        Assert.Equal("partial class Net { }", await Mending.TextOf(mended, 1));
        Assert.Equal("sealed partial class Net { }", await Mending.TextOf(mended, 2));
    }

    [Theory]
    [InlineData("[ProbabilisticUNet(Height = 100, Width = 100)] partial class A; [DeterministicUNet(Height = 101)] partial class B;", "Use 96",
        "[ProbabilisticUNet(Height = 96, Width = 96)] partial class A; [DeterministicUNet(Height = 96)] partial class B;")]
    [InlineData("[ProbabilisticUNet] class A; [DropoutUNet] class B; [DropoutUNet] class A1;", "Make A partial", "[ProbabilisticUNet] partial class A; [DropoutUNet] class B; [DropoutUNet] class A1;")]
    [InlineData("[ProbabilisticUNet] [UNet(Depth = 1, Channels = [4], BaseChannels = 2)] partial class A; [ProbabilisticUNet] [UNet(Depth = 2, Channels = [4])] partial class B;", "Remove Depth",
        "[ProbabilisticUNet] [UNet(Channels = [4], BaseChannels = 2)] partial class A; [ProbabilisticUNet] [UNet(Channels = [4])] partial class B;")]
    [InlineData("[DropoutUNet, Latent(4)] partial class A; [DropoutUNet] [Latent(4)] partial class B;", "Remove [Latent]", "[DropoutUNet] partial class A; [DropoutUNet] partial class B;")]
    public async Task FixAll_MendsEveryPlaceOfTheSameTitle(string source, string title, string expected)
    {
        using var workspace = new AdhocWorkspace();
        var project = Mending.Open(workspace, $"using ProbUNet.Dsl;\n{source}", $"using ProbUNet.Dsl;\nnamespace Other;\n{source}");
        var diagnostic = (await Mending.Diagnose(project))[0];
        var mended = await Mending.AfterAll(project, diagnostic, (await Mending.Offers(project, diagnostic)).Single(action => action.Title == title));
        Assert.Equal($"using ProbUNet.Dsl;\n{expected}", await Mending.TextOf(mended));
        Assert.Equal($"using ProbUNet.Dsl;\nnamespace Other;\n{expected}", await Mending.TextOf(mended, 1));
    }

    [Fact]
    public async Task EveryOfferedValue_RemovesTheErrorThatItIsOfferedFor()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        var specs = SpecGen.Any.Draw(1500, seed).Where(spec => spec.Validate() is [{ Remedies.Count: > 0 }]).ToList();
        Assert.True(specs.Count > 50, $"Seed {seed} gives {specs.Count} specs with one error that has remedies");

        using var workspace = new AdhocWorkspace();
        // A document a spec, in its own namespace, so that the document of a diagnostic names its spec.
        var project = Mending.Open(workspace, specs.Select((spec, i) => $"using ProbUNet.Dsl;\nnamespace N{i};\n{SpecAttributes.Write(spec, "Net")}"));
        var mended = new List<(ModelSpec Spec, string Title, SpecError Error, string Text)>();
        foreach (var (i, diagnostic) in (await Mending.Diagnose(project)).Where(found => found.Severity == DiagnosticSeverity.Error)
            .Select(found => (int.Parse(Mending.DocumentOf(project, found).Name[4..^3], System.Globalization.CultureInfo.InvariantCulture), found)))
        {
            var error = specs[i].Validate()[0];
            var offers = await Mending.Offers(project, diagnostic);
            Assert.True(error.Remedies.Count == offers.Count, $"Seed {seed}: {specs[i]} has {error}, for which {string.Join(", ", offers.Select(offer => offer.Title))} is offered");
            foreach (var offer in offers)
                mended.Add((specs[i], offer.Title, error, await Mending.TextOf(await Mending.After(project, offer), i)));
        }
        Assert.True(mended.Count >= specs.Count);

        var after = Mending.Open(workspace, mended.Select((one, i) => one.Text.Replace("namespace N", $"namespace M{i}.N", StringComparison.Ordinal)));
        foreach (var left in await Mending.Diagnose(after))
        {
            var (spec, title, error, text) = mended[int.Parse(Mending.DocumentOf(after, left).Name[4..^3], System.Globalization.CultureInfo.InvariantCulture)];
            Assert.False(left.Id == error.Id, $"Seed {seed}: {spec} still has {left} after '{title}':\n{text}");
        }
    }
}
