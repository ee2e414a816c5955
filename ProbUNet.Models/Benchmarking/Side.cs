using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ProbUNet.Models.Benchmarking;

/// <summary>A program, in one way of working, that does the standard work and says how long it took: a process of its own each time, so that none inherits another's memory.</summary>
/// <param name="Key">What measurements call it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Start">How its process is started, given the threads and the seconds of each work.</param>
internal sealed record Side(string Key, string Title, Func<int, double, ProcessStartInfo> Start)
{
    /// <summary>A process that ends at once, but for what the side must have first: a peer is fetched and installed by it. Nothing where there is nothing to do.</summary>
    public Func<ProcessStartInfo>? SetUp { get; init; }

    /// <summary>Does what must be done once, so that no round pays for it.</summary>
    /// <exception cref="InputException">It cannot be done; what was said last is in the message.</exception>
    public void Prepare()
    {
        if (SetUp is { } setUp)
            Run(Title, setUp(), threads: 1, isTimed: false);
    }

    /// <summary>Has it do its works once.</summary>
    /// <exception cref="InputException">It cannot; what it said last is in the message.</exception>
    public IReadOnlyList<SideLine> Run(int threads, double seconds) => Run(Title, Start(threads, seconds), threads).Lines;

    /// <summary>What a process says of its works, and whether it was killed on the way.</summary>
    internal static (IReadOnlyList<SideLine> Lines, bool IsKilled) Run(string title, ProcessStartInfo start, int threads, bool isTimed = true)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.UseShellExecute) = (true, true, false);
        // All sides alike: a library that counts threads by itself shall count the same ones.
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        using var process = Started(title, start);
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n').Select(SideLine.Read).OfType<SideLine>().ToList();
        process.WaitForExit();
        const int killed = 137;   // 128 + SIGKILL: what the kernel does where memory ends
        if (process.ExitCode is not (0 or killed) || (process.ExitCode == 0 && isTimed && lines.Count == 0))
        {
            var last = errors.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it said nothing";
            throw new InputException(title, string.Create(CultureInfo.InvariantCulture, $"it ended with code {process.ExitCode} ({last.TrimEnd('.')})"), $"run '{start.FileName} {string.Join(' ', start.ArgumentList)}' by itself to see why");
        }
        return (lines, process.ExitCode == killed);
    }

    private static Process Started(string title, ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new InputException(title, $"{start.FileName} cannot be run ({error.Message.Split(": ")[^1].TrimEnd('.')})", "make it a program that may be run", error);
        }
    }
}

/// <summary>The sides that there are.</summary>
internal static class Sides
{
    /// <summary>Keys of sides that are none of ours.</summary>
    public const string Eager = "eager", PyTorchPlain = "pytorch-plain", PyTorchExpertFloat32 = "pytorch-expert-f32", PyTorchExpert = "pytorch-expert", OnnxRuntime = "onnxruntime";

    /// <summary>What may stand beside ours, by the words of the command line: a line more is a peer more.</summary>
    private static readonly Dictionary<string, Func<Self, string?, IEnumerable<Side>>> ByPeer = new()
    {
        ["pytorch"] = (_, setUp) => PyTorch(setUp),
        [OnnxRuntime] = (_, _) => [OnnxRuntimeSide()],
        ["eager"] = (self, _) => [new Side(Eager, TitleOf(Eager), (threads, seconds) => self(Arguments(Eager, threads, seconds)))],
    };

    /// <summary>Starts this very program with other arguments.</summary>
    public delegate ProcessStartInfo Self(IEnumerable<string> arguments);

    /// <summary>The words of the peers.</summary>
    public static IEnumerable<string> Peers => ByPeer.Keys;

    /// <summary>Our sides, one a precision.</summary>
    /// <exception cref="InputException">Networks do not work in one of them.</exception>
    public static IEnumerable<Side> Own(IEnumerable<string> precisions, Self self)
    {
        foreach (var precision in precisions)
        {
            Arithmetic.Check(precision);
            yield return new Side(precision, TitleOf(precision), (threads, seconds) => self(Arguments(precision, threads, seconds)));
        }
    }

    /// <summary>The sides of a peer.</summary>
    /// <param name="peer">Its word.</param>
    /// <param name="self">Starts this program.</param>
    /// <param name="setUp">Where PyTorch's set-up is; looked for if left out.</param>
    /// <exception cref="InputException">There is no such peer, or it cannot run here.</exception>
    public static IEnumerable<Side> Of(string peer, Self self, string? setUp) => ByPeer.TryGetValue(peer, out var sides)
        ? sides(self, setUp)
        : throw new InputException($"--peer {peer}", "there is no such peer", $"use {string.Join(" or ", Peers)}");

    /// <summary>What a side is called.</summary>
    public static string TitleOf(string key) => key switch
    {
        Eager => "TorchSharp, plain",
        PyTorchPlain => "PyTorch, plain",
        PyTorchExpertFloat32 => "PyTorch, expert float32",
        PyTorchExpert => "PyTorch, expert bfloat16",
        OnnxRuntime => "ONNX Runtime, float32",
        _ => $"probunet {key}",
    };

    private static IEnumerable<Side> PyTorch(string? setUp)
    {
        const string leave = "or leave the peer out";
        var path = setUp ?? Find("shared/peer/setup")
            ?? throw new InputException("--peer pytorch", "there is no shared/peer/setup beside this folder or one above it", $"name it by --peer-setup FILE, {leave}");
        if (!File.Exists(path))
            throw new InputException($"--peer-setup {path}", "there is no such file", "name the peer's setup, or leave --peer pytorch out");
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            throw new InputException("--peer pytorch", "its set-up mounts a root of its own, which only root on Linux may", $"run as root, {leave}");
        return new[] { (PyTorchPlain, "plain"), (PyTorchExpertFloat32, "expert-f32"), (PyTorchExpert, "expert") }.Select(each => new Side(each.Item1, TitleOf(each.Item1), (threads, seconds) =>
            new ProcessStartInfo(path, ["--mode", each.Item2, "--threads", Text(threads), "--seconds", Text(seconds)])) { SetUp = () => new ProcessStartInfo(path, ["--help"]) });
    }

    private static Side OnnxRuntimeSide()
    {
        var program = Find("tests/ProbUNet.Benchmarks/bin/Release/net10.0/ProbUNet.Benchmarks.dll") ?? throw new InputException(
            $"--peer {OnnxRuntime}", "the program that runs it is not built in this folder or one above it", "run 'dotnet build -c Release tests/ProbUNet.Benchmarks' in a clone of the sources, and this command there, or leave the peer out");
        return new Side(OnnxRuntime, TitleOf(OnnxRuntime), (threads, seconds) => new ProcessStartInfo("dotnet", [program, OnnxRuntime, "--threads", Text(threads), "--seconds", Text(seconds)]));
    }

    /// <summary>A file beside this folder or one above it; nothing where there is none.</summary>
    private static string? Find(string file)
    {
        for (var folder = Directory.GetCurrentDirectory(); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, file)))
                return Path.Combine(folder, file);
        return null;
    }

    private static IEnumerable<string> Arguments(string mode, int threads, double seconds) => ["--mode", mode, "--threads", Text(threads), "--seconds", Text(seconds)];

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
