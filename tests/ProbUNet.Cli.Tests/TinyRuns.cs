namespace ProbUNet.Cli.Tests;

/// <summary>Runs of a few steps at 32x32, trained once for all tests of a class.</summary>
public sealed class TinyRuns : IDisposable
{
    private const string Body = """ "unet": {"channels": [4, 6], "convsPerBlock": 1}, """;

    /// <summary>A small Probabilistic U-Net for 32x32, as a file holds it.</summary>
    public const string Tiny = $$$"""{"family": "ProbabilisticUNet", {{{Body}}} "image": {"channels": 1, "height": 32, "width": 32}, "latent": {"dimension": 2}}""";

    public TinyRuns()
    {
        Train("lesions", "synthetic:lesions", Tiny);
        Train("streets", "synthetic:streets", $$$"""{"family": "ProbabilisticUNet", {{{Body}}} "image": {"channels": 3, "height": 32, "width": 32}, "classes": 13, "latent": {"dimension": 3}}""");
        Train("ensemble", "synthetic:lesions", $$$"""{"family": "UNetEnsemble", {{{Body}}} "image": {"channels": 1, "height": 32, "width": 32}, "members": 2}""");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("probunet-").FullName;

    internal Outcome Probunet(params string[] arguments) => Programs.Probunet(Folder, arguments);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Train(string name, string data, string spec)
    {
        File.WriteAllText(Path.Combine(Folder, $"{name}.json"), spec);
        var outcome = Probunet("train", $"{name}.json", "--data", data, "--size", "32x32", "--out", name, "--steps", "3", "--batch", "2");
        if (outcome.ExitCode != 0)
            throw new InvalidOperationException(outcome.Error);
    }
}
