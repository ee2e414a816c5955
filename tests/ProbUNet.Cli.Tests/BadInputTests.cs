namespace ProbUNet.Cli.Tests;

/// <summary>Bad input gets one sentence that names it, exit code 2, and nothing half-written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Quickstart_OnAMissingFolder() => Refused(Programs.Quickstart(_folder, "--data", "nowhere"), "nowhere: ");

    [Fact]
    public void Quickstart_OnAnEmptyFolder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        Refused(Programs.Quickstart(_folder, "--data", "empty"), "empty: ", leftovers: 1);
    }

    [Fact]
    public void Quickstart_OnATruncatedPicture()
    {
        var (image, masks) = (Path.Combine(_folder, "set/train/images/c"), Path.Combine(_folder, "set/train/gt/c"));
        Directory.CreateDirectory(image);
        Directory.CreateDirectory(masks);
        File.WriteAllBytes(Path.Combine(image, "a.png"), [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0]);
        File.WriteAllBytes(Path.Combine(masks, "a_l0.png"), []);
        foreach (var split in new[] { "val", "test" })
            CopyTree(Path.Combine(_folder, "set/train"), Path.Combine(_folder, "set", split));
        Refused(Programs.Quickstart(_folder, "--data", "set"), "set/train/images/c/a.png: ", leftovers: 1);
    }

    [Fact]
    public void Quickstart_OnColourPictures()
    {
        foreach (var split in new[] { "train", "val", "test" })
        {
            Write($"set/{split}/images/{split}/a.png", BlackPng.Colour);
            Write($"set/{split}/gt/{split}/a_l0.png", BlackPng.Grey);
        }
        Refused(Programs.Quickstart(_folder, "--data", "set"), "test/a: the image is 3x64x64 and the network takes 1x64x64", leftovers: 1, output: true);
    }

    [Fact]
    public void Quickstart_OnAnUnknownOption() => Refused(Programs.Quickstart(_folder, "--steps", "3"), "--steps 3: ");

    [Fact]
    public void Probunet_OnAnUnknownNetwork() => Refused(Programs.Probunet(_folder, "summary", "vgg"), "vgg: no network has this name; use one of small, ");

    [Fact]
    public void Probunet_OnAMissingFolder() => Refused(Programs.Probunet(_folder, "data", "describe", "nowhere"), "nowhere: ");

    [Fact]
    public void Probunet_OnAnUnknownOption() => Refused(Programs.Probunet(_folder, "models", "--colour"), "--colour: models has no such option; see 'probunet models --help'.");

    [Fact]
    public void Probunet_OnAMistypedCommand() => Refused(Programs.Probunet(_folder, "data", "descibe", "x"), "descibe: there is no such command (did you mean describe?); see 'probunet data --help'.");

    [Fact]
    public void Probunet_OnAMissingArgument() => Refused(Programs.Probunet(_folder, "summary"), "MODEL: it is missing; write for example probunet summary lidc.");

    [Theory]
    [InlineData("--format, --out: they are missing; write for example probunet export out/run --format onnx --out net.onnx.", "export", "run")]
    [InlineData("DIR, --out: they are missing; write for example probunet results out/compare --out results.md.", "results")]
    [InlineData("COMMAND: it is missing; use one of describe.", "data")]
    [InlineData("--steps: its value is missing; write one behind it, which 'probunet train --help' describes.", "train", "small", "--out", "run", "--steps")]
    [InlineData("--count x: this cannot be its value; use a whole number up to 2147483647.", "sample", "lesions", "--count", "x", "--out", "a.png")]
    [InlineData("--minutes long: this cannot be its value; use a number. Also: --steps 1.5: this cannot be its value; use a whole number up to 2147483647.", "compare", "--minutes", "long", "--steps", "1.5", "--out", "run")]
    [InlineData("--out a.png b.png: it is given 2 values and takes one; leave the others out.", "sample", "lesions", "--out", "a.png", "--out", "b.png")]
    [InlineData("--format onxx: --format has no such choice (did you mean onnx?); use onnx or safetensors.", "export", "run", "--format", "onxx", "--out", "a")]
    [InlineData("fsh: there is no such SHELL (did you mean fish?); use bash or fish or pwsh or zsh.", "completion", "fsh")]
    [InlineData("more: summary has no place for this word beside MODEL; see 'probunet summary --help'.", "summary", "small", "more")]
    [InlineData("sumary: there is no such command (did you mean summary?); see 'probunet --help'.", "sumary", "small")]
    [InlineData("--sed: evaluate has no such option (did you mean --seed?); see 'probunet evaluate --help'.", "evaluate", "lesions", "--sed=3")]
    [InlineData("-out: sample has no such option (did you mean --out?); see 'probunet sample --help'.", "sample", "lesions", "-out", "a.png")]
    public void Probunet_OnWhatItsParserRefuses(string sentence, params string[] arguments) => Assert.Equal(new Outcome(2, "", sentence + "\n"), Programs.Probunet(_folder, arguments));

    [Theory]
    [InlineData("--out picture.xyz: a picture is a .png or a .svg file; end its name with .png or .svg.", "sample", "lesions", "--out", "picture.xyz")]
    [InlineData("--out picture: a picture is a .png or a .svg file; end its name with .png or .svg.", "latent", "lesions", "--out", "picture")]
    [InlineData("--modes modes.html: a picture is a .png or a .svg file; end its name with .png or .svg.", "evaluate", "lesions", "--modes", "modes.html")]
    [InlineData("--scores scores.json: a table of scores is a .csv file; end its name with .csv.", "evaluate", "lesions", "--scores", "scores.json")]
    [InlineData("--out all.png: this is the name of one picture, and many are to be written; name a folder.", "sample", "lesions", "--image", ".", "--out", "all.png")]
    [InlineData("--out net.txt: an ONNX network is a .onnx file; end its name with .onnx.", "export", "lesions", "--format", "onnx", "--out", "net.txt")]
    [InlineData("--out net.onnx: a set of safetensors is a .safetensors file; end its name with .safetensors.", "export", "lesions", "--format", "safetensors", "--out", "net.onnx")]
    [InlineData("--out page.pdf: a report is a .html or a .htm file; end its name with .html or .htm.", "report", "run", "--out", "page.pdf")]
    [InlineData("--out tables.html: a Markdown document is a .md or a .markdown file; end its name with .md or .markdown.", "results", "compared", "--out", "tables.html")]
    [InlineData("--markdown tables.html: a Markdown document is a .md or a .markdown file; end its name with .md or .markdown.", "bench", "--markdown", "tables.html")]
    [InlineData("--out net.png: a diagram in SVG is a .svg file; end its name with .svg.", "summary", "small", "--diagram", "svg", "--out", "net.png")]
    [InlineData("--out net.svg: a table without --diagram is a .txt or a .md file; end its name with .txt or .md.", "summary", "small", "--out", "net.svg")]
    public void Probunet_OnAFileWhoseEndingSaysOtherwise_BeforeAnythingElse(string sentence, params string[] arguments) => Refused(Programs.Probunet(_folder, arguments), sentence);

    private void Refused(Outcome outcome, string start, int leftovers = 0, bool output = false)
    {
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(output, outcome.Output.Length > 0);
        var line = Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(start, line);
        Assert.EndsWith(".", line);
        Assert.Equal(leftovers, Directory.GetFileSystemEntries(_folder).Length);
    }

    private void Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private static void CopyTree(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
