using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ProbUNet.Generators.Tests;

/// <summary>Each mistake is one error, at the argument at fault, with the remedy; nothing else fails.</summary>
public class DiagnosticTests
{
    [Theory]
    [InlineData("[ProbabilisticUNet(Height = 100)] [UNet(Channels = [4, 4, 4, 4])] partial class Net;", "PUN0002", "Height = 100", "Height 100 is not divisible by 8, which 3 poolings need: use 96 or 104")]
    [InlineData("[ProbabilisticUNet(Width = 5)] [UNet(Channels = [4, 4, 4, 4])] partial class Net;", "PUN0002", "Width = 5", "use 8")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [])] partial class Net;", "PUN0003", "Channels = []", "The list of channels is empty: a U-Net needs one entry a level, for example [32, 64, 128, 192]")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = null!)] partial class Net;", "PUN0003", "Channels = null!", "empty")]
    [InlineData("[ProbabilisticUNet] [Posterior(Channels = new int[0])] partial class Net;", "PUN0003", "Channels = new int[0]", "a posterior needs one entry")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [8, 0])] partial class Net;", "PUN0004", "0", "Level 1 of a U-Net cannot have 0 channels: use 1 to 8192")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = new[] { 8, -4 })] partial class Net;", "PUN0004", "-4", "-4 channels")]
    [InlineData("[ProbabilisticUNet] [Latent(0)] partial class Net;", "PUN0005", "0", "A latent cannot have 0 dimensions: use 1 to 1024")]
    [InlineData("[ProbabilisticUNet] [Latent(dimension: 2000)] partial class Net;", "PUN0005", "dimension: 2000", "2000")]
    [InlineData("[ProbabilisticUNet] [UNet(ConvsPerBlock = 0)] partial class Net;", "PUN0006", "ConvsPerBlock = 0", "use 1 to 16")]
    [InlineData("[ProbabilisticUNet] [Prior(ConvsPerBlock = 99)] partial class Net;", "PUN0006", "ConvsPerBlock = 99", "A block of a prior cannot have 99 convolutions")]
    [InlineData("[ProbabilisticUNet] [Combiner(Convs = 0)] partial class Net;", "PUN0007", "Convs = 0", "the last included")]
    [InlineData("[ProbabilisticUNet(ImageChannels = 0)] partial class Net;", "PUN0008", "ImageChannels = 0", "channels")]
    [InlineData("[ProbabilisticUNet(Height = -8)] partial class Net;", "PUN0009", "Height = -8", "rows")]
    [InlineData("[ProbabilisticUNet(Classes = 0)] partial class Net;", "PUN0010", "Classes = 0", "classes")]
    [InlineData("[ProbabilisticUNet] [Posterior(Mask = (MaskEncoding)9)] partial class Net;", "PUN0011", "Mask = (MaskEncoding)9", "9 is none of the choices for MaskEncoding: use Centred, Raw")]
    [InlineData("[ProbabilisticUNet] [UNet(Activation = (Nonlinearity)99)] partial class Net;", "PUN0011", "Activation = (Nonlinearity)99", "use Relu, LeakyRelu, Silu, Gelu, Elu")]
    [InlineData("[ProbabilisticUNet] [UNet(Kernel = 4)] partial class Net;", "PUN0013", "Kernel = 4", "use an odd size from 1 to 15")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [8, 12], Normalization = Normalization.Group)] partial class Net;", "PUN0014", "12", "12 channels cannot be parted into 8 groups: use 8 or 16, or other Groups")]
    [InlineData("[ProbabilisticUNet] [UNet(Normalization = Normalization.Group, Groups = 0)] partial class Net;", "PUN0014", "Groups = 0", "use 1 to 8192")]
    [InlineData("[ProbabilisticUNet(Height = 16, Width = 16)] [UNet(Padding = PaddingMode.Reflect)] partial class Net;", "PUN0015", "Padding = PaddingMode.Reflect", "the deepest level of a U-Net has 1x1")]
    [InlineData("[ProbabilisticUNet] [Combiner(Width = 0)] partial class Net;", "PUN0004", "Width = 0", "use 1 to 8192")]
    [InlineData("[ProbabilisticUNet] class Net;", "PUN0001", "Net", "write 'partial class Net'")]
    [InlineData("class Outer { [ProbabilisticUNet] public partial class Net; }", "PUN0001", "Net", "add 'partial' to Outer too")]
    [InlineData("[ProbabilisticUNet] static partial class Net;", "PUN0001", "Net", "remove 'static'")]
    [InlineData("[ProbabilisticUNet] partial record Net;", "PUN0001", "Net", "make it a class")]
    [InlineData("[ProbabilisticUNet] file partial class Net;", "PUN0001", "Net", "remove 'file'")]
    [InlineData("[ProbabilisticUNet] partial class Net(int depth) { int Depth => depth; }", "PUN0001", "Net", "remove the parameter list")]
    [InlineData("[ProbabilisticUNet] partial class Net : System.Exception;", "PUN0001", "Net", "remove the base class")]
    [InlineData("[ProbabilisticUNet] partial class Net { public int Features => 1; }", "PUN0001", "Net", "a member Features, a name that generated code needs")]
    [InlineData("[ProbabilisticUNet] partial class Net { static int Flatten(int x) => x; }", "PUN0001", "Net", "a member Flatten, a name that generated code needs")]
    [InlineData("[ProbabilisticUNet] partial class Features;", "PUN0001", "Features", "give the class another one")]
    [InlineData("[ProbabilisticUNet] partial class Net<Spec>;", "PUN0001", "Net", "a type parameter Spec")]
    [InlineData("[ProbabilisticUNet] partial class Net { public Net(long seed, TorchSharp.torch.Device? device) { } }", "PUN0001", "Net", "remove yours")]
    [InlineData("[ProbabilisticUNet] [UNet(Channels = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])] partial class Net;", "PUN0003", "Channels = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "A U-Net of 13 levels is too deep: use at most 12 entries")]
    public void AMistake_IsOneErrorAtItsPlace(string source, string id, string at, string words)
    {
        var result = TestCompilation.Run(source);
        var error = Assert.Single(result.Errors);
        Assert.Equal(id, error.Id);
        Assert.Contains(words, error.GetMessage());
        Assert.Equal(at, error.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(error.Location.SourceSpan));
    }

    [Fact]
    public void SeveralMistakes_AreAllReported()
    {
        var result = TestCompilation.Run("[ProbabilisticUNet(Height = 100, Classes = 0)] [UNet(Channels = [4, 4, 4, 4])] [Latent(0)] partial class Net;");
        Assert.Equal(["PUN0002", "PUN0005", "PUN0010"], result.Errors.Select(error => error.Id).Order());
    }

    [Fact]
    public void AWrongDeclaration_KeepsItsUsesCompiling()
    {
        var result = TestCompilation.Run("""
            [ProbabilisticUNet] [Latent(0)] partial class Net;
            class User { static object Use(TorchSharp.torch.Tensor x) => (new Net(seed: 1).Features(x), Net.Spec.Latent); }
            """);
        Assert.Equal("PUN0005", Assert.Single(result.Errors).Id);
    }

    [Fact]
    public void WithoutTheRuntime_OneErrorSaysSo()
    {
        var result = TestCompilation.Run("[ProbabilisticUNet] partial class Net;", TestCompilation.AllReferences.Where(reference => !reference.Display!.Contains("ProbUNet.Models")));
        Assert.Equal("PUN0012", Assert.Single(result.Errors).Id);
    }

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
    public void UnusualButLegalClasses_Compile(string source) => TestCompilation.Run(source).Load();

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
    public void Nonsense_IsAnErrorAndNeverAnException(string source) => Assert.NotEmpty(TestCompilation.Run(source).Errors);
}
