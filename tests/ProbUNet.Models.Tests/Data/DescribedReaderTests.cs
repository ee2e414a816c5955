using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Models.Tests.Data;

/// <summary>A folder that a dataset.json describes.</summary>
public class DescribedReaderTests
{
    private const string Plain = """{ "formatVersion": 1, "images": "{split}/{case}/{image}.png", "masks": "{split}/{case}/{image}_mask{grader}.png" }""";

    [Fact]
    public void Patterns_TellImagesMasksAndGraders()
    {
        using var set = Described(Plain, "train/a/x", "train/a/y_mask", "train/B/z", "val/b/x", "test/c/x");
        set.Write("train/a/x_mask10.png", TinyPng.Grey(4, 5, new byte[20]));
        set.Write("train/a/x_mask2.png", TinySet.Mask());
        set.Write("train/a/._q.png", [1]);
        set.Write("train/a/notes.txt", [1]);
        var data = set.Open();
        Assert.Equal(["B/z", "a/x", "a/y_mask"], data.Train.Select(image => image.Name));
        Assert.Equal(["B", "a", "a"], data.Train.Select(image => image.Case));
        Assert.Equal(4, data.Train[1].Graders.Count);
        Assert.Equal([3], Enumerable.Range(0, 4).Where(grader => data.Train[1].Graders[grader].IsEmpty));   // 0, 1, 2, 10
        Assert.Equal((1, 1), (data.Validation.Count, data.Test.Count));
    }

    [Fact]
    public void TheKnownLayout_DescribedInAFile_HasTheSameFingerprint()
    {
        using var set = new TinySet();
        set.AddImage("train", "a", "y", graders: 3);
        var known = set.Open().Fingerprint();
        Describe(set, """{ "formatVersion": 1, "about": "LIDC", "images": "{split}/images/{case}/{image}.png", "masks": "{split}/gt/{case}/{image}_l{grader}.png" }""");
        Assert.Equal(known, set.Open().Fingerprint());
        Assert.Equal(known, DataSource.Open(set.Root, new DataMemory { Limit = 0 }).Fingerprint());
    }

    [Fact]
    public void GradersMayHaveNames_AndFoldersOfTheirOwn_AndSplitsOtherNames()
    {
        using var set = new TinySet(empty: true);
        Describe(set, """
            { "formatVersion": 1, "images": "scans/{split}/{image}.png", "masks": "by-{grader}/{split}/{image}.png",
              "splits": { "train": "fit", "val": "choose", "test": "report" } }
            """);
        foreach (var split in new[] { "fit", "choose", "report", "old" })
        {
            set.Write($"scans/{split}/{split}1.png", TinySet.Grey());
            foreach (var grader in new[] { "zoe", "bob", "alice" })
                set.Write($"by-{grader}/{split}/{split}1.png", grader == "bob" ? TinyPng.Grey(4, 5, new byte[20]) : TinySet.Mask());
        }
        var data = set.Open();
        Assert.Equal(("fit1", "fit1"), (Assert.Single(data.Train).Name, data.Train[0].Case));
        Assert.Equal([0], Enumerable.Range(0, 3).Where(grader => data.Train[0].Graders[grader].IsEmpty));   // the shortest name first
        Assert.Equal("report1", Assert.Single(data.Test).Name);
    }

    [Fact]
    public void Lists_SayWhereACaseGoes()
    {
        using var set = Described("""
            { "formatVersion": 1, "images": "{case}/{image}.png", "masks": "{case}/{image}_mask{grader}.png", "splits": { "train": ["p3", "p1"], "val": ["p2"], "test": ["p4"] } }
            """, "p1/x", "p2/x", "p3/x", "p4/x", "p5/x");
        var data = set.Open();
        Assert.Equal(["p1/x", "p3/x", "p2/x", "p4/x"], data.Train.Concat(data.Validation).Concat(data.Test).Select(image => image.Name));
    }

    [Property(MaxTest = 30)]
    public void Shares_SendEachCaseWhereItsNameSaysItGoes_WhateverOthersThereAre(int seed)
    {
        var splits = new CaseSplits.ByHash(0.5, 0.25, seed);
        var shares = Enumerable.Range(0, 4000).CountBy(i => splits.Of($"case {i}")).ToDictionary();
        Assert.Equal(0.5, shares[DataSplit.Train] / 4000.0, 5 * Math.Sqrt(0.25 / 4000));
        Assert.Equal(0.25, shares[DataSplit.Validation] / 4000.0, 5 * Math.Sqrt(0.25 * 0.75 / 4000));
        Assert.Equal(splits.Of("p"), new CaseSplits.ByHash(0.5, 0.25, seed).Of("p"));
    }

    [Fact]
    public void Shares_AreAContract()
    {
        string[] cases = [.. Enumerable.Range(0, 20).Select(i => $"p{i}")];
        using var set = Described("""
            { "formatVersion": 1, "images": "{case}.png", "masks": "{case}_{grader}.png", "splits": { "train": 0.6, "val": 0.2, "test": 0.2, "seed": 5 } }
            """);
        foreach (var @case in cases)
        {
            set.Write($"{@case}.png", TinySet.Grey());
            set.Write($"{@case}_a.png", TinySet.Mask());
        }
        var data = set.Open();
        var placed = string.Concat(cases.Select(@case => data.Train.Any(image => image.Name == @case) ? 't' : data.Validation.Any(image => image.Name == @case) ? 'v' : 's'));
        Assert.Equal(string.Concat(cases.Select(@case => "tvs"[(int)new CaseSplits.ByHash(0.6, 0.2, 5).Of(@case)])), placed);
        Assert.Equal("ssttvvvvtsttttttvttt", placed);
    }

    [Fact]
    public void WithClasses_MasksAreMapsOfLabels()
    {
        using var set = Classes("\"ignored\": 200, \"evaluated\": [\"lesion\", \"vessel\"]", [0, 1, 2, 200, 0, .. new byte[15]]);
        var data = set.Open();
        Assert.Equal(["background", "vessel", "lesion"], data.Classes.Names);
        Assert.Equal([2, 1], data.Classes.Evaluated);
        Assert.Equal<byte>([0, 1, 2, 255, 0, .. new byte[15]], data.Train[0].Graders[0].Labels());
        Assert.Equal(data.Fingerprint(), DataSource.Open(set.Root, new DataMemory { Limit = 0 }).Fingerprint());
    }

    /// <summary>Or a search that is gone on with would rank scores of two metrics.</summary>
    [Fact]
    public void WhatIsEvaluated_IsOfWhatJudges_AndNotOfWhatIsLearntFrom()
    {
        var learnt = new HashSet<string>();
        string Fingerprint(string evaluated)
        {
            using var set = Classes($"\"ignored\": 200{evaluated}", [0, 1, 2, 200, 0, .. new byte[15]]);
            var data = set.Open();
            learnt.Add(data.Fingerprint());
            return data.FingerprintAsJudged();
        }
        var all = Fingerprint("");
        Assert.Equal(all, Fingerprint(", \"evaluated\": [\"background\", \"vessel\", \"lesion\"]"));
        Assert.Equal(Fingerprint(", \"evaluated\": [\"lesion\", \"vessel\"]"), Fingerprint(", \"evaluated\": [\"vessel\", \"lesion\"]"));
        Assert.Equal(4, new[] { all, Fingerprint(", \"evaluated\": [\"lesion\", \"vessel\"]"), Fingerprint(", \"evaluated\": [\"lesion\"]"), Fingerprint(", \"evaluated\": [\"vessel\"]") }.Distinct().Count());
        // What is learnt from is the same, and a run on it may be gone on with, and judged anew.
        Assert.Single(learnt);
    }

    [Fact]
    public void ALevelThatIsNoClass_AndPixelsThatOneGraderAloneIgnores_AreRefused()
    {
        using (var set = Classes("\"ignored\": 255", [0, 1, 3, .. new byte[17]]))
            Assert.EndsWith("this mask has the level 3 at row 0, column 2; save it with the numbers of its classes, 0 to 2, or 255 where it is ignored (2 more files cannot be used either).", set.Refusal().Message);
        using (var set = Classes("\"ignored\": 255", [0, 1, 255, .. new byte[17]]))
        {
            set.Write("train/a/x_mask1.png", TinyPng.Grey(4, 5, new byte[20]));
            Assert.Contains("x_mask1.png: this mask ignores other pixels than", set.Refusal().Message);
        }
    }

    [Theory]
    [InlineData("\"images\": \"../{case}/{image}.png\"", "images: \"../{case}/{image}.png\" is no path below the folder")]
    [InlineData("\"images\": \"/etc/{image}.png\"", "is no path below the folder")]
    [InlineData("\"images\": \"a/./{image}.png\"", "is no path below the folder")]
    [InlineData("\"images\": \"C:/{image}.png\"", "is no path below the folder")]
    [InlineData("\"images\": \"a\\\\{image}.png\"", "is no path below the folder")]
    [InlineData("\"images\": \"{csae}/{image}.png\"", "images: {csae} is no placeholder (did you mean case?); use {split}, {case}, {image}, {grader}")]
    [InlineData("\"images\": \"{image}/*.png\"", "has a brace or a wildcard that is no placeholder")]
    [InlineData("\"images\": \"{case}/{image}.jpg\"", "names no PNG files; convert the files to PNG")]
    [InlineData("\"images\": \"{case}/{image}.nii.gz\"", "images: NIfTI files are not read; convert the slices to PNG")]
    [InlineData("\"images\": \"{case}/{image}_{grader}.png\"", "images has the placeholder {grader}; use it in masks")]
    [InlineData("\"images\": \"one.png\"", "images names one file; use {image}")]
    [InlineData("\"images\": 3", "images is missing or no text")]
    [InlineData("\"masks\": \"{image}_{grader}.png\"", "{case} is in only one of images and masks")]
    [InlineData("\"formatVersion\": 2", "formatVersion is 2, and this program reads 1")]
    [InlineData("\"formatVersion\": \"1\"", "formatVersion is missing or no number")]
    [InlineData("\"clases\": []", "there is no key clases (did you mean classes?); use formatVersion, about, images, masks, splits, classes, evaluated, ignored")]
    [InlineData("\"splits\": [0.6]", "splits is no object; write lists of cases")]
    [InlineData("\"splits\": { \"train\": 0.6, \"val\": 0.2, \"tset\": 0.2 }", "there is no key splits.tset (did you mean test?)")]
    [InlineData("\"splits\": { \"train\": 0.6, \"val\": 0.2 }", "splits.test is missing")]
    [InlineData("\"splits\": { \"train\": 0.6, \"val\": 0.2, \"test\": 0.3 }", "the shares of splits sum to 1.1")]
    [InlineData("\"splits\": { \"train\": 0.6, \"val\": 0.2, \"test\": 1 }", "splits.test is neither a list of cases nor a share")]
    [InlineData("\"splits\": { \"train\": 0.6, \"val\": 0.2, \"test\": 0.2, \"seed\": 1.5 }", "splits.seed is no whole number")]
    [InlineData("\"splits\": { \"train\": [\"a\"], \"val\": [\"b\"], \"test\": [\"a\"] }", "splits.test has the case a, which is in train already; name it once")]
    [InlineData("\"splits\": { \"train\": [\"a\"], \"val\": [7], \"test\": [\"c\"] }", "splits.val lists something else than names")]
    [InlineData("\"splits\": { \"train\": [\"a\"], \"val\": [\"b\"], \"test\": [\"c\"], \"seed\": 1 }", "splits.seed is there, and the splits are no shares")]
    [InlineData("\"splits\": { \"train\": [\"a\"], \"val\": [\"b\"], \"test\": [\"gone\"] }", "there is no image in the split test")]
    [InlineData("\"splits\": null", "splits is missing, and images has no {split}")]
    [InlineData("\"classes\": [\"one\"]", "classes is no list of 2 to 255 different names")]
    [InlineData("\"classes\": [\"one\", \"one\"]", "classes is no list of 2 to 255 different names")]
    [InlineData("\"classes\": [\"one\", \"two\"], \"ignored\": 1", "ignored is no level behind those of the classes; write a whole number from 2 to 65535")]
    [InlineData("\"classes\": [\"one\", \"two\"], \"evaluated\": [\"tow\"]", "evaluated has tow, which is no class (did you mean two?)")]
    [InlineData("\"ignored\": 255", "ignored is there without classes")]
    [InlineData("\"about\": \"x\", \"about\": \"y\"", "keep one of the two")]
    [InlineData("\"about\": ", "the text is no JSON from line 1, column 168 on ('}' is an invalid start of a value); mend it there")]
    public void ADescriptionThatCannotBeUsed_IsToldInOneSentenceWithFileAndKey(string key, string words)
    {
        var name = key.Split('"')[1];
        string[] keys = ["\"formatVersion\": 1", "\"images\": \"{case}/{image}.png\"", "\"masks\": \"{case}/{image}_mask{grader}.png\"", "\"splits\": { \"train\": [\"a\"], \"val\": [\"b\"], \"test\": [\"c\"] }"];
        using var set = Described($"{{ {string.Join(", ", keys.Where(each => each.Split('"')[1] != name).Append(key))} }}", "a/x", "b/x", "c/x");
        var refusal = set.Refusal();
        Assert.Equal(set.Of("dataset.json"), refusal.Input);
        Assert.Contains(words, refusal.Message);
        Assert.EndsWith(".", refusal.Message);
        Assert.DoesNotContain("\n", refusal.Message);
    }

    [Theory]
    [InlineData("train/a/x_mask0.png", "train/a/x_mask1.png", "train/a/x.png", "this image has no masks; add them as \"{split}/{case}/{image}_mask{grader}.png\" says")]
    [InlineData("train/a/x.png", null, "train/a/x_mask0.png", "this mask has no image; add the image as")]
    public void AMissingFile_IsToldByThePatternThatItLacks(string missing, string? alsoMissing, string culprit, string words)
    {
        using var set = Described(Plain, "train/a/x", "val/b/x", "test/c/x");
        File.Delete(set.Of(missing));
        if (alsoMissing is not null)
            File.Delete(set.Of(alsoMissing));
        var refusal = set.Refusal();
        Assert.Equal(set.Of(culprit), refusal.Input);
        Assert.Contains(words, refusal.Message);
    }

    [Property(MaxTest = 100)]
    public void AnyPath_MadeOfAPattern_GivesItsPartsBack(int seed)
    {
        var random = RandomStream.For(seed);
        string Word() => string.Concat(Enumerable.Range(0, 1 + random.NextInt32(3)).Select(_ => "ab1-"[random.NextInt32(4)]));
        var parts = FilePattern.Known.ToDictionary(name => name, _ => Word());
        var text = new[] { "{split}/{case}/{image}.png", "{case}_{split}/{case}/m_{grader}/{image}.png", "x/{case}+{image}_{grader}.png", "{image}.png" }[random.NextInt32(4)];
        var pattern = FilePattern.Of(text, (problem, _) => new InvalidOperationException(problem));
        var path = parts.Aggregate(text, (path, part) => path.Replace($"{{{part.Key}}}", part.Value, StringComparison.Ordinal));
        var match = pattern.Match(path);
        Assert.All(pattern.Placeholders, name => Assert.Equal(parts[name], match![name]));
        Assert.Null(pattern.Match($"z/{path}"));
    }

    private static TinySet Classes(string keys, byte[] labels)
    {
        var set = Described($"{{ \"classes\": [\"background\", \"vessel\", \"lesion\"], {keys}, {Plain[1..]}");
        foreach (var place in new[] { "train/a/x", "val/b/x", "test/c/x" })
        {
            set.Write($"{place}.png", TinySet.Grey());
            set.Write($"{place}_mask0.png", TinyPng.Grey(4, 5, labels));
        }
        return set;
    }

    private static TinySet Described(string json, params string[] images)
    {
        var set = new TinySet(empty: true);
        Describe(set, json);
        foreach (var image in images)
        {
            set.Write($"{image}.png", TinySet.Grey());
            foreach (var grader in new[] { 0, 1 })
                set.Write($"{image}_mask{grader}.png", TinySet.Mask());
        }
        return set;
    }

    private static void Describe(TinySet set, string json) => set.Write("dataset.json", System.Text.Encoding.UTF8.GetBytes(json));
}
