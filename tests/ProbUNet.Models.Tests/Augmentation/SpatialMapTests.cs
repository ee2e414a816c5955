using FsCheck.Xunit;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Augmentation;

public class SpatialMapTests
{
    [Property]
    public void WithoutStrength_EachPixelShowsItself_Exactly(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width) = (1 + random.NextInt32(50), 1 + random.NextInt32(50));
        foreach (var map in new[] { new SpatialMap(height, width), SpatialMap.Draw(AugmentationPlan.None, height, width, random), SpatialMap.Draw(AugmentationPlan.Paper with { SpatialProbability = 0 }, height, width, random) })
        {
            Assert.True(map.IsIdentity);
            AssertShows(map, (row, column) => (row, column));
        }
    }

    [Theory]
    [InlineData(64, 10.500000125016893)]
    [InlineData(128, 11.545454607354433)]
    [InlineData(64, 5.2500000625084464)]
    public void AnElasticField_HasNodesBehindItsLastPixel_ThoughSpacingIsRounded(int size, double sigma)
    {
        // So many spacings fit into the last pixel's place that the quotient is whole in 32 bits and not in 64.
        var field = ElasticField.Draw(size, size, 100, sigma, RandomStream.For(1));
        var (down, across) = (new float[size], new float[size]);
        for (var row = 0; row < size; row++)
        {
            field.CopyRowTo(row, down, across);
            Assert.All(down.Concat(across), shift => Assert.InRange(shift, -100, 100));
        }
    }

    [Property]
    public void Flips_AreExact(byte height, byte width)
    {
        var (lastRow, lastColumn) = (height % 50, width % 50);
        AssertShows(new SpatialMap(lastRow + 1, lastColumn + 1, flipHorizontal: true), (row, column) => (row, lastColumn - column));
        AssertShows(new SpatialMap(lastRow + 1, lastColumn + 1, flipVertical: true), (row, column) => (lastRow - row, column));
        AssertShows(new SpatialMap(lastRow + 1, lastColumn + 1, true, true), (row, column) => (lastRow - row, lastColumn - column));
    }

    [Property]
    public void QuarterTurnsOfASquare_AreExact(byte size, sbyte turns)
    {
        var last = size % 50;
        AssertShows(new SpatialMap(last + 1, last + 1, rotation: 90.0 * turns), (row, column) => (turns & 3) switch
        {
            0 => (row, column),
            1 => (column, last - row),
            2 => (last - row, last - column),
            _ => (last - column, row),
        });
    }

    [Property]
    public void WhatIsShown_IsFlippedEnlargedShearedAndRotated_InThisOrder(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width) = (1 + random.NextInt32(50), 1 + random.NextInt32(50));
        var (flipHorizontal, flipVertical) = (random.NextInt32(2) == 0, random.NextInt32(2) == 0);
        var (scale, shear, rotation) = (random.NextDouble(0.5, 2), random.NextDouble(-40, 40), random.NextDouble(-180, 180));
        var map = new SpatialMap(height, width, flipHorizontal, flipVertical, scale, shear, rotation);
        Assert.False(map.IsIdentity);
        var (row, column) = (random.NextInt32(height), random.NextInt32(width));

        double x = map[row, column].Column - (width - 1) / 2.0, y = map[row, column].Row - (height - 1) / 2.0;
        (x, y) = (flipHorizontal ? -x : x, flipVertical ? -y : y);
        (x, y) = (scale * x, scale * y);
        x += Math.Tan(shear * Math.PI / 180) * y;
        var (sine, cosine) = Math.SinCos(rotation * Math.PI / 180);
        (x, y) = (cosine * x + sine * y, -sine * x + cosine * y);   // rows count downwards
        Assert.Equal(column, x + (width - 1) / 2.0, 1e-3);
        Assert.Equal(row, y + (height - 1) / 2.0, 1e-3);
    }

    [Property]
    public void WhatIsDrawn_LiesInTheRangesOfThePlan(int seed)
    {
        var (across, down) = Axes(SpatialMap.Draw(new AugmentationPlan { Rotation = 30, SmallestScale = 0.5, LargestScale = 1.5 }, 11, 11, RandomStream.For(seed)));
        Assert.InRange(1 / double.Hypot(across.Row, across.Column), 0.4999, 1.5001);
        Assert.InRange(Math.Atan2(across.Row, across.Column) * 180 / Math.PI, -30.001, 30.001);
        Assert.Equal(0, across.Row * down.Row + across.Column * down.Column, 1e-4);   // no shear
        var slid = Axes(SpatialMap.Draw(new AugmentationPlan { Shear = 20 }, 11, 11, RandomStream.For(seed)));
        Assert.Equal((0f, 1f, 1f), (slid.Across.Row, slid.Across.Column, slid.Down.Row));
        Assert.InRange(Math.Atan(slid.Down.Column) * 180 / Math.PI, -20.001, 20.001);
    }

    [Fact]
    public void HalfOfTheImages_AreFlipped_EachWayForItself()
    {
        const int draws = 4000;
        var flips = Enumerable.Range(0, draws).Select(i => SpatialMap.Draw(AugmentationPlan.Flips, 5, 5, RandomStream.For(1, i))[0, 0]).CountBy(place => place).ToDictionary();
        Assert.Equal(4, flips.Count);
        Assert.All(flips.Values, count => Assert.Equal(0.25, count / (double)draws, 4 * Math.Sqrt(0.25 * 0.75 / draws)));
    }

    [Fact]
    public void AsManyImagesAreDeformed_AsThePlanSays()
    {
        const int draws = 4000;
        var plan = new AugmentationPlan { Rotation = 10, SpatialProbability = 0.3 };
        var deformed = Enumerable.Range(0, draws).Count(i => !SpatialMap.Draw(plan, 5, 5, RandomStream.For(1, i)).IsIdentity);
        Assert.Equal(0.3, deformed / (double)draws, 4 * Math.Sqrt(0.3 * 0.7 / draws));
    }

    [Fact]
    public void ScalesAreLogUniform_AndAnglesUniformEitherWay()
    {
        const int draws = 2000;
        var axes = Enumerable.Range(0, draws).Select(i => Axes(SpatialMap.Draw(new AugmentationPlan { SmallestScale = 0.25, LargestScale = 4 }, 11, 11, RandomStream.For(2, i))).Across.Column).ToList();
        var slides = Enumerable.Range(0, draws).Select(i => Axes(SpatialMap.Draw(new AugmentationPlan { Shear = 45 }, 11, 11, RandomStream.For(3, i))).Down.Column).ToList();
        var turns = Enumerable.Range(0, draws).Select(i => Axes(SpatialMap.Draw(new AugmentationPlan { Rotation = 30 }, 11, 11, RandomStream.For(4, i))).Across.Row).ToList();
        AssertQuarters([.. axes.Select(axis => Math.Log2(axis))], 2);
        AssertQuarters([.. slides.Select(slide => Math.Atan(slide))], Math.PI / 4);
        AssertQuarters([.. turns.Select(turn => Math.Asin(turn))], Math.PI / 6);

        static void AssertQuarters(IReadOnlyList<double> values, double largest)
        {
            foreach (var bound in new[] { -0.5, 0, 0.5 })
                Assert.Equal((1 + bound) / 2, values.Count(value => value < bound * largest) / (double)draws, 4 * Math.Sqrt(0.25 / draws));
        }
    }

    [Property(MaxTest = 50)]
    public void TurningASettingOff_LeavesTheNumbersOfTheOthers(int seed)
    {
        var elastic = new AugmentationPlan { ElasticAlpha = 50 };
        var alone = SpatialMap.Draw(elastic, 20, 30, RandomStream.For(seed));
        var flipped = SpatialMap.Draw(elastic with { FlipVertical = true }, 20, 30, RandomStream.For(seed));
        Assert.Equal(alone[7, 9].Column, flipped[7, 9].Column);
        Assert.Equal(9.5, Math.Abs(flipped[7, 9].Row - 9.5) - Math.Abs(alone[7, 9].Row - 9.5) + 9.5, 1e-5);
        var (one, other) = (RandomStream.For(seed), RandomStream.For(seed));
        SpatialMap.Draw(elastic, 20, 30, one);
        SpatialMap.Draw(AugmentationPlan.Flips, 7, 8, other);
        Assert.Equal(one.NextUInt64(), other.NextUInt64());
    }

    [Theory]
    [InlineData(1.5, 10)]
    [InlineData(9, 100)]
    [InlineData(11.3, 50)]
    [InlineData(30, 800)]
    public void AnElasticField_HasTheDeviationAndTheSmoothnessOfItsDefinition(double sigma, double alpha)
    {
        // Of noise of variance 1/3 under a Gaussian mean: variance α²/3 · 1/(4πσ²), and correlation exp(−r²/4σ²) at the distance r. Alike in a corner.
        const int draws = 3000;
        var lag = (int)sigma;
        var (size, corner, away, differences, stepsDown, stepsAcross, together) = (2 * lag + 3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        float[] down = new float[size], across = new float[size], below = new float[size], acrossBelow = new float[size];
        for (var draw = 0; draw < draws; draw++)
        {
            var field = ElasticField.Draw(size, size, alpha, sigma, RandomStream.For(5, draw));
            field.CopyRowTo(0, down, across);
            field.CopyRowTo(1, below, acrossBelow);
            corner += (down[0] * down[0] + across[0] * across[0]) / (2.0 * draws);
            away += (down[lag] * down[lag] + across[lag] * across[lag]) / (2.0 * draws);
            differences += (Math.Pow(down[lag] - down[0], 2) + Math.Pow(across[lag] - across[0], 2)) / (2.0 * draws);
            stepsDown += (Math.Pow(below[0] - down[0], 2) + Math.Pow(acrossBelow[0] - across[0], 2)) / (2.0 * draws);
            stepsAcross += (Math.Pow(down[1] - down[0], 2) + Math.Pow(across[1] - across[0], 2)) / (2.0 * draws);
            together += down[0] * across[0] / draws;
        }
        var variance = alpha * alpha / (12 * Math.PI * sigma * sigma);
        Assert.InRange(corner / variance, 0.9, 1.1);
        Assert.InRange(away / variance, 0.9, 1.1);
        double Expected(int distance) => 2 * variance * (1 - Math.Exp(-distance * distance / (4 * sigma * sigma)));
        Assert.InRange(differences / Expected(lag), 0.9, 1.1);
        Assert.InRange(stepsDown / Expected(1), 0.9, 1.1);
        Assert.InRange(stepsAcross / Expected(1), 0.9, 1.1);
        Assert.Equal(0, together / variance, 4 / Math.Sqrt(draws));   // rows and columns move independently
    }

    [Property(MaxTest = 10)]
    public void ThePapersField_NeverFoldsAndNeverJumps(int seed)
    {
        var map = SpatialMap.Draw(new AugmentationPlan { ElasticAlpha = 100 }, 64, 64, RandomStream.For(seed));
        for (var row = 1; row < 64; row++)
            for (var column = 1; column < 64; column++)
            {
                Assert.InRange(map[row, column].Column - map[row, column - 1].Column, 0.1, 1.9);
                Assert.InRange(map[row, column].Row - map[row - 1, column].Row, 0.1, 1.9);
                Assert.InRange(map[row, column].Column - map[row - 1, column].Column, -0.9, 0.9);
            }
    }

    [Fact]
    public void MapsThatAreNone_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpatialMap(0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpatialMap(5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpatialMap(5, 5, scale: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpatialMap(5, 6)[5, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpatialMap(5, 6)[0, -1]);
    }

    /// <summary>Where the place goes with a pixel's step to the right, and with one down.</summary>
    private static ((float Row, float Column) Across, (float Row, float Column) Down) Axes(SpatialMap map)
    {
        var (here, right, below) = (map[5, 5], map[5, 6], map[6, 5]);
        return ((right.Row - here.Row, right.Column - here.Column), (below.Row - here.Row, below.Column - here.Column));
    }

    private static void AssertShows(SpatialMap map, Func<int, int, (int, int)> expected)
    {
        for (var row = 0; row < map.Height; row++)
            for (var column = 0; column < map.Width; column++)
                Assert.Equal(expected(row, column), map[row, column]);
    }
}
