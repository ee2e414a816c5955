namespace ProbUNet.Cli.Tests;

/// <summary>Weights of another program become a run, and a run's weights a file for other programs.</summary>
public sealed class InterchangeCommandTests : IDisposable
{
    private const string Lidc = """
        {"family":"ProbabilisticUNet","image":{"channels":1,"height":64,"width":64},"unet":{"channels":[4,8,16,24]},"latent":{"dimension":3},"maskEncoding":"Raw","combiner":{"convs":4}}
        """;

    private static readonly string Fixtures = Path.Combine(Programs.RepositoryRoot, "tests", "Fixtures", "reference-punet");

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public InterchangeCommandTests()
    {
        File.WriteAllText(At("lidc.json"), Lidc);
        File.Copy(Path.Combine(Fixtures, "lidc-small.pth"), At("lidc.pth"));
        File.WriteAllBytes(At("scan.png"), BlackPng.Grey);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WeightsOfPyTorch_AreDrawnFrom_Judged_AndTrainedFurther()
    {
        var imported = Run("import", "lidc.pth", "--model", "lidc.json", "--out", "run");
        Assert.Equal((0, ""), (imported.ExitCode, imported.Error));
        Assert.Equal("The run is in run: 102 tensors by the map reference; judge it with: probunet evaluate run --data D\n", imported.Output);
        Assert.Equal((0, ""), Run("sample", "run", "--image", "scan.png", "--count", "2", "--out", "scan-samples.png", "--masks", "masks") is var drawn ? (drawn.ExitCode, drawn.Error) : default);
        Assert.Equal(2, Directory.GetFiles(At("masks")).Length);
        Assert.Equal(0, Run("evaluate", "run", "--data", "synthetic:lesions", "--samples", "1").ExitCode);
        Assert.Equal(0, Run("train", "run", "--init", "run", "--data", "synthetic:lesions", "--steps", "1", "--batch", "1", "--out", "tuned").ExitCode);
        Assert.Equal(0, Run("train", "--from", "run", "--init", "run", "--data", "synthetic:lesions", "--steps", "1", "--batch", "1", "--out", "again").ExitCode);
        Refused("run: its weights were imported, and it has no training to go on with; begin one: probunet train run --init run --data D --out NEW.", "train", "--resume", "run");
        Refused("run: its weights were imported, and it does not know any data; name with --data what to look at.", "evaluate", "run");
    }

    [Fact]
    public void ARunThatIsExported_AndImported_AndExported_IsTheSameBytes()
    {
        Assert.Equal(0, Run("import", "lidc.pth", "--model", "lidc.json", "--map", "reference", "--out", "run").ExitCode);
        var exported = Run("export", "run", "--format", "safetensors", "--out", "files/a.safetensors");
        Assert.Equal((0, "The network is in files/a.safetensors.\n", ""), (exported.ExitCode, exported.Output, exported.Error));
        Assert.Contains("by the map own;", Run("import", "files/a.safetensors", "--model", "run", "--out", "second").Output);
        Assert.Equal(0, Run("export", "second", "--format", "safetensors", "--out", "b.safetensors").ExitCode);
        Assert.Equal(File.ReadAllBytes(At("files/a.safetensors")), File.ReadAllBytes(At("b.safetensors")));
        // The same weights, whichever file they came from.
        Assert.Equal(0, Run("import", Path.Combine(Fixtures, "lidc-small.safetensors"), "--model", "lidc.json", "--out", "third").ExitCode);
        Assert.Equal(File.ReadAllBytes(At("run/checkpoints/step-000000/weights.safetensors")), File.ReadAllBytes(At("third/checkpoints/step-000000/weights.safetensors")));
    }

    [Fact]
    public void AFileThatWasExported_SaysWhichNetworkItIsOf_AndNoOtherTakesIt()
    {
        const string Otherwise = "a.safetensors: its weights are of a network with UNet.Activation Relu, and this one has Silu; declare the network so";
        File.WriteAllText(At("silu.json"), Lidc.Replace("\"unet\":{", "\"unet\":{\"activation\":\"Silu\","));
        Assert.Equal(0, Run("import", "lidc.pth", "--model", "lidc.json", "--out", "run").ExitCode);
        Assert.Equal(0, Run("export", "run", "--format", "safetensors", "--out", "a.safetensors").ExitCode);
        Refused($"{Otherwise}, or leave out --model, so that the file's own is taken.", "import", "a.safetensors", "--model", "silu.json", "--out", "other");
        Refused($"{Otherwise}.", "train", "silu.json", "--init", "a.safetensors", "--data", "synthetic:lesions", "--steps", "1", "--out", "other");
        Refused("run/checkpoints/step-000000/weights.safetensors: its weights are of a network with UNet.Activation Relu, and this one has Silu; declare the network so.",
            "train", "silu.json", "--init", "run", "--data", "synthetic:lesions", "--steps", "1", "--out", "other");
        Refused("lidc.pth: it does not say which network its weights are of; name the network with --model.", "import", "lidc.pth", "--out", "other");
        Assert.False(Directory.Exists(At("other")));
        Assert.Equal(0, Run("import", "a.safetensors", "--out", "second").ExitCode);
        foreach (var run in new[] { "run", "second" })
            Assert.Equal(0, Run("export", run, "--format", "safetensors", "--out", $"{run}.safetensors").ExitCode);
        Assert.Equal(File.ReadAllBytes(At("run.safetensors")), File.ReadAllBytes(At("second.safetensors")));
    }

    [Fact]
    public void ARun_BecomesOnnx_WholeAndInParts()
    {
        Assert.Equal(0, Run("import", "lidc.pth", "--model", "lidc.json", "--out", "run").ExitCode);
        var exported = Run("export", "run", "--format", "onnx", "--out", "files/lidc.onnx");
        Assert.Equal((0, "The network is in files/lidc.onnx, files/lidc.encode.onnx, files/lidc.decode.onnx.\n", ""), (exported.ExitCode, exported.Output, exported.Error));
        Assert.Equal(0, Run("export", "run", "--format", "onnx", "--weights", "float16", "--out", "half.onnx").ExitCode);
        Assert.InRange(new FileInfo(At("half.onnx")).Length, 1, new FileInfo(At("files/lidc.onnx")).Length - 1);
        Refused("--weights bfloat16: ONNX is written with float32 or float16; use one of these, or export with --format safetensors.", "export", "run", "--format", "onnx", "--weights", "bfloat16", "--out", "x");
        Refused("--out run: this is a folder; name a file for an ONNX network, which ends with .onnx.", "export", "run", "--format", "onnx", "--out", "run");
    }

    [Fact]
    public void AMapInAFile_TellsTheNames()
    {
        Assert.Equal(0, Run("import", "lidc.pth", "--model", "lidc.json", "--out", "run").ExitCode);
        Assert.Equal(0, Run("export", "run", "--format", "safetensors", "--out", "ours.safetensors").ExitCode);
        File.WriteAllText(At("map.json"), """{"formatVersion":1,"names":{"unet.*":"unet.*","prior.*":"prior.*","*":"*"},"ignored":["nothing"]}""");
        Assert.Contains("by the map map.json;", Run("import", "ours.safetensors", "--model", "lidc.json", "--map", "map.json", "--out", "second").Output);
    }

    [Fact]
    public void WeightsOfAnotherNetwork_AreListedSideBySide_AndNothingIsMade()
    {
        File.WriteAllText(At("other.json"), Lidc.Replace("\"dimension\":3", "\"dimension\":4"));
        var outcome = Run("import", "lidc.pth", "--model", "other.json", "--out", "run");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("prior.head.weight [8, 24, 1, 1]", outcome.Output);
        Assert.Contains("prior.conv_layer.weight [6, 24, 1, 1]", outcome.Output);
        Assert.Contains("of another shape", outcome.Output);
        var line = Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("lidc.pth: its tensors are not this network's: ", line);
        Assert.EndsWith("; name the network that they are of, or say with --map what the file calls them.", line);
        Assert.False(Directory.Exists(At("run")));
    }

    [Theory]
    [InlineData("nowhere.pth: there is no such file; check the path.", "import", "nowhere.pth", "--model", "lidc.json", "--out", "run")]
    [InlineData(".: it is a folder, not a file; name a file in it.", "import", ".", "--model", "lidc.json", "--out", "run")]
    [InlineData("cut.pth: it is not a whole PyTorch file (byte 1000: its end is missing)", "import", "cut.pth", "--model", "lidc.json", "--out", "run")]
    [InlineData("empty.pth: it is not a whole tensor file (byte 0: there is nothing in it)", "import", "empty.pth", "--model", "lidc.json", "--out", "run")]
    [InlineData("scan.png: it is in none of the formats that weights are read from (byte 0); name a safetensors file, or what PyTorch's torch.save wrote for a state_dict (.pth, .pt).", "import", "scan.png", "--model", "lidc.json", "--out", "run")]
    [InlineData("old.pth: it is in the format of PyTorch before 1.6 (byte 0); convert it in Python: ", "import", "old.pth", "--model", "lidc.json", "--out", "run")]
    [InlineData("vgg: no network has this name", "import", "lidc.pth", "--model", "vgg", "--out", "run")]
    [InlineData("refrence: no map has this name (did you mean reference?)", "import", "lidc.pth", "--model", "lidc.json", "--map", "refrence", "--out", "run")]
    [InlineData("lidc.json: there is no key family", "import", "lidc.pth", "--model", "lidc.json", "--map", "lidc.json", "--out", "run")]
    [InlineData("full: the folder is not empty", "import", "lidc.pth", "--model", "lidc.json", "--out", "full")]
    [InlineData("full: there is no run.json in this folder", "export", "full", "--format", "safetensors", "--out", "x.safetensors")]
    public void BadInput_IsOneSentence_AndLeavesNothing(string start, params string[] arguments)
    {
        File.WriteAllBytes(At("cut.pth"), File.ReadAllBytes(At("lidc.pth"))[..1000]);
        File.WriteAllBytes(At("empty.pth"), []);
        File.WriteAllBytes(At("old.pth"), [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.']);
        Directory.CreateDirectory(At("full"));
        File.WriteAllText(At("full/x"), "");
        Refused(start, arguments);
        Assert.Equal(["cut.pth", "empty.pth", "full", "lidc.json", "lidc.pth", "old.pth", "scan.png"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AFormatThatIsNone_IsWrongUsage() => Assert.Equal(2, Run("export", "run", "--format", "keras", "--out", "x").ExitCode);

    private Outcome Run(params string[] arguments) => Programs.Probunet(_folder, arguments);

    private void Refused(string start, params string[] arguments)
    {
        var outcome = Run(arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(start, Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
