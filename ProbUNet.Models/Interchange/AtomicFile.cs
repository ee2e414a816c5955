namespace ProbUNet.Models.Interchange;

/// <summary>Files that are there whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a file beside its place and renames it there once it is complete and on the disk; creates the folder. On failure what
    /// was there before is untouched and nothing is left behind.
    /// </summary>
    /// <exception cref="InputException">The path is a folder, or cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (Directory.Exists(path))
            throw new InputException(path, "it is a folder, not a file", "name a file in it");
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new InputException(path, $"it cannot be written ({error.Message.TrimEnd('.')})", "choose another place or free some space", error);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
