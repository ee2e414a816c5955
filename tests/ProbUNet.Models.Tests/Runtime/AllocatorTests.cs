using System.Runtime.InteropServices;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Tests.Runtime;

public class AllocatorTests
{
    [Fact]
    public void GlibcTakesTheSettings()
    {
        if (!NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out _))
            Assert.Skip("only glibc is told what to keep");
        if (Environment.GetEnvironmentVariable(Allocator.Switch) == "0")
            Assert.Skip($"{Allocator.Switch}=0 leaves the allocator alone");
        Assert.True(Allocator.IsTuned);
    }
}
