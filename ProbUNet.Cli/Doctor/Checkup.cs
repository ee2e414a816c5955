using System.Globalization;
using System.Runtime.InteropServices;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Benchmarking;
using ProbUNet.Models.Reports.Drawing;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Doctor;

/// <summary>Looks at all that a machine should have, one thing after the other; what would break without an earlier one is left out where that is bad.</summary>
internal static class Checkup
{
    private const long Gibibyte = 1L << 30;

    /// <summary>What training the standard network takes, docs/performance.md; bytes.</summary>
    private const long Comfortable = 2 * Gibibyte;

    /// <summary>All findings, in the order in which they depend on each other.</summary>
    /// <param name="data">A data set that shall be there, if any.</param>
    /// <param name="mends">Whether what can be mended is.</param>
    public static IEnumerable<Finding> Look(string? data, bool mends)
    {
        yield return Platform(RuntimeInformation.RuntimeIdentifier);
        var runtime = CppRuntime.Look(AppContext.BaseDirectory, mends);
        if (runtime is not null)
            yield return runtime;
        if (runtime is not { Health: Health.Bad })
        {
            var engine = Engine();
            yield return engine;
            if (engine.Health != Health.Bad)
            {
                yield return Threads(Environment.ProcessorCount, Environment.GetEnvironmentVariable("OMP_NUM_THREADS"));
                yield return Gpu();
                yield return Allocation();
            }
        }
        var machine = Machine.Here();
        yield return Bfloat16(machine.Features, RuntimeInformation.ProcessArchitecture);
        yield return Memory(FreeMemory(), machine.MemoryMib << 20);
        yield return Pictures();
        yield return Disk(Path.GetTempPath());
        if (data is not null)
            yield return Data(data);
    }

    /// <summary>libtorch is built for these.</summary>
    internal static Finding Platform(string identifier) => identifier is "linux-x64" or "win-x64" or "osx-arm64"
        ? Finding.Good("platform", $"{RuntimeInformation.OSDescription.Trim()} ({identifier}), .NET {Environment.Version}")
        : Finding.Bad("platform", $"there is no libtorch for {identifier}", "use linux-x64, win-x64 or osx-arm64; an exported network runs everywhere with ONNX Runtime (probunet export --format onnx)");

    /// <summary>What a bfloat16 training costs here.</summary>
    internal static Finding Bfloat16(IReadOnlyList<string> features, Architecture architecture) => features.FirstOrDefault(feature => feature.EndsWith("_bf16", StringComparison.Ordinal)) is { } native
        ? Finding.Good("bfloat16", $"the processor computes it ({native}): --precision bf16 trains about twice as fast as f32")
        : architecture == Architecture.X64
            ? Finding.Advice("bfloat16", "the processor does not compute it, and libtorch would imitate it", "leave --precision at f32")
            : Finding.Good("bfloat16", "whether it is faster than float32 here, 'probunet bench' tells");

    /// <summary>Whether libtorch uses the cores that there are.</summary>
    internal static Finding Threads(int cores, string? setting) => int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads != cores
        ? Finding.Advice("threads", string.Create(CultureInfo.InvariantCulture, $"OMP_NUM_THREADS={threads} where this process may use {Counted.Of(cores, "core")}"), threads < cores ? "unset OMP_NUM_THREADS, unless other work has the rest" : "unset OMP_NUM_THREADS: threads that wait for each other cost more than they give")
        : Finding.Good("threads", string.Create(CultureInfo.InvariantCulture, $"{cores}, one for each core that this process may use"));

    /// <summary>Whether a training has room.</summary>
    internal static Finding Memory(long free, long total)
    {
        var words = string.Create(CultureInfo.InvariantCulture, $"{free / (double)Gibibyte:F1} of {total / (double)Gibibyte:F1} GiB are free");
        return free >= Comfortable ? Finding.Good("memory", words) : Finding.Advice("memory", $"{words}; training the standard network takes about one", "end other programs, or train with a smaller --batch");
    }

    private static Finding Engine()
    {
        try
        {
            using var one = ones(2, 2);
            using var product = nn.functional.relu(one);
            return Finding.Good("libtorch", $"TorchSharp {Machine.VersionOf(typeof(Tensor).Assembly)} loads and computes");
        }
        catch (Exception error)
        {
            return Finding.Bad("libtorch", $"it does not load ({Program.WordsOf(error)})", "install or build probunet anew; if that does not help, please report it with this line");
        }
    }

    private static Finding Gpu()
    {
        if (cuda.is_available())
            return Finding.Good("GPU", string.Create(CultureInfo.InvariantCulture, $"{cuda.device_count()}, by --device cuda"));
        return File.Exists("/proc/driver/nvidia/version")
            ? Finding.Advice("GPU", "there is an NVIDIA driver, and this is the build for CPUs", "build with -p:TorchBackend=cuda-linux")
            : Finding.Good("GPU", "none; networks live on the processor");
    }

    private static Finding Allocation() => Allocator.IsTuned
        ? Finding.Good("allocator", "keeps the memory of tensors")
        : Environment.GetEnvironmentVariable(Allocator.Switch) == "0"
            ? Finding.Advice("allocator", $"{Allocator.Switch}=0 has memory given back after each use", $"unset {Allocator.Switch}")
            : Finding.Good("allocator", "as the system has it");

    private static Finding Pictures()
    {
        try
        {
            using var font = ReportFont.OfSize(12);
            return font.MeasureText("σ") > 0 ? Finding.Good("pictures", "Skia and its font are there") : Finding.Bad("pictures", "the font has no letters", "install or build probunet anew");
        }
        catch (Exception error)
        {
            return Finding.Bad("pictures", $"Skia does not load ({Program.WordsOf(error)})", "install or build probunet anew");
        }
    }

    private static Finding Disk(string folder)
    {
        try
        {
            using (new FileStream(Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
            var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
            var words = string.Create(CultureInfo.InvariantCulture, $"{free / (double)Gibibyte:F1} GiB are free in {folder}");
            return free >= Gibibyte ? Finding.Good("disk", words) : Finding.Advice("disk", words, "point TMPDIR at a folder with room: large data sets are unpacked there");
        }
        catch (Exception error) when (Models.Disk.IsRefusal(error))
        {
            return Finding.Bad("disk", $"{folder} cannot be written to ({Models.Disk.Reason(error)})", "point TMPDIR at a folder that you may write to");
        }
    }

    private static Finding Data(string path)
    {
        if (DataSource.IsSynthetic(path) || (Directory.Exists(path) && DataSource.IsSet(path)))
            return Finding.Good("data", $"{path} has a known layout; 'probunet data describe {path}' reads it whole");
        try
        {
            DataSource.Read(path, null, null);
            return Finding.Good("data", $"{path} can be read");
        }
        catch (InputException refusal)
        {
            return Finding.Bad("data", $"{refusal.Input}: {refusal.Problem}", refusal.Remedy);
        }
    }

    private static long FreeMemory()
    {
        const string start = "MemAvailable:";
        var line = File.Exists("/proc/meminfo") ? File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) : null;
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return line is null ? limit : Math.Min(limit, long.Parse(line[start.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) << 10);
    }
}
