using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using SkiaSharp;

namespace ProbUNet.Models.Tests.Evaluation;

/// <summary>GED² of constant predictions on real graders, against the tables in the README files of the data sets: four digits each.</summary>
public class ReferenceNumbersTests
{
    [Theory]
    [InlineData("lidc_mini", 50, 0.8408)]
    [InlineData("bubil_cells", 16, 1.7934)]
    public void EmptyPrediction_HasThePublishedDistance(string set, int images, double published) =>
        AssertMean(set, images, published, graders => BitMask.Empty(graders[0].Height, graders[0].Width));

    [Theory]
    [InlineData("lidc_mini", 50, 0.2319)]
    [InlineData("bubil_cells", 16, 0.1072)]
    public void MajorityVote_HasThePublishedDistance(string set, int images, double published) => AssertMean(set, images, published, MajorityVote);

    [Theory]
    [InlineData("lidc_mini", 50, 0.6096)]
    [InlineData("bubil_cells", 16, 0.2471)]
    public void FirstGrader_HasThePublishedDistance(string set, int images, double published) => AssertMean(set, images, published, graders => graders[0]);

    private static void AssertMean(string set, int images, double published, Func<IReadOnlyList<BitMask>, BitMask> predict)
    {
        var graded = TestSplit(SharedData.Folder(set));
        Assert.Equal(images, graded.Count);
        Assert.Equal(published, graded.Average(graders => GeneralizedEnergyDistance.Between([predict(graders)], graders).Squared), 0.00005);
    }

    /// <summary>Foreground where more than half of the graders drew: a tie is background, as the published numbers tell.</summary>
    private static BitMask MajorityVote(IReadOnlyList<BitMask> graders)
    {
        var votes = new float[graders[0].Height * graders[0].Width];
        var mask = new float[votes.Length];
        foreach (var grader in graders)
        {
            grader.CopyTo(mask);
            for (var i = 0; i < votes.Length; i++)
                votes[i] += mask[i];
        }
        return BitMask.From<float>(graders[0].Height, graders[0].Width, votes, count => 2 * count > graders.Count);
    }

    /// <summary>The graders of every image of the test split, in their numbered order.</summary>
    private static IReadOnlyList<IReadOnlyList<BitMask>> TestSplit(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(folder, "test", "gt"), "*_l0.png", SearchOption.AllDirectories)
            .Select(first => (IReadOnlyList<BitMask>)
            [
                .. Enumerable.Range(0, int.MaxValue)
                    .Select(grader => first[..^"0.png".Length] + $"{grader}.png")
                    .TakeWhile(File.Exists)
                    .Select(Mask),
            ]),
    ];

    private static BitMask Mask(string file)
    {
        using var bitmap = SKBitmap.Decode(file);
        return BitMask.From<SKColor>(bitmap.Height, bitmap.Width, bitmap.Pixels, pixel => pixel.Red >= 128);
    }
}
