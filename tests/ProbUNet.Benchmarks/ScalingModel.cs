using System.Globalization;
using System.Text;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Benchmarks;

/// <summary>
/// How a training would go on more ranks than there are here. A step is the slowest rank's computing, drawn from what was measured, and then an all-reduce, by the alpha-beta model of a ring
/// (Thakur, Rabenseifner and Gropp 2005, "Optimization of Collective Communication Operations in MPICH"): 2 (N − 1)/N · bytes/bandwidth, and a latency twice ⌈log₂ N⌉ times for each bucket.
/// </summary>
internal sealed class ScalingModel(ScalingNumbers numbers)
{
    private const int Draws = 400, BucketValues = 1 << 20;

    /// <summary>What a network is taken to be: bits a second, and the seconds that a message takes at the least.</summary>
    public static IReadOnlyList<(string Name, double Bits, double Latency)> Networks { get; } = [("1 Gbit/s", 1e9, 50e-6), ("10 Gbit/s", 1e10, 20e-6), ("100 Gbit/s", 1e11, 2e-6)];

    private static readonly int[] Ranks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    /// <summary>Seconds of an all-reduce of all gradients.</summary>
    /// <param name="ranks">Between how many.</param>
    /// <param name="bits">Of the network, a second.</param>
    /// <param name="latency">Of a message, seconds.</param>
    /// <param name="valueBytes">4 for float32, 2 for bfloat16.</param>
    public double Reduce(int ranks, double bits, double latency, int valueBytes)
    {
        var buckets = Math.Ceiling((double)numbers.Parameters / BucketValues);
        return ranks == 1 ? 0 : 2.0 * (ranks - 1) / ranks * numbers.Parameters * valueBytes * 8 / bits + buckets * 2 * Math.Ceiling(Math.Log2(ranks)) * latency;
    }

    /// <summary>The mean seconds of what the slowest of some ranks computes, by drawing a measured step for each of them.</summary>
    /// <param name="ranks">How many.</param>
    /// <param name="batch">Images of each.</param>
    /// <param name="precision">What maps are computed in.</param>
    public double Slowest(int ranks, int batch, string precision)
    {
        var measured = numbers.Steps.Single(step => step is { Ranks: 1, Threads: 1 } && step.Batch == batch && step.Precision == precision).Seconds;
        var random = RandomStream.For(1, ranks, batch);
        return Enumerable.Range(0, Draws).Average(_ => Enumerable.Range(0, ranks).Max(_ => measured[random.NextInt32(measured.Count)]));
    }

    /// <summary>The tables of docs/scaling.md.</summary>
    public string Tables()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"| here, 8 images a step | one process, two threads | two ranks, float32 on the wire | two ranks, bfloat16 on the wire |");
        Line($"| --- | ---: | ---: | ---: |");
        foreach (var precision in Enum.GetNames<Precision>())
        {
            var one = Sides(1, precision, nameof(Precision.Float32));
            Line($"| {precision} | {1000 * Median(one):0} ms | {Ratio(one, precision, nameof(Precision.Float32))} | {Ratio(one, precision, nameof(Precision.BFloat16))} |");
        }
        Line($"");
        Line($"| an all-reduce here, two ranks | values | float32 | bfloat16 |");
        Line($"| --- | ---: | ---: | ---: |");
        foreach (var each in numbers.Reduces.GroupBy(reduce => reduce.Values))
            Line($"| | {each.Key:N0} | {1e6 * each.Single(reduce => reduce.Wire == nameof(Precision.Float32)).Seconds:N1} µs | {1e6 * each.Single(reduce => reduce.Wire == nameof(Precision.BFloat16)).Seconds:N1} µs |");
        foreach (var precision in Enum.GetNames<Precision>())
        {
            Line($"");
            Line($"| ranks, {precision}, 8 images each | {string.Join(" | ", Networks.SelectMany(network => new[] { $"{network.Name}, f32", "bf16" }))} |");
            Line($"| ---: | {string.Join(" | ", Networks.SelectMany(_ => new[] { "---:", "---:" }))} |");
            foreach (var ranks in Ranks)
                Line($"| {ranks} | {string.Join(" | ", Networks.SelectMany(network => new[] { 4, 2 }.Select(bytes => Cell(ranks, network.Bits, network.Latency, bytes, precision))))} |");
        }
        foreach (var precision in Enum.GetNames<Precision>())
        {
            Line($"");
            Line($"| ranks, {precision}, a batch of 32 shared by all | images each | {string.Join(" | ", Networks.SelectMany(network => new[] { $"{network.Name}, f32", "bf16" }))} |");
            Line($"| ---: | ---: | {string.Join(" | ", Networks.SelectMany(_ => new[] { "---:", "---:" }))} |");
            foreach (var ranks in new[] { 4, 8, 16, 32 })
                Line($"| {ranks} | {32 / ranks} | {string.Join(" | ", Networks.SelectMany(network => new[] { 4, 2 }.Select(bytes => Shared(ranks, network.Bits, network.Latency, bytes, precision))))} |");
        }
        Line($"");
        Line($"| 64 ranks, Float32, 8 images each and step | {string.Join(" | ", Networks.Select(network => network.Name))} |");
        Line($"| --- | {string.Join(" | ", Networks.Select(_ => "---:"))} |");
        Line($"| every step, float32 | {string.Join(" | ", Networks.Select(network => Every(network, 1, 4)))} |");
        Line($"| every step, bfloat16 | {string.Join(" | ", Networks.Select(network => Every(network, 1, 2)))} |");
        Line($"| every step, float32, hidden behind the backward pass as far as can be | {string.Join(" | ", Networks.Select(Hidden))} |");
        foreach (var every in new[] { 2, 4, 8, 16 })
            Line($"| every {every} steps (accumulated gradients, or weights averaged) | {string.Join(" | ", Networks.Select(network => Every(network, every, 4)))} |");
        return text.ToString();
    }

    /// <summary>Images a second by those of one rank, and how well the ranks are used.</summary>
    private string Cell(int ranks, double bits, double latency, int bytes, string precision)
    {
        var (alone, together) = (Slowest(1, 8, precision), Slowest(ranks, 8, precision) + Reduce(ranks, bits, latency, bytes));
        return string.Create(CultureInfo.InvariantCulture, $"{ranks * alone / together:0.0}x ({100 * alone / together:0} %)");
    }

    /// <summary>The same where 32 images are shared, which one rank would take eight at a time.</summary>
    private string Shared(int ranks, double bits, double latency, int bytes, string precision)
    {
        var (alone, together) = (4 * Slowest(1, 8, precision), Slowest(ranks, 32 / ranks, precision) + Reduce(ranks, bits, latency, bytes));
        return string.Create(CultureInfo.InvariantCulture, $"{alone / together:0.0}x ({100 * alone / together / ranks:0} %)");
    }

    private string Every((string Name, double Bits, double Latency) network, int every, int bytes) =>
        Percent(Slowest(64, 8, nameof(Precision.Float32)) + Reduce(64, network.Bits, network.Latency, bytes) / every);

    /// <summary>Two thirds of the computing are the backward pass.</summary>
    private string Hidden((string Name, double Bits, double Latency) network)
    {
        var computing = Slowest(64, 8, nameof(Precision.Float32));
        return Percent(computing + Math.Max(0, Reduce(64, network.Bits, network.Latency, 4) - computing * 2 / 3));
    }

    private string Percent(double step) => string.Create(CultureInfo.InvariantCulture, $"{100 * Slowest(1, 8, nameof(Precision.Float32)) / step:0} %");

    private List<StepSeconds> Sides(int ranks, string precision, string wire) =>
        [.. numbers.Steps.Where(step => step.Ranks == ranks && step.Ranks * step.Threads == 2 && step.Precision == precision && step.Wire == wire).OrderBy(step => step.Round)];

    private string Ratio(List<StepSeconds> one, string precision, string wire)
    {
        var two = Sides(2, precision, wire);
        var ratios = one.Zip(two, (a, b) => a.Median / b.Median).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{1000 * Median(two):0} ms: {ratios[ratios.Count / 2]:0.00}x ({ratios[0]:0.00} to {ratios[^1]:0.00})");
    }

    private static double Median(List<StepSeconds> rounds) => rounds.Select(step => step.Median).Order().ElementAt(rounds.Count / 2);
}
