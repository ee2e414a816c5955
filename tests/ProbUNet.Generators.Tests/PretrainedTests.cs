using System.Reflection;
using System.Security.Cryptography;
using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Testing;
using static TorchSharp.torch;

namespace ProbUNet.Generators.Tests;

/// <summary>What <c>[Pretrained]</c> makes is what the interpreter is with the same weights; weights that are missing or others are refused in a sentence.</summary>
public sealed class PretrainedTests : IDisposable
{
    private const string Path = "weights/net.safetensors";

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TheGeneratedNetwork_IsTheInterpreterWithTheSameWeights_BitForBit_ForEveryFamily()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();   // said when the law fails, so that the specs can be drawn again
        foreach (var (spec, i) in SpecGen.Valid.Draw(60, seed).DistinctBy(spec => spec.GetType()).Select((spec, i) => (spec, i)))
        {
            using var interpreted = Made(spec, 7);
            var type = new[] { ElementType.F32, ElementType.F16, ElementType.BF16 }[i % 3];
            var bytes = Saved(interpreted, type);
            Weights.Load(interpreted, System.IO.Path.Combine(_folder, "net.safetensors"));   // rounded as the file is
            using var pretrained = Pretrained(Load(SpecAttributes.Write(spec, "Net"), bytes, Path));
            Assert.Equal(spec, pretrained.Declaration);
            Assert.All(Weights.Copy(interpreted).Zip(Weights.Copy(pretrained)), pair => Assert.True(pair.First.Key == pair.Second.Key && pair.First.Value.Values.SequenceEqual(pair.Second.Value.Values), $"Seed {seed}: {pair.First.Key} of {spec}"));
            using var image = rand(1, spec.Image.Channels, spec.Image.Height, spec.Image.Width);
            Assert.True(Sampled(interpreted, image).SequenceEqual(Sampled(pretrained, image)), $"Seed {seed}: {spec}");
        }
    }

    [Theory]
    [InlineData(Path)]
    [InlineData("Some.Project.weights.net.safetensors")]   // as a build names what has no name of its own
    public void TheResource_IsFoundByItsNameOrItsEnd(string resource)
    {
        using var network = Made(Small, 1);
        var assembly = Load(Declared, Saved(network), resource);
        using var first = Pretrained(assembly);
        using var second = Pretrained(assembly);
        Assert.NotSame(first, second);   // each call makes one, which is the caller's
        Assert.Equal(Weights.Copy(network)[0].Value.Values, Weights.Copy(first)[0].Value.Values);
    }

    [Fact]
    public void AFileBesideTheProgram_IsTakenWhereNothingIsEmbedded()
    {
        using var network = Made(Small, 2);
        var file = $"{Guid.NewGuid():N}/net.safetensors";   // of this test alone
        var place = System.IO.Path.Combine(AppContext.BaseDirectory, file);
        var bytes = Saved(network);
        var assembly = Load(Declared, bytes, "unrelated", file);
        Assert.Equal($"{file}: these weights are neither embedded in {assembly.GetName().Name} nor a file in {AppContext.BaseDirectory.TrimEnd('/')}; embed them (EmbeddedResource with this LogicalName), or put the file there.",
            Assert.Throws<InputException>(() => Pretrained(assembly)).Message);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
        try
        {
            File.WriteAllBytes(place, bytes);
            using var pretrained = Pretrained(assembly);
            Assert.Equal(Weights.Copy(network)[0].Value.Values, Weights.Copy(pretrained)[0].Value.Values);
            // Another byte is another file.
            bytes[^1] ^= 1;
            File.WriteAllBytes(place, bytes);
            Assert.StartsWith($"{place}: its SHA-256 is {Convert.ToHexStringLower(SHA256.HashData(bytes))}, and the class was compiled with ", Assert.Throws<InputException>(() => Pretrained(assembly)).Message);
        }
        finally
        {
            Directory.Delete(System.IO.Path.GetDirectoryName(place)!, recursive: true);
        }
    }

    [Fact]
    public void OtherBytes_OrOtherTensors_AreRefused_WithTheNameOfTheFile()
    {
        using var network = Made(Small, 3);
        var bytes = Saved(network);
        var (checksum, damaged) = (Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.ToArray());
        damaged[^1] ^= 1;
        var other = Load(Declared, damaged, Path, checksum: checksum.ToUpperInvariant());
        Assert.Equal($"{other.GetName().Name}: {Path}: its SHA-256 is {Convert.ToHexStringLower(SHA256.HashData(damaged))}, and the class was compiled with {checksum}; restore the file, or write its checksum into [Pretrained] if it is the right one.",
            Assert.Throws<InputException>(() => Pretrained(other)).Message);
        using var wider = Made(Small with { Latent = new(3) }, 3);
        Assert.Contains("its tensors are not this network's", Assert.Throws<InputException>(() => Pretrained(Load(Declared, Saved(wider), Path))).Message);
        Assert.Contains("there is nothing in it", Assert.Throws<InputException>(() => Pretrained(Load(Declared, [], Path))).Message);
        Pretrained(Load(Declared, bytes, Path, checksum: checksum.ToUpperInvariant())).Dispose();   // digits are digits in either case
    }

    [Theory]
    [InlineData("namespace A { partial class Outer<T> { PRETRAINED [ProbabilisticUNet] [UNet(Channels = [2])] private sealed partial class @class<@event>; } }")]
    [InlineData("[UNet(Channels = [2])] [ProbabilisticUNet] PRETRAINED partial class Net { public Net(TorchSharp.torch.Device? device = null) : this(1) { } public Net(long seed, string? name) : this(seed) { } }")]
    [InlineData("namespace TorchSharp.Mine { class System; class ProbUNet; [global::ProbUNet.Dsl.ProbabilisticUNet] [global::ProbUNet.Dsl.UNet(Channels = [2])] PRETRAINED partial class Net; }")]
    public void AnyClassThatTakesANetwork_TakesItsWeights(string source) =>
        Assert.Empty(TestCompilation.Run(source.Replace("PRETRAINED", $"[global::ProbUNet.Dsl.Pretrained(\"a \\\"b\\\" {{0}} ü.safetensors\", \"{new string('0', 64)}\")]")).Errors);

    [Fact]
    public void AVariant_AndANetworkWithoutTheAttribute_HaveNone()
    {
        var source = TestCompilation.Run($"[Pretrained(\"a\", \"{new string('0', 64)}\")] {Declared} [Variant(of: typeof(Net))] partial class Varied;");
        Assert.Empty(source.Errors);
        Assert.Equal([true, false], source.Generated.Results.Single().GeneratedSources.OrderBy(file => file.HintName, StringComparer.Ordinal).Select(file => file.SourceText.ToString().Contains("Pretrained")));
    }

    private static readonly ProbabilisticUNetSpec Small = new() { Image = new(1, 8, 8), UNet = new() { Channels = [2, 3], ConvsPerBlock = 1 }, Latent = new(2) };

    private static readonly string Declared = SpecAttributes.Write(Small, "Net");

    private static SegmentationModel Made(ModelSpec spec, long seed) => Interpreter.Create(spec, seed).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));

    private byte[] Saved(SegmentationModel network, ElementType type = ElementType.F32)
    {
        var file = System.IO.Path.Combine(_folder, "net.safetensors");
        Weights.Save(network, file, type: type);
        return File.ReadAllBytes(file);
    }

    /// <summary>A program that declares a network with weights, which are embedded in it under a name.</summary>
    private static Assembly Load(string declared, byte[] bytes, string resource, string path = Path, string? checksum = null)
    {
        var made = TestCompilation.Run($"[Pretrained(\"{path}\", sha256: \"{checksum ?? Convert.ToHexStringLower(SHA256.HashData(bytes))}\")] {declared}");
        Assert.Empty(made.Errors);
        using var stream = new MemoryStream();
        Assert.True(made.Output.Emit(stream, manifestResources: [new ResourceDescription(resource, () => new MemoryStream(bytes), isPublic: true)]).Success);
        return Assembly.Load(stream.ToArray());
    }

    private static SegmentationModel Pretrained(Assembly assembly)
    {
        var method = assembly.GetTypes().Single(type => type.Name == "Net").GetMethod("Pretrained")!;
        return (SegmentationModel)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [null], null)!;
    }

    private static float[] Sampled(SegmentationModel network, Tensor image)
    {
        using var random = new Generator(5);
        using var samples = network.Sample(image, 2, random);
        return samples.data<float>().ToArray();
    }
}
