using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

/// <summary>Whatever is wrong with a folder is told in one sentence that names the first file at fault and the remedy.</summary>
public class FolderRefusalTests
{
    private const string Image = "train/images/a/x.png";
    private const string Mask = "train/gt/a/x_l1.png";

    private static readonly Dictionary<string, (Action<TinySet> Spoil, string Culprit, string Words)> Table = new()
    {
        ["empty folder"] = (
            set => Delete(set, "train", "val", "test"),
            "",
            "this folder is empty; put there train, val and test, each with images/<case>/<name>.png and gt/<case>/<name>_l0.png"),
        ["no layout"] = (
            set => { Delete(set, "train", "val", "test"); set.Write("scan.png", TinySet.Grey()); },
            "",
            "this folder has no known layout; put there train, val and test, each with images/<case>/<name>.png"),
        ["missing split"] = (set => Delete(set, "val"), "val", "this folder is missing; lay it out as"),
        ["missing images"] = (set => Delete(set, "test/images"), "test/images", "this folder is missing; lay it out as"),
        ["missing masks of all"] = (set => Delete(set, "train/gt"), "train/gt", "this folder is missing; lay it out as"),
        ["split without images"] = (
            set => Delete(set, "test/images/c", "test/gt/c"),
            "test/images",
            "there is no image in this folder; lay it out as"),
        ["image without masks"] = (set => Delete(set, "train/gt/a"), Image, "this image has no masks; add gt/a/x_l0.png … or remove the image"),
        ["mask without image"] = (
            set => Delete(set, Image),
            "train/gt/a/x_l0.png",
            "this mask has no image; add images/a/x.png or remove the mask (1 more file"),
        ["image outside of cases"] = (
            set => set.Write("val/images/y.png", TinySet.Grey()),
            "val/images/y.png",
            "lies outside the folder of any case; move it"),
        ["mask without number"] = (
            set => set.Write("train/gt/a/y.png", TinySet.Mask()),
            "train/gt/a/y.png",
            "lacks the grader's number; name it <name>_l0.png"),
        ["gap in graders"] = (
            set => set.Write("train/gt/a/x_l3.png", TinySet.Mask()),
            "train/gt/a/x_l3.png",
            "this is grader 3 where grader 2 is missing; add x_l2.png, or number the masks of x from _l0"),
        ["no first grader"] = (set => Delete(set, "train/gt/a/x_l0.png"), Mask, "this is grader 1 where grader 0 is missing"),
        ["grader twice"] = (
            set => set.Write("train/gt/a/x_l01.png", TinySet.Mask()),
            "train/gt/a/x_l01.png",
            "this is grader 01 where grader 2 is missing"),
        ["mask of another size"] = (set => set.Write(Mask, TinySet.Mask(5, 5)), Mask, "this mask of 5x5 does not fit"),
        ["grey mask"] = (
            set => set.Write(Mask, TinyPng.Grey(4, 5, [.. new byte[12], 128, 255, .. new byte[6]])),
            Mask,
            "has the level 128 at row 2, column 2; save it with two levels, 0 for background and 255"),
        ["mask of three labels"] = (
            set => set.Write(Mask, TinyPng.Grey(4, 5, [.. new byte[12], 1, 255, .. new byte[6]])),
            Mask,
            "has the level 1 at row 2, column 2"),
        ["coloured mask"] = (set => set.Write(Mask, TinyPng.Color(4, 5, [255, .. new byte[59]])), Mask, "this mask is coloured; save it in grey"),
        ["truncated image"] = (set => set.Write(Image, TinySet.Grey()[..^20]), Image, "the file is cut off; copy it again"),
        ["truncated mask"] = (set => set.Write(Mask, TinySet.Mask()[..50]), Mask, "the file is cut off; copy it again"),
        ["no PNG"] = (
            set => set.Write(Image, "GIF89a and so on"u8.ToArray()),
            Image,
            "not a PNG file, whatever its name says; convert the image to PNG"),
        ["zero bytes"] = (set => set.Write(Mask, []), Mask, "the file is empty; copy it again"),
        ["other size"] = (set => set.AddImage("val", "b", "y", height: 7), "val/images/b/y.png", "the shape of this image is 1x7x5 and that of"),
        ["other channels"] = (
            set => set.Write("val/images/b/x.png", TinyPng.Color(4, 5, new byte[60])),
            "val/images/b/x.png",
            "the shape of this image is 3x4x5 and that of"),
        ["case in two splits"] = (set => set.AddImage("test", "a", "y"), "test/images/a/y.png", "the case a is in train too"),
    };

    public static TheoryData<string> Faults => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public void AFault_IsToldInOneSentence_WithFileAndRemedy(string fault)
    {
        var (spoil, culprit, words) = Table[fault];
        using var set = new TinySet();
        spoil(set);
        var refusal = set.Refusal();
        Assert.Equal(set.Of(culprit).TrimEnd(Path.DirectorySeparatorChar), refusal.Input.TrimEnd(Path.DirectorySeparatorChar));
        Assert.StartsWith(refusal.Input, refusal.Message);
        Assert.Contains(words, refusal.Message);
        Assert.EndsWith(".", refusal.Message);
        Assert.DoesNotContain("\n", refusal.Message);
    }

    [Fact]
    public void OfSeveralBadFiles_TheFirstInOrderIsNamed_AndTheOthersAreCounted()
    {
        using var set = new TinySet();
        for (var i = 0; i < 30; i++)
            set.AddImage("train", $"case{i:00}", "x");
        set.Write("test/images/c/x.png", []);
        set.Write("train/images/case20/x.png", [1]);
        set.Write("train/gt/case07/x_l1.png", []);
        set.Write("train/gt/case07/x_l0.png", TinySet.Mask(3, 3));
        set.Write("train/images/zebra/y.png", TinySet.Grey());
        for (var repeat = 0; repeat < 10; repeat++)
        {
            var refusal = set.Refusal();
            Assert.Equal(set.Of("train/gt/case07/x_l0.png"), refusal.Input);
            Assert.EndsWith("(4 more files cannot be used either).", refusal.Message);
        }
    }

    [Fact]
    public void AnImageSmallerThanTheSize_IsRefusedWithBoth()
    {
        using var set = new TinySet();
        var refusal = Assert.Throws<InputException>(() => DataSource.Open(set.Root, 4, 6));
        Assert.Equal(set.Of(Image), refusal.Input);
        Assert.Equal("this image of 4x5 is smaller than the 4x6 that are to be cut out of it", refusal.Problem);
        Assert.Equal("take a network and a size (--size) of at most 4x5 or remove the image (2 more files cannot be used either)", refusal.Remedy);
    }

    [Fact]
    public void AMissingFolder_AFile_ASplit_AndAnUnknownTask_AreToldApart()
    {
        using var set = new TinySet();
        string Told(string source) => Assert.Throws<InputException>(() => DataSource.Open(source)).Message;
        Assert.Contains("there is no such folder; name one in one of the layouts of docs/data.md, or use synthetic:lesions or synthetic:streets.", Told(set.Of("nowhere")));
        Assert.Contains("this is a file, not a folder", Told(set.Of(Image)));
        Assert.Contains($"this is a part of a data set; name the whole of it, {set.Root}.", Told(set.Of("train")));
        Assert.Contains($"this is a part of a data set; name the whole of it, {set.Root}.", Told(set.Of("train") + Path.DirectorySeparatorChar));
        Assert.Contains("there is no such synthetic task; use synthetic:lesions or synthetic:streets.", Told("synthetic:moons"));
    }

    /// <summary>Whether the folder around is a set is looked at for the sake of a better sentence; it may be one where others come and go, as in <c>/tmp</c>.</summary>
    [Fact]
    public async Task WhatComesAndGoesBesideAFolder_IsNoFaultOfTheFolder()
    {
        using var around = new TemporaryFolder();
        var folder = Path.Combine(around.Root, "mine");
        Directory.CreateDirectory(Path.Combine(folder, "deep"));
        using var over = new CancellationTokenSource();
        var neighbours = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                foreach (var i in Enumerable.Range(0, 30))
                    Directory.CreateDirectory(Path.Combine(around.Root, $"{i}"));
                foreach (var i in Enumerable.Range(0, 30))
                    Directory.Delete(Path.Combine(around.Root, $"{i}"));
            }
        });
        try
        {
            for (var look = 0; look < 400; look++)
                Assert.Contains("this folder has no known layout", Assert.Throws<InputException>(() => DataSource.Open(folder)).Message);
        }
        finally
        {
            await over.CancelAsync();
            await neighbours;
        }
    }

    private static void Delete(TinySet set, params string[] places)
    {
        foreach (var place in places.Select(set.Of))
            if (Directory.Exists(place))
                Directory.Delete(place, recursive: true);
            else
                File.Delete(place);
    }
}
