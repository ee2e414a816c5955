using ProbUNet.Models.Reports.Drawing;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

public class CityscapesReaderTests
{
    private const string Frame = "train/aachen/aachen_000000_000019";

    [Fact]
    public void LabelIds_BecomeNineteenClasses_AndAllElseIsIgnored()
    {
        using var set = City();
        // Every id there is, two rows of 17: the train ids of the data set's public table.
        set.Write($"gtFine/{Frame}_gtFine_labelIds.png", TinyPng.Grey(2, 17, [.. Enumerable.Range(0, 33).Select(id => (byte)id), 255]));
        set.Write($"leftImg8bit/{Frame}_leftImg8bit.png", TinyPng.Color(2, 17, new byte[3 * 34]));
        var image = DataSource.Open(set.Root, 2, 17).Train[0];
        byte[] ignored = [.. Enumerable.Repeat((byte)255, 7)];
        Assert.Equal<byte>(
            [.. ignored, 0, 1, 255, 255, 2, 3, 4, 255, 255, 255, 5, 255, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 16, 17, 255],
            image.Truth!.Modes[0].Labels());

        set.Write($"gtFine/{Frame}_gtFine_labelIds.png", TinyPng.Grey(2, 17, [.. Enumerable.Repeat((byte)33, 34)]));
        Assert.All(DataSource.Open(set.Root, 2, 17).Train[0].Truth!.Modes[0].Labels(), label => Assert.Equal(18, label));
    }

    [Fact]
    public void ThereAre24Classes_OfWhichTenAreEvaluated_AndThirtyTwoModes()
    {
        using var set = City();
        var data = DataSource.Open(set.Root, 4, 8);
        Assert.Equal(24, data.Classes.Count);
        Assert.Equal(ClassColors.Known.Keys.Order(), data.Classes.Names.Order());
        Assert.Equal([0, 1, 8, 11, 13, 19, 20, 21, 22, 23], data.Classes.Evaluated);
        Assert.Equal(["sidewalk 2", "person 2", "car 2", "vegetation 2", "road 2"], data.Classes.Names.Skip(19));
        Assert.Equal(["road", "sidewalk", "vegetation", "person", "car"], data.Classes.Evaluated.Take(5).Select(@class => data.Classes.Names[@class]));
        var truth = data.Train[0].Truth!;
        Assert.Empty(data.Train[0].Graders);
        Assert.Equal((32, 0.1088, 0.00473), (truth.Modes.Count, Math.Round(truth.Probabilities[0], 4), Math.Round(truth.Probabilities[31], 5)));
        // The picture is road alone: it flips to class 23 in every other mode.
        Assert.Equal(4 / 17.0, truth.Modes.Zip(truth.Probabilities).Where(mode => mode.First[23].Area == 32).Sum(mode => mode.Second), 1e-12);
    }

    [Fact]
    public void ThreeTrainingCities_AreToChooseBy_AndTheOfficialValidation_IsToReportOn()
    {
        using var set = City();
        foreach (var city in new[] { "ulm", "darmstadt", "monchengladbach", "zurich" })
            AddFrame(set, $"train/{city}/{city}_000001_000019");
        set.Write("leftImg8bit/train/ulm/._ulm_000001_000019_leftImg8bit.png", [1]);
        Directory.CreateDirectory(set.Of("leftImg8bit/test/berlin"));
        var data = DataSource.Open(set.Root, 4, 8);
        Assert.Equal(["aachen/aachen_000000_000019", "zurich/zurich_000001_000019"], data.Train.Select(image => image.Name));
        Assert.Equal(["darmstadt", "monchengladbach", "ulm"], data.Validation.Select(image => image.Name.Split('/')[0]));
        Assert.Equal(["munster/munster_000002_000019"], data.Test.Select(image => image.Name));
        Assert.Equal(data.Fingerprint(), DataSource.Open(set.Root, 4, 8).Fingerprint());
    }

    [Fact]
    public void ASize_IsReachedByResampling_AndAQuarterIsTheDefault()
    {
        using var set = City();
        // Left half road, right half sky; red from left to right.
        set.Write($"gtFine/{Frame}_gtFine_labelIds.png", TinyPng.Grey(4, 8, [.. Enumerable.Range(0, 32).Select(i => (byte)(i % 8 < 4 ? 7 : 23))]));
        set.Write($"leftImg8bit/{Frame}_leftImg8bit.png", TinyPng.Color(4, 8, [.. Enumerable.Range(0, 96).Select(i => (byte)(i < 32 ? 30 * (i % 8) : 100))]));
        var image = DataSource.Open(set.Root).Train[0];
        Assert.Equal((3, 256, 512), (image.Channels, image.Height, image.Width));
        Assert.All(Enumerable.Range(0, 512), column => Assert.Equal(column < 256, image.Truth!.Modes[0][0][100, column]));
        var half = DataSource.Open(set.Root, 2, 4).Train[0];
        Assert.Equal<byte>([0, 0, 10, 10, 0, 0, 10, 10], half.Truth!.Modes[0].Labels());
        var red = half.Pixels()[..4];
        Assert.True(red[0] < red[1] && red[1] < red[2] && red[2] < red[3]);
        Assert.All(half.Pixels()[8..], value => Assert.Equal(100 / 255f, value));
    }

    [Theory]
    [InlineData("missing labels", "leftImg8bit/" + Frame + "_leftImg8bit.png", "its labels are missing")]
    [InlineData("unknown id", "gtFine/" + Frame + "_gtFine_labelIds.png", "34 at row 1, column 2 is no label id")]
    [InlineData("other size", "gtFine/" + Frame + "_gtFine_labelIds.png", "these labels of 3x8 do not fit")]
    [InlineData("coloured labels", "gtFine/" + Frame + "_gtFine_labelIds.png", "these labels are coloured")]
    [InlineData("grey image", "leftImg8bit/" + Frame + "_leftImg8bit.png", "this image has no colours")]
    [InlineData("no val", "leftImg8bit/val", "this folder is missing")]
    public void AFault_IsToldWithFileAndRemedy(string fault, string culprit, string words)
    {
        using var set = City();
        switch (fault)
        {
            case "missing labels": File.Delete(set.Of($"gtFine/{Frame}_gtFine_labelIds.png")); break;
            case "unknown id": set.Write(culprit, TinyPng.Grey(4, 8, [.. new byte[10], 34, .. new byte[21]])); break;
            case "other size": set.Write(culprit, TinyPng.Grey(3, 8, new byte[24])); break;
            case "coloured labels": set.Write(culprit, TinyPng.Color(4, 8, [1, .. new byte[95]])); break;
            case "grey image": set.Write(culprit, TinyPng.Grey(4, 8, new byte[32])); break;
            default: Directory.Delete(set.Of("leftImg8bit/val"), recursive: true); break;
        }
        var refusal = set.Refusal();
        Assert.Equal(set.Of(culprit), refusal.Input);
        Assert.Contains(words, refusal.Message);
    }

    [Fact]
    public void ManyFaults_AreCounted()
    {
        using var set = City();
        Directory.Delete(set.Of("gtFine"), recursive: true);
        Directory.CreateDirectory(set.Of("gtFine"));
        Assert.EndsWith("(1 more file cannot be used either).", set.Refusal().Message);
    }

    /// <summary>One image of 4x8 to train on and one to report on, of road alone.</summary>
    private static TinySet City()
    {
        var set = new TinySet(empty: true);
        AddFrame(set, Frame);
        AddFrame(set, "val/munster/munster_000002_000019");
        return set;
    }

    private static void AddFrame(TinySet set, string frame)
    {
        set.Write($"leftImg8bit/{frame}_leftImg8bit.png", TinyPng.Color(4, 8, [.. Enumerable.Range(0, 96).Select(i => (byte)i)]));
        set.Write($"gtFine/{frame}_gtFine_labelIds.png", TinyPng.Grey(4, 8, [.. Enumerable.Repeat((byte)7, 32)]));
    }
}
