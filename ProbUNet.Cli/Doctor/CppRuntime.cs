using System.Runtime.InteropServices;
using System.Text;
using ProbUNet.Build;
using ProbUNet.Models;

namespace ProbUNet.Cli.Doctor;

/// <summary>
/// Whether TorchSharp's native library finds the C++ runtime that it asks for. Looked at from outside, before anything touches TorchSharp: a library that was refused once stays refused in this
/// process, and the loader's own words name neither the version nor what to do (eng/LoaderMend).
/// </summary>
internal static class CppRuntime
{
    private const string Subject = "C++ runtime";
    private const string Library = "libLibTorchSharp.so";

    /// <summary>Looks, and declares an empty need weak where that is asked for and helps.</summary>
    /// <param name="program">The folder of this program.</param>
    /// <param name="mends">Whether the file may be replaced.</param>
    /// <returns>Nothing on systems that load other libraries.</returns>
    public static Finding? Look(string program, bool mends)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        string[] places = [Path.Combine(program, Library), Path.Combine(program, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", Library)];
        if (Array.Find(places, File.Exists) is not { } library)
            return Finding.Bad(Subject, $"{Library} is not beside this program", "install or build probunet anew");
        var runtime = RuntimeHere();
        try
        {
            return Of(mends && !runtime.HasVersion ? LoaderMend.MendFile(library) : LoaderMend.Examine(File.ReadAllBytes(library), out _), runtime, mends, library);
        }
        catch (LoaderMendException error)
        {
            return Finding.Bad(Subject, $"{library}: {error.Message}", "install or build probunet anew");
        }
        catch (Exception error) when (Disk.IsRefusal(error))
        {
            return Finding.Bad(Subject, $"{library} cannot be {(mends ? "replaced" : "read")} ({Disk.Reason(error)})", "run it as who installed probunet, or install it into a folder of your own");
        }
    }

    /// <summary>What a need means on a machine.</summary>
    internal static Finding Of(LoaderNeed need, (string? Path, bool HasVersion) runtime, bool mends, string library) => (need, runtime) switch
    {
        (_, { Path: null }) => Finding.Bad(Subject, $"there is no {LoaderMend.Runtime}, which libtorch needs", "apt-get install libstdc++6"),
        (LoaderNeed.Empty, { HasVersion: false }) when mends => Finding.Good(Subject, $"{library} asked for {LoaderMend.Version} without using it; it is mended"),
        (LoaderNeed.Empty, { HasVersion: false }) => Finding.Bad(Subject, $"{library} asks for {LoaderMend.Version}, which it does not use and {runtime.Path} does not have", "probunet doctor --mend"),
        (LoaderNeed.Used, { HasVersion: false }) => Finding.Bad(Subject, $"{library} uses {LoaderMend.Version}, which {runtime.Path} does not have", "use a distribution with GCC 13 or newer, such as Debian 13 or Ubuntu 24.04"),
        _ => Finding.Good(Subject, $"{runtime.Path} has all that libtorch uses{(runtime.HasVersion ? "" : $" (it lacks {LoaderMend.Version}, which is asked for in vain and may be)")}"),
    };

    private static (string? Path, bool HasVersion) RuntimeHere()
    {
        if (!NativeLibrary.TryLoad(LoaderMend.Runtime, out _))
            return (null, false);
        // The loader knows which file it took.
        var path = File.ReadLines("/proc/self/maps").Select(line => line[(line.IndexOf('/') is >= 0 and var at ? at : line.Length)..]).FirstOrDefault(file => Path.GetFileName(file).StartsWith("libstdc++.so", StringComparison.Ordinal));
        return path is null ? (LoaderMend.Runtime, false) : (path, File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.ASCII.GetBytes($"{LoaderMend.Version}\0")) >= 0);
    }
}
