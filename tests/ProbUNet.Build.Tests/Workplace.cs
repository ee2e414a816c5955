using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;

namespace ProbUNet.Build.Tests;

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loader-mend");

    /// <summary>What the project file says under a name.</summary>
    public static string FromProject(string name)
        => typeof(Workplace).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == name).Value!;

    /// <summary>The library as TorchSharp ships it.</summary>
    public static string ShippedLibrary => Path.Combine(FromProject("TorchSharpPackage"), "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    public string this[params string[] parts] => Path.Combine([_folder.FullName, .. parts]);

    public string Write(byte[] content, params string[] parts)
    {
        var path = this[parts];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Link(string target, params string[] parts)
    {
        var path = this[parts];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Assert.Equal((0, string.Empty), Run("ln", "-f", target, path));
        return path;
    }

    /// <summary>Runs a program in the folder.</summary>
    public (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true };

        // A test runner started by MSBuild hands on where that one found its parts.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
