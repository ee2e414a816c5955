using System.Formats.Tar;
using System.IO.Compression;

namespace ProbUNet.Models.Sources.Files;

/// <summary>Reads a .tar.gz file as a stream, front to back: nothing of it is written to the disk.</summary>
internal static class ArchiveReader
{
    private const string CopyAgain = "copy it again from where it came";

    /// <summary>The files of an archive that are wanted, by name: relative, with forward slashes.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="isWanted">Tells by its name whether a file is read.</param>
    /// <exception cref="InputException">
    /// The archive is damaged or cut off, has a file twice, or has an entry that leads out of it or is a link; the message names it.
    /// </exception>
    public static IReadOnlyDictionary<string, byte[]> Read(string path, Func<string, bool> isWanted)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var compressed = File.OpenRead(path);
            using var stream = new GZipStream(compressed, CompressionMode.Decompress);
            using var archive = new TarReader(stream);
            while (archive.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
                    continue;
                var name = NameOf(path, entry);
                if (!isWanted(name))
                    continue;
                if (entry.DataStream is null && entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                    throw new InputException(path, $"its entry {entry.Name} is a link", "pack the file itself, for example with tar --dereference --hard-dereference");
                using var content = new MemoryStream();
                entry.DataStream?.CopyTo(content);
                if (!files.TryAdd(name, content.ToArray()))
                    throw new InputException(path, $"it has the entry {entry.Name} twice", "pack each file once");
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InputException(path, "this archive is damaged or cut off", CopyAgain, error);
        }
        return files;
    }

    /// <summary>The name without a leading "./". One that leads out of the archive is somebody's mistake or attack.</summary>
    private static string NameOf(string path, TarEntry entry)
    {
        var parts = entry.Name.Split('/', '\\');
        return parts[0].Length > 0 && !parts[0].EndsWith(':') && !parts.Contains("..")
            ? string.Join('/', parts.Where(part => part.Length > 0 && part != "."))
            : throw new InputException(path, $"its entry {entry.Name} leads out of the archive", "pack it again with relative names, without '..'");
    }
}
