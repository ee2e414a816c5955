using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace ProbUNet.Explorer.Tests;

/// <summary>Many at once, on this machine alone and for a few seconds.</summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Clients = 32;

    [Theory]
    [InlineData(64)]   // more than there are clients: nobody is sent away
    [InlineData(4)]
    public async Task ThirtyTwoClients_GetAnswersOrAreToldToComeAgain_AndNothingElse(int waiting)
    {
        await using var server = await Explorers.Start(new() { Waiting = waiting });
        using var client = server.Client();
        (await client.Decode([0, 0, 0])).EnsureSuccessStatusCode();
        var clock = Stopwatch.StartNew();
        var answers = (await Task.WhenAll(Enumerable.Range(0, Clients).Select(Ask))).SelectMany(each => each).ToList();
        var seconds = clock.Elapsed.TotalSeconds;
        var times = answers.Where(answer => answer.Status == HttpStatusCode.OK).Select(answer => answer.Milliseconds).Order().ToList();
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{Clients} clients, {waiting} may wait: {times.Count} decodes of {Explorers.Side}x{Explorers.Side} in {seconds:0.0} s, median {times[times.Count / 2]:0} ms, p99 {times[times.Count * 99 / 100]:0} ms; {answers.Count - times.Count} sent away with 503");
        output.WriteLine(line);
        await File.WriteAllTextAsync(Path.Combine(Explorers.Artefacts, $"load-{waiting}.txt"), line + "\n");
        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable }));
        if (waiting >= Clients)
            Assert.Equal(answers.Count, times.Count);
        Assert.True(times.Count >= Clients);

        async Task<List<(HttpStatusCode Status, double Milliseconds)>> Ask(int number)
        {
            using var own = server.Client();
            var answers = new List<(HttpStatusCode, double)>();
            for (var i = 0; i < 50 && (clock.Elapsed < TimeSpan.FromSeconds(4) || i == 0); i++)
            {
                var start = Stopwatch.GetTimestamp();
                using var response = await own.Decode([0.01 * i, 0.1 * number, 0], $"t{number % 4}");
                answers.Add((response.StatusCode, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                    await Task.Delay(50);
            }
            return answers;
        }
    }
}
