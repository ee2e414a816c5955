using FsCheck.Xunit;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Augmentation;

public class WarpTests
{
    private const double Rounding = 1e-3;   // of a place, in pixels

    [Property]
    public void AWindow_ShowsTheImageWhereTheMapSays_InterpolatedAndReflected(int seed)
    {
        var random = RandomStream.For(seed);
        var whole = Scenes.Draw(random);
        var window = Scenes.Window(random, whole);
        var map = SpatialMap.Draw(Scenes.Wild(random), window.Height, window.Width, random);
        var (pixels, segmentation) = View(map, whole, window);
        var (values, labels, shown) = (whole.Pixels(), whole.Graders[0].Labels(), segmentation.Labels());
        for (var row = 0; row < window.Height; row++)
            for (var column = 0; column < window.Width; column++)
            {
                var (y, x) = map[row, column];
                var (at, across) = (Reflected(y + window.Top, whole.Height), Reflected(x + window.Left, whole.Width));
                for (var channel = 0; channel < whole.Channels; channel++)
                    Assert.Equal(Interpolated(values.AsSpan(channel * whole.Height * whole.Width), whole.Height, whole.Width, at, across), pixels[(channel * window.Height + row) * window.Width + column], Rounding);
                if (IsClear(at) && IsClear(across))
                    Assert.Equal(labels[(int)Math.Round(at) * whole.Width + (int)Math.Round(across)], shown[row * window.Width + column]);
            }
    }

    [Property]
    public void EachLabel_IsThatOfThePlaceWhichTheImageShows(int seed)
    {
        var random = RandomStream.For(seed);
        var whole = Scenes.OfPlaces(random, 10 + random.NextInt32(30), 10 + random.NextInt32(30));
        var window = Scenes.Window(random, whole);
        var (pixels, segmentation) = Augmenter.Apply(Scenes.Wild(random), random, whole, window, 0);
        var (labels, shown) = (whole.Graders[0].Labels(), segmentation.Labels());
        for (var i = 0; i < shown.Length; i++)
        {
            var (row, column) = (pixels[i] * (whole.Height - 1.0), pixels[shown.Length + i] * (whole.Width - 1.0));
            if (IsClear(row) && IsClear(column))
                Assert.Equal(labels[(int)Math.Round(row) * whole.Width + (int)Math.Round(column)], shown[i]);
        }
    }

    [Property]
    public void LabelsAndValues_AreSomeOfThoseBefore(int seed)
    {
        var random = RandomStream.For(seed);
        var whole = Scenes.Draw(random);
        var (pixels, segmentation) = Augmenter.Apply(Scenes.Wild(random), random, whole, Scenes.Window(random, whole), 0);
        Assert.Subset(whole.Graders[0].Labels().ToHashSet(), segmentation.Labels().ToHashSet());   // the ignored label is one of them
        Assert.Equal(whole.Graders[0].Classes, segmentation.Classes);
        Assert.InRange(pixels.Min(), Math.Max(0, whole.Pixels().Min() - 1e-6f), 1);
        Assert.InRange(pixels.Max(), 0, Math.Min(1, whole.Pixels().Max() + 1e-6f));
    }

    [Property]
    public void ImageAndMaskTurnedAndFlippedTogether_AreExact(int seed)
    {
        var random = RandomStream.For(seed);
        var (size, turns) = (1 + random.NextInt32(40), random.NextInt32(4));
        var whole = Scenes.Draw(random, size, size);
        var (flipHorizontal, flipVertical) = (random.NextInt32(2) == 0, random.NextInt32(2) == 0);
        var (pixels, segmentation) = View(new SpatialMap(size, size, flipHorizontal, flipVertical, rotation: 90 * turns), whole, All(whole));
        var (values, labels, shown) = (whole.Pixels(), whole.Graders[0].Labels(), segmentation.Labels());
        for (var i = 0; i < shown.Length; i++)
        {
            var (row, column) = (i / size, i % size);
            for (var turn = 0; turn < turns; turn++)
                (row, column) = (column, size - 1 - row);
            (row, column) = (flipVertical ? size - 1 - row : row, flipHorizontal ? size - 1 - column : column);
            Assert.Equal(labels[row * size + column], shown[i]);
            for (var channel = 0; channel < whole.Channels; channel++)
                Assert.Equal(values[channel * size * size + row * size + column], pixels[channel * size * size + i]);
        }
    }

    [Property]
    public void FlippedTwice_AnImageIsItself(int seed)
    {
        var random = RandomStream.For(seed);
        var whole = Scenes.Draw(random);
        var map = new SpatialMap(whole.Height, whole.Width, seed % 3 != 0, seed % 3 != 1);
        var (pixels, segmentation) = View(map, whole, All(whole));
        var flipped = new GradedImage("flipped", "flipped", ImagePixels.FromValues(whole.Channels, whole.Height, whole.Width, pixels), new Grading.ByGraders([segmentation]), whole.Classes);
        var (twice, its) = View(map, flipped, All(whole));
        Assert.Equal(whole.Pixels(), twice);
        Assert.Equal(whole.Graders[0], its);
    }

    [Property]
    public void AWindowDeformed_IsTheMiddleOfTheLargerOneDeformed(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width) = (12 + random.NextInt32(30), 12 + random.NextInt32(30));
        var whole = Scenes.Draw(random, height, width);
        var (margin, side) = (1 + random.NextInt32(4), 1 + random.NextInt32(4));
        var middle = new Window(margin, side, height - 2 * margin, width - 2 * side);
        var (flip, scale, shear, rotation) = (random.NextInt32(2) == 0, random.NextDouble(0.7, 1.4), random.NextDouble(-20, 20), random.NextDouble(-180, 180));
        var (large, _) = View(new SpatialMap(height, width, flip, false, scale, shear, rotation), whole, All(whole));
        var (small, _) = View(new SpatialMap(middle.Height, middle.Width, flip, false, scale, shear, rotation), whole, middle);
        var expected = new float[small.Length];
        ImagePixels.FromValues(whole.Channels, height, width, large).CopyTo(expected, middle);
        for (var i = 0; i < small.Length; i++)
            Assert.Equal(expected[i], small[i], (float)Rounding);
    }

    [Fact]
    public void BeyondTheImage_TheImageIsReflectedAtItsOutermostPixels()
    {
        var whole = Images.Of("x", "x", 1, 1, 4, [0, 0.25f, 0.5f, 1], [BitMask.From<int>(1, 4, [0, 1, 0, 1], value => value == 1)]);
        var (pixels, segmentation) = View(new SpatialMap(1, 4, scale: 0.25), whole, All(whole));   // places −4.5, −0.5, 3.5, 7.5 of 0 … 3
        Assert.Equal([0.375f, 0.125f, 0.75f, 0.375f], pixels);
        Assert.Equal(4, segmentation.Labels().Length);
    }

    private static (float[] Pixels, Segmentation Segmentation) View(SpatialMap map, GradedImage whole, Window window)
    {
        var pixels = new float[whole.Channels * window.Height * window.Width];
        var segmentation = Warp.Apply(map, whole, window, whole.Graders[0], pixels);
        return (pixels, segmentation);
    }

    private static Window All(GradedImage image) => new(0, 0, image.Height, image.Width);

    /// <summary>Whether rounding cannot tell which pixel is the nearest.</summary>
    private static bool IsClear(double place) => Math.Abs(place - Math.Floor(place) - 0.5) > Rounding;

    private static double Reflected(double place, int count)
    {
        while (count > 1 && (place < 0 || place > count - 1))
            place = place < 0 ? -place : 2 * (count - 1) - place;
        return count == 1 ? 0 : place;
    }

    private static double Interpolated(ReadOnlySpan<float> values, int height, int width, double row, double column)
    {
        var sum = 0.0;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                sum += values[y * width + x] * Math.Max(0, 1 - Math.Abs(row - y)) * Math.Max(0, 1 - Math.Abs(column - x));
        return sum;
    }
}
