using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace ProbUNet.Models.Benchmarking;

/// <summary>What numbers are true of: a machine, and what was going on there.</summary>
/// <param name="Processor">Its name, where the system says it.</param>
/// <param name="Cores">That this process may use.</param>
/// <param name="Features">Instructions that libtorch's kernels make use of.</param>
/// <param name="MemoryMib">That this process may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="Versions">Of what is measured, by name.</param>
/// <param name="Load">Processes that wanted a core in the minute before, where the system says it: others than ours.</param>
internal sealed record Machine(string Processor, int Cores, IReadOnlyList<string> Features, long MemoryMib, string System, IReadOnlyDictionary<string, string> Versions, double? Load = null)
{
    /// <summary>From how many other processes a core on timings are not to be relied on.</summary>
    private const double BusyFrom = 0.25;

    /// <summary>Whether others were working so much that timings say little.</summary>
    public bool IsBusy => Load > BusyFrom * Cores;

    /// <summary>This machine, now.</summary>
    public static Machine Here() => new(
        Line("/proc/cpuinfo", "model name")?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        [.. FeaturesHere()],
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        RuntimeInformation.OSDescription,
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [".NET"] = Environment.Version.ToString(),
            ["ProbUNet"] = VersionOf(typeof(Machine).Assembly),
            ["TorchSharp"] = VersionOf(typeof(Tensor).Assembly),
        },
        Line("/proc/loadavg", "") is { } load ? double.Parse(load.Split(' ')[0], CultureInfo.InvariantCulture) : null);

    /// <summary>An assembly's version, without the commit.</summary>
    public static string VersionOf(Assembly assembly) => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "of no version";

    private static IEnumerable<string> FeaturesHere()
    {
        if (Avx2.IsSupported)
            yield return "avx2";
        if (Avx512F.IsSupported)
            yield return "avx512f";
        if (!X86Base.IsSupported)
            yield break;
        // .NET has no class for these: leaf 7 of CPUID, by Intel's manual (volume 2A, CPUID).
        var (most, _, _, _) = X86Base.CpuId(0, 0);
        if (most < 7)
            yield break;
        var (leaves, _, _, extended) = X86Base.CpuId(7, 0);
        if (leaves >= 1 && (X86Base.CpuId(7, 1).Eax & 1 << 5) != 0)
            yield return "avx512_bf16";
        if ((extended & 1 << 24) != 0)
            yield return "amx_tile";
        if ((extended & 1 << 22) != 0)
            yield return "amx_bf16";
    }

    private static string? Line(string path, string start) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) : null;
}
