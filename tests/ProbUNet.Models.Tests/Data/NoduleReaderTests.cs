using ProbUNet.Models.Data;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Models.Tests.Data;

public class NoduleReaderTests
{
    [Fact]
    public void WithoutSplits_PatientsAreSplitByTheirNames_SixtyToTwentyToTwenty()
    {
        using var set = new TinySet(empty: true);
        string[] patients = [.. Enumerable.Range(1, 60).Select(i => $"LIDC-IDRI-{i:0000}")];
        foreach (var patient in patients)
            AddNodule(set, patient, "nodule-0", slices: 1);
        var data = set.Open();
        foreach (var (split, images) in new[] { (DataSplit.Train, data.Train), (DataSplit.Validation, data.Validation), (DataSplit.Test, data.Test) })
            Assert.Equal(patients.Where(patient => NoduleReader.SplitOf(patient) == split), images.Select(image => image.Case));
        // The rule is a contract: published numbers rest on it.
        Assert.Equal("ttstttttttvttsttvvts", string.Concat(patients[..20].Select(patient => "tvs"[(int)NoduleReader.SplitOf(patient)])));
        var shares = Enumerable.Range(0, 5000).CountBy(i => NoduleReader.SplitOf($"patient {i}")).ToDictionary();
        foreach (var (split, share) in new[] { (DataSplit.Train, 0.6), (DataSplit.Validation, 0.2), (DataSplit.Test, 0.2) })
            Assert.Equal(share, shares[split] / 5000.0, 4 * Math.Sqrt(share * (1 - share) / 5000));
    }

    [Fact]
    public void SplitsOnTheDisk_AreKept_AndImagesComeInOrder()
    {
        using var set = new TinySet(empty: true);
        foreach (var (split, patient) in new[] { ("train", "b"), ("train", "a"), ("val", "c"), ("test", "d") })
            AddNodule(set, $"{split}/{patient}", "nodule-0", slices: 2);
        AddNodule(set, "train/a", "nodule-1", slices: 1, graders: 12);
        set.Write("train/a/nodule-1/mask-10/slice-0.png", TinyPng.Grey(4, 5, new byte[20]));
        set.Write("train/.cache/nodule-0/images/slice-0.png", [1]);
        var data = set.Open();
        Assert.Equal(["a/nodule-0/slice-0", "a/nodule-0/slice-1", "a/nodule-1/slice-0", "b/nodule-0/slice-0", "b/nodule-0/slice-1"], data.Train.Select(image => image.Name));
        Assert.Equal((2, 2), (data.Validation.Count, data.Test.Count));
        Assert.Equal([10], Enumerable.Range(0, 12).Where(grader => data.Train[2].Graders[grader].IsEmpty));
        Assert.Equal((3, 4), (DataSource.Open(set.Root, 3, 4).Test[0].Height, DataSource.Open(set.Root, 3, 4).Test[0].Width));
    }

    [Theory]
    [InlineData("missing mask", "train/a/nodule-0/mask-1/slice-0.png", "this mask is missing")]
    [InlineData("missing grader", "train/a/nodule-0/mask-2", "this folder is where mask-1 is missing")]
    [InlineData("missing masks", "train/a/nodule-0/images/slice-0.png", "this image has no masks")]
    [InlineData("missing image", "train/a/nodule-0/mask-0/slice-0.png", "this mask has no image")]
    [InlineData("missing split", "val", "there is no patient with a nodule in this split")]
    [InlineData("bad file", "train/a/nodule-0/images/slice-0.png", "not a PNG file")]
    public void AFault_IsToldWithFileAndRemedy(string fault, string culprit, string words)
    {
        using var set = new TinySet(empty: true);
        foreach (var patient in new[] { "train/a", "val/b", "test/c" })
            AddNodule(set, patient, "nodule-0", slices: 1, graders: 3);
        switch (fault)
        {
            case "missing mask": File.Delete(set.Of(culprit)); break;
            case "missing grader": Directory.Delete(set.Of("train/a/nodule-0/mask-1"), recursive: true); break;
            case "missing masks": foreach (var mask in Directory.GetDirectories(set.Of("train/a/nodule-0"), "mask-*")) Directory.Delete(mask, recursive: true); break;
            case "missing image": File.Delete(set.Of("train/a/nodule-0/images/slice-0.png")); break;
            case "missing split": Directory.Delete(set.Of("val"), recursive: true); break;
            default: set.Write(culprit, [1, 2, 3]); break;
        }
        var refusal = set.Refusal();
        Assert.Equal(set.Of(culprit), refusal.Input);
        Assert.Contains(words, refusal.Message);
    }

    private static void AddNodule(TinySet set, string patient, string nodule, int slices, int graders = 2)
    {
        for (var slice = 0; slice < slices; slice++)
        {
            set.Write($"{patient}/{nodule}/images/slice-{slice}.png", TinySet.Grey());
            for (var grader = 0; grader < graders; grader++)
                set.Write($"{patient}/{nodule}/mask-{grader}/slice-{slice}.png", TinySet.Mask());
        }
    }
}
