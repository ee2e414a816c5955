using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Drawing;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Synthetic;
using SkiaSharp;

namespace ProbUNet.Models.Tests.Reports;

public class SamplePictureTests
{
    private static readonly BitMask Full = BitMask.From<float>(4, 4, new float[16], _ => true);

    private static readonly BitMask Empty = BitMask.Empty(4, 4);

    private static readonly GradedImage Image = Images.Of("case", "case", 1, 4, 4, [.. Enumerable.Range(0, 16).Select(i => i / 15f)], [Full, Empty]);

    private static readonly SegmentationClasses Streets = new(["road", "car", "car 2"]);

    private static readonly GradedImage Street = Images.Black("street", 1, 4, 4,
        new Grading.DrawnAnew(new LabelSwitches([new(1, 2, 0.5)]).Over(Segmentation.Of([Empty, Full, Empty]))), Streets);

    [Fact]
    public void EveryPicture_KeepsTheContract()
    {
        Figures.KeepsTheContract(path => SamplePicture.Write(path, Image, Of(Full, Empty, Full), "title"));
        Figures.KeepsTheContract(path => SamplePicture.Write(path, Images.Ungraded("bare", 1, 4, 4), Of([.. Enumerable.Repeat(Full, 17)]), "title"));
    }

    [Fact]
    public void Samples_StandInTheirOrder_AndMapsHaveTheirColours()
    {
        using var picture = Figures.Draw(path => SamplePicture.Write(path, Image, Of(Full, Empty, Full), "title"));
        var layout = new SamplePicture.SamplePictureLayout(6, 3, 1);
        Assert.True(IsVeil(At(layout.Top(1)), Palette.Grader));
        Assert.False(IsVeil(At(layout.Top(2)), Palette.Grader));
        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(i => IsVeil(At(layout.Sample(i)), Palette.Sample)));
        // What is empty says so.
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(i => picture.Count(layout.Sample(i), Palette.NoteOnDark) > 0));
        Assert.Equal([false, true], Enumerable.Range(1, 2).Select(i => picture.Count(layout.Top(i), Palette.NoteOnDark) > 0));
        Near(ColorMap.At(2 / 3f), At(layout.Top(3)));
        Near(ColorMap.At(MathF.Sqrt(2 / 9f) / 0.5f), At(layout.Top(5)));

        SKColor At(SKRect panel) => picture.At(panel.MidX + 1, panel.MidY + 1);
    }

    [Fact]
    public void OfSeveralClasses_TheMeanIsTheMostProbable_AndDrawsStandForGraders()
    {
        var car = Segmentation.Of([Empty, Full, Empty]);
        var prediction = OfClasses([0.1f, 0.9f, 0], [0.5f, 0.3f, 0.2f]);
        Assert.Equal(car, prediction.Samples[0]);
        Figures.KeepsTheContract(path => SamplePicture.Write(path, Street, prediction, "title"));
        using var picture = Figures.Draw(path => SamplePicture.Write(path, Street, prediction, "title"));
        var layout = new SamplePicture.SamplePictureLayout(8, 2, 1);
        Assert.Equal(new SKColor(0, 0, 142), picture.At(layout.Top(5).MidX + 1, layout.Top(5).MidY + 1));
        Assert.Equal(new SKColor(128, 64, 128), picture.At(layout.Sample(1).MidX + 1, layout.Sample(1).MidY + 1));
        Assert.Contains(picture.At(layout.Top(1).MidX + 1, layout.Top(1).MidY + 1), new[] { new SKColor(0, 0, 142), new SKColor(30, 193, 252) });
    }

    [Fact]
    public void OnASheet_SeveralClassesHaveTheirColoursAndAKey()
    {
        var (car, alternate) = (Segmentation.Of([Empty, Full, Empty]), Segmentation.Of([Empty, Empty, Full]));
        var row = new SampleSheetRow(Street, [car, alternate], new float[16], "street");
        using var folder = new TemporaryFolder();
        SampleSheet.Write(folder["sheet.png"], [row], "title", sampleColumns: 2, graderColumns: 3);
        using var picture = SKBitmap.Decode(folder["sheet.png"]);
        var layout = new SampleSheetLayout(1, 3, 2, 4, 4);
        Assert.True(picture.Height > layout.Height);
        Assert.Equal(new SKColor(0, 0, 142), picture.GetPixel(layout.Sample(0, 0).MidX, layout.Sample(0, 0).MidY));
        Assert.Equal(new SKColor(30, 193, 252), picture.GetPixel(layout.Sample(0, 1).MidX, layout.Sample(0, 1).MidY));
        Assert.All(Enumerable.Range(0, 3), column => Assert.NotEqual(SKColors.White, picture.GetPixel(layout.Grader(0, column).MidX, layout.Grader(0, column).MidY)));
        Assert.Throws<ArgumentException>(() => SampleSheet.Write(folder["other.png"], [row with { Samples = [Segmentation.Binary(Full)] }], "title"));
    }

    [Fact]
    public void ColoursOfClasses_AreThoseOfCityscapes_OrDifferFromEachOther()
    {
        Assert.Equal(new SKColor(84, 86, 22), ClassColors.Of(new(["road", "road 2"]))[1]);
        var others = ClassColors.Of(new([.. Enumerable.Range(0, 45).Select(i => $"class {i}")]));
        Assert.Equal(45, others.Distinct().Count());
        Assert.NotEqual(new SKColor(128, 64, 128), ClassColors.Of(new(["road", "lesion"]))[0]);
    }

    [Fact]
    public void NamesThatTheStreetTaskMakes_HaveColoursOfTheirOwn()
    {
        string[] fixedNames = [.. ClassColors.Known.Keys.Where(name => !name.EndsWith(" 2", StringComparison.Ordinal))];
        var made = StreetTask.Over(fixedNames).Classes;
        Assert.Equal(ClassColors.Known.Keys.Order(), made.Names.Order());
        Assert.Equal(made.Count, ClassColors.Of(made).Distinct().Count());
        Assert.Subset(ClassColors.Known.Keys.ToHashSet(), SyntheticStreets.Classes.Names.ToHashSet());
    }

    [Fact]
    public void WhatIsNoPicture_IsRefused() => Figures.Refuses<InputException>(
        path => SamplePicture.Write(path, Image, OfClasses([0.1f, 0.9f, 0]), "title"),
        path => SamplePicture.Write(path, Image, Of(BitMask.Empty(3, 4)), "title"));

    private static Prediction Of(params BitMask[] masks) =>
        new(masks.SelectMany(mask => Segmentation.Binary(mask).Labels()).Select(label => (float)label).ToArray(), masks.Length, 1, masks[0].Height, masks[0].Width);

    /// <summary>Samples of 4x4 pixels that are all alike.</summary>
    private static Prediction OfClasses(params float[][] samples) =>
        new(samples.SelectMany(sample => sample.SelectMany(probability => Enumerable.Repeat(probability, 16))).ToArray(), samples.Length, samples[0].Length, 4, 4);

    /// <summary>Whether a pixel has a colour's hue and less of it.</summary>
    private static bool IsVeil(SKColor shown, SKColor color)
    {
        color.ToHsv(out var hue, out _, out var value);
        shown.ToHsv(out var itsHue, out var saturation, out var its);
        return saturation > 20 && Math.Abs(hue - itsHue) < 5 && its < value;
    }

    private static void Near(SKColor expected, SKColor actual) =>
        Assert.True(Math.Abs(expected.Red - actual.Red) + Math.Abs(expected.Green - actual.Green) + Math.Abs(expected.Blue - actual.Blue) < 6, $"{actual} is not {expected}.");
}
