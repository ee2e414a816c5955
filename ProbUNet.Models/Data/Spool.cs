using Microsoft.Win32.SafeHandles;

namespace ProbUNet.Models.Data;

/// <summary>
/// A temporary file for what does not fit into memory. It has no name any more once it is open, so that it is gone with the process, however that ends; and it
/// is closed with the last block of it that somebody holds. What is read often is kept by the operating system's cache, which gives way to programs.
/// </summary>
/// <remarks>
/// Blocks are read at their place, not through a map of the file: a read holds the handle, so that nothing is read after the file is closed; a disk that is full
/// is an error of the write, not the end of the process; and what is cached does not count as memory of ours.
/// </remarks>
internal sealed class Spool
{
    private readonly SafeFileHandle _file;
    private readonly string _folder;
    private long _length;

    /// <summary>Makes the file.</summary>
    /// <param name="folder">Where, on a disk.</param>
    /// <param name="from">The place of the first byte.</param>
    /// <exception cref="InputException">No file can be made there.</exception>
    public Spool(string folder, long from = 0)
    {
        (_folder, _length) = (folder, from);
        var path = Path.Combine(folder, $"probunet-{Guid.NewGuid():N}.spool");
        try
        {
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.RandomAccess | FileOptions.DeleteOnClose);
            // Elsewhere the system deletes it when the handle is closed, and that is when the process ends.
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
        }
        catch (Exception error) when (Disk.IsRefusal(error))
        {
            throw new InputException(folder, $"no temporary file can be made here for data larger than memory ({Disk.Reason(error)})", "name a folder that you may write to, or set TMPDIR to one", error);
        }
    }

    /// <summary>Adds bytes. Many threads may do so at a time.</summary>
    /// <exception cref="InputException">The disk is full.</exception>
    public Block Add(ReadOnlySpan<byte> bytes)
    {
        var at = Interlocked.Add(ref _length, bytes.Length) - bytes.Length;
        try
        {
            RandomAccess.Write(_file, bytes, at);
        }
        catch (Exception error) when (Disk.IsRefusal(error))
        {
            throw new InputException(_folder, $"the temporary file for data larger than memory cannot grow ({Disk.Reason(error)})", "make room, or set TMPDIR to a folder on a larger disk", error);
        }
        return new Block(this, at, bytes.Length);
    }

    /// <summary>Bytes that were added.</summary>
    /// <param name="spool">The file, which lives as long as a block of it.</param>
    /// <param name="at">Where they begin.</param>
    /// <param name="length">How many they are.</param>
    public sealed class Block(Spool spool, long at, int length)
    {
        /// <summary>How many bytes there are.</summary>
        public int Length => length;

        /// <summary>Reads some of them. Many threads may do so at a time.</summary>
        public void Read(int from, Span<byte> destination)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(from);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, length - from);
            while (destination.Length > 0)
            {
                var count = RandomAccess.Read(spool._file, destination, at + from);
                if (count == 0)
                    throw new EndOfStreamException("The temporary file of the data has been cut off.");
                from += count;
                destination = destination[count..];
            }
        }
    }
}
