using FsCheck.Xunit;
using ProbUNet.Models.Interchange;
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

    [Fact]
    public void AMissingFile_IsNamed() => Assert.StartsWith("nowhere.safetensors: ", Assert.Throws<InputException>(() => Safetensors.Read("nowhere.safetensors")).Message);
}
