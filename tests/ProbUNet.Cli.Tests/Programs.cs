using System.Diagnostics;
using System.Reflection;

namespace ProbUNet.Cli.Tests;

/// <summary>What a program did.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>A program that runs; it is killed, with those that it started, if it still does when this is disposed.</summary>
internal sealed class Running(Process process) : IDisposable
{
    private readonly Task<string> _output = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> _error = process.StandardError.ReadToEndAsync();

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Ends it as a loss of power does.</summary>
    public Outcome Kill()
    {
        process.Kill();
        return End();
    }

    /// <summary>Waits for its end.</summary>
    public Outcome End()
    {
        process.WaitForExit();
        return new Outcome(process.ExitCode, _output.GetAwaiter().GetResult(), _error.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        // A launcher's ranks outlive it for a moment, and write into a folder that its test is deleting.
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}

/// <summary>Runs our programs as a user's shell does.</summary>
internal static class Programs
{
    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    public static string PathOfProbunet { get; } = PathOf("ProbUNet.Cli", "probunet.dll");

    public static Outcome Probunet(string folder, params string[] arguments) => Run(folder, "ProbUNet.Cli", "probunet.dll", arguments);

    /// <summary>Starts it and does not wait.</summary>
    public static Running StartProbunet(string folder, params string[] arguments) => Start(folder, "ProbUNet.Cli", "probunet.dll", arguments);

    /// <summary>The same, without code that is compiled anew while it runs, which takes memory of its own.</summary>
    public static Running StartProbunetCompiledOnce(string folder, params string[] arguments) =>
        Start(folder, "env", ["DOTNET_TieredCompilation=0", "dotnet", PathOfProbunet, .. arguments]);

    public static Outcome Quickstart(string folder, params string[] arguments) => Run(folder, "examples/Quickstart", "Quickstart.dll", arguments);

    public static Outcome OnnxDeploy(string folder, params string[] arguments) => Run(folder, "examples/OnnxDeploy", "OnnxDeploy.dll", arguments);

    private static Outcome Run(string folder, string project, string program, string[] arguments)
    {
        using var running = Start(folder, project, program, arguments);
        return running.End();
    }

    /// <summary>Runs it in a shell that has limited something first.</summary>
    public static Outcome ProbunetLimited(string folder, string limit, string[] arguments)
    {
        // The runtime would map its code from a file larger than any limit.
        using var running = Start(folder, "bash", ["-c", $"trap '' XFSZ; {limit}; DOTNET_EnableWriteXorExecute=0 exec dotnet \"$@\"", "bash", PathOfProbunet, .. arguments]);
        return running.End();
    }

    private static string PathOf(string project, string program) => Path.Combine(RepositoryRoot, project, "bin", Metadata("Configuration"), "net10.0", program);

    private static Running Start(string folder, string project, string program, string[] arguments) => Start(folder, "dotnet", [PathOf(project, program), .. arguments]);

    /// <summary>Starts any program, and does not wait.</summary>
    public static Running Start(string folder, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // The networks of the tests are small, and other tests run: threads that wait for each other cost five times what they give.
        start.Environment.TryAdd("OMP_NUM_THREADS", "1");
        return new Running(Process.Start(start)!);
    }

    private static string Metadata(string key) =>
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
