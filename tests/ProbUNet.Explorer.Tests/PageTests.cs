using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ProbUNet.Models.Sources.Files;
using ProbUNet.Models.Sources.Synthetic;

namespace ProbUNet.Explorer.Tests;

/// <summary>The page in a real Chromium. What it looks like is kept in TestResults/explorer.</summary>
public sealed partial class PageTests(Browser browser) : IClassFixture<Browser>
{
    private const string First = ".run:first-of-type";

    [Fact]
    public async Task DraggingThePoint_ChangesTheMask_AndAsksOneAfterTheOther()
    {
        var (page, problems) = await browser.Open();
        var (under, most) = (0, 0);
        page.Request += (_, request) => most = Math.Max(most, request.Url.Contains("decode") ? ++under : under);
        page.RequestFinished += (_, request) => under -= request.Url.Contains("decode") ? 1 : 0;
        var before = await Pixels(page);
        var field = (await page.Locator($"{First} .field").BoundingBoxAsync())!;
        Point At(double x, double y) => new(field.X + field.Width * (0.5 + x / 8.8), field.Y + field.Height * (0.5 - y / 8.8));
        await page.Mouse.MoveAsync(At(0, 0).X, At(0, 0).Y);
        await page.Mouse.DownAsync();
        var seen = new HashSet<string> { before };
        foreach (var (x, y) in new[] { (-3.5, 0.0), (3.5, 0), (0, 3.5), (0, -3.5) })
        {
            await page.Mouse.MoveAsync(At(x, y).X, At(x, y).Y, new() { Steps = 12 });
            await browser.Settle(page);
            seen.Add(await Pixels(page));
        }
        await page.Mouse.UpAsync();
        Assert.True(seen.Count >= 3, $"{seen.Count} different masks");
        Assert.Matches("z[1-6] .* σ, z[1-6] −3.5 σ; mask", await Handle(page).GetAttributeAsync("aria-valuetext"));
        Assert.Equal(1, most);
        await IsFine(page, problems);
    }

    [Fact]
    public async Task TheKeyboard_MovesThePoint_AndAScreenReaderIsTold()
    {
        var (page, problems) = await browser.Open();
        var before = await Pixels(page);
        await Handle(page).FocusAsync();
        for (var i = 0; i < 7; i++)
            await page.Keyboard.PressAsync("Shift+ArrowLeft");
        await page.Keyboard.PressAsync("ArrowUp");
        await browser.Settle(page);
        Assert.Matches("z[1-6] −3.5 σ, z[1-6] 0.1 σ; mask", await Handle(page).GetAttributeAsync("aria-valuetext"));
        await Assertions.Expect(page.Locator("#live")).ToContainTextAsync("Mask at the point");
        await page.Keyboard.PressAsync("Home");
        await browser.Settle(page);
        Assert.Equal(before, await Pixels(page));
        // Every control has a name, and the sliders move the point too.
        foreach (var slider in await page.Locator($"{First} .sliders input").AllAsync())
            Assert.Matches("Latent dimension [1-6], in standard deviations", await slider.GetAttributeAsync("aria-label"));
        await page.Locator($"{First} .sliders input").First.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await browser.Settle(page);
        await Assertions.Expect(page.Locator($"{First} .sliders output").First).ToHaveTextAsync("4.0 σ");
        Assert.Empty(await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('button, input:not([type=file]), select')]
                .filter(each => !each.getAttribute('aria-label') && !each.textContent.trim() && !(each.labels?.length > 0))
                .map(each => each.outerHTML)
            """));
        await IsFine(page, problems);
    }

    [Fact]
    public async Task Samples_Differ_AreSorted_AndSaved()
    {
        var (page, problems) = await browser.Open();
        var items = page.Locator($"{First} .samples-list li");
        await Assertions.Expect(items).ToHaveCountAsync(16);
        await page.Locator($"{First} .draw").ClickAsync();
        await Assertions.Expect(items).ToHaveCountAsync(32);
        var pictures = await page.EvaluateAsync<string[]>($"() => [...document.querySelectorAll('{First} .samples-list canvas')].map(canvas => canvas.toDataURL())");
        Assert.True(pictures.Distinct().Count() > 16, $"{pictures.Distinct().Count()} different samples of 32");
        await page.Locator($"{First} .sort").SelectOptionAsync("area");
        var areas = (await items.AllInnerTextsAsync()).Select(text => Percent().Match(text) is { Success: true } match ? double.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture) : 0).ToList();
        Assert.Equal(areas.OrderDescending(), areas);
        var saved = await page.RunAndWaitForDownloadAsync(() => page.Locator($"{First} .save-all").ClickAsync());
        using var zip = ZipFile.OpenRead(await saved.PathAsync());
        Assert.Equal(32, zip.Entries.Count);
        foreach (var entry in zip.Entries)
        {
            using var bytes = new MemoryStream();
            using (var content = entry.Open())
                content.CopyTo(bytes);
            var mask = PngFile.Decode(entry.FullName, bytes.ToArray());
            Assert.Equal((1, 64, 64), (mask.Channels, mask.Height, mask.Width));
            Assert.All(mask.Levels, level => Assert.True(level is 0 or 255));
        }
        await IsFine(page, problems);
    }

    [Fact]
    public async Task ABadUpload_IsRefusedInASentence_AndAGoodOneIsShown()
    {
        var (page, problems) = await browser.Open();
        async Task Choose(string name, byte[] bytes) => await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "image/png", Buffer = bytes });
        await Choose("holiday.png", [.. Enumerable.Range(0, 500).Select(i => (byte)i)]);
        await Assertions.Expect(page.Locator("#alert")).ToHaveTextAsync("The image: this is not a PNG file, whatever its name says; convert it to PNG.");
        problems.RemoveAll(problem => problem.Contains("400"));   // Chromium tells of every refusal
        await Choose("scan <b>7</b>.png", Explorers.Png(80, 70));
        await Assertions.Expect(page.Locator("#note")).ToHaveTextAsync("The middle 64x64 pixels of 80x70 are shown: the network takes no more.");
        await page.Locator($"main[aria-busy=false] {First} .samples-list li").First.WaitForAsync();
        await Assertions.Expect(page.Locator("#alert")).ToBeHiddenAsync();
        await page.EvaluateAsync("() => document.getElementById('alert').textContent = ''");
        Assert.Equal("scan <b>7</b>.png", await page.Locator("#image option:checked").TextContentAsync());
        await Assertions.Expect(page.Locator($"{First} .grader-choice")).ToBeHiddenAsync();
        await Shot(page, "upload");
        await IsFine(page, problems);
    }

    [Fact]
    public async Task AFamilyWithoutLatent_SaysSo_AndShowsItsAnswers()
    {
        var (page, problems) = await browser.Open(1440, isOfTwo: true);
        var ensemble = page.Locator(".run").Nth(1);
        await Assertions.Expect(ensemble.Locator(".no-latent")).ToContainTextAsync("has no latent space to walk through");
        await Assertions.Expect(ensemble.Locator(".samples-list li")).ToHaveCountAsync(4);
        await Assertions.Expect(ensemble.Locator(".draw")).ToBeDisabledAsync();
        await Assertions.Expect(ensemble.Locator(".plane")).ToHaveCountAsync(0);
        await browser.Settle(page);
        await Shot(page, "two-runs");
        await IsFine(page, problems);
    }

    [Theory]
    [InlineData("streets-light", 1280, 900, ColorScheme.Light)]
    [InlineData("streets-phone-dark", 390, 844, ColorScheme.Dark)]
    public async Task OfSeveralClasses_EveryOneThatIsDrawnAnywhere_IsInTheKey(string name, int width, int height, ColorScheme scheme)
    {
        await using var server = await Explorers.Start([.. SyntheticStreets.Draw(Explorers.Side, Explorers.Side).Test.Take(3)], null, Explorers.Streets);
        var (page, problems) = await browser.Open(width, height, scheme, of: server);
        await browser.Settle(page);
        var told = await page.Locator($"{First} .class-key li").AllInnerTextsAsync();
        // Asked again, as the page did: the same place, samples and plane.
        var drawn = await page.EvaluateAsync<string[]>("""
            async () => {
                const get = async (path, body) => await (await fetch(path, body ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {})).json();
                const { classes, chosen } = await get('/api/explorer');
                const [x, y] = ['x', 'y'].map(axis => Number(document.querySelector(`.axis-${axis}`).value));
                const run = `/api/runs/0/images/${chosen}`;
                const segmentations = [
                    ...(await get(`/api/images/${chosen}`)).graders, ...await get(`${run}/samples`, { seed: 1, count: 16 }), await get(`${run}/map`, { u: [0, 0, 0], x, y, side: 13 }),
                ].flatMap(each => [...atob(each.pixels)].map(character => character.charCodeAt(0)));
                return [...new Set(segmentations)].filter(label => label < classes.length).map(label => classes[label].name);
            }
            """);
        Assert.True(drawn.Length > 2, string.Join(", ", drawn));
        Assert.Equal(drawn.Order(), told.Select(words => words[..words.LastIndexOf(words.EndsWith('%') ? words.Split(' ')[^2] : ", elsewhere", StringComparison.Ordinal)].Trim()).Order());
        Assert.Contains(told, words => words.EndsWith('%'));
        Assert.Contains(told, words => words.EndsWith(", elsewhere"));
        await Assertions.Expect(page.Locator($"{First} .panel-head .check")).ToContainTextAsync("Segmentations behind");
        await Shot(page, name);
        await IsFine(page, problems);
    }

    [Theory]
    [InlineData("desktop-light", 1280, 900, ColorScheme.Light)]
    [InlineData("desktop-dark", 1280, 900, ColorScheme.Dark)]
    [InlineData("phone-light", 390, 844, ColorScheme.Light)]
    [InlineData("phone-dark", 390, 844, ColorScheme.Dark)]
    public async Task EveryLayer_IsShown_AtAnyWidthWithoutASideways_Scroll(string name, int width, int height, ColorScheme scheme)
    {
        var (page, problems) = await browser.Open(width, height, scheme);
        var plain = await Pixels(page);
        var seen = new HashSet<string> { plain };
        foreach (var layer in new[] { "mean", "entropy", "graders" })
        {
            var box = page.Locator($"{First} .layer.{layer} input[type=checkbox]");
            await box.CheckAsync();
            Assert.True(seen.Add(await Pixels(page)), layer);
            await page.Locator($"{First} .layer.{layer} input[type=range]").FillAsync("0.5");
            Assert.True(seen.Add(await Pixels(page)), $"{layer} at another opacity");
            await box.SetCheckedAsync(layer == "graders");
        }
        await page.Locator($"{First} .layer.graders input[type=range]").FillAsync("1");
        for (var i = 0; i < 4; i++)
            await Handle(page).PressAsync("Shift+ArrowLeft");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth"));
        await browser.Settle(page);
        await Shot(page, name);
        await IsFine(page, problems);
    }

    private sealed record Point(float X, float Y)
    {
        public Point(double x, double y) : this((float)x, (float)y) { }
    }

    private static async Task IsFine(IPage page, List<string> problems)
    {
        Assert.Empty(problems);
        Assert.Equal("", await page.Locator("#alert").TextContentAsync());
    }

    private static ILocator Handle(IPage page) => page.Locator($"{First} .handle");

    private static Task<string> Pixels(IPage page) => page.Locator($"{First} .stage").EvaluateAsync<string>("canvas => canvas.toDataURL()");

    private static Task Shot(IPage page, string name) => page.ScreenshotAsync(new() { Path = Path.Combine(Explorers.Artefacts, $"{name}.png"), FullPage = true });

    [GeneratedRegex("[0-9]+\\.[0-9]")]
    private static partial Regex Percent();
}
