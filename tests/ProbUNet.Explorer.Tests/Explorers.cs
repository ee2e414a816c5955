using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using ProbUNet.Cli.Explorer;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources.Files;
using ProbUNet.Models.Sources.Synthetic;

namespace ProbUNet.Explorer.Tests;

/// <summary>Explorers of small networks, with initial weights, on 32x32 lesions.</summary>
internal static class Explorers
{
    public const int Side = 32;

    private static readonly UNetSpec Body = new() { Channels = [4, 6], ConvsPerBlock = 1 };
    private static readonly ImageSpec Gray = new() { Channels = 1, Height = Side, Width = Side };

    public static ModelSpec ProbabilisticUNet { get; } = new ProbabilisticUNetSpec { Image = Gray, UNet = Body, Latent = new(3) };

    public static ModelSpec Vae { get; } = new ImageToImageVaeSpec { Image = Gray, UNet = Body };

    public static ModelSpec Ensemble { get; } = new UNetEnsembleSpec { Image = Gray, UNet = Body, Members = 2 };

    public static ModelSpec Streets { get; } = new ProbabilisticUNetSpec { Image = Gray with { Channels = 3 }, Classes = 13, UNet = Body, Latent = new(3) };

    public static IReadOnlyList<GradedImage> Lesions { get; } = [.. SyntheticLesions.Draw(Side, Side).Test.Take(12)];

    public static string RepositoryRoot { get; } =
        typeof(Explorers).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Where pictures and numbers go for people to look at.</summary>
    public static string Artefacts { get; } = Directory.CreateDirectory(Path.Combine(RepositoryRoot, "TestResults", "explorer")).FullName;

    public static SegmentationModel Network(ModelSpec spec, long seed = 1) => Interpreter.Create(spec, seed).Match(made => made, errors => throw new InvalidOperationException(errors[0].Message));

    public static Task<ExplorerServer> Start(ExplorerOptions? options = null, params ModelSpec[] specs) => Start(Lesions, options, specs);

    public static Task<ExplorerServer> Start(IReadOnlyList<GradedImage> images, ExplorerOptions? options, params ModelSpec[] specs) => ExplorerServer.Start(
        [.. (specs.Length == 0 ? [ProbabilisticUNet] : specs).Select((spec, i) => new ExploredRun($"run {i}", spec.GetType().Name, 1, Network(spec, seed: i + 1)))],
        "lesions", images, options ?? new ExplorerOptions());

    public static HttpClient Client(this ExplorerServer server) => new() { BaseAddress = server.Address };

    public static Task<HttpResponseMessage> Decode(this HttpClient client, double[] u, string image = "t0", int run = 0, string format = "raw") =>
        client.PostAsJsonAsync($"/api/runs/{run}/images/{image}/decode?format={format}", new { u });

    public static async Task<JsonElement> Json(this HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    public static Task<HttpResponseMessage> Upload(this HttpClient client, byte[] bytes, string type = "image/png") =>
        client.PostAsync("/api/images", new ByteArrayContent(bytes) { Headers = { ContentType = new(type) } });

    /// <summary>A grey PNG of some texture.</summary>
    public static byte[] Png(int height, int width) => PngFile.EncodeGrey(height, width, [.. Enumerable.Range(0, height * width).Select(i => (byte)(37 * i % 251))]);

    /// <summary>Says that an answer is a refusal with one sentence in problem+json.</summary>
    public static async Task<string> IsRefused(this Task<HttpResponseMessage> asked, HttpStatusCode status)
    {
        using var response = await asked;
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var sentence = (await response.Json()).GetProperty("detail").GetString()!;
        Assert.EndsWith(".", sentence);
        Assert.DoesNotContain("\n", sentence);
        Assert.DoesNotContain("   at ", sentence);
        return sentence;
    }
}
