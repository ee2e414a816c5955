using System.Text;
using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Tests.Training;

namespace ProbUNet.Models.Tests.Interchange;

public class SafetensorsTests
{
    [Fact]
    public void Weights_ComeBackBitForBit_AndTheFileIsTheSameBytesEachTime()
    {
        using var folder = new TemporaryFolder();
        using var saved = new TinyNet(seed: 1);
        using var loaded = new TinyNet(seed: 2);
        Weights.Save(saved, folder["a.safetensors"]);
        Weights.Load(loaded, folder["a.safetensors"]);
        Weights.Save(loaded, folder["b.safetensors"]);
        Assert.Equal(File.ReadAllBytes(folder["a.safetensors"]), File.ReadAllBytes(folder["b.safetensors"]));
        Assert.Equal(2, Directory.GetFiles(folder.Root).Length);   // no temporary file is left
    }

    [Fact]
    public void AForeignFile_IsRefusedWithWhatIsMissingAndUnexpected_AndTheNetworkIsUnchanged()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 1);
        var before = Weights.Copy(model);
        Safetensors.Write(folder["x.safetensors"], before.Select((named, i) => i switch
        {
            0 => KeyValuePair.Create("stranger", named.Value),
            1 => KeyValuePair.Create(named.Key, new StoredTensor([2], [1, 2])),
            _ => KeyValuePair.Create(named.Key, new StoredTensor(named.Value.Shape, [.. named.Value.Values.Select(value => value + 1)])),
        }));
        var error = Assert.Throws<InputException>(() => Weights.Load(model, folder["x.safetensors"]));
        Assert.Contains($"{before[0].Key} is missing", error.Message);
        Assert.Contains($"{before[1].Key} is [2] where the network has [4]", error.Message);
        Assert.Contains("stranger is unexpected", error.Message);
        Assert.All(Weights.Copy(model).Zip(before), pair => Assert.Equal(pair.Second.Value.Values, pair.First.Value.Values));
    }

    [Property(MaxTest = 100)]
    public void ValuesAreAligned_AndFillTheFileToItsEnd(string name, byte count)
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        var values = Enumerable.Range(0, count).Select(value => (float)value).ToArray();
        // Surrogates without their other half are no text, and JSON would not give them back.
        var key = string.Concat((name ?? "").Where(letter => !char.IsSurrogate(letter)));
        Safetensors.Write(path, [KeyValuePair.Create(key, new StoredTensor([count], values))]);
        var bytes = File.ReadAllBytes(path);
        var header = BitConverter.ToInt64(bytes);
        Assert.Equal(0, header % 8);   // the format's own rule
        Assert.Equal(8 + header + count * sizeof(float), bytes.Length);
        Assert.Equal(values, Safetensors.Read(path)[key].Values);
    }

    [Property(MaxTest = 300)]
    public void ADamagedFile_IsReadOrRefused_NeverAnotherException(int cut, int[] places, byte[] values)
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        Safetensors.Write(path, [KeyValuePair.Create("a.weight", new StoredTensor([2, 3], [1, 2, 3, 4, 5, 6])), KeyValuePair.Create("b", new StoredTensor([], [7]))]);
        var bytes = File.ReadAllBytes(path);
        foreach (var (place, value) in places.Zip(values))
            bytes[(uint)place % bytes.Length] = value;
        File.WriteAllBytes(path, bytes[..(cut % 3 == 0 ? (int)((uint)cut % bytes.Length) : bytes.Length)]);
        try
        {
            Safetensors.Read(path);
        }
        catch (InputException error)
        {
            Assert.StartsWith(path, error.Message);
        }
    }

    [Property(MaxTest = 60)]   // each waits for the disk
    public void TensorsOfAnyType_ComeBackBitForBit_WithWhatIsSaidOfThem(long seed)
    {
        using var folder = new TemporaryFolder();
        var random = RandomStream.For(seed);
        var types = Enum.GetValues<ElementType>();
        var tensors = Enumerable.Range(0, random.NextInt32(6)).Select(number =>
        {
            var (type, shape) = (types[random.NextInt32(types.Length)], Enumerable.Range(0, random.NextInt32(4)).Select(_ => (long)random.NextInt32(4)).ToArray());
            var bytes = new byte[shape.Aggregate(1L, (count, size) => count * size) * type.Size()];
            foreach (ref var value in bytes.AsSpan())
                value = (byte)random.NextInt32(256);
            return KeyValuePair.Create($"tensor \"{number}\" ü", new TensorBytes(type, shape, bytes));
        }).ToList();
        var metadata = Enumerable.Range(0, random.NextInt32(3)).ToDictionary(number => $"key {9 - number}", number => $"\n{number}");
        Safetensors.WriteBytes(folder["a.safetensors"], tensors, metadata);
        Safetensors.WriteBytes(folder["b.safetensors"], tensors, metadata.Reverse());
        Assert.Equal(File.ReadAllBytes(folder["a.safetensors"]), File.ReadAllBytes(folder["b.safetensors"]));

        using var file = TensorFile.Open(folder["a.safetensors"]);
        Assert.Equal(metadata.OrderBy(each => each.Key), file.Metadata);
        Assert.Equal(tensors.Select(named => named.Key).Order(), file.Tensors.Keys.Order());
        Assert.All(tensors, named =>
        {
            var read = file.Tensors[named.Key];
            Assert.Equal((named.Value.Type, 0), (read.Type, read.Count == 0 ? 0 : read.Offset % read.Type.Size()));   // aligned, where there is anything
            Assert.Equal(named.Value.Shape, read.Shape);
            Assert.Equal(named.Value.Values.ToArray(), read.ToBytes());
        });
    }

    [Fact]
    public void AValueThatIsRefused_LeavesAllWeightsAsTheyWere()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyNet(seed: 1);
        var before = Weights.Copy(model);
        Safetensors.WriteBytes(folder["x.safetensors"], before.Select((named, i) => KeyValuePair.Create(named.Key, i == before.Count - 1
            ? new TensorBytes(ElementType.F64, named.Value.Shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>([.. named.Value.Values.Select(_ => 0.1)]).ToArray())
            : new TensorBytes(ElementType.F32, named.Value.Shape, new byte[4 * named.Value.Values.Length]))));
        Assert.Contains($"{before[^1].Key} (byte ", Assert.Throws<InputException>(() => Weights.Load(model, folder["x.safetensors"])).Message);
        Assert.All(Weights.Copy(model).Zip(before), pair => Assert.Equal(pair.Second.Value.Values, pair.First.Value.Values));
    }

    public static TheoryData<string> Names => [.. Families.All.Select(family => family.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheWeightsOfEveryFamily_ComeBackBitForBit(string family)
    {
        using var folder = new TemporaryFolder();
        foreach (var normalization in Enum.GetValues<Normalization>())
        {
            var spec = Families.All.First(each => each.Name == family).Defaults with { Image = new(1, 8, 8), UNet = new() { Channels = [4, 6, 8], ConvsPerBlock = 1, Normalization = normalization, Groups = 2 } };
            SegmentationModel Made(long seed) => Interpreter.Create(spec, seed).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
            using var saved = Made(1);
            using var loaded = Made(2);
            Weights.Save(saved, folder["a.safetensors"]);
            Weights.Load(loaded, folder["a.safetensors"]);
            Assert.All(Weights.Copy(saved).Zip(Weights.Copy(loaded)), pair => Assert.Equal(Bits(pair.First.Value.Values), Bits(pair.Second.Value.Values)));
        }
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    public void EveryHalf_IsTheFloatOfTheSameValue(ElementType type)
    {
        using var folder = new TemporaryFolder();
        var bits = Enumerable.Range(0, 1 << 16).Select(value => (ushort)value).ToArray();
        Safetensors.WriteBytes(folder["x.safetensors"], [KeyValuePair.Create("x", new TensorBytes(type, [256, 256], System.Runtime.InteropServices.MemoryMarshal.AsBytes<ushort>(bits).ToArray()))]);
        var read = Safetensors.Read(folder["x.safetensors"])["x"].Values;
        for (var i = 0; i < bits.Length; i++)
        {
            // From their definitions: sign, exponent and fraction.
            var (exponentBits, fractionBits, bias) = type == ElementType.F16 ? (5, 10, 15) : (8, 7, 127);
            var (sign, exponent, fraction) = (i >> 15 == 0 ? 1 : -1, i >> fractionBits & (1 << exponentBits) - 1, i & (1 << fractionBits) - 1);
            var expected = exponent == (1 << exponentBits) - 1 ? fraction == 0 ? sign * double.PositiveInfinity : double.NaN
                : exponent == 0 ? sign * fraction * Math.Pow(2, 1 - bias - fractionBits)
                : sign * (1 + fraction * Math.Pow(2, -fractionBits)) * Math.Pow(2, exponent - bias);
            Assert.Equal(expected, (double)read[i]);
            Assert.Equal(sign < 0, float.IsNegative(read[i]));
        }
    }

    [Theory]
    [InlineData(ElementType.F64, 0x3FB999999999999A, "x (byte 64) is F64, and float32 does not hold its value 0; store it as F32")]   // 0.1
    [InlineData(ElementType.F64, 0x3FE0000000000000, null)]   // 0.5
    [InlineData(ElementType.F64, 0x7FF8000000000000, null)]   // no number, as it was
    [InlineData(ElementType.I64, (1L << 24) + 1, "x (byte 64) is I64, and float32 does not hold its value 0")]
    [InlineData(ElementType.I64, long.MaxValue, "x (byte 64) is I64, and float32 does not hold its value 0")]
    [InlineData(ElementType.I64, 1L << 24, null)]
    public void AValueThatFloatsDoNotHold_IsRefused_AndNeverRounded(ElementType type, long bits, string? why)
    {
        using var folder = new TemporaryFolder();
        Safetensors.WriteBytes(folder["x.safetensors"], [KeyValuePair.Create("x", new TensorBytes(type, [], BitConverter.GetBytes(bits)))]);
        if (why is null)
            Assert.Equal(type == ElementType.I64 ? bits : BitConverter.Int64BitsToDouble(bits), Safetensors.Read(folder["x.safetensors"])["x"].Values[0]);
        else
            Assert.Contains(why, Assert.Throws<InputException>(() => Safetensors.Read(folder["x.safetensors"])).Message);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, null)]
    [InlineData("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"shape":[],"data_offsets":[0,4],"dtype":"F32"}}   """, 8, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "nothing has the last 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "nothing has the bytes before a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "b begins within another tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "b begins within another tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8, "the values of a are not where its header says")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "the values of a are not where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "the values of a are not where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "-1 is negative")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "the values of a are not where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", 4, "the values of a are not where")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1, "the tensor a (byte 9) is F8_E4M3; store it as F32")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a is there twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype is no part of a tensor, or there twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", 4, "there are more than 2 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "a has not all of dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "its header cannot be read")]
    [InlineData("""{"a":[[[[[[[[]]]]]]]]}""", 0, "StartArray where its header should have StartObject")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "Number where its header should have String")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", 4, "its header cannot be read")]
    [InlineData("[]", 0, "StartArray where")]
    [InlineData("", 0, "its header cannot be read")]
    [InlineData("{", 0, "its header cannot be read")]
    public void AHeader_IsReadOnlyIfAllOfItIsTrue(string header, int values, string? why)
    {
        using var folder = new TemporaryFolder();
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(folder["x.safetensors"], [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[values]]);
        if (why is null)
        {
            TensorFile.Open(folder["x.safetensors"]).Dispose();
            return;
        }
        var message = Assert.Throws<InputException>(() => TensorFile.Open(folder["x.safetensors"])).Message;
        Assert.StartsWith(folder["x.safetensors"], message);
        Assert.Contains("(byte ", message);
        Assert.Contains(why, message);
    }

    [Fact]
    public void AFileOfFiveGigabytes_IsOpenedWithoutReadingIt()
    {
        using var folder = new TemporaryFolder();
        const long hole = 5L << 30;
        var json = Encoding.UTF8.GetBytes($$$"""{"hole":{"dtype":"U8","shape":[{{{hole}}}],"data_offsets":[0,{{{hole}}}]},"x":{"dtype":"F32","shape":[1],"data_offsets":[{{{hole}}},{{{hole + 4}}}]}}""");
        using (var stream = File.Create(folder["x.safetensors"]))
        {
            stream.Write([.. BitConverter.GetBytes((long)json.Length), .. json]);
            stream.Position += hole;   // sparse
            stream.Write(BitConverter.GetBytes(7f));
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var file = TensorFile.Open(folder["x.safetensors"]);
        Assert.Equal([7], file.Tensors["x"].ToFloats());
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
        Assert.Contains("has 5368709120 values; store it in several", Assert.Throws<InputException>(() => file.Tensors["hole"].ToFloats()).Message);
    }

    [Fact]
    public void AClosedFile_HasNoValues()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["x.safetensors"], [KeyValuePair.Create("x", new StoredTensor([1], [1]))]);
        var file = TensorFile.Open(folder["x.safetensors"]);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Tensors["x"].ToFloats());
    }

    [Fact]
    public void WhatCouldNotBeReadBack_IsNotWritten()
    {
        using var folder = new TemporaryFolder();
        var tensor = new StoredTensor([1], [1]);
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["x"], [KeyValuePair.Create("a", tensor), KeyValuePair.Create("a", tensor)]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["x"], [KeyValuePair.Create("__metadata__", tensor)]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["x"], [KeyValuePair.Create("a", new StoredTensor([2], [1]))]));
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    [Fact]
    public void AMissingFile_IsNamed() => Assert.StartsWith("nowhere.safetensors: ", Assert.Throws<InputException>(() => Safetensors.Read("nowhere.safetensors")).Message);
}
