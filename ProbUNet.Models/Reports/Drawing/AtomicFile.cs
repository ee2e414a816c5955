namespace ProbUNet.Models.Reports.Drawing;

/// <summary>Files that are either whole or not there: a reader, or a run cut short, never sees half of one.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside <paramref name="path"/> and renames; makes the folder if there is none, and replaces a file of that name.</summary>
    /// <exception cref="InputException">The path is a folder, or cannot be written. What was there before is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (Directory.Exists(path) || Path.GetFileName(path).Length == 0)
            throw new InputException(path, "is a folder, not a file to write", "name a file in it");
        var whole = Path.GetFullPath(path);
        var partial = $"{whole}.{Guid.NewGuid():N}.partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
            using (var stream = new FileStream(partial, FileMode.CreateNew))
                write(stream);
            File.Move(partial, whole, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "cannot be written", "choose a file in a folder that you may write to, on a disk with room", exception);
        }
        finally
        {
            if (File.Exists(partial)) // Delete forgives a missing file, but not a missing folder.
                File.Delete(partial);
        }
    }
}
