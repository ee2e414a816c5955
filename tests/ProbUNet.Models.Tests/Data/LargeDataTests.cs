using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

/// <summary>Data are the same, wherever they lie: in a folder or an archive, in memory or in a temporary file.</summary>
public class LargeDataTests
{
    private static readonly DataMemory None = new() { Limit = 0 };

    [Theory]
    [InlineData(0)]
    [InlineData(41)]
    [InlineData(1000)]
    public void Folders_AndArchives_InMemoryAndOutOfIt_HaveOneFingerprint(long limit)
    {
        using var set = new TinySet();
        set.AddImage("train", "a2", "y", graders: 3);
        set.Write("train/gt/a2/y_l1.png", TinyPng.Grey(4, 5, new byte[20]));
        var whole = set.Open().Fingerprint();
        var middle = DataSource.Open(set.Root, 2, 3).Fingerprint();
        var memory = new DataMemory { Limit = limit };
        Assert.Equal(whole, DataSource.Open(set.Root, memory).Fingerprint());
        Assert.Equal(middle, DataSource.Open(set.Root, 2, 3, memory).Fingerprint());
        foreach (var split in new[] { "train", "val", "test" })
            set.Pack(split);
        Assert.Equal(whole, set.Open().Fingerprint());
        Assert.Equal(whole, DataSource.Open(set.Root, memory).Fingerprint());
        Assert.Equal(middle, DataSource.Open(set.Root, 2, 3, memory).Fingerprint());
    }

    [Property(MaxTest = 30)]
    public void AnyWindowOfAnyImage_IsTheSameOutOfMemory(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width, channels) = (3 + random.NextInt32(9), 3 + random.NextInt32(9), random.NextInt32(2) == 0 ? 1 : 3);
        using var set = new TinySet();
        foreach (var (split, @case) in new[] { ("train", "a"), ("val", "b"), ("test", "c") })
        {
            byte[] levels = [.. Enumerable.Range(0, channels * height * width).Select(_ => (byte)random.NextInt32(256))];
            set.Write($"{split}/images/{@case}/x.png", channels == 1 ? TinyPng.Grey(height, width, levels) : TinyPng.Color(height, width, levels));
            foreach (var grader in new[] { 0, 1 })
                set.Write($"{split}/gt/{@case}/x_l{grader}.png", TinyPng.Grey(height, width, [.. Enumerable.Range(0, height * width).Select(_ => (byte)(255 * random.NextInt32(2)))]));
        }
        var (rows, columns) = (2 + random.NextInt32(height - 2), 2 + random.NextInt32(width - 2));
        var (held, spooled) = (DataSource.Open(set.Root, rows, columns), DataSource.Open(set.Root, rows, columns, None));
        foreach (var (before, after) in held.Train.Concat(held.Test).Zip(spooled.Train.Concat(spooled.Test)))
        {
            Assert.Equal(before.Graders, after.Graders);
            Assert.Equal(before.Whole.Graders, after.Whole.Graders);
            var size = (Height: 1 + random.NextInt32(rows), Width: 1 + random.NextInt32(columns));
            var window = new Window(random.NextInt32(rows - size.Height + 1), random.NextInt32(columns - size.Width + 1), size.Height, size.Width);
            var (expected, actual) = (new float[channels * size.Height * size.Width], new float[channels * size.Height * size.Width]);
            before.CopyPixelsTo(expected, window);
            after.CopyPixelsTo(actual, window);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void MapsOfLabels_AreTheSameOutOfMemory()
    {
        using var set = new TinySet(empty: true);
        foreach (var frame in new[] { "train/aachen/aachen_0", "val/munster/munster_0" })
        {
            set.Write($"leftImg8bit/{frame}_leftImg8bit.png", TinyPng.Color(4, 8, [.. Enumerable.Range(0, 96).Select(i => (byte)i)]));
            set.Write($"gtFine/{frame}_gtFine_labelIds.png", TinyPng.Grey(4, 8, [.. Enumerable.Range(0, 32).Select(i => (byte)(i + 1))]));
        }
        var (held, spooled) = (DataSource.Open(set.Root, 4, 8), DataSource.Open(set.Root, 4, 8, None));
        Assert.Equal(held.Fingerprint(), spooled.Fingerprint());
        Assert.Equal(held.Train[0].Truth!.Modes, spooled.Train[0].Truth!.Modes);
    }

    [Fact]
    public void ManyThreads_ReadTheSame()
    {
        using var set = new TinySet();
        var (held, spooled) = (set.Open().Train[0], DataSource.Open(set.Root, None).Train[0]);
        var pixels = held.Pixels();
        Parallel.For(0, 2000, _ =>
        {
            Assert.Equal(pixels, spooled.Pixels());
            Assert.Equal(held.Graders, spooled.Graders);
        });
    }

    [Fact]
    public void TheTemporaryFile_HasNoNameWhileItIsUsed_SoThatItGoesWithTheProcess()
    {
        using var set = new TinySet();
        using var folder = new TemporaryFolder();
        var data = DataSource.Open(set.Root, new DataMemory { Limit = 0, Folder = folder.Root });
        if (OperatingSystem.IsLinux())
        {
            Assert.Empty(Directory.GetFiles(folder.Root));
            Assert.Contains(Directory.GetFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget),
                target => target is not null && target.StartsWith(folder.Root, StringComparison.Ordinal) && target.EndsWith("(deleted)", StringComparison.Ordinal));
        }
        Assert.Equal(20, data.Train[0].Pixels().Length);
    }

    [Fact]
    public void ATemporaryFileThatMayNotGrow_IsToldAsSuch()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("where a file ends that may not grow is known of Linux alone");
        using var folder = new TemporaryFolder();
        Assert.Equal("the temporary file for data larger than memory cannot grow (a file may not grow further)", Assert.Throws<InputException>(() => new Spool(folder.Root, long.MaxValue - 100).Add([1, 2, 3])).Problem);
    }

    [Fact]
    public void AFolderThatIsNotThere_IsRefused_OnlyWhereItIsNeeded()
    {
        using var set = new TinySet();
        var nowhere = set.Of("nowhere");
        Assert.Equal(nowhere, Assert.Throws<InputException>(() => DataSource.Open(set.Root, new DataMemory { Limit = 0, Folder = nowhere })).Input);
        DataSource.Open(set.Root, new DataMemory { Folder = nowhere });
    }
}
