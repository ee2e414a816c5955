using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

/// <summary>What does not fit is not in the heap. Alone, since others fill it too.</summary>
[CollectionDefinition(nameof(DataHeapTests), DisableParallelization = true)]
[Collection(nameof(DataHeapTests))]
public class DataHeapTests
{
    private static readonly DataMemory None = new() { Limit = 0 };

    [Fact]
    public void OutOfMemory_TheHeapStaysSmall_WhateverIsLookedAt()
    {
        using var set = new TinySet(empty: true);
        var random = RandomStream.For(1);
        byte[] levels = [.. Enumerable.Range(0, 3 * 256 * 256).Select(_ => (byte)random.NextInt32(256))];
        var (image, mask) = (TinyPng.Color(256, 256, levels), TinyPng.Grey(256, 256, [.. levels[..65536].Select(level => (byte)(level < 128 ? 0 : 255))]));
        foreach (var (split, count) in new[] { ("train", 60), ("val", 20), ("test", 20) })
            for (var i = 0; i < count; i++)
            {
                set.Write($"{split}/images/{split}{i}/x.png", image);
                foreach (var grader in new[] { 0, 1, 2 })
                    set.Write($"{split}/gt/{split}{i}/x_l{grader}.png", mask);
            }
        // 20 MB of images and 2 MB of masks.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var data = DataSource.Open(set.Root, 200, 200, None);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, -1_000_000, 2_000_000);
        var fingerprint = data.Fingerprint();
        Assert.Equal(3, data.Test.Sum(each => each.Graders.Count) / data.Test.Count);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, -1_000_000, 2_000_000);
        var held = DataSource.Open(set.Root, 200, 200);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 10_000_000, 100_000_000);
        Assert.Equal(fingerprint, held.Fingerprint());
    }

    [Fact]
    public void LidcFull_ThreeHundredMegabytes_TakeTwenty()
    {
        // 13,684 images and 54,736 masks of 128x128.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var data = DataSource.Open(SharedData.Folder("lidc_full"), None);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, 20_000_000);
        Assert.Equal(9983, data.Train.Count);
    }
}
