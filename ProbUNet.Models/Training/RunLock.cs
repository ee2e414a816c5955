using System.Globalization;
using System.Text;

namespace ProbUNet.Models.Training;

/// <summary>Keeps other processes from training in a run folder; it goes with the process, however that ends.</summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _stream;
    private string[] _files;

    private RunLock(FileStream stream, params string[] files) => (_stream, _files) = (stream, files);

    private const string LockFile = "training.lock", HolderFile = "training.pid";

    /// <summary>Whether a path is that of a lock, and not of a run.</summary>
    public static bool IsOurs(string path) => Path.GetFileName(path).StartsWith(HolderFile, StringComparison.Ordinal) || Path.GetFileName(path) == LockFile;

    /// <summary>Whether a path is what is left of a lock by a process that was killed while it took it.</summary>
    public static bool IsPartOfOurs(string path) => AtomicFile.IsPartOf(HolderFile, path);

    /// <summary>Takes the folder.</summary>
    /// <exception cref="InputException">Another process has it, and which; or the folder cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        // Two files, because nobody may read one that is locked.
        var (path, holder) = (Path.Combine(folder, LockFile), Path.Combine(folder, HolderFile));
        FileStream stream;
        try
        {
            // The system keeps the lock, and forgets it when the process is gone: a file that is left behind keeps nobody out.
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (IsHeld(error) && File.Exists(holder))
        {
            throw new InputException(folder, $"the process {Disk.Try(holder, () => File.ReadAllText(holder)).Trim()} is training in this folder", "wait for it, or stop it, before you go on", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException(folder, $"it cannot be written ({error.Message.TrimEnd('.')})", "choose a folder that you may write to, on a disk with room", error);
        }
        try
        {
            AtomicFile.Write(holder, content => content.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture))));
            return new RunLock(stream, holder, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is a lock that keeps us out: EAGAIN of Linux, EWOULDBLOCK of macOS, a sharing violation of Windows.</summary>
    private static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>Lets others in.</summary>
    public void Dispose()
    {
        // The names go before the lock, so that nobody opens a file that is about to lose its name.
        foreach (var file in Interlocked.Exchange(ref _files, []))   // once: the next lock has the same names
            try
            {
                File.Delete(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It stays, and keeps nobody out.
            }
        _stream.Dispose();
    }
}
