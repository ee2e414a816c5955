using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;

namespace ProbUNet.Models.Sources.Files;

/// <summary>
/// Reads a .tar.gz file as a stream, front to back: nothing of it is written to the disk, and of its files only those that are being looked at are in memory.
/// </summary>
internal static class ArchiveReader
{
    private const string CopyAgain = "copy it again from where it came";

    /// <summary>The names of the files that are wanted: relative, with forward slashes, in the order of the archive.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="isWanted">Tells by its name whether a file matters.</param>
    /// <exception cref="InputException">
    /// The archive is damaged or cut off, has a file twice, or has an entry that leads out of it or is a link; the message names it.
    /// </exception>
    public static IReadOnlyList<string> Names(string path, Func<string, bool> isWanted)
    {
        var names = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, entry) in Entries(path, isWanted))
        {
            if (entry.DataStream is null && entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                throw new InputException(path, $"its entry {entry.Name} is a link", "pack the file itself, for example with tar --dereference --hard-dereference");
            if (!known.Add(name))
                throw new InputException(path, $"it has the entry {entry.Name} twice", "pack each file once");
            names.Add(name);
        }
        return names;
    }

    /// <summary>Shows the files that are wanted, each once, to as many threads as there are; no more files than threads are in memory.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="isWanted">Tells by its name whether a file is read.</param>
    /// <param name="visit">Gets a name, as <see cref="Names"/> gives it, and the bytes of a PNG, or the refusal of what cannot be one.</param>
    /// <exception cref="InputException">The archive is damaged or cut off; or <paramref name="visit"/> says so.</exception>
    public static void Visit(string path, Func<string, bool> isWanted, Action<string, Func<byte[]>> visit) =>
        Each.InParallel(Partitioner.Create(Entries(path, isWanted).Select(file => (file.Name, Bytes: BytesOf(path, file.Name, file.Entry))), EnumerablePartitionerOptions.NoBuffering),
            file => visit(file.Name, file.Bytes));

    private static IEnumerable<(string Name, TarEntry Entry)> Entries(string path, Func<string, bool> isWanted)
    {
        using var compressed = File.OpenRead(path);
        using var stream = new GZipStream(compressed, CompressionMode.Decompress);
        using var archive = new TarReader(stream);
        while (Next(path, archive) is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
                continue;
            var name = NameOf(path, entry);
            if (isWanted(name))
                yield return (name, entry);
        }
    }

    private static TarEntry? Next(string path, TarReader archive) => Undamaged(path, () => archive.GetNextEntry());

    private static T Undamaged<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InputException(path, "this archive is damaged or cut off", CopyAgain, error);
        }
    }

    // An entry says how long it is; what it says is believed only as far as there is something, and as an image can be that long.
    private static Func<byte[]> BytesOf(string path, string name, TarEntry entry) => Undamaged<Func<byte[]>>(path, () =>
    {
        try
        {
            var bytes = PngFile.BytesOf(Path.Combine(path, name), entry.DataStream ?? Stream.Null);
            return () => bytes;
        }
        catch (InputException refusal)
        {
            return () => throw refusal;
        }
    });

    /// <summary>The name without a leading "./". One that leads out of the archive is somebody's mistake or attack.</summary>
    private static string NameOf(string path, TarEntry entry)
    {
        var parts = entry.Name.Split('/', '\\');
        return parts[0].Length > 0 && !parts[0].EndsWith(':') && !parts.Contains("..")
            ? string.Join('/', parts.Where(part => part.Length > 0 && part != "."))
            : throw new InputException(path, $"its entry {entry.Name} leads out of the archive", "pack it again with relative names, without '..'");
    }
}
