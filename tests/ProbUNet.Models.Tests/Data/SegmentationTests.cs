using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Data;

public class SegmentationTests
{
    [Property]
    public void LabelsMadeIntoPlanes_AreTheLabels(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width, classes) = (1 + random.NextInt32(9), 1 + random.NextInt32(70), 2 + random.NextInt32(23));
        var labels = LabelMaps.Draw(random, height, width, classes);
        var segmentation = Segmentation.FromLabels(height, width, labels, classes);
        Assert.Equal((classes, height, width), (segmentation.Classes, segmentation.Height, segmentation.Width));
        Assert.Equal(labels, segmentation.Labels());
        Assert.Equal(segmentation, Segmentation.Of(segmentation.Planes));
        Assert.Equal(labels.Select(label => label != Segmentation.Ignored), Enumerable.Range(0, labels.Length).Select(i => segmentation.Labelled[i / width, i % width]));

        var oneHot = Enumerable.Repeat(7f, classes * labels.Length).ToArray();
        segmentation.CopyTo(oneHot);
        for (var i = 0; i < oneHot.Length; i++)
            Assert.Equal(labels[i % labels.Length] == i / labels.Length ? 1 : 0, oneHot[i]);
    }

    [Property]
    public void AWindow_HasTheLabelsThatLieInIt(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width) = (2 + random.NextInt32(9), 2 + random.NextInt32(70));
        var labels = LabelMaps.Draw(random, height, width, 3);
        var (top, left) = (random.NextInt32(height), random.NextInt32(width));
        var (rows, columns) = (1 + random.NextInt32(height - top), 1 + random.NextInt32(width - left));
        var window = Segmentation.FromLabels(height, width, labels, 3).Crop(new Window(top, left, rows, columns));
        Assert.Equal(Enumerable.Range(0, rows * columns).Select(i => labels[(top + i / columns) * width + left + i % columns]), window.Labels());
        Assert.Throws<ArgumentOutOfRangeException>(() => window.Crop(new Window(0, 0, rows + 1, columns)));
        Assert.Throws<ArgumentOutOfRangeException>(() => window.Crop(new Window(0, 1, rows, columns)));
    }

    [Property]
    public void UnionAndIntersection_AreThoseOfPixels(int seed)
    {
        var random = RandomStream.For(seed);
        var (height, width) = (1 + random.NextInt32(9), 1 + random.NextInt32(70));
        BitMask Mask(int density) => BitMask.From<int>(height, width, [.. Enumerable.Range(0, height * width).Select(_ => random.NextInt32(4))], value => value < density);
        var (a, b) = (Mask(random.NextInt32(5)), Mask(random.NextInt32(5)));
        var (union, intersection) = (a.Union(b), a.Intersection(b));
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
                Assert.Equal((a[row, column] || b[row, column], a[row, column] && b[row, column]), (union[row, column], intersection[row, column]));
        Assert.Equal(a.Area + b.Area, union.Area + intersection.Area);
    }

    [Fact]
    public void WhatIsNoSegmentation_IsRefused()
    {
        var (left, both) = (BitMask.From<int>(1, 2, [1, 0], value => value == 1), BitMask.From<int>(1, 2, [1, 1], value => value == 1));
        Assert.Contains("two planes have one in common", Assert.Throws<ArgumentException>(() => Segmentation.Of([left, both])).Message);
        Assert.Throws<ArgumentException>(() => Segmentation.Of([left, BitMask.Empty(2, 1)]));
        Assert.Throws<ArgumentException>(() => Segmentation.Of([]));
        Assert.Contains("0 to 2, or 255", Assert.Throws<ArgumentException>(() => Segmentation.FromLabels(1, 2, [0, 3], 3)).Message);
        Assert.Throws<ArgumentException>(() => Segmentation.FromLabels(1, 2, [0], 3));
        Assert.Throws<ArgumentException>(() => Segmentation.FromLabels(1, 2, [0, 0], 1));
        Assert.Throws<InvalidOperationException>(() => Segmentation.FromLabels(1, 2, [0, 1], 2).Foreground);
    }

    [Fact]
    public void ABinaryMask_IsASegmentationOfOnePlane()
    {
        var mask = BitMask.From<int>(2, 2, [1, 0, 0, 1], value => value == 1);
        var segmentation = Segmentation.Binary(mask);
        Assert.Equal((1, mask), (segmentation.Classes, segmentation.Foreground));
        Assert.Equal([1, 0, 0, 1], segmentation.Labels());
        Assert.Equal(4, segmentation.Labelled.Area);
        Assert.Equal(segmentation, segmentation.Within(segmentation.Labelled));
    }

    [Fact]
    public void ClassesThatCannotBeEvaluated_AreRefused()
    {
        Assert.Equal([0, 1], new SegmentationClasses(["a", "b"]).Evaluated);
        foreach (var evaluated in new int[][] { [], [2], [-1], [1, 1] })
            Assert.Throws<ArgumentException>(() => new SegmentationClasses(["a", "b"], evaluated));
        Assert.Throws<ArgumentException>(() => new SegmentationClasses([]));
    }

    [Fact]
    public void AnImage_RefusesGradersThatDoNotFitIt()
    {
        GradedImage With(params Segmentation[] graders) => Images.Black("x", 1, 1, 2, new Grading.ByGraders(graders), new SegmentationClasses(["a", "b"]));
        var fitting = Segmentation.FromLabels(1, 2, [0, 255], 2);
        Assert.Single(With(fitting).Graders);
        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => With()).Message);
        Assert.Contains("3 classes", Assert.Throws<ArgumentException>(() => With(Segmentation.FromLabels(1, 2, [0, 1], 3))).Message);
        Assert.Contains("2x1", Assert.Throws<ArgumentException>(() => With(Segmentation.FromLabels(2, 1, [0, 1], 2))).Message);
        Assert.Contains("ignore the same pixels", Assert.Throws<ArgumentException>(() => With(fitting, Segmentation.FromLabels(1, 2, [0, 0], 2))).Message);
    }
}
