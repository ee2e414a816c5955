using System.Diagnostics;
using System.Reflection;

namespace ProbUNet.Cli.Tests;

/// <summary>What a program did.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>Runs our programs as a user's shell does.</summary>
internal static class Programs
{
    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    public static Outcome Probunet(string folder, params string[] arguments) => Run(folder, "ProbUNet.Cli", "probunet.dll", arguments);

    public static Outcome Quickstart(string folder, params string[] arguments) => Run(folder, "examples/Quickstart", "Quickstart.dll", arguments);

    private static Outcome Run(string folder, string project, string program, string[] arguments)
    {
        var path = Path.Combine(RepositoryRoot, project, "bin", Metadata("Configuration"), "net10.0", program);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [path, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static string Metadata(string key) =>
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
