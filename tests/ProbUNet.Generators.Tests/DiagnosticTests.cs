using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ProbUNet.Generators.Tests;

/// <summary>Each mistake is one error, at the argument at fault, with the remedy; nothing else fails.</summary>
public class DiagnosticTests
{
    [Theory]
    [InlineData("[ProbabilisticUNet(Height = 100)] [UNet(Channels = [4, 4, 4, 4])] partial class Net;", "PUN0002", "Height = 100", "Height 100 is not divisible by 8, which 3 poolings need: use 96 or 104, or the size policy Pad or Crop")]
    [InlineData("[ProbabilisticUNet(Width = 5)] [UNet(Channels = [4, 4, 4, 4])] partial class Net;", "PUN0002", "Width = 5", "use 8, or the size policy Pad or Crop")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [])] partial class Net;", "PUN0003", "Channels = []", "The list of channels is empty: a U-Net needs one entry a level, for example [32, 64, 128, 192]")]
    [InlineData("[ProbabilisticUNet] [Posterior(Channels = new int[0])] partial class Net;", "PUN0003", "Channels = new int[0]", "a posterior needs one entry")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [8, 0])] partial class Net;", "PUN0004", "0", "Level 1 of a U-Net cannot have 0 channels: use 1 to 8192")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = new[] { 8, -4 })] partial class Net;", "PUN0004", "-4", "-4 channels")]
    [InlineData("[ProbabilisticUNet] [Latent(0)] partial class Net;", "PUN0005", "0", "A latent cannot have 0 dimensions: use 1 to 1024")]
    [InlineData("[ProbabilisticUNet] [Latent(dimension: 2000)] partial class Net;", "PUN0005", "dimension: 2000", "2000")]
    [InlineData("[ProbabilisticUNet] [Latent(Dimension = 0)] partial class Net;", "PUN0005", "Dimension = 0", "A latent cannot have 0 dimensions: use 1 to 1024")]
    [InlineData("[ProbabilisticUNet] [Latent(3, Dimension = 0)] partial class Net;", "PUN0005", "Dimension = 0", "0 dimensions")]
    [InlineData("[ProbabilisticUNet] [UNet(ConvsPerBlock = 0)] partial class Net;", "PUN0006", "ConvsPerBlock = 0", "use 1 to 16")]
    [InlineData("[ProbabilisticUNet] [Prior(ConvsPerBlock = 99)] partial class Net;", "PUN0006", "ConvsPerBlock = 99", "A block of a prior cannot have 99 convolutions")]
    [InlineData("[ProbabilisticUNet] [Combiner(Convs = 0)] partial class Net;", "PUN0007", "Convs = 0", "the last included")]
    [InlineData("[ProbabilisticUNet(ImageChannels = 0)] partial class Net;", "PUN0008", "ImageChannels = 0", "channels")]
    [InlineData("[ProbabilisticUNet(Height = -8)] partial class Net;", "PUN0009", "Height = -8", "rows")]
    [InlineData("[ProbabilisticUNet(Classes = 0)] partial class Net;", "PUN0010", "Classes = 0", "classes")]
    [InlineData("[ProbabilisticUNet] [Posterior(Mask = (MaskEncoding)9)] partial class Net;", "PUN0011", "Mask = (MaskEncoding)9", "9 is none of the choices for MaskEncoding: use Centred, Raw")]
    [InlineData("[ProbabilisticUNet] [UNet(Activation = (Nonlinearity)99)] partial class Net;", "PUN0011", "Activation = (Nonlinearity)99", "use Relu, LeakyRelu, Silu, Gelu, Elu")]
    [InlineData("[ProbabilisticUNet] [UNet(Kernel = 4)] partial class Net;", "PUN0013", "Kernel = 4", "use an odd size from 1 to 15")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [8, 12], Normalization = Normalization.Group)] partial class Net;", "PUN0014", "UNet(Channels = [8, 12], Normalization = Normalization.Group)", "12 channels cannot be parted into 8 groups: use 4, which divides the channels of every level")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [12, 20], Normalization = Normalization.Group, Groups = 5)] [Prior(Channels = [6, 14])] [Posterior(Channels = [10])] partial class Net;", "PUN0014", "Groups = 5", "12, 6, 14 channels cannot be parted into 5 groups: use 2")]
    [InlineData("[ProbabilisticUNet] [UNet(Normalization = Normalization.Group, Groups = 0)] partial class Net;", "PUN0014", "Groups = 0", "use 1 to 8192")]
    [InlineData("[ProbabilisticUNet(Height = 16, Width = 16)] [UNet(Padding = PaddingMode.Reflect)] partial class Net;", "PUN0015", "Padding = PaddingMode.Reflect", "the deepest level of a U-Net has 1x1")]
    [InlineData("[ProbabilisticUNet] [Combiner(Channels = 0)] partial class Net;", "PUN0004", "Channels = 0", "use 1 to 8192")]
    [InlineData("[ProbabilisticUNet] class Net;", "PUN0001", "Net", "write 'partial class Net'")]
    [InlineData("class Outer { [ProbabilisticUNet] public partial class Net; }", "PUN0001", "Net", "add 'partial' to Outer too")]
    [InlineData("[ProbabilisticUNet] static partial class Net;", "PUN0001", "Net", "remove 'static'")]
    [InlineData("[ProbabilisticUNet] partial record Net;", "PUN0001", "Net", "make it a class")]
    [InlineData("[ProbabilisticUNet] file partial class Net;", "PUN0001", "Net", "remove 'file'")]
    [InlineData("[ProbabilisticUNet] partial class Net(int depth) { int Depth => depth; }", "PUN0001", "Net", "remove the parameter list")]
    [InlineData("[ProbabilisticUNet] partial class Net : System.Exception;", "PUN0001", "Net", "remove the base class")]
    [InlineData("[ProbabilisticUNet] partial class Net { public int Features => 1; }", "PUN0001", "Net", "a member Features, a name that generated code needs")]
    [InlineData("[ProbabilisticUNet] partial class Net { static int Flatten(int x) => x; }", "PUN0001", "Net", "a member Flatten, a name that generated code needs")]
    [InlineData("[ProbabilisticUNet] partial class Net { static int ReluInPlace => 1; }", "PUN0001", "Net", "a member ReluInPlace, a name that generated code needs")]
    [InlineData("[ProbabilisticUNet] [UNet(Activation = Nonlinearity.Silu)] partial class Net { static int Silu => 1; }", "PUN0001", "Net", "a member Silu, a name that generated code needs")]
    [InlineData("[ProbabilisticUNet] partial class Features;", "PUN0001", "Features", "give the class another one")]
    [InlineData("[ProbabilisticUNet] partial class Net<Spec>;", "PUN0001", "Net", "a type parameter Spec")]
    [InlineData("[ProbabilisticUNet] partial class Net { public Net(long seed, TorchSharp.torch.Device? device) { } }", "PUN0001", "Net", "remove yours")]
    [InlineData("[ProbabilisticUNet] partial class Net { public Net(string path) { } }", "PUN0001", "Net", "begin yours with ': this(…)'")]
    [InlineData("[ProbabilisticUNet] partial class Net { public Net(string path) : base() { } }", "PUN0001", "Net", "begin yours with ': this(…)'")]
    [InlineData("[ProbabilisticUNet] partial class Net { public partial Net(string path); public partial Net(string path) : base() { } }", "PUN0001", "Net", "begin yours with ': this(…)'")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])] partial class Net;", "PUN0003", "Channels = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "A U-Net of 13 levels is too deep: use at most 12 entries")]
    [InlineData("[DropoutUNet(Rate = 1)] partial class Net;", "PUN0017", "Rate = 1", "A dropout rate of 1 is no probability that leaves anything: use at least 0 and below 1")]
    [InlineData("[DeterministicUNet] [UNet(Dropout = -0.5)] partial class Net;", "PUN0017", "Dropout = -0.5", "use at least 0")]
    [InlineData("[DropoutUNet(Blocks = 6)] partial class Net;", "PUN0018", "Blocks = 6", "A U-Net of 5 levels cannot have 6 innermost blocks: use 1 to 5")]
    [InlineData("[UNetEnsemble(Members = 0)] partial class Net;", "PUN0019", "Members = 0", "use 1 to 64")]
    [InlineData("[MultiHeadUNet(Heads = 100)] partial class Net;", "PUN0020", "Heads = 100", "use 1 to 64")]
    [InlineData("[ProbabilisticUNet] [UNet(Growth = 100)] partial class Net;", "PUN0021", "Growth = 100", "Channels cannot grow by 100 from level to level: use 0.125 to 8")]
    [InlineData("[ProbabilisticUNet] [UNet(Depth = 0)] partial class Net;", "PUN0003", "Depth = 0", "A U-Net cannot have 0 levels: use 1 to 12")]
    [InlineData("[ProbabilisticUNet] [UNet(BaseChannels = 0)] partial class Net;", "PUN0004", "BaseChannels = 0", "The first level of a U-Net cannot have 0 channels: use 1 to 8192")]
    [InlineData("[ProbabilisticUNet] [UNet(BaseChannels = 1024)] partial class Net;", "PUN0004", "BaseChannels = 1024", "make the channels [1024, 2048, 4096, 8192, 16384]")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [4, 8], Depth = 2)] partial class Net;", "PUN0022", "Depth = 2", "Channels lists them already: remove one of the two")]
    [InlineData("[ProbabilisticUNet(SizePolicy = (SizePolicy)3)] partial class Net;", "PUN0011", "SizePolicy = (SizePolicy)3", "use Strict, Pad, Crop")]
    [InlineData("[ProbabilisticUNet] [Latent(6, Entry = (LatentEntry)8)] partial class Net;", "PUN0011", "Entry = (LatentEntry)8", "use Combiner, Bottleneck, Input")]
    [InlineData("[UNet(Channels = [4, 8])] partial class Net;", "PUN0023", "UNet(Channels = [4, 8])", "[UNet] describes a part of a network, but Net is none: add the attribute of a family")]
    [InlineData("[DropoutUNet] [Latent(4)] partial class Net;", "PUN0023", "Latent(4)", "The family DropoutUNet has no Latent: remove [Latent]")]
    [InlineData("[ImageToImageVae] [Prior(ConvsPerBlock = 2)] partial class Net;", "PUN0023", "Prior(ConvsPerBlock = 2)", "The family ImageToImageVae has no Prior")]
    [InlineData("[ProbabilisticUNet] [UNetEnsemble] partial class Net;", "PUN0024", "UNetEnsemble", "Net is a ProbabilisticUNet and a UNetEnsemble: keep one of the two attributes")]
    [InlineData("[Variant(of: typeof(string))] partial class Net;", "PUN0025", "Variant(of: typeof(string))", "Net is a variant of String, which is no network")]
    [InlineData("[Variant(of: typeof(string)), DropoutUNet] class Net;", "PUN0025", "Variant(of: typeof(string))", "Net is a variant of String, which is no network")]
    [InlineData("[Variant(of: typeof(string)), DropoutUNet] partial class Net { int Logits => 1; }", "PUN0025", "Variant(of: typeof(string))", "Net is a variant of String, which is no network")]
    [InlineData("[Variant(of: typeof(int[]))] partial class Net;", "PUN0025", "Variant(of: typeof(int[]))", "must be a variant of a class")]
    [InlineData("[Variant(of: typeof(Net))] partial class Net;", "PUN0025", "Variant(of: typeof(Net))", "in the end a variant of itself")]
    [InlineData("[ProbabilisticUNet] partial class Base; [Variant(of: typeof(Base)), Latent(0)] partial class Net;", "PUN0005", "0", "use 1 to 1024")]
    [InlineData("[ProbabilisticUNet(Height = 100)] [UNet(Channels = [4])] partial class Base; [Variant(of: typeof(Base)), UNet(Depth = 4)] partial class Net;", "PUN0002", "Variant(of: typeof(Base))", "Height 100 is not divisible by 8")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net;", "PUN0026", "\"\"", "The path of the weights is empty: name a file")]
    [InlineData("[ProbabilisticUNet] [Pretrained(null!, \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net;", "PUN0026", "null!", "is empty")]
    [InlineData("[ProbabilisticUNet] [Pretrained(sha256: \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\", path: \"/w.safetensors\")] partial class Net;", "PUN0026", "path: \"/w.safetensors\"", "is absolute, and no file of the assembly's")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"C:/w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net;", "PUN0026", "\"C:/w.safetensors\"", "is absolute")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"a/../../w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net;", "PUN0026", "\"a/../../w.safetensors\"", "leads out of the assembly's folder")]
    [InlineData("[ProbabilisticUNet] [Pretrained(@\"a\\w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net;", "PUN0026", "@\"a\\w.safetensors\"", "write / between its parts")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"a//./w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net;", "PUN0026", "\"a//./w.safetensors\"", "has an empty part")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"w.safetensors\", \"abc\")] partial class Net;", "PUN0027", "\"abc\"", "A SHA-256 has 64 hexadecimal digits, and 'abc' is none: write what 'sha256sum w.safetensors' prints")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"w.safetensors\", sha256: \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef012345678g\")] partial class Net;", "PUN0027", "sha256: \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef012345678g\"", "64 hexadecimal digits")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] abstract partial class Net;", "PUN0001", "Net", "Net is abstract, but Pretrained makes one: remove 'abstract'")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net { public required int Mine { get; init; } }", "PUN0001", "Net", "Net requires Mine, which Pretrained cannot know: remove 'required'")]
    [InlineData("[ProbabilisticUNet] [Pretrained(\"w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net { public int Pretrained; }", "PUN0001", "Net", "a member Pretrained, a name that generated code needs")]
    [InlineData("[Pretrained(\"w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")] partial class Net;", "PUN0023", "Pretrained(\"w.safetensors\", \"0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789\")", "[Pretrained] gives weights to a network, but Net is none")]
    public void AMistake_IsOneErrorAtItsPlace(string source, string id, string at, string words)
    {
        var result = TestCompilation.Run(source);
        var error = Assert.Single(result.Errors);
        Assert.Equal(id, error.Id);
        Assert.Contains(words, error.GetMessage());
        Assert.Equal(at, error.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(error.Location.SourceSpan));

        // No network is made of it.
        Assert.All(result.Generated.GeneratedTrees.Where(tree => !tree.FilePath.Contains("Base", StringComparison.Ordinal)), tree => Assert.DoesNotContain("override", tree.ToString()));
    }

    [Theory]
    [InlineData("[ProbabilisticUNet] [Posterior(Channels = [8, 16])] partial class Net;", "PUN0101", "Channels = [8, 16]", "The posterior has 2 levels and the prior 5")]
    [InlineData("[ProbabilisticUNet] [Prior(Channels = [8, 8, 8, 8, 8, 8])] partial class Net;", "PUN0101", "Channels = [8, 8, 8, 8, 8, 8]", "give it at least as many")]
    [InlineData("[ProbabilisticUNet] [Latent(40)] [Prior(Channels = [8, 16, 16, 16, 32])] partial class Net;", "PUN0102", "40", "A latent of 40 dimensions is read off 32 channels of the prior")]
    [InlineData("[ImageToImageVae] [Latent(40)] [Posterior(Channels = [8])] partial class Net;", "PUN0102", "40", "use at most 8")]
    [InlineData("[DeterministicUNet(Height = 16, Width = 16)] partial class Net;", "PUN0103", "DeterministicUNet(Height = 16, Width = 16)", "The deepest of 5 levels has 1x1 pixels")]
    [InlineData("[DeterministicUNet(Height = 4, Width = 4)] [UNet(Channels = [4, 4, 4])] partial class Net;", "PUN0103", "Channels = [4, 4, 4]", "use fewer levels or a larger image")]
    [InlineData("[UNetEnsemble(Members = 1)] partial class Net;", "PUN0104", "Members = 1", "use a DeterministicUNet, or more members")]
    [InlineData("[MultiHeadUNet(Heads = 1)] partial class Net;", "PUN0104", "Heads = 1", "more heads")]
    [InlineData("[DropoutUNet(Rate = 0)] partial class Net;", "PUN0104", "Rate = 0", "every sample is the same")]
    [InlineData("[ProbabilisticUNet, UNet(Groups = 4)] partial class Net;", "PUN0105", "Groups = 4", "do nothing without Normalization Group")]
    public void WhatIsUnwise_IsOneWarningAtItsPlace_ThatAPragmaSilences(string source, string id, string at, string words)
    {
        static Diagnostic[] Ours(TestCompilation result) => [.. result.Diagnostics.Where(diagnostic => diagnostic.Id.StartsWith("PUN", StringComparison.Ordinal) && !diagnostic.IsSuppressed)];
        var result = TestCompilation.Run(source);
        var warning = Assert.Single(Ours(result));
        Assert.Equal((id, DiagnosticSeverity.Warning), (warning.Id, warning.Severity));
        Assert.Contains(words, warning.GetMessage());
        Assert.Equal(at, warning.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(warning.Location.SourceSpan));
        result.Load();   // it works all the same
        Assert.Empty(Ours(TestCompilation.Run($"#pragma warning disable {id}\n{source}")));
    }

    /// <summary>Or an ablation of the normalisation would not build where warnings are errors, with a remedy that cannot be followed: nothing of it can be left out.</summary>
    [Fact]
    public void GroupsThatAreTheBases_AreNoWarningOfAVariant() => Assert.Empty(TestCompilation.Run("""
        [ProbabilisticUNet, UNet(Normalization = Normalization.Group, Groups = 4)] public partial class Base;
        [Variant(of: typeof(Base)), UNet(Normalization = Normalization.Batch)] public partial class Batch;
        """).Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));

    [Theory]
    [InlineData("[ImageT:Posterior] [UNet(Channels = [2, 4], ConvsPerBlock = 1)] partial class Net;", "PUN0023")]   // found by the fuzzer
    [InlineData("[ProbabilisticUNet] [Latent(0)] partial class Net;", "PUN0005")]
    public void AnError_IsNotSilencedByAPragma(string source, string id) =>
        Assert.Equal(id, Assert.Single(TestCompilation.Run($"#pragma warning disable\n{source}").Errors, error => !error.IsSuppressed).Id);

    [Fact]
    public void SeveralMistakes_AreAllReported()
    {
        var result = TestCompilation.Run("[ProbabilisticUNet(Height = 100, Classes = 0)] [UNet(Channels = [4, 4, 4, 4])] [Latent(0)] partial class Net;");
        Assert.Equal(["PUN0002", "PUN0005", "PUN0010"], result.Errors.Select(error => error.Id).Order());
    }

    /// <summary>Without the check it compiles, where null may stand anywhere: a network without layers.</summary>
    [Fact]
    public void AConstructorThatPassesByTheGeneratedOne_IsAnError() =>
        Assert.Contains(TestCompilation.Run("#nullable disable\n[ProbabilisticUNet] partial class Net { public Net(string path) : base(Spec, 1) { } }").Errors, error => error.Id == "PUN0001");

    [Fact]
    public void AWrongDeclaration_KeepsItsUsesCompiling()
    {
        var result = TestCompilation.Run("""
            [ProbabilisticUNet] [Latent(0)] [Pretrained("w.safetensors", "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789")] partial class Net;
            class User { static object Use(TorchSharp.torch.Tensor x) => (new Net(seed: 1).Features(x), Net.Spec.Latent, Net.Pretrained()); }
            """);
        Assert.Equal("PUN0005", Assert.Single(result.Errors).Id);
    }

    [Theory]
    [InlineData("[ProbabilisticUNet] partial class Net;", "PUN0012")]
    [InlineData("[UNet] partial class Net;", "PUN0023")]   // no network, which needs none
    public void WithoutTheRuntime_OneErrorSaysSo_OfANetwork(string source, string id)
    {
        var result = TestCompilation.Run(source, TestCompilation.AllReferences.Where(reference => !reference.Display!.Contains("ProbUNet.Models")));
        Assert.Equal(id, Assert.Single(result.Errors).Id);
    }

    [Theory]
    [InlineData("ProbUNet.Dsl", "namespace ProbUNet.Dsl; public abstract class NetworkAttribute : System.Attribute; public sealed class ProbabilisticUNetAttribute : NetworkAttribute { public int Novelty { get; set; } }", "(Novelty = 2)")]
    [InlineData("ProbUNet.Models", "namespace ProbUNet.Models.Runtime; public abstract class SegmentationModel;", "")]
    public void ALibraryOfAnotherVersion_WhichTheGeneratorDoesNotKnow_IsOneError_AndNothingIsWritten(string library, string text, string said)
    {
        var newer = CSharpCompilation.Create(library, [CSharpSyntaxTree.ParseText($"[assembly: System.Reflection.AssemblyVersion(\"9.1.0.0\")] {text}", cancellationToken: TestContext.Current.CancellationToken)],
            TestCompilation.AllReferences.Where(reference => !reference.Display!.Contains("ProbUNet")), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var result = TestCompilation.Run($"[ProbabilisticUNet{said}] partial class Net;", [.. TestCompilation.AllReferences.Where(reference => Path.GetFileNameWithoutExtension(reference.Display) != library), newer.ToMetadataReference()]);
        var error = Assert.Single(result.Errors);
        Assert.Equal("PUN0012", error.Id);
        Assert.Contains($"references {library} 9.1.0 and the generator of ", error.GetMessage(CultureInfo.InvariantCulture));
        Assert.DoesNotContain("class", result.Source);
    }

    [Fact]
    public void AFileThatIsMarkedAsGenerated_IsAnalyzedToo() =>
        Assert.Equal("PUN0005", Assert.Single(TestCompilation.Run("// <auto-generated/>\n[ProbabilisticUNet] [Latent(0)] partial class Net;").Errors).Id);

    [Fact]
    public void AnOldLanguageVersion_IsOneError()
    {
        var result = TestCompilation.Run("[ProbabilisticUNet] partial class Net { }", language: LanguageVersion.CSharp10);
        Assert.Equal("PUN0012", Assert.Single(result.Errors).Id);
    }

    [Theory]
    [InlineData("namespace A.B { partial class Outer<T> { internal partial struct Middle { [ProbabilisticUNet] [UNet(Channels = [2])] private sealed partial class @class<@event>; } } }")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [2])] partial class Net { } partial class Net { public int Mine => 1; }")]
    [InlineData("namespace Tensor { class TorchSharp; class System; class ProbUNet; [global::ProbUNet.Dsl.ProbabilisticUNet] [global::ProbUNet.Dsl.UNet(Channels = [2])] partial class Net; }")]
    [InlineData("namespace A { [ProbabilisticUNet] [UNet(Channels = [2])] partial class Net; } namespace B { [ProbabilisticUNet] [UNet(Channels = [2, 3])] partial class Net; }")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [2])] partial class Net; [ProbabilisticUNet] [UNet(Channels = [2])] partial class Net<T>;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [2])] partial class Net; [ProbabilisticUNet] [UNet(Channels = [2])] partial class NET;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [2])] partial class Net { static string nameof(object x) => \"\"; public Net(string path) : this(1) { } int Read => Declaration.Latent.Dimension + Spec.Latent.Dimension; }")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [2])] partial class Net { static Net() { } public Net(string path) : this(path.Length, path) { } private Net(int seed, string path) : this(seed) { } public partial Net(); public partial Net() : this(1) { } }")]
    [InlineData("class Device; [ProbabilisticUNet] [UNet(Channels = [2])] partial class Net { public Net(long seed, Device device) : this(seed) { } }")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [2])] partial class Slice; [ProbabilisticUNet] [UNet(Channels = [2])] partial class CheckShape;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [2])] partial class Net { static int SiluInPlace => 1; static int GeluInPlace => 2; static int UpsampleTransposedConv => 3; }")]   // no network calls these
    [InlineData("[DeterministicUNet] [UNet(Channels = [2, 3])] partial class Net { new static int Relu => 1; new static int Silu => 2; new static int Slice => 3; new static int Pad => 4; new static int GroupNorm => 5; }")]   // others do
    public void UnusualButLegalClasses_Compile(string source) => TestCompilation.Run(source).Load();

    /// <summary>Generated code has no word whose meaning a type of that name changes, wherever that type comes from.</summary>
    [Theory]
    [InlineData("[DeterministicUNet] [UNet(Channels = [2])] partial class var;")]
    [InlineData("[DeterministicUNet] [UNet(Channels = [2])] partial class Net; class var;")]
    [InlineData("[DeterministicUNet] [UNet(Channels = [2])] partial class Net<var>;")]
    [InlineData("partial class Outer { [DeterministicUNet] [UNet(Channels = [2])] partial class Net; struct var; }")]
    [InlineData("partial class Outer<var> { [DeterministicUNet] [UNet(Channels = [2])] partial class Net; }")]
    [InlineData("partial class Outer : B { [DeterministicUNet] [UNet(Channels = [2])] partial class Net; } class B { protected struct var; }")]
    [InlineData("[DeterministicUNet] [UNet(Channels = [2])] partial class Net;", "global using var = System.Int32;")]
    [InlineData("[DeterministicUNet] [UNet(Channels = [2])] partial class Net;", "global using Vars; namespace Vars { public struct var; }")]
    [InlineData("[DeterministicUNet] [UNet(Channels = [2])] partial class Net;", "", "public class var;")]
    public void ATypeThatIsNamedVar_IsInNobodysWay(string source, string usings = "", string library = "")
    {
        static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)TestCompilation.Create("").SyntaxTrees.Single().Options, cancellationToken: TestContext.Current.CancellationToken);
        var referenced = CSharpCompilation.Create("Library", [Parse(library)], TestCompilation.AllReferences, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var compilation = TestCompilation.Create(source, [.. TestCompilation.AllReferences, referenced.ToMetadataReference()]).AddSyntaxTrees(Parse(usings));
        TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out _, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(TestCompilation.Analyze(output), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData("[ProbabilisticUNet(Height = \"tall\")] partial class Net;")]
    [InlineData("[ProbabilisticUNet(Height = 1.5)] [Latent] partial class Net;")]
    [InlineData("[ProbabilisticUNet, ProbabilisticUNet(Height = 3)] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [\"a\", null, 3.5])] partial class Net;")]
    [InlineData("[ProbabilisticUNet(Nonsense = 1)] [Latent(default)] [Prior(Channels = 5)] partial class Net;")]
    [InlineData("[ProbabilisticUNet] partial class Net; [ProbabilisticUNet] partial class Net;")]
    [InlineData("[ProbabilisticUNet] partial class Net : Missing;")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [4")]
    [InlineData("[ProbabilisticUNet] partial struct Net;")]
    [InlineData("[ProbabilisticUNet] enum Net;")]
    [InlineData("[ProbabilisticUNet] [UNet(Depth = \"deep\", BaseChannels = null, Growth = true, Dropout = \"1\", Residual = 1)] partial class Net;")]
    [InlineData("[ProbabilisticUNet] [Prior(ConvsPerBlock = \"two\")] [Combiner(Channels = typeof(int))] partial class Net;")]
    public void Nonsense_IsAnErrorAndNeverAnException(string source) => Assert.NotEmpty(TestCompilation.Run(source).Errors);

    /// <summary>In generated code it is said once more, so that it is an error too where another generator gives what is missing.</summary>
    [Theory]
    [InlineData("[ProbabilisticUNet(Height = \"tall\")] [UNet(Depth = \"deep\", Growth = true, Dropout = \"1\", Residual = 1)] partial class Net;",
        "[ProbabilisticUNet(Height = …)]", "[UNet(Depth = …)]", "[UNet(Dropout = …)]", "[UNet(Growth = …)]", "[UNet(Residual = …)]")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [\"a\", null, 3.5])] [Prior(ConvsPerBlock = \"two\")] [Combiner(Channels = typeof(int))] partial class Net;",
        "[UNet(Channels = …)]", "[Prior(ConvsPerBlock = …)]", "[Combiner(Channels = …)]")]
    [InlineData("[Variant(of: typeof(Missing)), DropoutUNet] partial class Net;", "[Variant(of: …)]")]
    [InlineData("[Variant(of: typeof(Missing<int>))] [Latent(3)] partial class Net;", "[Variant(of: …)]")]
    [InlineData("[Variant] [Latent(3)] partial class Net;", "[Variant(…)]")]
    public void AWrongType_IsTheCompilersErrorAlone(string source, params string[] unread)
    {
        var result = TestCompilation.Run(source);
        Assert.DoesNotContain(result.Errors, error => error.Id.StartsWith("PUN", StringComparison.Ordinal));
        Assert.Equal(unread.Order(StringComparer.Ordinal), TestCompilation.Written(result.Output).Select(error => error["PUN0028: ".Length..error.IndexOf(" has no value", StringComparison.Ordinal)]));
    }
}
