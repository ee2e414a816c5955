namespace ProbUNet.Cli.Tests;

/// <summary>Pictures of trained networks: latent spaces, samples, frequencies of modes.</summary>
public sealed class PictureCommandTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private static ReadOnlySpan<byte> PngStart => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    [Fact]
    public void Latent_DrawsTheMostDisputedTestImage_TheSameEachTime()
    {
        Done(runs.Probunet("latent", "lesions", "--out", "latent/a.png"), "The latent space for test-");
        Done(runs.Probunet("latent", "lesions", "--out", "latent/b.png"), "The latent space for test-");
        Assert.True(Bytes("latent/a.png").AsSpan().StartsWith(PngStart));
        Assert.Equal(Bytes("latent/a.png"), Bytes("latent/b.png"));
    }

    [Fact]
    public void Latent_DrawsLabelMaps_AndANamedImage()
    {
        Done(runs.Probunet("latent", "streets", "--data", "synthetic:streets", "--image", "test-0004", "--out", "streets.svg"), "The latent space for test-0004 is in streets.svg.");
        Assert.Contains("</svg>", File.ReadAllText(In("streets.svg")));
    }

    [Fact]
    public void Sample_WritesAPictureAndTheMasks_AndTakesWhatItWrote()
    {
        Done(runs.Probunet("sample", "lesions", "--image", "test-0001", "--count", "3", "--out", "one.png", "--masks", "masks"), "The samples are in one.png.");
        Assert.True(Bytes("one.png").AsSpan().StartsWith(PngStart));
        Assert.Equal(["test-0001_s0.png", "test-0001_s1.png", "test-0001_s2.png"], Directory.GetFiles(In("masks")).Select(Path.GetFileName).Order());
        // A mask is a grey picture of the network's size: an image too, of which nobody has graders; and a folder of them is a folder of images.
        Done(runs.Probunet("sample", "lesions", "--image", "masks/test-0001_s0.png", "--count", "2", "--out", "bare.svg"), "The samples are in bare.svg.");
        Done(runs.Probunet("latent", "lesions", "--image", "masks/test-0001_s0.png", "--out", "bare.png"), "The latent space for test-0001_s0 is in bare.png.");
        Done(runs.Probunet("sample", "lesions", "--image", "masks", "--count", "2", "--out", "all", "--masks", "more"), "3 pictures are in all.");
        Assert.Equal(3, Directory.GetFiles(In("all"), "*.png").Length);
        Assert.Equal(6, Directory.GetFiles(In("more"), "*.png").Length);
    }

    [Fact]
    public void MasksBesideTheirImages_AreNotSampled_AndSaid()
    {
        Done(runs.Probunet("sample", "lesions", "--image", "test-0001", "--count", "3", "--out", "graded.png", "--masks", "drawn"), "The samples are in");
        // Without a name, the image on which graders disagree most.
        Done(runs.Probunet("sample", "lesions", "--count", "2", "--out", "chosen.png", "--masks", "of-chosen"), "The samples for test-");
        Assert.Equal(2, Directory.GetFiles(In("of-chosen"), "test-*_s?.png").Length);
        void Copy(int sample, string name)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
            File.Copy(In($"drawn/test-0001_s{sample}.png"), In(name));
        }
        foreach (var (sample, name) in new[] { (0, "x.png"), (1, "x_l0.png"), (2, "x_l10.png"), (1, "y_l0.png") })
            Copy(sample, $"beside/{name}");
        var outcome = runs.Probunet("sample", "lesions", "--image", "beside", "--count", "2", "--out", "of-images");
        Assert.Equal((0, "2 pictures are in of-images.\n", "2 masks beside their images in beside were left out.\n"), (outcome.ExitCode, outcome.Output, outcome.Error));
        Assert.Equal(["x.png", "y_l0.png"], Directory.GetFiles(In("of-images")).Select(Path.GetFileName).Order());   // whose image is not there

        foreach (var split in new[] { "train", "test" })
        {
            Copy(0, $"set/{split}/images/{split}/x.png");
            Copy(1, $"set/{split}/gt/{split}/x_l0.png");
        }
        Refused(runs.Probunet("sample", "lesions", "--image", "set", "--out", "z"), $"set: this is a whole data set; name a folder of its images, such as set/test/images/test, or with --data set a test image.");
        Refused(runs.Probunet("sample", "lesions", "--image", "set/test/gt/test", "--out", "z"), $"set/test/gt/test: this folder has nothing but masks; name the folder of their images, {In("set/test/images/test")}.");
        Done(runs.Probunet("sample", "lesions", "--image", "set/test/images/test", "--count", "2", "--out", "of-set"), "1 picture is in of-set.");
        File.WriteAllText(In("beside/dataset.json"), "{}");   // it alone knows which of them are masks
        Refused(runs.Probunet("sample", "lesions", "--image", "beside", "--out", "z"), "beside: this is a whole data set; name a folder of its images, or with --data beside a test image.");
    }

    [Fact]
    public void Sample_WorksForEveryFamilyAndForSeveralClasses()
    {
        Done(runs.Probunet("sample", "ensemble", "--image", "test-0001", "--count", "2", "--out", "ensemble.png"), "The samples are in");
        Done(runs.Probunet("sample", "streets", "--image", "test-0001", "--count", "2", "--out", "street.png"), "The samples are in");
    }

    [Fact]
    public void Tiles_AreTheWholeImage_AndTakeImagesOfOtherSizes()
    {
        Done(runs.Probunet("sample", "lesions", "--image", "test-0001", "--count", "3", "--out", "whole.png", "--masks", "whole"), "The samples are in whole.png.");
        Done(runs.Probunet("sample", "lesions", "--image", "test-0001", "--count", "3", "--out", "tiled.png", "--masks", "tiled", "--tile", "9"), "The samples are in tiled.png.");
        foreach (var mask in Directory.GetFiles(In("whole")).Select(file => Path.GetFileName(file)!))
            Assert.Equal(Bytes($"whole/{mask}"), Bytes($"tiled/{mask}"));

        Directory.CreateDirectory(In("large"));
        File.WriteAllBytes(In("large/a.png"), BlackPng.GreyOf(64, 98));
        File.WriteAllBytes(In("large/b.png"), BlackPng.GreyOf(20, 200));
        Done(runs.Probunet("sample", "lesions", "--image", "large", "--count", "2", "--out", "of-large", "--masks", "masks-of-large", "--tile", "32"), "2 pictures are in of-large.");
        Assert.Equal([0, 0, 0, 98, 0, 0, 0, 64], Bytes("masks-of-large/a_s1.png")[16..24]);

        File.WriteAllBytes(In("large/c.png"), BlackPng.GreyOf(20, 33));
        Refused(runs.Probunet("sample", "lesions", "--image", "large", "--out", "nothing", "--tile", "32"), $"large/c.png: the image has 20 rows and 33 columns. Width 33 is not divisible by 2");
        Refused(runs.Probunet("sample", "lesions", "--image", "large/a.png", "--out", "x.png"), "large/a.png: the image has 64 rows and 98 columns and the network takes 32x32");
        Refused(runs.Probunet("sample", "lesions", "--image", "large/a.png", "--out", "x.png", "--tile", "0"), "--tile 0: there is nothing in such a tile; use 1 pixel or more");
        Assert.False(Directory.Exists(In("nothing")));
    }

    [Fact]
    public void Evaluate_DrawsTheFrequenciesOfModes()
    {
        var outcome = runs.Probunet("evaluate", "streets", "--samples", "2", "--modes", "modes.png");
        Done(outcome, "streets after step 3, on synthetic:streets: 100 images of 100 cases; ");
        Assert.True(Bytes("modes.png").AsSpan().StartsWith(PngStart));
    }

    [Fact]
    public void Evaluate_WritesTheScoresOfEveryImage()
    {
        Done(runs.Probunet("evaluate", "lesions", "--samples", "1,2", "--scores", "scores.csv"), "lesions after step 3, on synthetic:lesions: ");
        var lines = File.ReadAllLines(In("scores.csv"));
        Assert.StartsWith("image,case,ged1,", lines[0]);
        Assert.StartsWith("test-0000,", lines[1]);
        Refused(runs.Probunet("evaluate", "lesions", "--samples", "1", "--against", "nowhere", "--scores", "none.csv"), "nowhere: there is no such run");
        Assert.False(File.Exists(In("none.csv")));
        Refused(runs.Probunet("evaluate", "lesions", "--samples", "1", "--scores", "lesions"), "--scores lesions: this is a folder; name a file for a table of scores, which ends with .csv.");
    }

    [Fact]
    public void BadInput_IsOneSentenceAndLeavesNothing()
    {
        var before = Directory.GetFileSystemEntries(runs.Folder).Length;
        Refused(runs.Probunet("latent", "ensemble", "--out", "x.png"), "ensemble: a U-Net Ensemble has no latent space; name the run of");
        Refused(runs.Probunet("latent", "lesions", "--out", "x.gif"), "--out x.gif: a picture is a .png or a .svg file; end its name with .png or .svg.");
        Refused(runs.Probunet("latent", "lesions", "--image", "none.png", "--out", "x.png"), "none.png: the file cannot be read");
        Refused(runs.Probunet("latent", "lesions", "--image", "test-9999", "--out", "x.png"), "--image test-9999: there is no such file, and no test image of synthetic:lesions has this name; use a PNG or a name such as test-0000");
        Refused(runs.Probunet("sample", "nowhere", "--image", "test-0001", "--out", "x.png"), "nowhere: there is no such run");
        Refused(runs.Probunet("sample", "lesions", "--image", "test-0001", "--count", "0", "--out", "x.png"), "--count 0: ");
        Refused(runs.Probunet("sample", "lesions", "--image", "lesions/checkpoints", "--out", "x"), "lesions/checkpoints: there is no PNG in this folder");
        Refused(runs.Probunet("evaluate", "lesions", "--samples", "1", "--modes", "x.png"), "--modes x.png: the modes of synthetic:lesions are not those of label switches");
        Assert.Equal(before, Directory.GetFileSystemEntries(runs.Folder).Length);
    }

    [Fact]
    public void AnImageOfAnotherSize_IsRefusedWithWhatToDo()
    {
        var folder = In("pictures-of-another-size");
        Done(runs.Probunet("latent", "lesions", "--out", $"{folder}/big.png"), "The latent space");
        Refused(runs.Probunet("sample", "lesions", "--image", folder, "--out", "y"), $"{folder}/big.png: the image is colour and the network takes grey; save it as grey.");
        Refused(runs.Probunet("sample", "streets", "--image", $"{folder}/big.png", "--out", "y.png"), $"{folder}/big.png: the image has ");
    }

    private string In(string name) => Path.Combine(runs.Folder, name);

    private byte[] Bytes(string name) => File.ReadAllBytes(In(name));

    private static void Done(Outcome outcome, string start)
    {
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith(start, outcome.Output);
    }

    private static void Refused(Outcome outcome, string start)
    {
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        var line = Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(start, line);
        Assert.EndsWith(".", line);
    }
}
