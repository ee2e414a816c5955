using Microsoft.Playwright;
using ProbUNet.Cli.Explorer;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Training;

namespace ProbUNet.Explorer.Tests;

/// <summary>A real Chromium, and an explorer of two networks that have learnt a little. PROBUNET_EXPLORE_RUN names a run folder to look at in the place of the first.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private readonly Dictionary<IPage, Func<int>> _underWay = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ExplorerServer? _one, _two;

    /// <summary>A page on which nothing may go wrong, with one network or two, or that of another explorer.</summary>
    internal async Task<(IPage Page, List<string> Problems)> Open(int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light, bool isOfTwo = false, ExplorerServer? of = null)
    {
        var context = await Chromium().NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, AcceptDownloads = true });
        var address = (of ?? (isOfTwo ? _two : _one))!.Address.ToString();
        var page = await context.NewPageAsync();
        var problems = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                problems.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => problems.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                problems.Add($"asks {request.Url}");
        };
        var underWay = 0;
        page.Request += (_, _) => Interlocked.Increment(ref underWay);
        page.RequestFinished += (_, _) => Interlocked.Decrement(ref underWay);
        page.RequestFailed += (_, _) => Interlocked.Decrement(ref underWay);
        _underWay[page] = () => Volatile.Read(ref underWay);
        await page.GotoAsync(address);
        await page.Locator("main[aria-busy=false] .samples-list li").First.WaitForAsync(new() { Timeout = 60_000 });
        return (page, problems);
    }

    /// <summary>Waits until a page has asked nothing for a while: longer than its map waits for.</summary>
    internal async Task Settle(IPage page)
    {
        for (var quiet = 0; quiet < 5; quiet = _underWay[page]() == 0 ? quiet + 1 : 0)
            await page.WaitForTimeoutAsync(100);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } program)
            return;
        _playwright = await Playwright.CreateAsync();
        // Chromium's own sandbox does not start for root, as which containers run.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"] });
        var data = DataSource.Open("synthetic:lesions", 64, 64);
        var run = Environment.GetEnvironmentVariable("PROBUNET_EXPLORE_RUN") is { Length: > 0 } named ? RunFolder.Open(named) : Trained(data);
        ExploredRun Learnt() => new(Path.GetFileName(run.Path), "Probabilistic U-Net", run.Plan.Steps, run.LoadModel());
        _one = await ExplorerServer.Start([Learnt()], data.Name, data.Test, new());
        _two = await ExplorerServer.Start([Learnt(), new("ensemble", "U-Net Ensemble", 0, Explorers.Network(Small(new UNetEnsembleSpec())))], data.Name, data.Test, new());
    }

    private RunFolder Trained(GradedData data)
    {
        using var model = Explorers.Network(Small(new ProbabilisticUNetSpec()));
        var run = RunFolder.Create(Path.Combine(_folder, "lesions"), model, Plan, data);
        Trainer.Train(model, data.Train, Plan, new() { Run = run });
        return run;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        foreach (var server in new[] { _one, _two })
            if (server is not null)
                await server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static readonly TrainingPlan Plan = new() { Steps = 250, BatchSize = 6, LearningRate = 2e-3, DiversityEvery = 1000 };

    private static ModelSpec Small(ModelSpec spec) => spec with { Image = new() { Channels = 1, Height = 64, Width = 64 }, UNet = new() { Channels = [8, 16, 24, 32], ConvsPerBlock = 1 } };

    /// <summary>The browser; skips the calling test where there is none, and fails it where one is promised: .ci/run does, once it has installed one.</summary>
    private IBrowser Chromium()
    {
        if (_browser is not null)
            return _browser;
        const string reason = "No Chromium is in PATH; on Debian, apt-get install chromium.";
        if (Environment.GetEnvironmentVariable("PROBUNET_HAS_BROWSER") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
        throw new InvalidOperationException(reason);
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name))).FirstOrDefault(File.Exists);
}
