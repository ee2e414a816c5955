using System.Text.Json.Nodes;

namespace ProbUNet.Cli.Tests;

/// <summary>With <c>--json</c> every command prints one document, and nothing else on standard output.</summary>
public sealed class JsonTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Theory]
    [InlineData("models", "0.name")]
    [InlineData("summary lesions.json", "functions.0.steps.0.shape")]
    [InlineData("data describe synthetic:lesions", "splits")]
    [InlineData("train lesions.json --data synthetic:lesions --size 32x32 --steps 2 --batch 2 --out json-train", "waitingShare")]
    [InlineData("train --resume lesions", "stepsNow")]
    [InlineData("evaluate lesions --samples 1", "ged1.mean")]
    [InlineData("sample lesions --image IMAGE --count 2 --out json-samples.png --masks json-masks", "images.0.masks.1")]
    [InlineData("latent lesions --out json-latent.png", "picture")]
    [InlineData("export lesions --format onnx --out json.onnx", "files.2")]
    [InlineData("export lesions --format safetensors --out json.safetensors", "files.0")]
    [InlineData("import IMPORTED --model lesions --out json-imported", "tensors")]
    [InlineData("report lesions --samples 1 --cases 1 --out json-report.html", "report")]
    [InlineData("search SPACE --size 32x32 --steps 1 --rungs 1 --samples 1 --validation-images 1 --out json-search", "result.variants.1.rungs.0.ged.mean")]
    [InlineData("doctor", "0.subject")]
    public void ACommand_PrintsOneDocument(string line, string member)
    {
        var image = Path.Combine(runs.Folder, "json-image.png");
        File.WriteAllBytes(image, BlackPng.GreyOf(32, 32));
        var weights = Directory.GetFiles(Path.Combine(runs.Folder, "lesions"), "weights.safetensors", SearchOption.AllDirectories)[0];
        var space = Path.Combine(runs.Folder, "json-space.json");
        File.WriteAllText(space, """{"model": "lesions.json", "training": {"batchSize": 2}, "axes": {"latent.dimension": [1, 2]}}""");
        var outcome = runs.Probunet([.. line.Split(' ').Select(word => word switch { "IMAGE" => image, "IMPORTED" => weights, "SPACE" => space, _ => word }), "--json"]);
        Assert.Equal(0, outcome.ExitCode);
        JsonNode? node = JsonNode.Parse(outcome.Output);
        foreach (var step in member.Split('.'))
            node = int.TryParse(step, out var index) ? node![index] : node![step];
        Assert.NotNull(node);
        Assert.DoesNotContain('\u001b', outcome.Output + outcome.Error);
    }

    [Fact]
    public void ADocument_StandsForItself()
    {
        var outcome = runs.Probunet("summary", "small", "--json", "--diagram", "svg");
        Assert.Equal((2, "", "--json: it is printed, and stands for itself; leave --diagram and --out out.\n"), (outcome.ExitCode, outcome.Output, outcome.Error));
    }

    [Fact]
    public void WhereItFails_NothingIsPrinted()
    {
        var weights = Directory.GetFiles(Path.Combine(runs.Folder, "streets"), "weights.safetensors", SearchOption.AllDirectories)[0];
        foreach (var line in new[] { "evaluate nowhere --json", $"import {weights} --model lesions --out json-wrong --json", "sample lesions --image nowhere.png --out x.png --json" })
        {
            var outcome = runs.Probunet(line.Split(' '));
            Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        }
    }
}
