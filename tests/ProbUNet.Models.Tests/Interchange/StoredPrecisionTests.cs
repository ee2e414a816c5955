using ProbUNet.Models.Interchange;
using ProbUNet.Models.Tests.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Interchange;

/// <summary>Weights that are stored in 16 bits are the nearest ones, as TorchSharp rounds too.</summary>
public class StoredPrecisionTests
{
    [Theory]
    [InlineData(ElementType.F16, ScalarType.Float16)]
    [InlineData(ElementType.BF16, ScalarType.BFloat16)]
    [InlineData(ElementType.F32, ScalarType.Float32)]
    public void AnyValue_IsRoundedAsTorchSharpRoundsIt(ElementType type, ScalarType torch)
    {
        var dice = new System.Random();
        var values = new float[200_000];
        for (var i = 0; i < values.Length; i++)
            // Any bits; and bits that lie halfway between two values of 16 bits, or just beside.
            values[i] = BitConverter.Int32BitsToSingle(i % 2 == 0 ? (int)dice.NextInt64() : (int)dice.NextInt64() & ~0xFFFF | 0x8000 + dice.Next(-1, 2));
        values[0] = BitConverter.Int32BitsToSingle(0x7F800001);   // a NaN whose upper half is an infinity's
        var read = new float[values.Length];
        Assert.Equal(-1, type.ToFloats(type.FromFloats(values, out var broken), read));
        using var exact = tensor(values);
        using var rounded = exact.to(torch);
        using var back = rounded.to(float32);
        var expected = back.data<float>().ToArray();
        for (var i = 0; i < values.Length; i++)
            Assert.True(float.IsNaN(expected[i]) ? float.IsNaN(read[i]) : BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(read[i]), $"{values[i]:R} became {read[i]:R}, not {expected[i]:R}");
        Assert.Equal(Enumerable.Range(0, values.Length).Where(i => float.IsFinite(values[i]) && float.IsInfinity(expected[i])).FirstOrDefault(-1), broken);
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    public void WeightsInHalfTheSize_AreReadAsWhatTheyWereRoundedTo_AndTheSameBytesEachTime(ElementType type)
    {
        using var folder = new TemporaryFolder();
        using var saved = new TinyNet(seed: 1);
        using var loaded = new TinyNet(seed: 2);
        Weights.Save(saved, folder["whole.safetensors"]);
        Weights.Save(saved, folder["a.safetensors"], type: type);
        Weights.Load(loaded, folder["a.safetensors"]);
        Weights.Save(loaded, folder["b.safetensors"], type: type);   // what is rounded already stays
        Assert.Equal(File.ReadAllBytes(folder["a.safetensors"]), File.ReadAllBytes(folder["b.safetensors"]));
        using (var file = TensorFile.Open(folder["a.safetensors"]))
            Assert.All(file.Tensors.Values, tensor => Assert.Equal(type, tensor.Type));
        Assert.InRange(new FileInfo(folder["a.safetensors"]).Length, 1, new FileInfo(folder["whole.safetensors"]).Length - saved.ParameterCount);
    }

    [Fact]
    public void AWeightBeyondFloat16_IsRefused_WithItsName()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 1);
        using var still = no_grad();
        var (name, weight) = model.named_parameters().First();
        weight.fill_(1e6f);
        Assert.Equal($"{name}: its value 1000000 is beyond what F16 holds; store the weights as float32.", Assert.Throws<InputException>(() => Weights.Save(model, folder["x.safetensors"], type: ElementType.F16)).Message);
        Assert.Throws<InputException>(() => Weights.Save(model, folder["x.safetensors"], type: ElementType.I8));
        Assert.Empty(Directory.GetFiles(folder.Root));
        Weights.Save(model, folder["x.safetensors"], type: ElementType.BF16);   // which has the range of float32
    }
}
