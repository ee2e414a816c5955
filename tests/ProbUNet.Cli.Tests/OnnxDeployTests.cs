namespace ProbUNet.Cli.Tests;

/// <summary>A program without TorchSharp draws samples from a network that was exported.</summary>
public sealed class OnnxDeployTests : IDisposable
{
    private static readonly string Program = Path.Combine(Programs.RepositoryRoot, "examples", "OnnxDeploy");

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public OnnxDeployTests()
    {
        File.Copy(Path.Combine(Programs.RepositoryRoot, "tests", "Fixtures", "reference-punet", "lidc-small.pth"), At("lidc.pth"));
        File.WriteAllText(At("lidc.json"), """
            {"family":"ProbabilisticUNet","image":{"channels":1,"height":64,"width":64},"unet":{"channels":[4,8,16,24]},"latent":{"dimension":3},"maskEncoding":"Raw","combiner":{"convs":4}}
            """);
        File.WriteAllBytes(At("scan.png"), BlackPng.Grey);
        Assert.Equal(0, Programs.Probunet(_folder, "import", "lidc.pth", "--model", "lidc.json", "--out", "run").ExitCode);
        Assert.Equal(0, Programs.Probunet(_folder, "export", "run", "--format", "onnx", "--out", "lidc.onnx").ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ItDrawsSamples_TheSameForTheSameSeed()
    {
        Assert.Equal(new Outcome(0, "7 segmentations of scan.png are in out/a.png.\n", ""), Programs.OnnxDeploy(_folder, "lidc.onnx", "scan.png", "out/a.png", "7", "1"));
        Assert.Equal(0, Programs.OnnxDeploy(_folder, "lidc.onnx", "scan.png", "b.png", "7").ExitCode);
        Assert.Equal(0, Programs.OnnxDeploy(_folder, "lidc.onnx", "scan.png", "c.png", "7", "2").ExitCode);
        Assert.Equal(File.ReadAllBytes(At("out/a.png")), File.ReadAllBytes(At("b.png")));
        Assert.NotEqual(File.ReadAllBytes(At("b.png")), File.ReadAllBytes(At("c.png")));
    }

    [Theory]
    [InlineData("usage: OnnxDeploy NETWORK.onnx IMAGE.png SAMPLES.png", "lidc.onnx")]
    [InlineData("none.onnx: it is not there; name an ONNX file.", "none.onnx", "scan.png", "a.png")]
    [InlineData("lidc.decode.onnx: it is not a network that answers in one call;", "lidc.decode.onnx", "scan.png", "a.png")]
    [InlineData("lidc.json: it is no image that can be read; name a PNG.", "lidc.onnx", "lidc.json", "a.png")]
    [InlineData("0: it is no whole number from 1 on;", "lidc.onnx", "scan.png", "a.png", "0")]
    [InlineData("[ErrorCode:InvalidProtobuf]", "lidc.json", "scan.png", "a.png")]
    public void BadInput_IsOneSentence(string start, params string[] arguments)
    {
        var outcome = Programs.OnnxDeploy(_folder, arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(start, Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void ItKnowsNeitherTorchSharpNorThisLibrary()
    {
        var built = Directory.GetFiles(Path.Combine(Program, "bin"), "*.dll", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.Contains("OnnxDeploy.dll", built);
        Assert.DoesNotContain(built, file => file!.StartsWith("TorchSharp", StringComparison.Ordinal) || file.StartsWith("ProbUNet", StringComparison.Ordinal));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
