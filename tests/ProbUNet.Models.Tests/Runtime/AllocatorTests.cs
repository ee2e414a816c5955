using System.Globalization;
using System.Runtime.InteropServices;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

public class AllocatorTests
{
    [Fact]
    public void TheMemoryOfTensors_IsKept_ForTheNext()
    {
        if (!NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out _))
            Assert.Skip("only glibc is told what to keep");
        if (Environment.GetEnvironmentVariable(Allocator.Switch) == "0")
            Assert.Skip($"{Allocator.Switch}=0 leaves the allocator alone");
        Assert.True(Allocator.IsTuned);
        // Three at a time are more than glibc keeps by itself (twice the largest), and fit into a thread's heap of 64 MB. Faults are counted by the thread.
        var faults = new List<long>();
        var thread = new Thread(() =>
        {
            for (var round = 0; round < 6; round++)
            {
                var before = Faults();
                var maps = Enumerable.Range(0, 3).Select(_ => empty(9L << 19)).ToList();   // 18 MB each
                foreach (var map in maps)
                    map.bytes.Fill(1);
                maps.ForEach(map => map.Dispose());
                faults.Add(Faults() - before);
            }
        });
        thread.Start();
        thread.Join();
        Assert.True(faults[1..].Min() < 500, $"page faults of 13,824 pages: {string.Join(", ", faults)}");
    }

    private static long Faults() => long.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[7], CultureInfo.InvariantCulture);
}
