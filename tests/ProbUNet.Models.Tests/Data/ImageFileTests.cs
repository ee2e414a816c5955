using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Files;
using ProbUNet.Models.Sources.Synthetic;

namespace ProbUNet.Models.Tests.Data;

public class ImageFileTests
{
    private static readonly ModelSpec Grey = new ProbabilisticUNetSpec { Image = new(1, 3, 2) };

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ASegmentation_ComesBackFromItsFile(int classes)
    {
        using var folder = new TemporaryFolder();
        var segmentation = classes == 1
            ? Segmentation.Binary(BitMask.From<byte>(3, 2, [1, 0, 0, 1, 1, 0], value => value == 1))
            : Segmentation.FromLabels(3, 2, [0, 1, 2, 3, Segmentation.Ignored, 1], classes);
        ImageFile.Write(folder["deep/mask.png"], segmentation);
        var levels = PngFile.Read(folder["deep/mask.png"]);
        Assert.Equal((1, 3, 2), (levels.Channels, levels.Height, levels.Width));
        Assert.Equal(classes == 1 ? [255, 0, 0, 255, 255, 0] : segmentation.Labels(), levels.Levels);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-0.001f)]
    [InlineData(1.001f)]
    [InlineData(255f)]
    [InlineData(float.PositiveInfinity)]
    public void AValueThatIsNoBrightness_IsNoPixel(float value)
    {
        Assert.Contains("divide levels by their largest", Assert.Throws<ArgumentOutOfRangeException>("values", () => ImagePixels.FromValues(1, 2, 2, [0, 1, value, 0.5f])).Message);
        Assert.Equal(32, ImagePixels.FromValues(1, 2, 2, [0, 1, 0.5f, float.Epsilon]).Bits);
    }

    [Fact]
    public void AnImage_IsReadLevelForLevelAndHasNoGraders()
    {
        using var folder = new TemporaryFolder();
        PngFile.WriteGrey(folder["scan.png"], 3, 2, [0, 51, 102, 153, 204, 255]);
        var image = ImageFile.Read(folder["scan.png"], Grey);
        Assert.Equal("scan", image.Name);
        Assert.Empty(image.Graders);
        Assert.Empty(image.Shown(4));
        Assert.Equal([0f, 0.2f, 0.4f, 0.6f, 0.8f, 1f], image.Pixels());
    }

    [Fact]
    public void WhatTheNetworkCannotTake_IsRefusedWithWhatToDo()
    {
        using var folder = new TemporaryFolder();
        PngFile.WriteGrey(folder["scan.png"], 3, 2, new byte[6]);
        string Refusal(ModelSpec network) => Assert.Throws<InputException>(() => ImageFile.Read(folder["scan.png"], network)).Message;
        Assert.EndsWith("save it as colour.", Refusal(Grey with { Image = new(3, 3, 2) }));
        Assert.Contains("3 rows and 2 columns and the network takes 2x2; cut out 2x2 pixels of it", Refusal(Grey with { Image = new(1, 2, 2) }));
        Assert.Contains("take a larger image", Refusal(Grey with { Image = new(1, 4, 2) }));
        Assert.Throws<InputException>(() => ImageFile.Read(folder["none.png"], Grey));
    }

    [Fact]
    public void Classes_HaveTheNamesGiven_OrNumbers()
    {
        using var folder = new TemporaryFolder();
        PngFile.WriteGrey(folder["scan.png"], 3, 2, new byte[6]);
        IReadOnlyList<string> Names(params string[] names) => ImageFile.Read(folder["scan.png"], Grey with { Classes = 2 }, names).Classes.Names;
        Assert.Equal(["road", "car"], Names("road", "car"));
        Assert.Equal(["class 0", "class 1"], Names("road"));
    }

    [Fact]
    public void DrawsFromTheTruth_AreTheSameForASeed_AndGradersAreShownAsTheyAre()
    {
        var street = SyntheticStreets.DrawImage(DataSplit.Test, 0, 32, 32);
        Assert.IsType<Grading.DrawnAnew>(street.Grading);
        Assert.Equal(6, street.Shown(6).Count);
        Assert.Equal(street.Shown(6), street.Shown(6));
        Assert.NotEqual(street.Shown(6), street.Shown(6, seed: 2));
        Assert.All(street.Shown(6), drawn => Assert.Contains(drawn, street.Truth!.Modes));
        var square = ToyData.Squares(1)[0];
        Assert.IsType<Grading.ByGraders>(square.Grading);
        Assert.Same(square.Graders, square.Shown(1));
    }
}
