using ProbUNet.Models.Data;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Tests.Reports;

public class SampleSheetTests
{
    // By hand for 64x64: panels are 3 · 64 = 192, gutters 8, gaps between groups 27, margins 31, a row with its caption and gap 192 + 42 + 19.
    [Theory]
    [InlineData(1, 8, 4, 64, 64, 3019, 423)]
    [InlineData(2, 8, 4, 64, 64, 3019, 423 + 253)]
    [InlineData(2, 9, 4, 64, 64, 3019 + 200, 423 + 253)]
    [InlineData(2, 8, 3, 64, 64, 3019 - 200, 423 + 253)]
    [InlineData(1, 8, 4, 32, 64, 3019, 423 - 96)]
    [InlineData(5, 8, 4, 128, 128, 4017, 1915)]
    public void Picture_HasExactlyTheSizeOfItsRowsAndColumns(int rows, int samples, int graders, int height, int width, int expectedWidth, int expectedHeight)
    {
        using var picture = Draw([.. Enumerable.Range(0, rows).Select(row => Row(height, width, 2, 2, row))], samples, graders);
        Assert.Equal((expectedWidth, expectedHeight), (picture.Width, picture.Height));
    }

    [Fact]
    public void MaskPanels_ShowTheirMaskInEveryPixel_TheImageThroughIt_AndItsOutlineAtItsEdge()
    {
        SampleSheetRow[] rows = [Row(11, 13, 3, 2, seed: 1), Row(11, 13, 2, 3, seed: 2)];
        using var picture = Draw(rows, sampleColumns: 3, graderColumns: 3);
        var layout = new SampleSheetLayout(2, 3, 3, 11, 13);
        Assert.Equal(15, layout.Enlargement);
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < rows[row].Image.Graders.Count; column++)
                AssertShows(rows[row].Image.Graders[column].Foreground, layout.Grader(row, column), Palette.Grader);
            for (var column = 0; column < rows[row].Samples.Count; column++)
                AssertShows(rows[row].Samples[column].Foreground, layout.Sample(row, column), Palette.Sample);
        }

        void AssertShows(BitMask mask, SKRectI panel, SKColor color)
        {
            var veils = new HashSet<SKColor>();
            for (var y = 0; y < panel.Height; y++)
                for (var x = 0; x < panel.Width; x++)
                {
                    var shown = picture.GetPixel(panel.Left + x, panel.Top + y);
                    var isGrey = shown.Red == shown.Green && shown.Green == shown.Blue && shown.Red < 128;
                    var isEdge = Enumerable.Range(-1, 3).Any(down => Enumerable.Range(-1, 3).Any(right => !IsIn(y + down, x + right)));   // an outline of one pixel, by hand
                    Assert.True(!IsIn(y, x) ? isGrey : isEdge ? shown == color : !isGrey && shown != color, $"({y}, {x}) is {shown}.");
                    if (IsIn(y, x) && !isEdge)
                        veils.Add(shown);
                }
            Assert.True(veils.Count > 20, $"The image shows through in {veils.Count} shades.");

            bool IsIn(int y, int x) => y >= 0 && x >= 0 && y < panel.Height && x < panel.Width && mask[y / layout.Enlargement, x / layout.Enlargement];
        }
    }

    [Fact]
    public void AMaskWithNothingInIt_SaysSo_AndNoOtherDoes()
    {
        var image = Images.Of("x", "x", 1, 11, 13, new float[143], [BitMask.Empty(11, 13), BitMask.From<int>(11, 13, [.. Enumerable.Range(0, 143)], i => i == 142)]);
        using var picture = Draw([new(image, [image.Graders[1], image.Graders[0]], new float[143], "")], sampleColumns: 2, graderColumns: 2);
        var layout = new SampleSheetLayout(1, 2, 2, 11, 13);
        Assert.Equal([true, false, false, true], new[] { layout.Grader(0, 0), layout.Grader(0, 1), layout.Sample(0, 0), layout.Sample(0, 1) }.Select(panel =>
        {
            var says = false;
            for (var y = panel.Top; y < panel.Bottom; y++)
                for (var x = panel.Left; x < panel.Right; x++)
                    says |= picture.GetPixel(x, y) == Palette.NoteOnDark;
            return says;
        }));
    }

    [Theory]
    [InlineData(1, 7, 9, 1)]
    [InlineData(5, 7, 9, 1)]
    [InlineData(30, 9, 11, 2)]
    [InlineData(1, 1, 700, 4)]
    public void TheOutline_IsAsThickAsAPartOfThePanel(int times, int height, int width, int thick)
    {
        var full = BitMask.From<int>(height, width, [.. Enumerable.Range(0, height * width)], _ => true);
        using var panel = Panels.Of(full, Images.Of("x", "x", 1, height, width, new float[height * width], [full]), Palette.Sample, times);
        Assert.Equal((times * height, times * width, thick), (panel.Height, panel.Width, Panels.OutlineOf(panel.Width)));
        for (var y = 0; y < panel.Height; y++)
            for (var x = 0; x < panel.Width; x++)
                Assert.Equal(Math.Min(Math.Min(y, panel.Height - 1 - y), Math.Min(x, panel.Width - 1 - x)) < thick, panel.GetPixel(x, y) == Palette.Sample);
    }

    [Fact]
    public void ImageAndDeviationPanels_ShowTheirValues()
    {
        var row = Row(11, 13, 1, 1, seed: 3);
        using var picture = Draw([row], sampleColumns: 1, graderColumns: 1);
        var layout = new SampleSheetLayout(1, 1, 1, 11, 13);
        AssertPanel(picture, layout.Image(0), layout.Enlargement, (y, x, shown) =>
            Assert.Equal(255 * row.Image.Pixels()[y * 13 + x], shown.Green, 0.51f));
        AssertPanel(picture, layout.Deviation(0), layout.Enlargement, (y, x, shown) =>
            Assert.Equal(ColorMap.At(row.StandardDeviation.Span[y * 13 + x] / 0.5f), shown));
    }

    [Fact]
    public void ColourImages_KeepTheirColoursAndAreGreyUnderMasks()
    {
        float[] pixels = [1, 0, 0, 0.2f, 0, 1, 0, 0.4f, 0, 0, 1, 0.6f];
        var image = Images.Of("rgb", "rgb", 3, 2, 2, pixels, [BitMask.Empty(2, 2)]);
        using var picture = Draw([new(image, Array.Empty<Segmentation>(), new float[4], "")], sampleColumns: 1, graderColumns: 1);
        var layout = new SampleSheetLayout(1, 1, 1, 2, 2);
        SKColor[] colors = [new(255, 0, 0), new(0, 255, 0), new(0, 0, 255), new(51, 102, 153)];
        AssertPanel(picture, layout.Image(0), layout.Enlargement, (y, x, shown) => Assert.Equal(colors[y * 2 + x], shown));
        AssertPanel(picture, layout.Grader(0, 0), layout.Enlargement, (_, _, shown) => Assert.True(shown.Red == shown.Green && shown.Green == shown.Blue));
    }

    [Fact]
    public void MissingMasks_LeaveTheirPlaceBlank()
    {
        using var picture = Draw([Row(11, 13, 1, 1, seed: 4)], sampleColumns: 2, graderColumns: 2);
        var layout = new SampleSheetLayout(1, 2, 2, 11, 13);
        AssertPanel(picture, layout.Grader(0, 1), 1, (_, _, shown) => Assert.Equal(SKColors.White, shown));
        AssertPanel(picture, layout.Sample(0, 1), 1, (_, _, shown) => Assert.Equal(SKColors.White, shown));
    }

    [Fact]
    public void MoreMasksThanColumns_AreCountedUnderTheLastPanel()
    {
        var layout = new SampleSheetLayout(1, 2, 2, 11, 13);
        Assert.False(HasNote(Row(11, 13, 2, 2, seed: 5), layout.Grader(0, 1)));
        Assert.False(HasNote(Row(11, 13, 2, 2, seed: 5), layout.Sample(0, 1)));
        Assert.True(HasNote(Row(11, 13, 2, 3, seed: 5), layout.Grader(0, 1)));
        Assert.True(HasNote(Row(11, 13, 3, 2, seed: 5), layout.Sample(0, 1)));

        bool HasNote(SampleSheetRow row, SKRectI panel)
        {
            using var picture = Draw([row], sampleColumns: 2, graderColumns: 2);
            return HasInk(picture, SKRectI.Create(panel.Left, panel.Bottom, panel.Width, picture.Height - panel.Bottom));
        }
    }

    [Fact]
    public void LongTitleAndCaption_StayWithinTheMargins()
    {
        var longText = string.Concat(Enumerable.Repeat("very long ", 100));
        using var picture = Draw([Row(11, 13, 1, 1, seed: 6) with { Caption = longText }], 1, 1, longText);
        var layout = new SampleSheetLayout(1, 1, 1, 11, 13);
        Assert.False(HasInk(picture, SKRectI.Create(layout.Right + 1, 0, layout.Margin - 1, layout.Height)));
        Assert.True(HasInk(picture, SKRectI.Create(layout.Margin, 0, layout.Width, layout.FirstRow)));
    }

    [Fact]
    public void EqualSheets_AreEqualFiles()
    {
        using var folder = new TemporaryFolder();
        SampleSheet.Write(folder["a.png"], [Row(11, 13, 2, 2, seed: 7)], "title");
        SampleSheet.Write(folder["b.png"], [Row(11, 13, 2, 2, seed: 7)], "title");
        Assert.Equal(File.ReadAllBytes(folder["a.png"]), File.ReadAllBytes(folder["b.png"]));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Root).Length);
    }

    [Fact]
    public void FolderAsPath_IsAnInputError()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InputException>(() => SampleSheet.Write(folder.Root, [Row(11, 13, 1, 1, seed: 8)], "title"));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void RowsThatCannotBeDrawn_AreRejectedBeforeAnythingIsWritten()
    {
        using var folder = new TemporaryFolder();
        var row = Row(11, 13, 1, 1, seed: 9);
        SampleSheetRow[][] wrong =
        [
            [],
            [row, Row(13, 11, 1, 1, seed: 9)],
            [row with { Samples = [Segmentation.Binary(BitMask.Empty(13, 11))] }],
            [row with { StandardDeviation = new float[11] }],
            [row with { StandardDeviation = Enumerable.Repeat(0.6f, 11 * 13).ToArray() }],
            [row with { StandardDeviation = Enumerable.Repeat(float.NaN, 11 * 13).ToArray() }],
        ];
        Assert.All(wrong, rows => Assert.Throws<ArgumentException>(() => SampleSheet.Write(folder["a.png"], rows, "title")));
        Assert.Throws<ArgumentOutOfRangeException>(() => SampleSheet.Write(folder["a.png"], [row], "title", sampleColumns: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SampleSheet.Write(folder["a.png"], [row], "title", graderColumns: 0));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    /// <summary>A case of noise, with masks and deviations of noise.</summary>
    private static SampleSheetRow Row(int height, int width, int samples, int graders, int seed)
    {
        var random = new Random(seed);
        var image = Images.Of($"case {seed}", $"{seed}", 1, height, width, Noise(1), [.. Enumerable.Range(0, graders).Select(_ => Mask())]);
        return new(image, Enumerable.Range(0, samples).Select(_ => Mask()).ToArray(), Noise(0.5f), $"{seed}");

        float[] Noise(float largest) => [.. Enumerable.Range(0, height * width).Select(_ => largest * random.NextSingle())];
        BitMask Mask() => BitMask.From<float>(height, width, Noise(1), value => value > 0.5f);
    }

    private static SKBitmap Draw(IReadOnlyList<SampleSheetRow> rows, int sampleColumns, int graderColumns, string title = "title")
    {
        using var folder = new TemporaryFolder();
        SampleSheet.Write(folder["sheet.png"], rows, title, sampleColumns, graderColumns);
        return SKBitmap.Decode(folder["sheet.png"]);
    }

    /// <summary>Calls <paramref name="check"/> with the row, the column and the colour of every image pixel, at each sheet pixel that shows it.</summary>
    private static void AssertPanel(SKBitmap picture, SKRectI panel, int enlargement, Action<int, int, SKColor> check)
    {
        for (var y = 0; y < panel.Height; y++)
            for (var x = 0; x < panel.Width; x++)
                check(y / enlargement, x / enlargement, picture.GetPixel(panel.Left + x, panel.Top + y));
    }

    private static bool HasInk(SKBitmap picture, SKRectI area) => Enumerable.Range(area.Top, Math.Min(area.Bottom, picture.Height) - area.Top)
        .Any(y => Enumerable.Range(area.Left, Math.Min(area.Right, picture.Width) - area.Left).Any(x => picture.GetPixel(x, y) != SKColors.White));
}
