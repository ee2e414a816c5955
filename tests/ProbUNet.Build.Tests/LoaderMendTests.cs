using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Xunit;

namespace ProbUNet.Build.Tests;

public sealed class LoaderMendTests
{
    [Fact]
    public void An_empty_need_becomes_weak_and_nothing_else_changes()
    {
        var library = new SyntheticLibrary();
        var before = library.Build();
        var image = (byte[])before.Clone();

        Assert.Equal(LoaderNeed.Empty, LoaderMend.Mend(image));

        Assert.Equal([library.FlagsOffset], Differences(before, image));
        Assert.Equal(LoaderMend.WeakFlag, image[library.FlagsOffset]);
        Assert.Equal(LoaderNeed.Weak, LoaderMend.Mend(image));
        Assert.Equal([library.FlagsOffset], Differences(before, image));
    }

    [Fact]
    public void Other_flags_stay()
    {
        var library = new SyntheticLibrary { Flags = 0x0104 };
        var image = library.Build();

        Assert.Equal(LoaderNeed.Empty, LoaderMend.Mend(image));

        Assert.Equal(0x0106, BitConverter.ToUInt16(image, library.FlagsOffset));
    }

    public static TheoryData<uint[], uint[]> TablesThatUseTheMarker => new()
    {
        { [1, SyntheticLibrary.Marker], [3] },
        { [SyntheticLibrary.Marker], [] },
        { [1], [3, 3, SyntheticLibrary.Marker] },
        { [], [SyntheticLibrary.Marker] },
    };

    [Theory]
    [MemberData(nameof(TablesThatUseTheMarker))]
    public void A_library_that_uses_a_symbol_of_the_version_is_left_alone(uint[] relocated, uint[] relocatedByPlt)
        => AssertLeftAlone(LoaderNeed.Used, new SyntheticLibrary { Relocated = relocated, RelocatedByPlt = relocatedByPlt });

    [Fact]
    public void A_library_without_relocations_is_mended()
        => Assert.Equal(LoaderNeed.Empty, LoaderMend.Mend(new SyntheticLibrary { Relocated = [], RelocatedByPlt = [] }.Build()));

    [Theory]
    [InlineData(LoaderMend.Runtime, "GLIBCXX_3.4.31")]
    [InlineData(LoaderMend.Runtime, "GLIBCXX_3.4.320")]
    [InlineData("libother.so.6", LoaderMend.Version)]
    [InlineData("libstdc++.so.60", LoaderMend.Version)]
    public void Another_version_or_another_library_is_none_of_our_business(string runtime, string version)
        => AssertLeftAlone(LoaderNeed.Absent, new SyntheticLibrary { Runtime = runtime, Version = version });

    [Fact]
    public void A_need_that_is_weak_already_is_left_alone()
        => AssertLeftAlone(LoaderNeed.Weak, new SyntheticLibrary { Flags = LoaderMend.WeakFlag });

    [Fact]
    public void What_cannot_be_judged_is_refused()
    {
        AssertRefused("more than once", new SyntheticLibrary { Repetitions = 2 }.Build());
        AssertRefused("no index", new SyntheticLibrary { VersionIndex = 1 }.Build());
        AssertRefused("unknown kind", new SyntheticLibrary { OldRelocations = true }.Build());
        AssertRefused("ends before", new SyntheticLibrary { Relocated = [40000] }.Build());
    }

    [Theory]
    [InlineData(0, 0x7e, "not an ELF file")]
    [InlineData(4, 1, "64-bit")]
    [InlineData(5, 2, "little-endian")]
    [InlineData(16, 2, "shared library")]
    [InlineData(54, 32, "program headers")]
    [InlineData(64 + 56, 4, "no dynamic segment")]
    [InlineData(64, 4, "outside what is loaded")]
    public void A_foreign_file_is_named_as_such(int offset, byte value, string message)
    {
        var image = new SyntheticLibrary().Build();
        image[offset] = value;
        AssertRefused(message, image);
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        var image = new SyntheticLibrary().Build();
        for (var length = 0; length < image.Length; length++)
            Assert.Throws<LoaderMendException>(() => LoaderMend.Mend(image[..length]));
    }

    [Fact]
    public void No_single_damaged_byte_is_harmful()
    {
        var image = new SyntheticLibrary().Build();
        var outcomes = new HashSet<LoaderNeed?>();
        for (var offset = 0; offset < image.Length; offset++)
        {
            foreach (byte value in (byte[])[0x00, 0x01, 0x02, 0x7f, 0x80, 0xff])
                outcomes.Add(AssertHarmless(image, [(offset, value)], image.Length));
        }

        // Else the damage would not have reached what it is meant to.
        Assert.Equal([null, LoaderNeed.Absent, LoaderNeed.Weak, LoaderNeed.Empty, LoaderNeed.Used], outcomes.Order());
    }

    [Property(MaxTest = 2000)]
    public void No_damage_is_harmful(ushort[] offsets, byte[] values, byte kept)
    {
        var image = new SyntheticLibrary().Build();
        var damage = offsets.Zip(values, (offset, value) => (offset % image.Length, value));

        // Mostly whole: what is cut short is refused at once.
        AssertHarmless(image, damage, kept < 200 ? image.Length : image.Length * kept / 256);
    }

    [Property(MaxTest = 500)]
    public void No_bytes_are_harmful(byte[] content)
    {
        byte[] header = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        Assert.Throws<LoaderMendException>(() => LoaderMend.Mend(content));
        Assert.Throws<LoaderMendException>(() => LoaderMend.Mend([.. header, .. content]));
    }

    internal static int[] Differences(byte[] before, byte[] after)
    {
        Assert.Equal(before.Length, after.Length);
        return [.. Enumerable.Range(0, before.Length).Where(index => before[index] != after[index])];
    }

    private static LoaderNeed? AssertHarmless(byte[] image, IEnumerable<(int Offset, byte Value)> damage, int kept)
    {
        var before = image[..kept];
        foreach (var (offset, value) in damage.Where(hit => hit.Offset < kept))
            before[offset] = value;
        var after = (byte[])before.Clone();
        try
        {
            var need = LoaderMend.Examine(before, out var flagsOffset);
            Assert.Equal(need, LoaderMend.Mend(after));
            Assert.Equal(need == LoaderNeed.Empty ? [flagsOffset] : [], Differences(before, after));
            return need;
        }
        catch (LoaderMendException)
        {
            Assert.Empty(Differences(before, after));
            return null;
        }
    }

    private static void AssertLeftAlone(LoaderNeed expected, SyntheticLibrary library)
    {
        var before = library.Build();
        var image = (byte[])before.Clone();

        Assert.Equal(expected, LoaderMend.Mend(image));

        Assert.Empty(Differences(before, image));
    }

    private static void AssertRefused(string message, byte[] image)
        => Assert.Contains(message, Assert.Throws<LoaderMendException>(() => LoaderMend.Mend(image)).Message, StringComparison.Ordinal);
}
