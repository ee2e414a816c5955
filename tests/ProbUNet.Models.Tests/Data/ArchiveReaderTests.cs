using System.Formats.Tar;
using System.IO.Compression;

namespace ProbUNet.Models.Tests.Data;

public class ArchiveReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("./")]
    [InlineData("train/")]
    public void SplitsInArchives_AreReadAsSplitsInFolders(string prefix)
    {
        using var set = new TinySet();
        set.AddImage("train", "b2", "y", graders: 11);
        set.AddImage("train", "a", "z");
        set.Write("train/gt/b2/y_l10.png", TinyPng.Grey(4, 5, new byte[20]));
        set.Write("train/images/a/._z.png", [1, 2, 3]);
        set.Write("train/README.md", [1, 2, 3]);
        var folders = set.Open();
        set.Pack("train", prefix);
        set.Pack("val");
        var archives = set.Open();   // test is a folder still
        Assert.Equal(["a/x", "a/z", "b2/y"], archives.Train.Select(image => image.Name));
        Assert.Equal(folders.Fingerprint(), archives.Fingerprint());
    }

    [Theory]
    [InlineData("../escape.png")]
    [InlineData("images/../../escape.png")]
    [InlineData("/etc/escape.png")]
    [InlineData("images\\..\\..\\escape.png")]
    [InlineData("C:/escape.png")]
    public void AnEntryThatLeadsOutOfTheArchive_IsRefusedByName(string name)
    {
        using var set = new TinySet();
        set.Pack("val");
        set.PackEntries("val", ("images/b/x.png", TinySet.Grey()), (name, TinySet.Grey()));
        var refusal = set.Refusal();
        Assert.Equal((set.Of("val.tar.gz"), $"its entry {name} leads out of the archive"), (refusal.Input, refusal.Problem));
    }

    [Fact]
    public void ALink_AndAFilePackedTwice_AreRefusedByName()
    {
        using var set = new TinySet();
        set.Pack("val");
        set.PackEntries("val", ("images/b/x.png", TinySet.Grey()), ("./images/b/x.png", TinySet.Grey()));
        Assert.Contains("it has the entry ./images/b/x.png twice", set.Refusal().Message);
        using (var stream = new GZipStream(File.Create(set.Of("val.tar.gz")), CompressionLevel.Fastest))
        using (var archive = new TarWriter(stream))
            archive.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "images/b/x.png") { LinkName = "/etc/passwd" });
        Assert.Contains("its entry images/b/x.png is a link", set.Refusal().Message);
    }

    [Fact]
    public void ADamagedArchive_IsRefused()
    {
        using var set = new TinySet();
        set.Pack("val");
        var whole = File.ReadAllBytes(set.Of("val.tar.gz"));
        foreach (var spoilt in new[] { whole[..(whole.Length / 2)], [1, 2, 3, .. whole], "no archive at all"u8.ToArray() })
        {
            File.WriteAllBytes(set.Of("val.tar.gz"), spoilt);
            var refusal = set.Refusal();
            Assert.Equal((set.Of("val.tar.gz"), "this archive is damaged or cut off"), (refusal.Input, refusal.Problem));
        }
    }

    [Fact]
    public void AnArchiveWithoutImages_IsRefused()
    {
        using var set = new TinySet();
        set.Pack("val");
        set.PackEntries("val", ("notes.txt", [1]));
        Assert.Contains("val.tar.gz: there is no image in this archive", set.Refusal().Message);
    }

    [Fact]
    public void ABadFileInAnArchive_IsNamedByItsPlaceInIt()
    {
        using var set = new TinySet();
        set.Write("val/gt/b/x_l1.png", TinySet.Mask()[..50]);
        set.Pack("val");
        Assert.Equal(Path.Combine(set.Of("val.tar.gz"), "gt/b/x_l1.png"), set.Refusal().Input);
    }
}
