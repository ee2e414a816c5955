using System.Runtime.InteropServices;

namespace ProbUNet.Models;

/// <summary>What is done on the disk; what the disk refuses is told as bad input is.</summary>
internal static partial class Disk
{
    private const int ReadOnly = 0, InvalidArgument = 22;

    /// <summary>Does something.</summary>
    /// <exception cref="InputException">The disk refuses.</exception>
    public static T Try<T>(string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw new InputException(path, $"it cannot be read or written ({Reason(error)})", "choose a folder that you may write to, on a disk with room", error);
        }
    }

    /// <summary>Reads something.</summary>
    /// <exception cref="InputException">It is not there, or the disk refuses.</exception>
    public static T Read<T>(string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw error switch
            {
                ArgumentException => new InputException(path, "no file can be called so", "name a file that there is", error),
                _ when Directory.Exists(path) => new InputException(path, "it is a folder, not a file", "name a file in it", error),
                FileNotFoundException or DirectoryNotFoundException => new InputException(path, "there is no such file", "check the path", error),
                _ => new InputException(path, $"it cannot be read ({Reason(error)})", "check its permissions", error),
            };
        }
    }

    /// <summary>Whether an exception is the system's refusal. A file that may not grow further is told of by .NET as an argument out of range, and what no file can be called as another one.</summary>
    public static bool IsRefusal(Exception error) => error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" } or ArgumentException { ParamName: "path" };

    /// <inheritdoc cref="Try{T}"/>
    public static void Try(string path, Action act) => Try(path, () =>
    {
        act();
        return true;
    });

    /// <summary>Whether there is anything in a file, before it is opened: a pipe, a socket or a device says that there is not, and whoever opens one may wait for ever.</summary>
    public static bool HasBytes(string path) => new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) is { Exists: true, Length: > 0 };

    /// <summary>The system's own words, without a final stop.</summary>
    public static string Reason(Exception error) => error switch
    {
        ArgumentOutOfRangeException => "a file may not grow further",
        ArgumentException => "no file can be called so",
        _ => error.Message.TrimEnd('.'),
    };

    /// <summary>Waits until the names in a folder are on the disk, where the system has a way to ask for it: a file that is there after a loss of power may else have lost its name.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return;
        var handle = Open(folder, ReadOnly);
        if (handle < 0)
            return;   // a file system without such handles
        var (refused, error) = (Synchronize(handle) != 0, Marshal.GetLastPInvokeError());
        _ = Close(handle);
        if (refused && error != InvalidArgument)   // which is how a file system says that it has nothing to wait for
            throw new IOException($"{folder}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
