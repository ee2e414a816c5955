namespace ProbUNet.Models.Data;

/// <summary>A distribution over finitely many masks, known in closed form: what a synthetic task draws its graders from.</summary>
/// <param name="Modes">The masks, each [H, W]; at least one, all of one size.</param>
/// <param name="Probabilities">One probability a mode, none negative; they sum to 1 within 1e-9.</param>
/// <exception cref="ArgumentException">The modes and probabilities are no such distribution.</exception>
public sealed record ModeDistribution(IReadOnlyList<BitMask> Modes, IReadOnlyList<double> Probabilities)
{
    /// <summary>The masks, each [H, W].</summary>
    public IReadOnlyList<BitMask> Modes { get; } = OfOneSize(Modes);

    /// <summary>One probability a mode; they sum to 1.</summary>
    public IReadOnlyList<double> Probabilities { get; } = Distribution(Probabilities, Modes.Count);

    /// <summary>Draws one mask: a grader.</summary>
    /// <param name="random">One number of it is used.</param>
    public BitMask Draw(RandomStream random)
    {
        var left = random.NextDouble();
        for (var mode = 0; mode < Modes.Count; mode++)
        {
            left -= Probabilities[mode];
            if (left < 0)
                return Modes[mode];
        }
        // Rounding may leave a sum a little below 1: the last mode that can occur takes the rest.
        return Modes[Enumerable.Range(0, Modes.Count).Last(mode => Probabilities[mode] > 0)];
    }

    private static IReadOnlyList<BitMask> OfOneSize(IReadOnlyList<BitMask> modes)
    {
        if (modes.Count == 0)
            throw new ArgumentException("A distribution over masks needs at least one mode.", nameof(Modes));
        if (modes.FirstOrDefault(mode => mode.Height != modes[0].Height || mode.Width != modes[0].Width) is { } other)
            throw new ArgumentException($"Modes have one size, not {modes[0].Height}x{modes[0].Width} and {other.Height}x{other.Width}.", nameof(Modes));
        return [.. modes];
    }

    private static IReadOnlyList<double> Distribution(IReadOnlyList<double> probabilities, int modes)
    {
        if (probabilities.Count != modes)
            throw new ArgumentException($"{modes} modes need {modes} probabilities, not {probabilities.Count}.", nameof(Probabilities));
        if (!probabilities.All(probability => probability >= 0) || !(Math.Abs(probabilities.Sum() - 1) <= 1e-9))
            throw new ArgumentException($"Probabilities are not negative and sum to 1, unlike {string.Join(", ", probabilities)}.", nameof(Probabilities));
        return [.. probabilities];
    }
}
