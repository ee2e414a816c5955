using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Interchange;

/// <summary>The weights of a network, to and from values in memory and files.</summary>
public static class Weights
{
    /// <summary>What PyTorch puts before all names where a network was trained on several devices or compiled.</summary>
    private static readonly string[] Prefixes = ["module.", "_orig_mod."];

    /// <summary>A copy of all parameters, in the network's order, and of the running statistics that it keeps.</summary>
    public static IReadOnlyList<KeyValuePair<string, StoredTensor>> Copy(SegmentationModel model) =>
        [.. State(model).Select(named => KeyValuePair.Create(named.Name, ToStored(named.Tensor)))];

    /// <summary>Writes the weights as safetensors, whole or not at all: the same bytes for the same weights. The metadata have the network's spec as JSON (<c>probunet.spec</c>), and with it the file is a whole network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="metadata">More words about it.</param>
    /// <param name="type">How values are stored: as they are, or rounded to <see cref="ElementType.F16"/> or <see cref="ElementType.BF16"/>, half the size.</param>
    /// <exception cref="InputException">The type is none of the three; the path is a folder, or cannot be written; or a weight is beyond what the type holds.</exception>
    public static void Save(SegmentationModel model, string path, IEnumerable<KeyValuePair<string, string>>? metadata = null, ElementType type = ElementType.F32)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        InputException.Refuse(type is not (ElementType.F32 or ElementType.F16 or ElementType.BF16), "The type that weights are stored in", type, "F32, F16 or BF16");
        Safetensors.WriteBytes(path, [.. Copy(model).Select(named => KeyValuePair.Create(named.Key, Rounded(named.Key, named.Value, type)))], StoredSpec.In(model.Declaration, metadata));
    }

    private static TensorBytes Rounded(string name, StoredTensor tensor, ElementType type)
    {
        var bytes = type.FromFloats(tensor.Values, out var broken);
        return broken < 0
            ? new(type, tensor.Shape, bytes)
            : throw new InputException(name, FormattableString.Invariant($"its value {tensor.Values[broken]} is beyond what {type.Code()} holds"), "store the weights as float32");
    }

    /// <summary>Reads weights that <see cref="Save"/> or a foreign program wrote. F16 and BF16 become float32 exactly.</summary>
    /// <param name="model">The network that takes them; unchanged if anything does not fit.</param>
    /// <param name="path">A safetensors file, or one that PyTorch's <c>torch.save</c> wrote.</param>
    /// <param name="foreignName">From this project's names to the file's; the same if left out.</param>
    /// <exception cref="InputException">The file cannot be read, or its tensors are not the network's; or it says of which network they are, and that is another function of the same weights.</exception>
    public static void Load(SegmentationModel model, string path, Func<string, string>? foreignName = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var file = TensorFile.Open(path);
        Load(model, file, foreignName ?? (name => name), NameMap.Own);
    }

    /// <summary>Reads weights that a foreign program wrote.</summary>
    /// <param name="model">The network that takes them; unchanged if anything does not fit.</param>
    /// <param name="file">An open file.</param>
    /// <param name="map">What it calls them.</param>
    /// <exception cref="InputException">The file's tensors are not the network's; or it says of which network they are, and that is another function of the same weights.</exception>
    public static void Load(SegmentationModel model, TensorFile file, NameMap map)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(map);
        Load(model, file, map.For(model.Declaration), map);
    }

    /// <summary>Which tensor of a file is which of a network, and what does not fit.</summary>
    /// <param name="model">The network.</param>
    /// <param name="file">An open file; its values are not looked at.</param>
    /// <param name="map">What it calls them.</param>
    /// <exception cref="InputException">The map cannot be applied.</exception>
    public static WeightMatch Compare(SegmentationModel model, TensorFile file, NameMap map) => Match(State(model), Bare(file, map), map.For(model.Declaration), tensor => tensor.Shape);

    /// <summary>Puts back what <see cref="Copy"/> took.</summary>
    internal static void Assign(SegmentationModel model, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        Assign(State(model), model.GetType().Name, tensors);
        model.WeightsChanged();
    }

    /// <summary>Copies values into tensors, all of them or none.</summary>
    /// <param name="state">The tensors, by name.</param>
    /// <param name="source">What a refusal names.</param>
    /// <param name="tensors">The values, by name: as many, of the same shapes.</param>
    /// <exception cref="InputException">They are not those of the tensors.</exception>
    internal static void Assign(IEnumerable<(string Name, Tensor Tensor)> state, string source, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        var all = state.ToList();
        Assign(all, Fitting(all, source, tensors, name => name, tensor => tensor.Shape), name => tensors[name].Values);
    }

    private static void Load(SegmentationModel model, TensorFile file, Func<string, string> foreignName, NameMap map)
    {
        var (state, tensors) = (State(model).ToList(), Bare(file, map));
        // What could be refused is, before the first weight changes.
        var match = Fitting(state, file.Path, tensors, foreignName, tensor => tensor.Shape);
        StoredSpec.Check(model.Declaration, file);
        foreach (var (_, name) in match.Pairs)
            tensors[name].Check();
        Assign(state, match, name => tensors[name].ToFloats());
        model.WeightsChanged();
    }

    private static WeightMatch Fitting<T>(List<(string Name, Tensor Tensor)> state, string source, IReadOnlyDictionary<string, T> tensors, Func<string, string> foreignName, Func<T, IReadOnlyList<long>> shape)
    {
        var match = Match(state, tensors, foreignName, shape);
        return match.Fits ? match : throw match.Refusal(source);
    }

    private static void Assign(List<(string Name, Tensor Tensor)> state, WeightMatch match, Func<string, float[]> valuesOf)
    {
        using var _ = no_grad();
        foreach (var ((_, parameter), (_, name)) in state.Zip(match.Pairs))
        {
            using var stored = tensor(valuesOf(name), parameter.shape, device: parameter.device);
            parameter.copy_(stored);   // the handle that comes back is the parameter itself
        }
    }

    private static WeightMatch Match<T>(IEnumerable<(string Name, Tensor Tensor)> state, IReadOnlyDictionary<string, T> tensors, Func<string, string> foreignName, Func<T, IReadOnlyList<long>> shape) =>
        new(state.Select(named => (named.Name, (IReadOnlyList<long>)named.Tensor.shape)), tensors.ToDictionary(named => named.Key, named => shape(named.Value)), foreignName);

    /// <summary>The tensors of a file without what stands before all their names, and without those that have no counterpart.</summary>
    private static Dictionary<string, FileTensor> Bare(TensorFile file, NameMap map)
    {
        var names = file.Tensors.Keys.ToList();
        var start = 0;
        while (names.Count > 0 && Array.Find(Prefixes, prefix => names.TrueForAll(name => string.CompareOrdinal(name, start, prefix, 0, prefix.Length) == 0)) is { } found)
            start += found.Length;
        return file.Tensors.Values.Where(tensor => !map.Ignores(tensor.Name[start..])).ToDictionary(tensor => tensor.Name[start..], StringComparer.Ordinal);
    }

    /// <summary>SHA-256 of a network's parameters and running statistics, in hexadecimal.</summary>
    internal static string HashOf(SegmentationModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in State(model))
            hash.AppendData(MemoryMarshal.AsBytes<float>(ToStored(tensor).Values));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>All parameters, in the network's order, and behind them the running statistics that it keeps.</summary>
    internal static IEnumerable<(string Name, Tensor Tensor)> State(SegmentationModel model) =>
        model.Living.named_parameters().Select(named => (named.name, (Tensor)named.parameter)).Concat(model.named_buffers().Select(named => (named.name, named.buffer)));

    /// <summary>A copy of a tensor's values.</summary>
    internal static StoredTensor ToStored(Tensor parameter)
    {
        using var _ = no_grad();
        using var there = parameter.detach();
        using var here = there.cpu();
        using var dense = here.contiguous();
        return new StoredTensor(parameter.shape, dense.data<float>().ToArray());
    }
}
