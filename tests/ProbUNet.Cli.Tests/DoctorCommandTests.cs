using System.Text.Json.Nodes;
using ProbUNet.Build;

namespace ProbUNet.Cli.Tests;

/// <summary><c>probunet doctor</c>, on this machine and in programs that were spoilt.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private const string Library = "libLibTorchSharp.so";

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhereTheTestsRun_NothingIsMissing()
    {
        var outcome = Programs.Probunet(_folder, "doctor", "--data", "synthetic:lesions");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        foreach (var subject in new[] { "platform", "libtorch", "threads", "GPU", "allocator", "bfloat16", "memory", "pictures", "disk", "data" })
            Assert.Contains($" {subject}: ", outcome.Output);
        Assert.DoesNotContain("missing ", outcome.Output);
        Assert.DoesNotContain('\u001b', outcome.Output);
    }

    [Fact]
    public void AsJson_EachFindingHasItsMembers()
    {
        var outcome = Programs.Probunet(_folder, "doctor", "--json", "--data", "nowhere");
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Error));
        var findings = JsonNode.Parse(outcome.Output)!.AsArray().Select(each => each!.AsObject()).ToList();
        Assert.All(findings, finding => Assert.Contains((string?)finding["health"], new[] { "good", "advice", "bad" }));
        Assert.All(findings, finding => Assert.Equal((string?)finding["health"] == "good", finding["remedy"] is null));
        var data = Assert.Single(findings, finding => (string?)finding["health"] == "bad");
        Assert.Equal(("data", "nowhere: there is no such folder"), ((string?)data["subject"], (string?)data["words"]));
    }

    [Theory]
    [InlineData("OMP_NUM_THREADS", "1000", "threads: OMP_NUM_THREADS=1000 where this process may use", "mend it: unset OMP_NUM_THREADS")]
    [InlineData("PROBUNET_ALLOCATOR", "0", "allocator: PROBUNET_ALLOCATOR=0", "mend it: unset PROBUNET_ALLOCATOR")]
    [InlineData("TMPDIR", "/nowhere", "missing  disk: /nowhere/ cannot be written to", "mend it: point TMPDIR at a folder that you may write to")]
    public void AnUnwiseSetting_IsNamedWithItsRemedy(string variable, string value, string words, string remedy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "two of the three have no meaning elsewhere");
        using var running = Programs.Start(_folder, "env", [$"{variable}={value}", "dotnet", Programs.PathOfProbunet, "doctor"]);
        var outcome = running.End();
        Assert.Contains(words, outcome.Output);
        Assert.Contains(remedy, outcome.Output);
        Assert.Equal(words.StartsWith("missing", StringComparison.Ordinal) ? 1 : 0, outcome.ExitCode);
    }

    /// <summary>As a program that no build of ours has mended, such as a tool out of a package, on a distribution with an older C++ runtime.</summary>
    [Fact]
    public void AnUnmendedLibrary_IsExplained_AndMendedWhereAsked()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems load other libraries");
        var program = Copy();
        var library = Assert.Single(Directory.GetFiles(program, Library, SearchOption.AllDirectories));
        var mended = File.ReadAllBytes(library);
        Assert.Equal(LoaderNeed.Weak, LoaderMend.Examine(mended, out var flags));
        byte[] shipped = [.. mended];
        shipped[flags] &= (byte)(LoaderMend.WeakFlag ^ 0xff);
        File.Delete(library);   // a hard link
        File.WriteAllBytes(library, shipped);
        Outcome Run(params string[] arguments)
        {
            using var running = Programs.Start(_folder, "dotnet", [Path.Combine(program, "probunet.dll"), .. arguments]);
            return running.End();
        }

        var before = Run("doctor");
        if (before.ExitCode == 0)
        {
            Assert.Contains("has all that libtorch uses.", before.Output);   // a newer C++ runtime: nothing to mend, whatever is asked
            Assert.Equal(0, Run("doctor", "--mend").ExitCode);
            Assert.Equal(shipped, File.ReadAllBytes(library));
            return;
        }
        Assert.Contains("asks for GLIBCXX_3.4.32, which it does not use and", before.Output);
        Assert.Contains("mend it: probunet doctor --mend", before.Output);
        Assert.DoesNotContain(" libtorch: ", before.Output);   // it would be refused for the same reason
        var train = Run("train", "small", "--steps", "1", "--out", "run");
        Assert.Equal(1, train.ExitCode);
        Assert.StartsWith("libtorch cannot be loaded (", train.Error);
        Assert.EndsWith("; run 'probunet doctor', which says what is missing.\n", train.Error);

        var mending = Run("doctor", "--mend");
        Assert.Equal(0, mending.ExitCode);
        Assert.Contains("it is mended.", mending.Output);
        Assert.Contains("libtorch: TorchSharp ", mending.Output);
        Assert.Equal(mended, File.ReadAllBytes(library));
        Assert.Equal(0, Run("doctor").ExitCode);
    }

    [Fact]
    public void WithoutItsLibraries_NothingThrows()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "they have other names elsewhere");
        var program = Copy();
        foreach (var file in new[] { "libtorch_cpu.so", "libSkiaSharp.so" })
            foreach (var path in Directory.GetFiles(program, file, SearchOption.AllDirectories))
                File.Delete(path);
        using var running = Programs.Start(_folder, "dotnet", [Path.Combine(program, "probunet.dll"), "doctor"]);
        var outcome = running.End();
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("missing  libtorch: it does not load (", outcome.Output);
        Assert.Contains("missing  pictures: Skia does not load (", outcome.Output);
        Assert.DoesNotContain("   at ", outcome.Output);
    }

    /// <summary>The program in a folder of its own: by hard links, it has half a gigabyte.</summary>
    private string Copy()
    {
        var target = Path.Combine(_folder, "program");
        using var copying = Programs.Start(_folder, "cp", ["-rl", Path.GetDirectoryName(Programs.PathOfProbunet)!, target]);
        var outcome = copying.End();
        if (outcome.ExitCode != 0)   // another file system
        {
            using var again = Programs.Start(_folder, "cp", ["-r", Path.GetDirectoryName(Programs.PathOfProbunet)!, target]);
            Assert.Equal(0, again.End().ExitCode);
        }
        return target;
    }
}
