using ProbUNet.Models.Sources;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Data;

/// <summary>The public crops of LIDC-IDRI: 180x180, of which a network takes 128x128.</summary>
public class PaperLayoutTests
{
    [Fact]
    public void PublicCrops_AreCutInTheMiddleToJudge_AndAtRandomToTrain()
    {
        using var set = new TinySet(empty: true);
        foreach (var (split, patient) in new[] { ("train", "LIDC-IDRI-0001"), ("val", "LIDC-IDRI-0002"), ("test", "LIDC-IDRI-0003") })
            WriteCrop(set, split, patient, "z-105.0_c0");
        var data = DataSource.Open(set.Root, 128, 128);

        var image = Assert.Single(data.Train);
        Assert.Equal(("LIDC-IDRI-0001/z-105.0_c0", "LIDC-IDRI-0001", 128, 128, 4), (image.Name, image.Case, image.Height, image.Width, image.Graders.Count));
        Assert.Equal((180, 180), (image.Whole.Height, image.Whole.Width));
        Assert.Same(data.Test[0], data.Test[0].Whole);
        // [26:-26, 26:-26], as everybody cuts them.
        foreach (var middle in new[] { image, data.Validation[0], data.Test[0] })
        {
            Assert.Equal(Level(26, 26) / 255f, middle.Pixels()[0]);
            Assert.Equal(Level(153, 153) / 255f, middle.Pixels()[^1]);
            for (var grader = 0; grader < 4; grader++)
                for (var place = 0; place < 128; place++)
                    Assert.Equal(IsIn(grader, 26 + place, 30 + grader), middle.Graders[grader].Foreground[place, 4 + grader]);
        }

        var chosen = new BatchSampler(data.Train, 3000, seed: 1).Choose(1);
        Assert.Equal((0, 52, 0, 52), (chosen.Min(choice => choice.Window.Top), chosen.Max(choice => choice.Window.Top), chosen.Min(choice => choice.Window.Left), chosen.Max(choice => choice.Window.Left)));
        Assert.All(new BatchSampler(data.Test, 5, seed: 1).Choose(1), choice => Assert.Equal((0, 0), (choice.Window.Top, choice.Window.Left)));
    }

    [Theory]
    [InlineData(180, 64, 90)]     // the paper's share of a margin
    [InlineData(180, 61, 86)]
    [InlineData(181, 61, 85)]     // one less, so that middles of middles are middles
    [InlineData(180, 150, 180)]
    [InlineData(180, 180, 180)]
    public void TheMarginForTraining_IsThePapers_AsFarAsTheImageGoes(int size, int side, int kept)
    {
        using var set = new TinySet(empty: true);
        foreach (var (split, patient) in new[] { ("train", "a"), ("val", "b"), ("test", "c") })
            WriteCrop(set, split, patient, "x", size);
        var data = DataSource.Open(set.Root, side, side);
        Assert.Equal((kept, side), (data.Train[0].Whole.Width, data.Train[0].Width));
        Assert.Equal(data.Test[0].Pixels(), data.Train[0].Pixels());
    }

    [Fact]
    public void WithoutASize_NothingIsCut()
    {
        using var set = new TinySet();
        Assert.All(set.Open().Train, image => Assert.Same(image, image.Whole));
    }

    private static byte Level(int row, int column) => (byte)((row * 7 + column * 13) % 251);

    private static bool IsIn(int grader, int row, int column) => grader != 2 && (row + grader * column) % 5 == 0;

    private static void WriteCrop(TinySet set, string split, string patient, string name, int size = 180)
    {
        byte[] Drawn(Func<int, int, byte> at) => TinyPng.Grey(size, size, [.. Enumerable.Range(0, size * size).Select(i => at(i / size, i % size))]);
        set.Write($"{split}/images/{patient}/{name}.png", Drawn(Level));
        for (var grader = 0; grader < 4; grader++)
            set.Write($"{split}/gt/{patient}/{name}_l{grader}.png", Drawn((row, column) => (byte)(IsIn(grader, row, column) ? 255 : 0)));
    }
}
