using System.Security.Cryptography;
using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Synthetic;

namespace ProbUNet.Models.Tests.Data;

public class SyntheticLesionsTests
{
    private static readonly GradedData Default = DataSource.Open("synthetic:lesions");

    public static TheoryData<int, int> Sizes => new() { { 32, 32 }, { 64, 64 }, { 48, 80 }, { 128, 96 } };

    [Fact]
    public void ASeed_GivesTheSameBytes_OnEveryMachine()
    {
        var image = SyntheticLesions.DrawImage(DataSplit.Train, 0);
        Assert.Equal("A2A2B08BA3E930CC51DF27D7F439DC0E661D1ED3D16BE2058DF291E39B0A36EA", Hash(image));
    }

    [Fact]
    public void TheDefault_IsSmallGreyImagesWithFourGraders()
    {
        Assert.Equal(SyntheticLesions.Name, Default.Name);
        Assert.Equal((600, 60, 120), (Default.Train.Count, Default.Validation.Count, Default.Test.Count));
        Assert.All(All(Default), image => Assert.Equal((1, 64, 64, 4), (image.Channels, image.Height, image.Width, image.Graders.Count)));
        Assert.Equal(780, All(Default).Select(Hash).Distinct().Count());
        Assert.Equal(780, All(Default).Select(image => image.Case).Distinct().Count());
        Assert.Equal(780, All(Default).Select(image => image.Name).Distinct().Count());
    }

    [Property(MaxTest = 30)]
    public void AnImageAlone_IsThatOfTheSet(long seed, byte place)
    {
        var data = SyntheticLesions.Draw(32, 40, train: 5, validation: 3, test: 2, seed);
        Assert.Equal((5, 3, 2), (data.Train.Count, data.Validation.Count, data.Test.Count));
        var (split, images) = (place % 3) switch
        {
            0 => (DataSplit.Train, data.Train),
            1 => (DataSplit.Validation, data.Validation),
            _ => (DataSplit.Test, data.Test),
        };
        var index = place % images.Count;
        var alone = SyntheticLesions.DrawImage(split, index, 32, 40, seed);
        Assert.Equal((alone.Name, Hash(alone)), (images[index].Name, Hash(images[index])));
    }

    [Property(MaxTest = 30)]
    public void AnotherSeedSplitOrIndex_IsAnotherImage(long seed, byte index)
    {
        string Of(DataSplit split, int at, long by) => Hash(SyntheticLesions.DrawImage(split, at, 32, 32, by));
        string[] hashes =
        [
            Of(DataSplit.Train, index, seed), Of(DataSplit.Train, index, unchecked(seed + 1)), Of(DataSplit.Train, index + 1, seed),
            Of(DataSplit.Validation, index, seed), Of(DataSplit.Test, index, seed),
        ];
        Assert.Equal(5, hashes.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Pixels_AreLevelsOf8Bits_InZeroToOne(int height, int width)
    {
        foreach (var image in SyntheticLesions.Draw(height, width, 20, 0, 0).Train)
        {
            Assert.Equal((height, width), (image.Height, image.Width));
            Assert.All(image.Pixels(), pixel => Assert.Equal(Math.Clamp(MathF.Round(pixel * 255), 0, 255) / 255f, pixel));
        }
    }

    [Fact]
    public void Graders_AreAmongTheModes() =>
        Assert.All(All(Default), image => Assert.All(image.Graders, mask => Assert.Contains(mask, image.Truth!.Modes)));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Modes_AreSevenMasks_NestedByOutlineAndByExtension(int height, int width)
    {
        foreach (var image in SyntheticLesions.Draw(height, width, 100, 0, 0).Train)
        {
            var modes = Masks(image.Truth!);
            Assert.Equal(7, modes.Distinct().Count());
            Assert.True(modes[0].IsEmpty);
            foreach (var (inner, outer) in new[] { (1, 2), (2, 3), (4, 5), (5, 6), (1, 4), (2, 5), (3, 6) })
                Assert.True(IsWithin(modes[inner], modes[outer]), $"{image.Name}: mode {inner} is not within mode {outer}");
            // The extension is one and the same, whatever the outline.
            Assert.Equal(modes[6], Union(modes[3], modes[4]));
            Assert.Equal(modes[5], Union(modes[2], modes[4]));
        }
    }

    [Fact]
    public void Probabilities_AreProductsOfPresenceOutlineAndExtension()
    {
        foreach (var truth in All(Default).Select(image => image.Truth!))
        {
            var (presence, (tight, middle, generous), inclusion) = Parameters(truth);
            double[] outlines = [tight, middle, generous];
            double[] expected =
            [
                1 - presence,
                .. outlines.Select(share => presence * share * (1 - inclusion)),
                .. outlines.Select(share => presence * share * inclusion),
            ];
            Assert.All(expected.Zip(truth.Probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
            Assert.InRange(presence, 0.22 - 1e-12, 0.985 + 1e-12);
            Assert.InRange(tight, 0.1, 0.3);
            Assert.Equal(tight, generous, 1e-12);
            Assert.InRange(inclusion, 0.1, 0.9);
        }
    }

    [Fact]
    public void TwentyThousandGraders_AreAsTheTruthSays()
    {
        foreach (var image in Default.Train.Take(3))
        {
            var truth = image.Truth!;
            var random = RandomStream.For(3, RandomStream.Key(image.Name));
            var counts = Enumerable.Range(0, 20_000).Select(_ => truth.Draw(random)).CountBy(mask => mask).ToDictionary();
            foreach (var (mode, probability) in truth.Modes.Zip(truth.Probabilities))
                Assert.Equal(probability, counts.GetValueOrDefault(mode) / 20_000.0, 4 * Math.Sqrt(probability * (1 - probability) / 20_000));
        }
    }

    [Fact]
    public void GradersOfTheSet_AreIndependentDrawsOfTheTruth()
    {
        // Over many images: how often a mode is drawn, and how often two graders of an image agree.
        var images = SyntheticLesions.Draw(32, 32, train: 2000, validation: 0, test: 0, seed: 2).Train;
        for (var mode = 0; mode < 7; mode++)
            AssertMean(images, image => image.Graders.Count(mask => mask.Equals(image.Truth!.Modes[mode])), image => 4 * image.Truth!.Probabilities[mode]);
        foreach (var (one, other) in new[] { (0, 1), (1, 3), (2, 3) })
            AssertMean(images, image => image.Graders[one].Equals(image.Graders[other]) ? 1 : 0, image => image.Truth!.Probabilities.Sum(p => p * p));
    }

    [Fact]
    public void Disagreement_IsLikeThatOfRadiologists()
    {
        var images = All(Default).ToList();
        double Share(Func<int, bool> isSo) => images.Count(image => isSo(image.Graders.Count(mask => !mask.IsEmpty))) / (double)images.Count;
        Assert.InRange(Share(seen => seen < 4), 0.58, 0.68);
        Assert.InRange(Share(seen => seen <= 1), 0.28, 0.38);
        Assert.InRange(Share(seen => seen == 0), 0.08, 0.18);
    }

    [Fact]
    public void Lesions_LieWholeInTheImage_WithDiametersFrom9To28Pixels()
    {
        foreach (var image in All(Default))
        {
            Assert.InRange(2 * Math.Sqrt(image.Truth!.Modes[2].Foreground.Area / Math.PI), 8.5, 28);
            var largest = image.Truth.Modes[6].Foreground;
            Assert.DoesNotContain(true, Enumerable.Range(0, 64).SelectMany(i => new[] { largest[0, i], largest[63, i], largest[i, 0], largest[i, 63] }));
        }
    }

    [Fact]
    public void WhatDecidesTheGraders_ShowsInTheImage()
    {
        var images = All(Default).ToList();
        // Correlations of what is measured in the pixels with what the graders are drawn by.
        var contrasts = images.Select(CoreContrast).ToList();
        Assert.InRange(Correlation(contrasts, images.Select(image => Parameters(image.Truth!).Presence)), 0.85, 1);

        var clear = images.Where((_, i) => contrasts[i] > 0.2).ToList();
        Assert.InRange(Correlation(clear.Select(RelativeSteepness), clear.Select(image => Parameters(image.Truth!).Outlines.Tight)), -1, -0.7);
        Assert.InRange(Correlation(clear.Select(RelativeExtension), clear.Select(image => Parameters(image.Truth!).Inclusion)), 0.8, 1);
    }

    [Theory]
    [InlineData(31, 64)]
    [InlineData(64, 16)]
    [InlineData(64, 1025)]
    [InlineData(1_000_000, 32)]
    public void ImagesTooSmallForALesion_OrLargerThanASetMayBe_AreRefused(int height, int width) =>
        Assert.Equal($"synthetic:lesions: a lesion cannot be drawn at {height}x{width}; take a network of 32x32 to 1024x1024.",
            Assert.Throws<InputException>(() => DataSource.Open("synthetic:lesions", height, width)).Message);

    [Fact]
    public void ADataSource_DrawsAtTheSizeAsked() =>
        Assert.All(All(DataSource.Open("synthetic:lesions", 40, 32)), image => Assert.Equal((40, 32), (image.Height, image.Width)));

    private static IEnumerable<GradedImage> All(GradedData data) => data.Train.Concat(data.Validation).Concat(data.Test);

    private static string Hash(GradedImage image)
    {
        var levels = image.Pixels().Select(pixel => (byte)MathF.Round(pixel * 255));
        var masks = image.Graders.SelectMany(mask => mask.Foreground.Words.ToArray()).SelectMany(BitConverter.GetBytes);
        return Convert.ToHexString(SHA256.HashData([.. levels, .. masks]));
    }

    private static (double Presence, (double Tight, double Middle, double Generous) Outlines, double Inclusion) Parameters(ModeDistribution truth)
    {
        var p = truth.Probabilities;
        var presence = 1 - p[0];
        return (presence, ((p[1] + p[4]) / presence, (p[2] + p[5]) / presence, (p[3] + p[6]) / presence), (p[4] + p[5] + p[6]) / presence);
    }

    private static BitMask[] Masks(ModeDistribution truth) => [.. truth.Modes.Select(mode => mode.Foreground)];

    private static bool IsWithin(BitMask inner, BitMask outer) => Union(inner, outer).Equals(outer);

    private static BitMask Union(BitMask a, BitMask b) =>
        BitMask.From<int>(a.Height, a.Width, [.. Enumerable.Range(0, a.Height * a.Width)], pixel => IsIn(a, pixel) || IsIn(b, pixel));

    private static bool IsIn(BitMask mask, int pixel) => mask[pixel / mask.Width, pixel % mask.Width];

    private static void AssertMean(IReadOnlyList<GradedImage> images, Func<GradedImage, double> drawn, Func<GradedImage, double> expected)
    {
        var differences = images.Select(image => drawn(image) - expected(image)).ToList();
        var standardError = Math.Sqrt(differences.Average(difference => difference * difference) / images.Count);
        Assert.Equal(0, differences.Average(), 4 * standardError);
    }

    private static IEnumerable<int> Pixels(GradedImage image, Func<int, bool> isIn) => Enumerable.Range(0, image.Height * image.Width).Where(isIn);

    private static double Mean(GradedImage image, Func<int, bool> isIn)
    {
        var brightness = image.Pixels();
        return Pixels(image, isIn).Average(pixel => brightness[pixel]);
    }

    /// <summary>How much brighter than the lung a part is. The lung is the darker third of what is around the lesion.</summary>
    private static double Contrast(GradedImage image, Func<int, bool> isIn)
    {
        var brightness = image.Pixels();
        var around = Pixels(image, pixel => !IsIn(image.Truth!.Modes[6].Foreground, pixel)).Select(pixel => brightness[pixel]).Order().ToList();
        return Mean(image, isIn) - around[around.Count / 3];
    }

    private static double CoreContrast(GradedImage image) => Contrast(image, pixel => IsIn(image.Truth!.Modes[1].Foreground, pixel));

    private static double RelativeExtension(GradedImage image)
    {
        var modes = Masks(image.Truth!);
        return Contrast(image, pixel => IsIn(modes[6], pixel) && !IsIn(modes[3], pixel)) / CoreContrast(image);
    }

    /// <summary>The slope of brightness along the middle outline, in contrasts a radius.</summary>
    private static double RelativeSteepness(GradedImage image)
    {
        var (middle, width) = (image.Truth!.Modes[2].Foreground, image.Width);
        var brightness = image.Pixels();
        int[] neighbours = [1, -1, width, -width];
        var slope = Pixels(image, pixel => IsIn(middle, pixel) && neighbours.Any(step => !IsIn(middle, pixel + step))).Average(pixel =>
        {
            var (across, down) = (brightness[pixel + 1] - brightness[pixel - 1], brightness[pixel + width] - brightness[pixel - width]);
            return Math.Sqrt(across * across + down * down) / 2;
        });
        return slope / CoreContrast(image) * Math.Sqrt(middle.Area / Math.PI);
    }

    private static double Correlation(IEnumerable<double> first, IEnumerable<double> second)
    {
        var (x, y) = (first.ToArray(), second.ToArray());
        var (meanX, meanY) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }
}
