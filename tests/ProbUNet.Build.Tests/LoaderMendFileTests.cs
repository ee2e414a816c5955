using System;
using System.IO;
using System.Linq;

namespace ProbUNet.Build.Tests;

public sealed class LoaderMendFileTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void One_byte_of_the_shipped_library_changes_and_only_once()
    {
        var before = File.ReadAllBytes(Workplace.ShippedLibrary);
        var path = _place.Write(before, "library.so");

        Assert.Equal(LoaderNeed.Empty, LoaderMend.MendFile(path));

        var after = File.ReadAllBytes(path);
        var difference = Assert.Single(LoaderMendTests.Differences(before, after));
        Assert.Equal(LoaderMend.WeakFlag, before[difference] ^ after[difference]);
        Assert.Equal(LoaderNeed.Weak, LoaderMend.MendFile(path));
        Assert.Equal(after, File.ReadAllBytes(path));
    }

    [Fact]
    public void The_shipped_library_relocates_symbols_of_the_other_versions()
    {
        // Else the check that lets the mend go ahead could be one that finds nothing anywhere.
        var library = new ElfLibrary(File.ReadAllBytes(Workplace.ShippedLibrary));

        foreach (var version in (string[])["GLIBCXX_3.4", "GLIBCXX_3.4.21", "GLIBCXX_3.4.30", "CXXABI_1.3"])
        {
            Assert.True(library.FindNeed(LoaderMend.Runtime, version, out var index) > 0, version);
            Assert.True(library.RelocatesSymbolOfVersion(index), version);
        }
    }

    [Fact]
    public void The_other_name_of_a_hard_link_keeps_its_bytes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The mend acts on Linux.");
        var content = new SyntheticLibrary().Build();
        var package = _place.Write(content, "package", "library.so");
        var output = _place.Link(package, "output", "library.so");

        Assert.Equal(LoaderNeed.Empty, LoaderMend.MendFile(output));

        Assert.Equal(content, File.ReadAllBytes(package));
        Assert.NotEqual(content, File.ReadAllBytes(output));
        Assert.Equal(["library.so"], Directory.GetFiles(_place["output"]).Select(Path.GetFileName));
    }

    [Fact]
    public void The_target_of_a_symbolic_link_keeps_its_bytes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The mend acts on Linux.");
        var content = new SyntheticLibrary().Build();
        var package = _place.Write(content, "library.so");
        var output = _place["output.so"];
        File.CreateSymbolicLink(output, package);

        Assert.Equal(LoaderNeed.Empty, LoaderMend.MendFile(output));

        Assert.Equal(content, File.ReadAllBytes(package));
        Assert.Equal(LoaderNeed.Weak, LoaderMend.MendFile(output));
    }

    [Theory]
    [InlineData("754")]
    [InlineData("664")]
    [InlineData("444")]
    public void Mode_and_time_stay(string octal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The mend acts on Linux.");
#pragma warning disable CA1416 // Linux only, as said above.
        var mode = (UnixFileMode)Convert.ToInt32(octal, 8);
        var path = _place.Write(new SyntheticLibrary().Build(), "library.so");
        var written = new DateTime(2021, 3, 4, 5, 6, 7, DateTimeKind.Utc).AddTicks(1234567);
        File.SetLastWriteTimeUtc(path, written);
        File.SetUnixFileMode(path, mode);

        Assert.Equal(LoaderNeed.Empty, LoaderMend.MendFile(path));

        Assert.Equal(mode, File.GetUnixFileMode(path));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
#pragma warning restore CA1416
    }

    [Fact]
    public void A_file_that_needs_nothing_is_not_replaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The mend acts on Linux.");
        var path = _place.Write(new SyntheticLibrary { Relocated = [SyntheticLibrary.Marker] }.Build(), "library.so");
        var other = _place.Link(path, "other.so");

        Assert.Equal(LoaderNeed.Used, LoaderMend.MendFile(path));

        // Still one file under two names: what is written to one is read from the other.
        File.WriteAllText(path, "changed");
        Assert.Equal("changed", File.ReadAllText(other));
    }
}
