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
    public void Probunet_OnAnUnknownOption() => Refused(Programs.Probunet(_folder, "models", "--colour"), "'--colour' is not understood here; see 'probunet models --help'");

    [Fact]
    public void Probunet_OnAMistypedCommand() => Refused(Programs.Probunet(_folder, "data", "descibe", "x"), "'descibe' is not understood here (did you mean describe?); see 'probunet data --help'");

    [Fact]
    public void Probunet_OnAMissingArgument() => Refused(Programs.Probunet(_folder, "summary"), "");

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
