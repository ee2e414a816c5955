using System.Security.Cryptography;
using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Synthetic;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Data;

public class SyntheticStreetsTests
{
    private static readonly string[] Flipping = ["road", "sidewalk", "person", "car", "vegetation"];

    private static readonly GradedData Default = DataSource.Open("synthetic:streets");

    [Fact]
    public void ASeed_GivesTheSameBytes_OnEveryMachine() =>
        Assert.Equal("812E675A5CB9DB22D91AAFEFCB76B45B104171C5EEE4C4703622D9F9A2C3FD60", Hash(SyntheticStreets.DrawImage(DataSplit.Train, 0)));

    [Fact]
    public void TheDefault_IsSmallColourImagesOfThirteenClasses_WhoseGradersAreDrawnAnew()
    {
        Assert.Equal(SyntheticStreets.Name, Default.Name);
        Assert.Equal((300, 60, 100), (Default.Train.Count, Default.Validation.Count, Default.Test.Count));
        Assert.All(All(Default), image => Assert.Equal((3, 64, 64, 13, 0, 32),
            (image.Channels, image.Height, image.Width, image.Classes.Count, image.Graders.Count, image.Truth!.Modes.Count)));
        Assert.Same(SyntheticStreets.Classes, Default.Classes);
        Assert.Equal(460, All(Default).Select(Hash).Distinct().Count());
        Assert.Equal(460, All(Default).Select(image => image.Name).Distinct().Count());
    }

    [Fact]
    public void TheMetric_RunsOverWhatIsSwitchedAndItsAlternates()
    {
        var names = SyntheticStreets.Classes.Names;
        Assert.Equal(Flipping.Concat(Flipping.Select(name => $"{name} 2")).Order(), SyntheticStreets.Classes.Evaluated.Select(@class => names[@class]).Order());
        // The order of the paper's released code fixes the ids of the alternates.
        Assert.Equal(["sidewalk 2", "person 2", "car 2", "vegetation 2", "road 2"], names.Skip(8));
        Assert.All(SyntheticStreets.Switches.Switches, each => Assert.Equal($"{names[each.From]} 2", names[each.To]));
    }

    [Fact]
    public void Modes_HaveTheProbabilitiesOfThePaper()
    {
        var truth = Default.Test[0].Truth!;
        Assert.Equal(1, truth.Probabilities.Sum(), 1e-12);
        Assert.Equal(0.1088, truth.Probabilities[0], 0.5e-4);      // none
        Assert.Equal(0.00473, truth.Probabilities[31], 0.5e-5);    // all
        foreach (var (name, probability) in new[] { ("road", 4 / 17.0), ("sidewalk", 8 / 17.0), ("person", 7 / 17.0), ("car", 6 / 17.0), ("vegetation", 5 / 17.0) })
            Assert.Equal(probability, truth.Modes.Zip(truth.Probabilities).Where(mode => !mode.First[ClassOf($"{name} 2")].IsEmpty).Sum(mode => mode.Second), 1e-12);
    }

    [Fact]
    public void DrawnSwitches_AreIndependentAndAsFrequentAsProbable()
    {
        const int draws = 20_000;
        var image = Default.Train[1];
        var drawn = new BatchSampler([image], draws, seed: 5).Choose(1).Select(choice => choice.Grader).ToList();
        var switches = SyntheticStreets.Switches.Switches;
        for (var i = 0; i < 5; i++)
        {
            AssertFrequency(drawn, mode => (mode >> i & 1) != 0, switches[i].Probability);
            for (var j = 0; j < i; j++)
                AssertFrequency(drawn, mode => (mode >> i & mode >> j & 1) != 0, switches[i].Probability * switches[j].Probability);
        }

        static void AssertFrequency(List<int> drawn, Func<int, bool> isSo, double probability) =>
            Assert.Equal(probability, drawn.Count(isSo) / (double)draws, 4 * Math.Sqrt(probability * (1 - probability) / draws));
    }

    [Fact]
    public void EverySwitchedClass_IsInNearlyEveryImage()
    {
        foreach (var name in Flipping)
            Assert.InRange(All(Default).Count(image => image.Truth!.Modes[0][ClassOf(name)].Area >= 16) / 460.0, 0.95, 1);
    }

    [Fact]
    public void SomePixelsAreIgnored_AndTheSameOnesInEveryMode()
    {
        foreach (var image in All(Default).Take(40))
        {
            var labelled = image.Truth!.Modes[0].Labelled;
            Assert.InRange(labelled.Area, 0.9 * 64 * 64, 64 * 64 - 10);
            Assert.All(image.Truth.Modes, mode => Assert.Equal(labelled, mode.Labelled));
        }
    }

    [Fact]
    public void WhatIsDrawn_ShowsInTheImage()
    {
        // Sky is bluer than road, and trees are greener than both: the mean over all images.
        double Mean(string name, Func<float, float, float, double> value) => All(Default).Take(100).Average(image =>
        {
            var (pixels, plane) = (image.Pixels(), image.Truth!.Modes[0][ClassOf(name)]);
            return Enumerable.Range(0, 4096).Where(i => plane[i / 64, i % 64]).Select(i => value(pixels[i], pixels[4096 + i], pixels[8192 + i])).DefaultIfEmpty(0).Average();
        });
        static double Blue(float red, float green, float blue) => blue - red;
        static double Green(float red, float green, float blue) => green - (red + blue) / 2;
        Assert.True(Mean("sky", Blue) > Mean("road", Blue) + 0.1);
        Assert.True(Mean("vegetation", Green) > Math.Max(Mean("sky", Green), Mean("road", Green)) + 0.08);
    }

    [Property(MaxTest = 20)]
    public void AnImageAlone_IsThatOfTheSet_AndAnotherSeedSplitOrIndexIsAnother(long seed, byte place)
    {
        var data = SyntheticStreets.Draw(32, 40, train: 3, validation: 2, test: 1, seed);
        Assert.Equal((3, 2, 1), (data.Train.Count, data.Validation.Count, data.Test.Count));
        var index = place % 3;
        string Of(DataSplit split, int at, long by) => Hash(SyntheticStreets.DrawImage(split, at, 32, 40, by));
        Assert.Equal(Of(DataSplit.Train, index, seed), Hash(data.Train[index]));
        string[] hashes = [Hash(data.Train[index]), Of(DataSplit.Train, index + 1, seed), Of(DataSplit.Test, index, seed), Of(DataSplit.Train, index, unchecked(seed + 1))];
        Assert.Equal(4, hashes.Distinct().Count());
    }

    [Fact]
    public void ImagesTooSmallForAStreet_AreRefused() =>
        Assert.Equal("synthetic:streets: a street cannot be drawn at 31x64; take a network of 32x32 to 1024x1024.",
            Assert.Throws<InputException>(() => DataSource.Open("synthetic:streets", 31, 64)).Message);

    private static int ClassOf(string name) => SyntheticStreets.Classes.Names.ToList().IndexOf(name);

    private static IEnumerable<GradedImage> All(GradedData data) => data.Train.Concat(data.Validation).Concat(data.Test);

    private static string Hash(GradedImage image) =>
        Convert.ToHexString(SHA256.HashData([.. image.Pixels().Select(pixel => (byte)MathF.Round(pixel * 255)), .. image.Truth!.Modes[0].Labels()]));
}
