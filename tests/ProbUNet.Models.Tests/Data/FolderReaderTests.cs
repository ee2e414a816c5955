using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

public class FolderReaderTests
{
    [Fact]
    public void AFolder_HasItsNameWithoutTheFinalSeparator()
    {
        using var set = new TinySet();
        Assert.Equal(set.Root, DataSource.Open(set.Root + Path.DirectorySeparatorChar).Name);
    }

    [Property(MaxTest = 100)]
    public void AnyDataSet_WrittenAndRead_IsTheSame(int seed)
    {
        var random = RandomStream.For(seed);
        var (channels, height, width) = (random.NextInt32(2) == 0 ? 1 : 3, 1 + random.NextInt32(9), 1 + random.NextInt32(70));
        using var set = new TinySet(empty: true);
        var written = new[] { "train", "val", "test" }.Select(split => WriteSplit(set, split, random, channels, height, width)).ToArray();

        var read = set.Open();

        Assert.Equal(set.Root, read.Name);
        foreach (var (expected, actual) in written.Zip([read.Train, read.Validation, read.Test]))
        {
            Assert.Equal(expected.Select(image => (image.Name, image.Case)), actual.Select(image => (image.Name, image.Case)));
            foreach (var (before, after) in expected.Zip(actual))
            {
                Assert.Equal((channels, height, width), (after.Channels, after.Height, after.Width));
                Assert.Equal(before.Pixels(), after.Pixels());
                Assert.Equal(before.Graders, after.Graders);
                Assert.Null(after.Truth);
            }
        }
    }

    [Fact]
    public void Images_ComeInTheOrdinalOrderOfCaseAndName_AndGradersByNumber()
    {
        using var set = new TinySet();
        foreach (var (@case, name) in new[] { ("b2", "x"), ("b10", "y"), ("B", "n_l0"), ("a", "w"), ("a", "x-1") })
            set.AddImage("train", @case, name);
        set.AddImage("train", "a", "many", graders: 12);
        set.Write("train/gt/a/many_l10.png", TinyPng.Grey(4, 5, new byte[20]));
        var data = set.Open();
        Assert.Equal(["B/n_l0", "a/many", "a/w", "a/x", "a/x-1", "b10/y", "b2/x"], data.Train.Select(image => image.Name));
        Assert.Equal([10], Enumerable.Range(0, 12).Where(grader => data.Train[1].Graders[grader].IsEmpty));
    }

    [Fact]
    public void EachImage_MayHaveANumberOfGradersOfItsOwn()
    {
        using var set = new TinySet();
        set.AddImage("train", "a", "y", graders: 5);
        Assert.Equal([2, 5], set.Open().Train.Select(image => image.Graders.Count));
    }

    [Fact]
    public void FilesThatAreNoneOfTheData_AreIgnored()
    {
        using var set = new TinySet();
        string[] strangers =
        [
            "README.md", "train/notes.txt", "train/images/.DS_Store", "train/images/a/x.txt", "train/gt/a/x_l7.json",
            "train/images/a/._x.png", "val/gt/b/.x_l0.png", "train/images/.cache/y.png", "other/images/z/z.png",
        ];
        foreach (var stranger in strangers)
            set.Write(stranger, [1, 2, 3]);
        Directory.CreateDirectory(set.Of("train/images/nobody"));
        var data = set.Open();
        Assert.Equal((1, 1, 1), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(2, data.Train[0].Graders.Count);
    }

    [Fact]
    public void MasksOfZeroAndOne_AreMasks()
    {
        using var set = new TinySet();
        set.Write("train/gt/a/x_l1.png", TinySet.Mask(foreground: 1));
        var graders = set.Open().Train[0].Graders;
        Assert.Equal(graders[0], graders[1]);
        Assert.Equal(7, graders[1].Foreground.Area);
    }

    [Theory]
    [InlineData(4, 5, 0, 0)]
    [InlineData(2, 5, 1, 0)]
    [InlineData(4, 2, 0, 1)]
    [InlineData(1, 1, 1, 2)]
    public void ASize_CutsTheMiddleOutOfImageAndMaskAlike(int height, int width, int top, int left)
    {
        using var set = new TinySet();
        var whole = set.Open().Train[0];
        var cut = DataSource.Open(set.Root, height, width).Train[0];
        Assert.Equal((height, width), (cut.Height, cut.Width));
        var pixels = cut.Pixels();
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
            {
                Assert.Equal(whole.Pixels()[(top + row) * 5 + left + column], pixels[row * width + column]);
                Assert.Equal(whole.Graders[0].Foreground[top + row, left + column], cut.Graders[0].Foreground[row, column]);
            }
    }

    [Fact]
    public void ASize_MakesImagesOfSeveralSizesAlike()
    {
        using var set = new TinySet();
        set.AddImage("train", "a", "larger", height: 9, width: 8);
        Assert.Equal([(3, 4), (3, 4)], DataSource.Open(set.Root, 3, 4).Train.Select(image => (image.Height, image.Width)));
    }

    [Fact]
    public void AnImageOfLevels_CopiesThePixelsItGives()
    {
        using var set = new TinySet();
        var image = set.Open().Train[0];
        var copy = new float[21];
        copy[20] = 7;
        image.CopyPixelsTo(copy, new Window(0, 0, image.Height, image.Width));
        Assert.Equal([.. image.Pixels(), 7], copy);
    }

    private static List<GradedImage> WriteSplit(TinySet set, string split, RandomStream random, int channels, int height, int width)
    {
        var images = new List<GradedImage>();
        for (var @case = random.NextInt32(3); @case >= 0; @case--)
            for (var name = random.NextInt32(2); name >= 0; name--)
            {
                var (caseName, fileName) = ($"{split}{@case}", $"n{name}");
                byte[] levels = [.. Enumerable.Range(0, channels * height * width).Select(_ => (byte)random.NextInt32(256))];
                var png = channels == 1 ? TinyPng.Grey(height, width, levels) : TinyPng.Color(height, width, levels);
                set.Write($"{split}/images/{caseName}/{fileName}.png", png);
                var graders = new List<BitMask>();
                for (var grader = random.NextInt32(4); grader >= 0; grader--)
                {
                    byte[] mask = [.. Enumerable.Range(0, height * width).Select(_ => (byte)(255 * random.NextInt32(2)))];
                    set.Write($"{split}/gt/{caseName}/{fileName}_l{graders.Count}.png", TinyPng.Grey(height, width, mask));
                    graders.Add(BitMask.From<byte>(height, width, mask, level => level == 255));
                }
                images.Add(Images.Of($"{caseName}/{fileName}", caseName, channels, height, width, [.. levels.Select(level => level / 255f)], graders));
            }
        return [.. images.OrderBy(image => image.Name, StringComparer.Ordinal)];
    }
}
