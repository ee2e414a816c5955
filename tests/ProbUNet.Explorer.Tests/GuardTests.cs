using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using ProbUNet.Models;
using TorchSharp;

namespace ProbUNet.Explorer.Tests;

/// <summary>Who may ask what, how much of it, and how a refusal is told.</summary>
public sealed class GuardTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/explorer.js")]
    [InlineData("/api/explorer")]
    [InlineData("/api/images/t0/picture")]
    [InlineData("/nothing")]
    public async Task EveryAnswer_TellsTheBrowserToTrustNothingElse(string path)
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        using var response = await client.GetAsync(path);
        string Header(string name) => string.Join(',', response.Headers.GetValues(name));
        Assert.StartsWith("default-src 'self';", Header("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe", Header("Content-Security-Policy"));
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.Equal(("same-origin", "require-corp", "same-origin"), (Header("Cross-Origin-Opener-Policy"), Header("Cross-Origin-Embedder-Policy"), Header("Cross-Origin-Resource-Policy")));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task ThePage_NamesNoOtherMachine()
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        foreach (var file in new[] { "/", "/explorer.css", "/explorer.js", "/run.js", "/plane.js", "/paint.js", "/files.js", "/api.js", "/icon.svg" })
            Assert.DoesNotMatch("(https?:)?//[a-z0-9]+\\.(?!w3\\.org)", (await client.GetStringAsync(file)).Replace("http://www.w3.org", ""));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("192.168.0.1")]
    [InlineData("127.0.0.1.evil.example:5080")]
    public async Task ANameThatIsNotThisMachines_IsRefused(string host)
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        client.DefaultRequestHeaders.Host = host;
        Assert.StartsWith("The explorer answers under the machine's own names alone", await client.GetAsync("/api/explorer").IsRefused(HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData("localhost:1")]
    [InlineData("[::1]:80")]
    [InlineData("127.0.0.1")]
    public async Task TheMachinesOwnNames_AreAnswered(string host)
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        client.DefaultRequestHeaders.Host = host;
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/explorer")).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    public async Task AnotherSitesPage_MayNotPost(string header, string value, bool isTaken)
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        client.DefaultRequestHeaders.Add(header, value);
        if (isTaken)
            Assert.Equal(HttpStatusCode.OK, (await client.Decode([0, 0, 0])).StatusCode);
        else
        {
            await client.Decode([0, 0, 0]).IsRefused(HttpStatusCode.Forbidden);
            await client.Upload(Explorers.Png(32, 32)).IsRefused(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task WhatCannotBeAnswered_IsRefusedInASentence()
    {
        await using var server = await Explorers.Start(null, Explorers.ProbabilisticUNet, Explorers.Ensemble);
        using var client = server.Client();
        Assert.Equal("u: 2 numbers are no place in a latent of 3 dimensions; send 3.", await client.Decode([0, 0]).IsRefused(HttpStatusCode.BadRequest));
        Assert.StartsWith("u: a place is too far", await client.Decode([0, 0, 8.5]).IsRefused(HttpStatusCode.BadRequest));
        Assert.StartsWith("The latent: a network of this family has none", await client.Decode([0, 0, 0], run: 1).IsRefused(HttpStatusCode.BadRequest));
        await client.GetAsync("/api/runs/1/images/t0/latent").IsRefused(HttpStatusCode.BadRequest);
        await client.Decode([0, 0, 0], run: 2).IsRefused(HttpStatusCode.NotFound);
        await client.Decode([0, 0, 0], image: "t99").IsRefused(HttpStatusCode.NotFound);
        await client.Decode([0, 0, 0], format: "gif").IsRefused(HttpStatusCode.BadRequest);
        await client.GetAsync("/api/images/..%2Fsecret").IsRefused(HttpStatusCode.NotFound);
        await client.GetAsync("/api/nothing").IsRefused(HttpStatusCode.NotFound);
        foreach (var body in new[] { "", "{", "[]", """{"u": null}""", """{"u": ["a"]}""", """{"u": [1e999, 0, 0]}""", """{"u": [NaN, 0, 0]}""" })
            await client.PostAsync("/api/runs/0/images/t0/decode", new StringContent(body, Encoding.UTF8, "application/json")).IsRefused(HttpStatusCode.BadRequest);
        await client.PostAsync("/api/runs/0/images/t0/decode", new StringContent("u=1", Encoding.UTF8, "text/plain")).IsRefused(HttpStatusCode.UnsupportedMediaType);
        await client.PostAsync("/api/runs/0/images/t0/decode", new StringContent(new string(' ', 100_000), Encoding.UTF8, "application/json")).IsRefused(HttpStatusCode.RequestEntityTooLarge);
        foreach (var count in new[] { 0, 65, -1 })
            await client.PostAsJsonAsync("/api/runs/0/images/t0/samples", new { seed = 1, count }).IsRefused(HttpStatusCode.BadRequest);
        await client.PostAsJsonAsync("/api/runs/0/images/t0/map", new { u = new double[3], x = 1, y = 1, side = 3 }).IsRefused(HttpStatusCode.BadRequest);
        await client.PostAsJsonAsync("/api/runs/0/images/t0/map", new { u = new double[3], x = 0, y = 3, side = 3 }).IsRefused(HttpStatusCode.BadRequest);
        await client.PostAsJsonAsync("/api/runs/0/images/t0/map", new { u = new double[3], x = 0, y = 1, side = 22 }).IsRefused(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task BeyondTheBound_ABusyNetworkSaysWhenToAskAgain_AndAnswersTheOthers()
    {
        await using var server = await Explorers.Start(new() { Waiting = 2 });
        using var client = server.Client();
        using var gate = new Gate(server.Hosts[0].Worker);
        var asked = Enumerable.Range(0, 6).Select(_ => client.Decode([0, 0, 0])).ToList();
        var refused = new List<HttpResponseMessage>();
        for (var i = 0; i < 4; i++)
        {
            var first = await Task.WhenAny(asked);
            asked.Remove(first);
            refused.Add(await first);
        }
        Assert.All(refused, response => Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode));
        Assert.All(refused, response => Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta));
        gate.Open();
        Assert.All(await Task.WhenAll(asked), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task NothingKept_GrowsBeyondItsBound_AndNoTensorIsLeft()
    {
        // A parameter takes the memory of the tensor that it is made of, whose empty shell counts until it is collected: so also of a network that nobody asks.
        var network = await Left(() =>
        {
            Explorers.Network(Explorers.ProbabilisticUNet).Dispose();
            return Task.CompletedTask;
        });
        Assert.InRange(await Left(Serve), 0, network);

        static async Task<long> Left(Func<Task> act)
        {
            await act();   // what the first time makes once
            Collect();   // what was left before
            var before = torch.Tensor.TotalCount;
            await act();
            return torch.Tensor.TotalCount - before;
        }

        static async Task Serve()
        {
            await using var server = await Explorers.Start(new() { ImagesKept = 2, UploadsKept = 3 });
            using var client = server.Client();
            await Ask(client);
            Assert.Equal(2, await Kept(server));
            Collect();
            var after = torch.Tensor.TotalCount;
            await Ask(client);
            Assert.Equal((2, 3), (await Kept(server), server.Images.Uploads));
            Assert.Equal(after, torch.Tensor.TotalCount);
        }

        static async Task Ask(HttpClient client)
        {
            for (var i = 0; i < 6; i++)
            {
                (await client.Decode([0, i, 0], $"t{i}")).EnsureSuccessStatusCode();
                (await client.PostAsJsonAsync($"/api/runs/0/images/t{i}/samples", new { seed = i, count = 5 })).EnsureSuccessStatusCode();
                (await client.PostAsJsonAsync($"/api/runs/0/images/t{i}/map", new { u = new double[3], x = 0, y = 1, side = 2 })).EnsureSuccessStatusCode();
                await client.Decode([0, 99, 0], $"t{i}").IsRefused(HttpStatusCode.BadRequest);
                (await client.Upload(Explorers.Png(40, 40))).EnsureSuccessStatusCode();
            }
        }

        static Task<int> Kept(ProbUNet.Cli.Explorer.ExplorerServer server) => server.Hosts[0].Worker.Do(() => server.Hosts[0].States.Count, default);

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [Fact]
    public async Task APortInUse_IsOneSentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<InputException>(() => Explorers.Start(new() { Port = port }));
        Assert.Equal($"--port {port}: the port is in use, or this user may not use it; name another, or 0 for any that is free.", error.Message);
    }

    [Fact]
    public async Task TwoRunsOfOtherImages_AreRefused() => Assert.StartsWith("run 1: this network takes other images",
        (await Assert.ThrowsAsync<InputException>(() => Explorers.Start(null, Explorers.ProbabilisticUNet, Explorers.Streets))).Message);
}
