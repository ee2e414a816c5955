using System.Buffers.Binary;
using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Models.Tests.Data;

/// <summary>Levels of 16 bits come out of a PNG file as they went in.</summary>
public class DeepPngTests
{
    [Property(MaxTest = 200)]
    public void AnyLevels_InAnyFilters_AreExact(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width, type) = (1 + random.NextInt32(6), 1 + random.NextInt32(9), new[] { TinyPng.GreyType, TinyPng.ColorType, TinyPng.GreyAlphaType, TinyPng.ColorAlphaType }[random.NextInt32(4)]);
        var (channels, samples) = (type is TinyPng.GreyType or TinyPng.GreyAlphaType ? 1 : 3, type switch { TinyPng.GreyType => 1, TinyPng.ColorType => 3, TinyPng.GreyAlphaType => 2, _ => 4 });
        var few = random.NextInt32(2) == 0;   // so that predictors tie
        int[] levels = [.. Enumerable.Range(0, channels * height * width).Select(_ => few ? 0x0101 * random.NextInt32(6) : random.NextInt32(3) == 0 ? 65535 * random.NextInt32(2) : random.NextInt32(65536))];
        var rows = new byte[height * width * samples * 2];
        for (var pixel = 0; pixel < height * width; pixel++)
            for (var sample = 0; sample < samples; sample++)
                BinaryPrimitives.WriteUInt16BigEndian(rows.AsSpan((pixel * samples + sample) * 2), (ushort)(sample < channels ? levels[sample * height * width + pixel] : 65535));

        var read = PngFile.Decode("x.png", TinyPng.Filtered(height, width, 16, type, rows, samples * 2, _ => random.NextInt32(5)));

        Assert.Equal((channels, height, width, 16), (read.Channels, read.Height, read.Width, read.Bits));
        Assert.Equal(levels, Enumerable.Range(0, levels.Length).Select(place => read[place]));
        var cut = read.CropCenter((height + 1) / 2, (width + 1) / 2);
        Assert.Equal(read[(height - cut.Height) / 2 * width + (width - cut.Width) / 2], cut[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_HaveAllTheirBits_InMemoryAndOutOfIt(bool inMemory)
    {
        using var set = new TinySet();
        ushort[] levels = [.. Enumerable.Range(0, 20).Select(i => (ushort)(i == 19 ? 65535 : 3277 * i + 1))];
        var rows = new byte[40];
        for (var i = 0; i < 20; i++)
            BinaryPrimitives.WriteUInt16BigEndian(rows.AsSpan(2 * i), levels[i]);
        set.Write("train/images/a/x.png", TinyPng.Encode(4, 5, 16, TinyPng.GreyType, rows));
        var image = DataSource.Open(set.Root, new DataMemory { Limit = inMemory ? 1000 : 0 }).Train[0];
        Assert.Equal(16, image.Bits);
        Assert.Equal(levels.Select(level => level / 65535f), image.Pixels());
        var window = new float[4];
        image.CopyPixelsTo(window, new Window(1, 2, 2, 2));
        Assert.Equal([levels[7] / 65535f, levels[8] / 65535f, levels[12] / 65535f, levels[13] / 65535f], window);
        Assert.Equal(image.Pixels(), ImagePixelsOf(levels));
    }

    [Fact]
    public void MasksOfSixteenBits_AreMasks()
    {
        using var set = new TinySet();
        foreach (var (grader, foreground) in new[] { (0, 65535), (1, 1), (2, 255) })
        {
            var rows = new byte[40];
            for (var i = 0; i < 20; i += 3)
                BinaryPrimitives.WriteUInt16BigEndian(rows.AsSpan(2 * i), (ushort)foreground);
            set.Write($"train/gt/a/x_l{grader}.png", TinyPng.Encode(4, 5, 16, TinyPng.GreyType, rows));
        }
        var graders = set.Open().Train[0].Graders;
        Assert.Equal((3, 7), (graders.Count, graders[0].Foreground.Area));
        Assert.All(graders, grader => Assert.Equal(graders[0], grader));
        set.Write("train/gt/a/x_l0.png", TinyPng.Encode(4, 5, 16, TinyPng.GreyType, [.. new byte[10], 0x80, .. new byte[29]]));
        Assert.Equal("this mask has the level 32768 at row 1, column 0", set.Refusal().Problem);
    }

    [Fact]
    public void TransparentPixels_AreRefused()
    {
        var almost = TinyPng.Encode(1, 2, 16, TinyPng.GreyAlphaType, [1, 2, 255, 255, 3, 4, 255, 254]);
        var one = TinyPng.Encode(1, 2, 16, TinyPng.GreyType, [1, 2, 3, 4], TinyPng.Chunk("tRNS", [3, 4]));
        foreach (var png in new[] { almost, one })
            Assert.Contains("some of its pixels are transparent", Assert.Throws<InputException>(() => PngFile.Decode("x.png", png)).Message);
        Assert.Equal(0x0304, PngFile.Decode("x.png", TinyPng.Encode(1, 2, 16, TinyPng.GreyType, [1, 2, 3, 4], TinyPng.Chunk("tRNS", [3, 5])))[1]);
    }

    [Fact]
    public void AnInterlacedFile_IsRefusedWithWhatToDo()
    {
        var png = TinyPng.Encode(1, 2, 16, TinyPng.GreyType, [1, 2, 3, 4]);
        byte[] interlaced = [.. png[..8], .. TinyPng.Chunk("IHDR", [.. png[16..28], 1]), .. png[33..]];
        Assert.EndsWith("save it without interlacing.", Assert.Throws<InputException>(() => PngFile.Decode("x.png", interlaced)).Message);
    }

    [Fact]
    public void AFileCutAnywhere_OrWithAWrongByte_IsRefused()
    {
        var random = RandomStream.For(1);
        byte[] rows = [.. Enumerable.Range(0, 40).Select(_ => (byte)random.NextInt32(256))];
        var whole = TinyPng.Encode(4, 5, 16, TinyPng.GreyType, rows);
        for (var place = 0; place < whole.Length; place++)
        {
            Assert.Throws<InputException>(() => PngFile.Decode("x.png", whole[..place]));
            for (var bit = 0; bit < 8; bit++)
            {
                byte[] wrong = [.. whole[..place], (byte)(whole[place] ^ 1 << bit), .. whole[(place + 1)..]];
                // The interlacing and the depth of the header are looked at before its checksum is.
                Assert.Throws<InputException>(() => PngFile.Decode("x.png", wrong));
            }
        }
        Assert.Throws<InputException>(() => PngFile.Decode("x.png", [.. TinyPng.Encode(5, 5, 16, TinyPng.GreyType, new byte[50])[..33], .. whole[33..]]));
    }

    private static float[] ImagePixelsOf(ushort[] levels)
    {
        var values = new float[20];
        ImagePixels.FromLevels(1, 4, 5, levels.AsSpan()).CopyTo(values, new Window(0, 0, 4, 5));
        return values;
    }
}
