namespace ProbUNet.Models;

/// <summary>Files that are whole or not there: a reader, or a run cut short, never sees half of one.</summary>
internal static class AtomicFile
{
    private const string Partial = ".partial";

    /// <summary>Whether a path is what is left of a file of some name by a process that was killed while it wrote that.</summary>
    public static bool IsPartOf(string name, string path) =>
        Path.GetFileName(path) is var left && left.StartsWith(name + ".", StringComparison.Ordinal) && left.EndsWith(Partial, StringComparison.Ordinal)
        && left.Length - name.Length - 1 - Partial.Length is var length and > 0 && Guid.TryParseExact(left.AsSpan(name.Length + 1, length), "N", out _);

    /// <summary>
    /// Writes beside <paramref name="path"/>, waits for the disk, and renames; makes the folder if there is none, and replaces a file of
    /// that name. On failure what was there before is untouched and nothing is left behind.
    /// </summary>
    /// <exception cref="InputException">The path is no name or a folder, or cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new InputException(path, "no file can be called so", "give it a name");
        if (Directory.Exists(path) || Path.GetFileName(path).Length == 0)
            throw new InputException(path, "it is a folder, not a file", "name a file in it");
        var whole = Disk.Try(path, () => Path.GetFullPath(path));
        var partial = $"{whole}.{Guid.NewGuid():N}{Partial}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
            using (var stream = new FileStream(partial, FileMode.CreateNew))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, whole, overwrite: true);
            Disk.Flush(Path.GetDirectoryName(whole)!);
        }
        catch (Exception error) when (Disk.IsRefusal(error))
        {
            throw new InputException(path, $"it cannot be written ({Disk.Reason(error)})", "choose a file in a folder that you may write to, on a disk with room", error);
        }
        finally
        {
            if (File.Exists(partial))   // Delete forgives a missing file, but not a missing folder
                File.Delete(partial);
        }
    }
}
