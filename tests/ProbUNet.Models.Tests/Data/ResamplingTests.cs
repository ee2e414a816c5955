using FsCheck.Xunit;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Models.Tests.Data;

public class ResamplingTests
{
    [Property]
    public void AnEvenColour_AndAShadeFromSideToSide_StayWhatTheyAre(int seed)
    {
        var random = RandomStream.For(seed);
        int height = 1 + random.NextInt32(20), width = 2 + random.NextInt32(20), rows = 1 + random.NextInt32(20), columns = 2 + random.NextInt32(40);
        var even = new Raster(3, height, width, [.. Enumerable.Range(0, 3 * height * width).Select(i => (byte)(50 + 60 * (i / (height * width))))]);
        Assert.Equal(Enumerable.Range(0, 3 * rows * columns).Select(i => (byte)(50 + 60 * (i / (rows * columns)))), Resampling.Bilinear(even, rows, columns).Levels);

        // Linear in the column: away from the borders, a bilinear image is as linear.
        var shade = new Raster(1, height, width, [.. Enumerable.Range(0, height * width).Select(i => (byte)(10 * (i % width)))]);
        var resampled = Resampling.Bilinear(shade, rows, columns);
        var step = (double)width / columns;
        for (var column = 0; column < columns; column++)
            if ((column + 0.5) * step is var middle && middle - Math.Max(step, 1) >= 0 && middle + Math.Max(step, 1) <= width)
                Assert.Equal(10 * (middle - 0.5), resampled.Levels[column], 0.51 + 5 * Math.Max(0, step - Math.Floor(step)));
    }

    [Property]
    public void EnlargedByWholeNumbers_EachPixelIsASquareOfLabels(int seed)
    {
        var random = RandomStream.For(seed);
        int height = 1 + random.NextInt32(9), width = 1 + random.NextInt32(9), times = 1 + random.NextInt32(5);
        var image = new Raster(1, height, width, [.. Enumerable.Range(0, height * width).Select(_ => (byte)random.NextInt32(256))]);
        var larger = Resampling.Nearest(image, height * times, width * times);
        for (var row = 0; row < height * times; row++)
            for (var column = 0; column < width * times; column++)
                Assert.Equal(image.Levels[row / times * width + column / times], larger.Levels[row * width * times + column]);
        if (times % 2 == 1)
            Assert.Equal(image.Levels, Resampling.Nearest(larger, height, width).Levels);
    }

    [Fact]
    public void AFinePattern_BecomesItsMean()
    {
        var stripes = new Raster(1, 8, 32, [.. Enumerable.Range(0, 256).Select(i => (byte)(i % 2 == 0 ? 200 : 0))]);
        Assert.All(Resampling.Bilinear(stripes, 2, 8).Levels[2..6], level => Assert.InRange(level, 99, 101));
    }
}
