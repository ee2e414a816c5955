using System.Runtime.InteropServices;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// Keeps glibc from giving the memory of large tensors back to the kernel after each use. By default every large temporary is mapped anew, and the kernel clears its pages one fault after the other: a quarter to a half of the
/// time of sampling (docs/performance.md). The process then keeps what it once needed; tensors are freed at their last use, so that this is no more than the peak of one step. What threads beside the first have is kept
/// in heaps of 64 MB, and what does not fit there is given back: to keep that too (MALLOC_MMAP_MAX_=0, MALLOC_ARENA_MAX=1) took more memory and no less time.
/// </summary>
internal static partial class Allocator
{
    /// <summary>The environment variable that leaves the allocator alone when it is 0.</summary>
    public const string Switch = "PROBUNET_ALLOCATOR";

    // Options of mallopt(3).
    private const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3;

    /// <summary>Whether the allocator took the settings: on Linux with glibc.</summary>
    public static bool IsTuned { get; } = Tune();

    /// <summary>Called before the first tensor, and again as often as one likes.</summary>
    public static void Keep() => _ = IsTuned;

    private static bool Tune()
    {
        // musl has no such symbol, and other systems no such library.
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Switch) == "0"
            || !NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out _))
            return false;
        // Older versions refuse a threshold above half of the largest heap of a thread beside the first.
        int[] thresholds = [1 << 30, 32 << 20];
        return Array.Exists(thresholds, threshold => Option(MmapThreshold, threshold) == 1) && Option(TrimThreshold, int.MaxValue) == 1 && Option(TopPad, 64 << 20) == 1;
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int Option(int parameter, int value);
}
