using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Models.Tests.Data;

/// <summary>Levels come out of a PNG file as they went in: nothing manages colours, corrects gamma or multiplies by alpha.</summary>
public class PngLevelsTests
{
    private static readonly byte[] EveryLevel = [.. Enumerable.Range(0, 256).Select(level => (byte)level)];

    [Fact]
    public void GreyLevels_AreExact() => AssertLevels(EveryLevel, 1, 16, 16, TinyPng.Grey(16, 16, EveryLevel));

    [Fact]
    public void ColourLevels_AreExact()
    {
        byte[] planes = [.. EveryLevel, .. EveryLevel.Reverse(), .. EveryLevel.Select(level => (byte)(level * 31 + 5))];
        AssertLevels(planes, 3, 16, 16, TinyPng.Color(16, 16, planes));
    }

    [Fact]
    public void GreyLevelsOfAColourImage_StayThreeChannels()
    {
        byte[] planes = [.. EveryLevel, .. EveryLevel, .. EveryLevel];
        AssertLevels(planes, 3, 16, 16, TinyPng.Color(16, 16, planes));
    }

    [Fact]
    public void ColourSpaceAndGammaOfTheFile_ChangeNothing()
    {
        byte[][] hints = [TinyPng.Chunk("gAMA", [0, 1, 0x86, 0xA0]), TinyPng.Chunk("sRGB", [0]), TinyPng.Chunk("gAMA", [0, 0, 0x40, 0])];
        foreach (var hint in hints)
        {
            AssertLevels(EveryLevel, 1, 16, 16, TinyPng.Encode(16, 16, 8, TinyPng.GreyType, EveryLevel, hint));
            AssertLevels([10, 40, 20, 50, 30, 60], 3, 1, 2, TinyPng.Encode(1, 2, 8, TinyPng.ColorType, [10, 20, 30, 40, 50, 60], hint));
        }
    }

    [Theory]
    [InlineData(1, new byte[] { 0b1010_0101, 0b1100_0011 }, new byte[] { 255, 0, 255, 0, 0, 255, 0, 255, 255, 255, 0, 0, 0, 0, 255, 255 })]
    [InlineData(2, new byte[] { 0b0001_1011, 0b1110_0100 }, new byte[] { 0, 85, 170, 255, 255, 170, 85, 0 })]
    [InlineData(4, new byte[] { 0x01, 0xEF }, new byte[] { 0, 17, 238, 255 })]
    public void FewerBits_AreSpreadOverTheWholeRange(int depth, byte[] rows, byte[] levels) =>
        AssertLevels(levels, 1, 2, levels.Length / 2, TinyPng.Encode(2, levels.Length / 2, depth, TinyPng.GreyType, rows));

    [Fact]
    public void APalette_IsGreyIfItsPixelsAre_AndColourIfNot()
    {
        var palette = TinyPng.Chunk("PLTE", [0, 0, 0, 9, 9, 9, 200, 200, 200, 1, 2, 3]);
        AssertLevels([0, 9, 200, 9], 1, 2, 2, TinyPng.Encode(2, 2, 8, TinyPng.PaletteType, [0, 1, 2, 1], palette));
        AssertLevels([0, 1, 0, 2, 0, 3], 3, 1, 2, TinyPng.Encode(1, 2, 8, TinyPng.PaletteType, [0, 3], palette));
        AssertLevels([9, 9, 0, 9, 0, 0, 0, 9], 1, 1, 8, TinyPng.Encode(1, 8, 1, TinyPng.PaletteType, [0b1101_0001], palette));
    }

    [Theory]
    [InlineData(16385, 1)]
    [InlineData(1, 16385)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void AnImageOfManyRowsOrColumns_IsRefused_BeforeMemoryIsTaken(int height, int width)
    {
        var refusal = Assert.Throws<InputException>(() => PngFile.Decode("x.png", Promising(height, width, 8)));
        Assert.Equal(($"an image of {height}x{width} is too large to be read whole", "cut it into crops of at most 16384x16384"), (refusal.Problem, refusal.Remedy));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void AHeaderThatPromisesMoreThanTheFileCanHold_TakesNoMemory(int depth)
    {
        var bomb = Promising(16384, 16384, depth);
        Assert.Throws<InputException>(() => PngFile.Decode("x.png", bomb));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("the file is cut off", Assert.Throws<InputException>(() => PngFile.Decode("x.png", bomb)).Problem);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void AnImageOfOneColour_IsNotTakenForABomb() =>
        Assert.Equal((2000, 3000), PngFile.Decode("x.png", TinyPng.Grey(2000, 3000, new byte[6_000_000])) is var blank ? (blank.Height, blank.Width) : default);

    private static byte[] Promising(int height, int width, int depth)
    {
        var small = TinyPng.Encode(4, 5, depth, TinyPng.GreyType, new byte[20 * depth / 8]);
        var header = small[16..29];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(header, width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        return [.. small[..8], .. TinyPng.Chunk("IHDR", header), .. small[33..]];
    }

    [Fact]
    public void AnOpaqueAlphaChannel_IsNoChannel()
    {
        AssertLevels([10, 20], 1, 1, 2, TinyPng.Encode(1, 2, 8, TinyPng.GreyAlphaType, [10, 255, 20, 255]));
        AssertLevels([10, 40, 20, 50, 30, 60], 3, 1, 2, TinyPng.Encode(1, 2, 8, TinyPng.ColorAlphaType, [10, 20, 30, 255, 40, 50, 60, 255]));
    }

    [Fact]
    public void TransparentPixels_AreRefused()
    {
        using var set = new TinySet();
        set.Write("train/images/a/x.png", TinyPng.Encode(1, 2, 8, TinyPng.GreyAlphaType, [10, 255, 20, 254]));
        Assert.Contains("transparent; save it without an alpha channel", set.Refusal().Message);
    }

    [Fact]
    public void AFileCutAnywhere_IsRefused()
    {
        using var set = new TinySet();
        var whole = TinySet.Grey();
        for (var length = 0; length < whole.Length; length++)
        {
            set.Write("train/images/a/x.png", whole[..length]);
            var refusal = set.Refusal();
            Assert.Equal(set.Of("train/images/a/x.png"), refusal.Input);
            Assert.Equal(length == 0 ? "the file is empty" : "the file is cut off", refusal.Problem);
        }
    }

    [Fact]
    public void AFileWhoseDataStopEarly_IsRefused_ThoughItsLastChunkIsThere()
    {
        using var set = new TinySet();
        var random = new Random(1);
        var levels = new byte[64 * 64];
        random.NextBytes(levels);
        // The header promises twice the rows that follow.
        set.Write("train/images/a/x.png", [.. TinyPng.Encode(128, 64, 8, TinyPng.GreyType, new byte[128 * 64])[..33], .. TinyPng.Grey(64, 64, levels)[33..]]);
        Assert.Matches("cut off|damaged", set.Refusal().Problem);
    }

    [Fact]
    public void AFileWithAWrongByte_IsRefused_OrReadAsBefore()
    {
        using var set = new TinySet();
        var before = set.Open().Train[0].Pixels();
        var random = RandomStream.For(1);
        var accepted = new List<int>();
        for (var place = 0; place < TinySet.Grey().Length; place++)
        {
            var bytes = TinySet.Grey();
            bytes[place] ^= (byte)(1 << random.NextInt32(8));
            set.Write("train/images/a/x.png", bytes);
            try
            {
                Assert.Equal(before, set.Open().Train[0].Pixels());
                accepted.Add(place);
            }
            catch (InputException refusal)
            {
                Assert.Equal(set.Of("train/images/a/x.png"), refusal.Input);
            }
        }
        // The last chunk holds nothing: 4 bytes of length, 4 of type, 4 of checksum.
        Assert.All(accepted, place => Assert.InRange(place, TinySet.Grey().Length - 12, TinySet.Grey().Length));
    }

    private static void AssertLevels(byte[] levels, int channels, int height, int width, byte[] png)
    {
        using var set = new TinySet(empty: true);
        foreach (var (split, @case) in new[] { ("train", "a"), ("val", "b"), ("test", "c") })
        {
            set.Write($"{split}/images/{@case}/x.png", png);
            set.Write($"{split}/gt/{@case}/x_l0.png", TinySet.Mask(height, width));
        }
        var image = set.Open().Train[0];
        Assert.Equal((channels, height, width), (image.Channels, image.Height, image.Width));
        Assert.Equal(levels.Select(level => level / 255f), image.Pixels());
    }
}
