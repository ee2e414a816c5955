using System.Formats.Tar;
using System.IO.Compression;
using ProbUNet.Models.Sources.Files;

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

    [Fact]
    public void AnEntryThatIsLongerThanItsImageCanBe_IsRefusedByName_AndNotHeld()
    {
        const int length = 40 << 20;
        using var set = new TinySet();
        set.Pack("val");
        set.PackEntries("val", ("images/b/x.png", [.. TinySet.Grey(), .. new byte[length]]), ("gt/b/x_l0.png", TinySet.Mask()), ("gt/b/x_l1.png", new byte[length]));
        var refusal = set.Refusal();
        Assert.Equal(Path.Combine(set.Of("val.tar.gz"), "images/b/x.png"), refusal.Input);
        Assert.Equal("there is more in this file than an image of 4x5 can need", refusal.Problem);
        Assert.Equal("save the image anew, without anything beside it (1 more file cannot be used either)", refusal.Remedy);
    }

    [Theory]
    [InlineData("an endless image", "there is more in this file than an image of 4x5 can need", 17 << 20)]
    [InlineData("nothing but zeros", "this is not a PNG file, whatever its name says", 352)]
    [InlineData("a huge image", "an image of 99999x5 is too large to be read whole", 352)]
    public void WhatNeverEnds_IsReadNoFurtherThanItTakesToRefuseIt(string what, string problem, long most)
    {
        var huge = TinySet.Grey();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(20), 99999);
        using var endless = new Endless(what switch { "an endless image" => TinySet.Grey(), "a huge image" => huge, _ => [] });
        Assert.Equal(problem, Assert.Throws<InputException>(() => PngFile.BytesOf("x.png", endless)).Problem);
        Assert.InRange(endless.Position, 1, most);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatStandsBesideAnImage_IsReadWithIt(bool seekable)
    {
        byte[] png = TinyPng.Encode(4, 5, 8, TinyPng.GreyType, new byte[20], TinyPng.Chunk("tEXt", [.. "a\0"u8, .. new byte[10 << 20]]));
        using Stream stream = seekable ? new MemoryStream(png) : new GZipStream(new MemoryStream(Compressed(png)), CompressionMode.Decompress);
        Assert.Equal(png, PngFile.BytesOf("x.png", stream));
    }

    private static byte[] Compressed(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return compressed.ToArray();
    }

    /// <summary>Some bytes, and zeros without end.</summary>
    private sealed class Endless(byte[] start) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (var i = 0; i < count; i++)
                buffer[offset + i] = Position + i < start.Length ? start[Position + i] : (byte)0;
            Position += count;
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
