using System.ComponentModel;
using System.Reflection;
using System.Security.Cryptography;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Interchange;

/// <summary>
/// Weights that come with an assembly: an embedded resource of the name that <c>[Pretrained]</c> says, else a file beside the assembly, else one beside the program. They are used only if
/// their SHA-256 is the one that the class was compiled with.
/// </summary>
public static class PretrainedWeights
{
    /// <summary>Makes a network with such weights: what the generated <c>Pretrained</c> of a class calls.</summary>
    /// <param name="create">Makes the network on the CPU, with any weights.</param>
    /// <param name="assembly">What the weights come with.</param>
    /// <param name="path">The file, as it is called from the assembly's folder, with <c>/</c> between its parts.</param>
    /// <param name="sha256">What its bytes must be, 64 hexadecimal digits.</param>
    /// <param name="device">Where the network lives; the CPU if left out.</param>
    /// <returns>The network, whose owner is the caller.</returns>
    /// <exception cref="InputException">There is no such file, its bytes are others, or its tensors are not the network's or mean something else in it.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static T Load<T>(Func<T> create, Assembly assembly, string path, string sha256, Device? device = null) where T : SegmentationModel
    {
        using var bytes = Find(assembly, path);
        Verify(bytes, sha256);
        using var file = TensorFile.Read(bytes);
        var network = create();
        try
        {
            Weights.Load(network, file, NameMap.Own);
            if (device is not null)
                network.MoveTo(device);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static MappedFile Find(Assembly assembly, string path)
    {
        if (ResourceOf(assembly, path) is { } name && assembly.GetManifestResourceStream(name) is { } resource)
            using (resource)
                return MappedFile.Copy($"{assembly.GetName().Name}: {path}", resource);
        // An assembly in a single file, or one that was loaded from memory, has no place of its own.
        string[] folders = [.. new[] { Path.GetDirectoryName(assembly.Location), AppContext.BaseDirectory }.OfType<string>().Where(folder => folder.Length > 0).Select(Path.TrimEndingDirectorySeparator).Distinct()];
        return folders.Select(folder => Path.Combine(folder, path)).FirstOrDefault(File.Exists) is { } file
            ? MappedFile.Open(file)
            : throw new InputException(path, $"these weights are neither embedded in {assembly.GetName().Name} nor a file in {string.Join(" or ", folders)}", "embed them (EmbeddedResource with this LogicalName), or put the file there");
    }

    /// <summary>The resource of a path: the one of this very name, or the only one that the build has named after such a file (its folders with dots, behind the project's namespace).</summary>
    private static string? ResourceOf(Assembly assembly, string path)
    {
        var names = assembly.GetManifestResourceNames();
        var dotted = "." + path.Replace('/', '.');
        return names.Contains(path) ? path : names.Where(name => name.EndsWith(dotted, StringComparison.Ordinal)).ToList() is [var only] ? only : null;
    }

    private static void Verify(MappedFile file, string expected)
    {
        const int Chunk = 1 << 24;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var at = 0L; at < file.Length; at += Chunk)
            hash.AppendData(file.Bytes(at, (int)Math.Min(Chunk, file.Length - at)));
        var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (!actual.Equals(expected, StringComparison.OrdinalIgnoreCase))
            throw new InputException(file.Path, $"its SHA-256 is {actual}, and the class was compiled with {expected.ToLowerInvariant()}", "restore the file, or write its checksum into [Pretrained] if it is the right one");
    }
}
