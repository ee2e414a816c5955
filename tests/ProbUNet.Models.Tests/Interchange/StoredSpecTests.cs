using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Testing;

namespace ProbUNet.Models.Tests.Interchange;

/// <summary>A file with weights says which network they are of, and no other function takes them.</summary>
[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 40)]
public class StoredSpecTests
{
    private static readonly string[] Free = ["Image.Height", "Image.Width", "SizePolicy", "UNet.Dropout", "UNet.Initialization", "UNet.Biases", "Rate", "Blocks"];

    private static readonly DeterministicUNetSpec Plain = new() { Image = new(1, 8, 8), UNet = new() { Channels = [2, 4] } };

    [Property]
    public void TheSpecComesBack_BesideWhatElseIsSaid_AndTheSameBytesEachTime(ValidSpec valid)
    {
        using var folder = new TemporaryFolder();
        using var network = Made(valid.Spec);
        foreach (var file in new[] { "a", "b" })
            Weights.Save(network, folder[file], new Dictionary<string, string> { ["words"] = "of the user", ["probunet.spec"] = "{}" });
        Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));
        using var stored = TensorFile.Open(folder["a"]);
        Assert.Equal(["probunet.spec", "words"], stored.Metadata.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(valid.Spec, StoredSpec.Of(stored));
    }

    [Property]
    public void ANetworkWithOneSettingChanged_TakesTheWeights_UnlessItIsAnotherFunctionOfThem(ValidSpec one, ValidSpec other, byte which)
    {
        var both = Settings.Of(one.Spec).Where(setting => setting.Suits(other.Spec) && !Equals(setting.Get(one.Spec), setting.Get(other.Spec))).ToList();
        if (both.Count == 0)
            return;
        var setting = both[which % both.Count];
        var changed = setting.With(one.Spec, setting.Get(other.Spec));
        if (changed.Validate().Count > 0)
            return;
        using var folder = new TemporaryFolder();
        using var saved = Made(one.Spec);
        using var taking = Made(changed);
        if (!Shapes(saved).SequenceEqual(Shapes(taking)))
            return;
        Weights.Save(saved, folder["x"]);
        var before = Weights.Copy(taking);
        if (Free.Contains(setting.Path) || GraphBuilder.Build(one.Spec).Equals(GraphBuilder.Build(changed)))
            Weights.Load(taking, folder["x"]);
        else
        {
            Assert.Equal(
                FormattableString.Invariant($"{folder["x"]}: its weights are of a network with {setting.Path} {setting.Get(one.Spec)}, and this one has {setting.Get(changed)}; declare the network so."),
                Assert.Throws<InputException>(() => Weights.Load(taking, folder["x"])).Message);
            Assert.All(Weights.Copy(taking).Zip(before), pair => Assert.Equal(pair.Second.Value.Values, pair.First.Value.Values));
        }
    }

    /// <summary>A Dropout U-Net has the plain one's tensors.</summary>
    [Fact]
    public void AnotherFamily_IsAnotherFunction()
    {
        using var folder = new TemporaryFolder();
        using var saved = Made(Plain.As<DropoutUNetSpec>() with { Blocks = 1 });
        using var taking = Made(Plain);
        Weights.Save(saved, folder["x"]);
        Assert.Equal(
            $"{folder["x"]}: its weights are of a network of the family DropoutUNet, and this one is of the family DeterministicUNet; declare the network so.",
            Assert.Throws<InputException>(() => Weights.Load(taking, folder["x"])).Message);
    }

    [Fact]
    public void AFileThatDoesNotSay_IsBelieved()
    {
        using var folder = new TemporaryFolder();
        using var saved = Made(Plain);
        using var taking = Made(Plain with { UNet = Plain.UNet with { Activation = Nonlinearity.Silu } });
        Safetensors.Write(folder["x"], Weights.Copy(saved), [KeyValuePair.Create("format", "pt")]);
        Weights.Load(taking, folder["x"]);
        Assert.All(Weights.Copy(taking).Zip(Weights.Copy(saved)), pair => Assert.Equal(pair.Second.Value.Values, pair.First.Value.Values));
    }

    [Theory]
    [InlineData("nothing", "The text is no JSON from line 1 on: mend it there")]
    [InlineData("""{"formatVersion":99}""", "formatVersion: This spec has the format 99 and this program knows 2: open it with the program that wrote it")]
    public void ASpecThatCannotBeUsed_IsRefused(string json, string why)
    {
        using var folder = new TemporaryFolder();
        using var network = Made(Plain);
        Safetensors.Write(folder["x"], Weights.Copy(network), [KeyValuePair.Create("probunet.spec", json)]);
        Assert.Equal($"{folder["x"]}: the spec in its metadata (probunet.spec) cannot be used ({why}); write the file anew.", Assert.Throws<InputException>(() => Weights.Load(network, folder["x"])).Message);
    }

    private static IEnumerable<string> Shapes(SegmentationModel network) => Weights.Copy(network).Select(named => $"{named.Key} {string.Join(' ', named.Value.Shape)}");

    private static SegmentationModel Made(ModelSpec spec) => Interpreter.Create(spec, seed: 1).Match(network => network, errors => throw new InvalidOperationException(errors.ToString()));
}
