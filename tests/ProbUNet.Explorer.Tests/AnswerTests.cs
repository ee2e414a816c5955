using System.Net;
using System.Net.Http.Json;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources.Files;
using ProbUNet.Models.Sources.Synthetic;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Explorer.Tests;

/// <summary>What the server answers is what the library says, the same each time.</summary>
public sealed class AnswerTests
{
    private static readonly double[] Place = [0.5, -1.25, 2];

    [Fact]
    public async Task ADecode_IsThatOfTheLibrary_ForAnyImage()
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        using var model = (LatentVariableModel)Explorers.Network(Explorers.ProbabilisticUNet);
        foreach (var i in new[] { 0, 3, 0 })
            Assert.Equal(Decoded(model, Explorers.Lesions[i]), await (await client.Decode(Place, $"t{i}")).Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task TheSamePlace_GivesTheSameBytes_AndAnotherPlaceOthers()
    {
        await using var server = await Explorers.Start(new() { ImagesKept = 1 });
        using var client = server.Client();
        async Task<byte[]> At(double[] u, string image = "t0") => await (await client.Decode(u, image)).Content.ReadAsByteArrayAsync();
        var first = await At(Place);
        await At(Place, "t1");   // what was kept is gone
        Assert.Equal(first, await At(Place));
        Assert.NotEqual(first, await At([-2, 1, 0]));
    }

    [Fact]
    public async Task ADecodeAsPng_IsTheMask()
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        var raw = await (await client.Decode(Place)).Content.ReadAsByteArrayAsync();
        using var response = await client.Decode(Place, format: "png");
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        var png = PngFile.Decode("answer", await response.Content.ReadAsByteArrayAsync());
        Assert.Equal((1, Explorers.Side, Explorers.Side), (png.Channels, png.Height, png.Width));
        Assert.Equal(raw.Select(level => level >= 128 ? (byte)255 : (byte)0), png.Levels);
    }

    [Fact]
    public async Task Samples_AreThoseOfThePredictor_ForEveryFamily_AndOtherSeedsGiveOthers()
    {
        ModelSpec[] specs = [Explorers.ProbabilisticUNet, Explorers.Vae, Explorers.Ensemble];
        for (var i = 0; i < specs.Length; i++)
        {
            await using var server = await Explorers.Start(null, specs[i]);
            using var client = server.Client();
            using var model = Explorers.Network(specs[i]);
            var expected = Predictor.Predict(model, Explorers.Lesions[1], 18, seed: 5).Masks;
            var samples = await Sample(client, seed: 5, count: 18);
            Assert.Equal(expected, samples.Select(sample => BitMask.From<byte>(Explorers.Side, Explorers.Side, sample.Pixels, level => level >= 128)));
            Assert.All(samples, sample => Assert.Equal(sample.Pixels.Count(level => level >= 128) / 1024.0, sample.Area!.Value, 12));
            Assert.All(samples, sample => Assert.Equal(model is LatentVariableModel latent ? latent.Declaration.Latent.Dimension : null, sample.U?.Length));
            if (model is LatentVariableModel)
                Assert.NotEqual(samples[0].U, (await Sample(client, seed: 6, count: 1))[0].U);
        }
    }

    [Fact]
    public async Task ASample_IsDrawnAgain_AtItsPlace()
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        foreach (var sample in await Sample(client, seed: 1, count: 4))
        {
            var there = await (await client.Decode(sample.U!, "t1")).Content.ReadAsByteArrayAsync();
            Assert.All(sample.Pixels.Zip(there), pair => Assert.InRange(pair.First - pair.Second, -1, 1));   // another batch may round otherwise
        }
    }

    [Fact]
    public async Task TheLatent_HasTheGradersWhereTheLibraryPutsThem()
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        using var model = (LatentVariableModel)Explorers.Network(Explorers.ProbabilisticUNet);
        var image = Explorers.Lesions[2];
        var latent = await (await client.GetAsync("/api/runs/0/images/t2/latent")).Json();
        using var pixels = ImageTensors.Of(image, CPU);
        using var prior = model.Prior(pixels);
        var graders = latent.GetProperty("graders").EnumerateArray().ToList();
        Assert.Equal(image.Graders.Count, graders.Count);
        for (var grader = 0; grader < graders.Count; grader++)
        {
            using var mask = ImageTensors.Of([image.Graders[grader]], CPU);
            using var posterior = model.Posterior(pixels, mask);
            for (var d = 0; d < 3; d++)
            {
                var (mean, sigma) = (Value(prior.Mean, d), Math.Exp(Value(prior.LogSigma, d)));
                Assert.Equal((Value(posterior.Mean, d) - mean) / sigma, graders[grader].GetProperty("mean")[d].GetDouble(), 4);
                Assert.Equal(Math.Exp(Value(posterior.LogSigma, d)) / sigma, graders[grader].GetProperty("sigma")[d].GetDouble(), 4);
                Assert.Equal(sigma, latent.GetProperty("prior").GetProperty("sigma")[d].GetDouble(), 4);
            }
        }
        Assert.All(latent.GetProperty("sensitivity").EnumerateArray(), share => Assert.InRange(share.GetDouble(), 1e-9, 1));
    }

    [Fact]
    public async Task AMap_HasAtItsPlaces_WhatIsDecodedThere()
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        var map = await (await client.PostAsJsonAsync("/api/runs/0/images/t0/map", new { u = Place, x = 2, y = 0, side = 3 })).Json();
        var (size, pixels) = (Explorers.Side * Explorers.Side, map.GetProperty("pixels").GetBytesFromBase64());
        Assert.Equal(9 * size, pixels.Length);
        var corner = await (await client.Decode([4, Place[1], -4])).Content.ReadAsByteArrayAsync();   // top left: the largest of the second, the least of the first
        Assert.All(pixels.Take(size).Zip(corner), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Fact]
    public async Task LabelMaps_HaveColors_AndClassesForPixels()
    {
        await using var server = await Explorers.Start(SyntheticStreets.Draw(Explorers.Side, Explorers.Side).Test.Take(2).ToList(), null, Explorers.Streets);
        using var client = server.Client();
        var about = await (await client.GetAsync("/api/explorer")).Json();
        Assert.Equal(13, about.GetProperty("classes").GetArrayLength());
        Assert.Equal("#804080", about.GetProperty("classes")[0].GetProperty("color").GetString());
        Assert.All(await (await client.Decode(Place)).Content.ReadAsByteArrayAsync(), label => Assert.InRange(label, 0, 12));
        var image = await (await client.GetAsync("/api/images/t0")).Json();
        Assert.Equal("true draw", image.GetProperty("graderWord").GetString());
        Assert.Equal(4, image.GetProperty("graders").GetArrayLength());
        Assert.Equal(3, PngFile.Decode("picture", await client.GetByteArrayAsync("/api/images/t0/picture")).Channels);
    }

    [Fact]
    public async Task TheImageWhoseGradersDisagreeMost_IsChosen_AndAVaeSaysThatItsPriorIsOne()
    {
        await using var server = await Explorers.Start(null, Explorers.ProbabilisticUNet, Explorers.Vae);
        using var client = server.Client();
        var about = await (await client.GetAsync("/api/explorer")).Json();
        var name = Disagreement.Largest(Explorers.Lesions).Name;
        Assert.Equal(name, about.GetProperty("images").EnumerateArray().Single(image => image.GetProperty("id").GetString() == about.GetProperty("chosen").GetString()).GetProperty("name").GetString());
        Assert.Equal([false, true], about.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("priorIsStandard").GetBoolean()));
        var prior = (await (await client.GetAsync("/api/runs/1/images/t0/latent")).Json()).GetProperty("prior");
        Assert.Equal([0, 0, 0], prior.GetProperty("mean").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal([1, 1, 1], prior.GetProperty("sigma").EnumerateArray().Select(value => value.GetDouble()));
    }

    private sealed record Sampled(byte[] Pixels, double? Area, double[]? U);

    private static async Task<Sampled[]> Sample(HttpClient client, long seed, int count)
    {
        using var response = await client.PostAsJsonAsync("/api/runs/0/images/t1/samples", new { seed, count });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<Sampled[]>())!;
    }

    private static double Value(Tensor of, int d)
    {
        using var element = of[0, d];
        return element.ToSingle();
    }

    private static byte[] Decoded(LatentVariableModel model, GradedImage image)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var pixels = ImageTensors.Of(image, CPU);
        var z = model.Prior(pixels).At(tensor(Place.Select(value => (float)value).ToArray(), [1, 3]));
        var probabilities = model.Combine(model.Features(pixels), z).sigmoid().data<float>().ToArray();
        return [.. probabilities.Select(p => (byte)(p > 0.5f ? Math.Max(128, MathF.Round(255 * p)) : Math.Min(127, MathF.Round(255 * p))))];
    }
}
