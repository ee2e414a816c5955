namespace ProbUNet.Cli.Tests;

/// <summary>What is named in the place of something else is told as what it is.</summary>
public sealed class MisnamedInputTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Theory]
    [InlineData("lesions/run.json: this is the file that describes a run, and a run is named by its folder; name lesions.", "evaluate", "lesions/run.json")]
    [InlineData("lesions/run.json: this is the file that describes a run, and a run is named by its folder; name lesions.", "summary", "lesions/run.json")]
    [InlineData("lesions/run.json: this is the file that describes a run, and a run is named by its folder; name lesions.", "train", "lesions.json", "--init", "lesions/run.json", "--out", "new")]
    [InlineData("--plan lesions/run.json: this is the file that describes a run, and a run is named by its folder; give --from lesions to train by its plan, or a file with a plan alone.", "train", "lesions.json", "--plan", "lesions/run.json", "--out", "new")]
    [InlineData("lesions/checkpoints/step-000003: this is a part of the run in lesions, and a run is named by its folder; name lesions.", "sample", "lesions/checkpoints/step-000003", "--out", "new.png")]
    [InlineData("lesions.json: this is a file, and a run is a folder; name the folder that a training wrote.", "report", "lesions.json")]
    [InlineData("lesions/run.json: this is not a PNG file; name one, or convert the image to PNG.", "sample", "lesions", "--image", "lesions/run.json", "--out", "new.png")]
    [InlineData("lesions.json: this is a file, and a comparison is named by its folder; name the folder that 'probunet compare' wrote.", "results", "lesions.json", "--out", "new.md")]
    [InlineData("run.sh: it is in none of the formats that weights are read from (byte 0); name a safetensors file, or what PyTorch's torch.save wrote for a state_dict (.pth, .pt).", "import", "run.sh", "--out", "new")]
    public void ItIsToldAsWhatItIs_AndNothingIsLeft(string sentence, params string[] arguments)
    {
        File.WriteAllText(In("run.sh"), "echo of a script that starts a training\n");
        Refused(sentence, arguments);
    }

    [Fact]
    public void ADamagedCheckpointThatIsTheOnlyOne_IsToldOnce()
    {
        Assert.Equal(0, runs.Probunet("train", "lesions.json", "--steps", "3", "--batch", "1", "--out", "damaged").ExitCode);
        var weights = In("damaged/checkpoints/step-000003/weights.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^1]);
        var outcome = runs.Probunet("train", "--resume", "damaged");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("damaged/checkpoints/step-000003: this checkpoint ", Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Directory.Delete(In("damaged"), recursive: true);
    }

    private string In(string name) => Path.Combine(runs.Folder, name);

    private void Refused(string sentence, string[] arguments)
    {
        var before = Directory.GetFileSystemEntries(runs.Folder).Order().ToList();
        var outcome = runs.Probunet(arguments);
        Assert.Equal((2, "", sentence + "\n"), (outcome.ExitCode, outcome.Output, outcome.Error));
        Assert.Equal(before, Directory.GetFileSystemEntries(runs.Folder).Order());
    }
}
