using ProbUNet.Models.Interchange.PyTorch;

namespace ProbUNet.Models.Interchange;

/// <summary>
/// A file with tensors: safetensors, or what PyTorch's <c>torch.save</c> writes for a state_dict (known by their first bytes, whatever they are called). It is mapped into memory, every length and offset is
/// checked when it is opened, and values are read when they are asked for. Nothing in a file is ever run.
/// </summary>
public sealed class TensorFile : IDisposable
{
    private readonly MappedFile _file;

    internal TensorFile(MappedFile file, IReadOnlyDictionary<string, FileTensor> tensors, IReadOnlyDictionary<string, string> metadata) => (_file, Tensors, Metadata) = (file, tensors, metadata);

    /// <summary>Opens a file.</summary>
    /// <param name="path">Of either format.</param>
    /// <exception cref="InputException">It is missing, damaged (the message names the byte), or asks for what is no tensor.</exception>
    public static TensorFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = MappedFile.Open(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file that is open already, and is closed with what it gives.</summary>
    internal static TensorFile Read(MappedFile file) => PyTorchFile.Recognizes(file) ? PyTorchFile.Read(file) : SafetensorsHeader.Read(file);

    /// <summary>Where it is.</summary>
    public string Path => _file.Path;

    /// <summary>Its tensors by their names there, in the file's order.</summary>
    public IReadOnlyDictionary<string, FileTensor> Tensors { get; }

    /// <summary>What a safetensors file says of itself; nothing where it says nothing.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Closes the file, whose tensors have no values after it.</summary>
    public void Dispose() => _file.Dispose();
}
