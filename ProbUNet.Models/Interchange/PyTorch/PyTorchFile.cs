using System.Text;

namespace ProbUNet.Models.Interchange.PyTorch;

/// <summary>What <c>torch.save</c> writes since PyTorch 1.6: a zip file with a pickle (<c>data.pkl</c>), a file for each storage, and the order of bytes.</summary>
internal static class PyTorchFile
{
    private const int MaxPickle = 1 << 26;
    private const string Pickle = "data.pkl";

    /// <summary>How the older format begins: a pickle of protocol 2 of the number 0x1950A86A20F9469CFC6C.</summary>
    private static ReadOnlySpan<byte> OldMagic => [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    /// <summary>Under which keys programs keep the weights beside other things, the likeliest first.</summary>
    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model_state", "model", "network", "net", "weights", "params"];

    /// <summary>Whether a file is PyTorch's.</summary>
    /// <exception cref="InputException">It is, but of a kind that has to be converted; or a pointer to a file that was never fetched.</exception>
    public static bool Recognizes(MappedFile file)
    {
        var start = file.Bytes(0, (int)Math.Min(file.Length, 32));
        if (start.StartsWith(OldMagic))
            throw new InputException(file.Path, "it is in the format of PyTorch before 1.6 (byte 0)", "convert it in Python: torch.save(torch.load(FILE, map_location='cpu', weights_only=True), NEW), or save it as safetensors");
        if (start is [0x80, <= 5, ..] && (file.Length < 8 || start[7] != 0))   // the length of a header of safetensors has zeros there
            throw new InputException(file.Path, "it is a bare pickle (byte 0), which is never run", "save the weights in Python: torch.save(model.state_dict(), FILE)");
        if (start.StartsWith("version https://git-lfs"u8))
            throw new InputException(file.Path, "it is a pointer of Git LFS (byte 0), not the file itself", "fetch it with git lfs pull");
        return ZipDirectory.Recognizes(file);
    }

    /// <summary>The weights in a file.</summary>
    /// <exception cref="InputException">It is damaged, asks for what is not allowed, or has no weights in it, or several.</exception>
    public static TensorFile Read(MappedFile file)
    {
        var entries = ZipDirectory.Read(file).Entries;
        var pickle = entries.Values.FirstOrDefault(entry => entry.Name == Pickle || entry.Name.EndsWith($"/{Pickle}", StringComparison.Ordinal) && entry.Name.Count(letter => letter == '/') == 1)
            ?? throw new InputException(file.Path, $"it is a zip file without a {Pickle} (byte 0), and none of PyTorch's", "name what torch.save wrote");
        var folder = pickle.Name[..^Pickle.Length];
        if (entries.ContainsKey($"{folder}constants.pkl"))
            throw new InputException(file.Path, "it is a program of TorchScript (byte 0), which is never run", "save its weights in Python: torch.save(torch.jit.load(FILE).state_dict(), NEW)");
        if (pickle.Length > MaxPickle)
            throw Damage.At(file.Path, pickle.Offset, "PyTorch", $"its pickle has {pickle.Length} bytes");
        CheckSum(file, pickle);
        var big = IsBigEndian(file, entries.GetValueOrDefault($"{folder}byteorder"));
        var root = new Unpickler(file.Path, file.Bytes(pickle.Offset, (int)pickle.Length), pickle.Offset, (key, type, count, place) =>
            entries.TryGetValue($"{folder}data/{key}", out var entry) && count >= 0 && entry.Length == (Int128)count * type.Size()
                ? new PickledStorage(entry, type, count)
                : throw Damage.At(file.Path, place, "PyTorch", $"the storage {OneLine.Of(key)} is not there, or not of {count} values")).Read();

        var tensors = new OrderedDictionary<string, FileTensor>(StringComparer.Ordinal);
        var whole = new HashSet<ZipEntry>();   // whose checksum was found to be right
        var weights = Weights(root) ?? throw NoWeights(file, root, pickle.Offset);
        foreach (var (name, tensor) in weights.Named.Where(named => named.Value is PickledTensor).Select(named => (named.Key, (PickledTensor)named.Value!)))
        {
            var (values, type) = (tensor.Storage.Entry, tensor.Storage.Type);
            void Check()
            {
                if (!whole.Contains(values))
                {
                    CheckSum(file, values);
                    whole.Add(values);
                }
            }
            if (!tensors.TryAdd(name, new FileTensor(file, name, type, tensor.Shape, tensor.Strides, values.Offset + tensor.First * type.Size(), big && type.Size() > 1, Check)))
                throw Damage.At(file.Path, weights.Offset, "PyTorch", $"{OneLine.Of(name)} is there twice");
        }
        return new TensorFile(file, tensors, new Dictionary<string, string>());
    }

    /// <summary>The dictionary with the weights: under the known keys, else the object itself, else the only one in it that has tensors.</summary>
    private static PickledDict? Weights(object? root)
    {
        const int most = 4;   // a pickle can hold itself
        var value = root;
        for (var depth = 0; depth < most; depth++)
        {
            if (value is not PickledDict dict)
                return null;
            if (Wrapped(dict) is { } inner)
            {
                value = inner;
                continue;
            }
            if (HasTensors(dict))
                return dict;
            var candidates = dict.Named.Select(named => named.Value).OfType<PickledDict>().Distinct().Where(HasTensors).Take(2).ToList();
            return candidates.Count == 1 ? candidates[0] : null;
        }
        return null;
    }

    private static PickledDict? Wrapped(PickledDict dict)
    {
        var known = dict.Named.Where(named => named.Value is PickledDict && Wrappers.Contains(named.Key)).ToLookup(named => named.Key, named => (PickledDict)named.Value!);
        return Wrappers.Select(key => known[key].FirstOrDefault()).FirstOrDefault(inner => inner is not null);
    }

    private static bool HasTensors(PickledDict dict) => dict.Named.Any(named => named.Value is PickledTensor);

    private static InputException NoWeights(MappedFile file, object? root, long place)
    {
        const int shown = 8;
        var keys = root is PickledDict dict ? dict.Named.Select(named => OneLine.Of(named.Key)).Take(shown).ToList() : [];
        return new InputException(file.Path, FormattableString.Invariant($"there are no weights in its pickle (byte {place}){(keys.Count > 0 ? $", or more than one network's, under the keys {string.Join(", ", keys)}" : "")}"), "save one state_dict: torch.save(model.state_dict(), FILE)");
    }

    private static bool IsBigEndian(MappedFile file, ZipEntry? entry)
    {
        const int most = 16;
        if (entry is null)
            return false;
        return Encoding.UTF8.GetString(file.Bytes(entry.Offset, (int)Math.Min(entry.Length, most))) switch
        {
            "little" => false,
            "big" => true,
            _ => throw Damage.At(file.Path, entry.Offset, "PyTorch", "its order of bytes is neither little nor big"),
        };
    }

    private static void CheckSum(MappedFile file, ZipEntry entry)
    {
        const int chunk = 1 << 20;
        var sum = 0u;
        for (var at = 0L; at < entry.Length; at += chunk)
            sum = Crc32.Append(sum, file.Bytes(entry.Offset + at, (int)Math.Min(chunk, entry.Length - at)));
        if (sum != entry.Crc)
            throw Damage.At(file.Path, entry.Offset, "PyTorch", $"{OneLine.Of(entry.Name)} is not as it was written");
    }
}
