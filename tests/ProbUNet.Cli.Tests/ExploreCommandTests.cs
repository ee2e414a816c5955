using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ProbUNet.Cli.Tests;

/// <summary><c>probunet explore</c> as a shell runs it; what it answers is looked at in ProbUNet.Explorer.Tests.</summary>
public sealed class ExploreCommandTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Fact]
    public async Task TheExplorer_SaysWhereItIs_AndEndsWithCtrlC()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl-C is sent by a Unix shell");
        var port = FreePort();
        using var running = Programs.StartProbunet(runs.Folder, "explore", "lesions", "--against", "ensemble", "--port", $"{port}");
        var names = await Names(port, running);
        Assert.Equal(["lesions", "ensemble"], names);
        using var signal = Programs.Start(runs.Folder, "kill", ["-INT", $"{running.Id}"]);
        signal.End();
        Assert.Equal(new Outcome(0, $"The explorer is at http://localhost:{port}/; end it with Ctrl-C.\n", ""), running.End());
    }

    [Fact]
    public void WhatCannotBeExplored_IsOneSentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        Refused($"--port {port}: the port is in use, or this user may not use it; name another, or 0 for any that is free.", "explore", "lesions", "--port", $"{port}");
        Refused("--port 70000: this cannot work; use 0 to 65535.", "explore", "lesions", "--port", "70000");
        Refused("--waiting 0: this cannot work; use 1 to 4096.", "explore", "lesions", "--waiting", "0");
        Refused("nowhere: there is no such run, or network with weights; name a run folder, or one of lesions, nodules, nodules-large.", "explore", "nowhere");
        Refused("synthetic:lesions: the masks have 1 class and streets has 13 classes; take data with 13 classes. Also: synthetic:lesions: the images are 1x32x32 and streets takes 3x32x32; take data with 3 channels.", "explore", "lesions", "--against", "streets");
    }

    private void Refused(string sentence, params string[] arguments) => Assert.Equal(new Outcome(2, "", $"{sentence}\n"), runs.Probunet(arguments));

    private static async Task<IEnumerable<string?>> Names(int port, Running running)
    {
        using var client = new HttpClient();
        while (true)
            try
            {
                using var about = JsonDocument.Parse(await client.GetStringAsync($"http://localhost:{port}/api/explorer"));
                return [.. about.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString())];
            }
            catch (HttpRequestException) when (!running.HasExited)
            {
                await Task.Delay(100);
            }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
