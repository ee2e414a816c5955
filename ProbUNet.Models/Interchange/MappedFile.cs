using System.IO.MemoryMappedFiles;

namespace ProbUNet.Models.Interchange;

/// <summary>A file that the system maps into memory: what nobody asks for is never read. Every access is within the file.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _first;

    private MappedFile(string path, long length, MemoryMappedFile file)
    {
        (Path, Length, _file) = (path, length, file);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _first);
    }

    private static MappedFile Of(string path, FileStream stream) =>
        new(path, stream.Length, MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false));

    /// <summary>Opens a file.</summary>
    /// <exception cref="InputException">It cannot be read, or is empty.</exception>
    public static MappedFile Open(string path) =>
        Disk.Read(path, () => !File.Exists(path) || Disk.HasBytes(path) ? Of(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0)) : null)
            ?? throw Damage.At(path, 0, "tensor", "there is nothing in it");

    /// <summary>A copy in memory of what is no file of the system's.</summary>
    /// <param name="name">What refusals call it.</param>
    /// <param name="bytes">All of it; of a known length.</param>
    /// <exception cref="InputException">There is nothing in it.</exception>
    public static MappedFile Copy(string name, Stream bytes)
    {
        if (bytes.Length == 0)
            throw Damage.At(name, 0, "tensor", "there is nothing in it");
        var memory = MemoryMappedFile.CreateNew(null, bytes.Length);
        using (var view = memory.CreateViewStream())
            bytes.CopyTo(view);
        return new MappedFile(name, bytes.Length, memory);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Some of its bytes; they are there until the file is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It is.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_first is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new ReadOnlySpan<byte>(_first + offset, length);
    }

    public void Dispose()
    {
        if (_first is null)
            return;
        _first = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}

/// <summary>Refusals of files whose bytes are not what their format says.</summary>
internal static class Damage
{
    /// <summary>Names the file and the place.</summary>
    public static InputException At(string path, long offset, string format, string why, Exception? inner = null) =>
        new(path, FormattableString.Invariant($"it is not a whole {format} file (byte {offset}: {why})"), "fetch or write it again", inner);
}
