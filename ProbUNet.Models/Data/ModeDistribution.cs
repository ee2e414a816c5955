using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Data;

/// <summary>
/// A distribution over finitely many segmentations: one known in closed form, from which the graders of an image are drawn, or one of which there are only
/// draws, the graders themselves. Scores that mend what few draws miss go by <see cref="AreDraws"/>.
/// </summary>
public sealed class ModeDistribution
{
    /// <summary>A distribution over segmentations.</summary>
    /// <param name="modes">The segmentations, each [K, H, W]; at least one, all of one size, all with the same pixels ignored.</param>
    /// <param name="probabilities">One probability a mode, none negative; they sum to 1 within 1e-9.</param>
    /// <exception cref="ArgumentException">The modes and probabilities are no such distribution.</exception>
    public ModeDistribution(IReadOnlyList<Segmentation> modes, IReadOnlyList<double> probabilities)
        : this(modes, probabilities, "Modes")
    {
    }

    private ModeDistribution(IReadOnlyList<Segmentation> modes, IReadOnlyList<double> probabilities, string what)
    {
        Modes = Alike(modes, what);
        Probabilities = Distribution(probabilities, modes.Count);
    }

    /// <summary>A distribution over binary masks, each [H, W]; see the other constructor.</summary>
    /// <exception cref="ArgumentException">The modes and probabilities are no such distribution.</exception>
    public ModeDistribution(IReadOnlyList<BitMask> modes, IReadOnlyList<double> probabilities)
        : this([.. modes.Select(Segmentation.Binary)], probabilities)
    {
    }

    /// <summary>The distribution over what label switches make of an annotation, with modes that are made when asked for.</summary>
    internal ModeDistribution(LabelSwitches.SwitchedModes modes) => (Modes, Probabilities) = (modes, modes.Switches.Probabilities);

    /// <summary>The segmentations, each [K, H, W].</summary>
    public IReadOnlyList<Segmentation> Modes { get; }

    /// <summary>One probability a mode; they sum to 1.</summary>
    public IReadOnlyList<double> Probabilities { get; }

    /// <summary>
    /// Whether the modes are independent draws from what is not known, all alike, so that an unbiased estimate leaves out their pairs i = j; else they are the
    /// whole truth, and Σᵢⱼ pᵢ pⱼ d(Yᵢ, Yⱼ) is exact.
    /// </summary>
    public bool AreDraws { get; private init; }

    /// <summary>The switches whose outcomes the modes are, where they are that: mode m has flipped the switch i if and only if bit i of m is set.</summary>
    public LabelSwitches? Switches => (Modes as LabelSwitches.SwitchedModes)?.Switches;

    /// <summary>What is known of a distribution by draws from it: each of them is as probable as the others, and they <see cref="AreDraws"/>.</summary>
    /// <param name="draws">Independent, such as graders; at least one, of one size.</param>
    /// <exception cref="ArgumentException">There is no draw, or they are not alike.</exception>
    public static ModeDistribution OfDraws(IReadOnlyList<Segmentation> draws) =>
        new(draws, [.. Enumerable.Repeat(1.0 / Math.Max(draws.Count, 1), draws.Count)], "Graders") { AreDraws = true };

    /// <summary>Draws one segmentation: a grader.</summary>
    /// <param name="random">One number of it is used.</param>
    public Segmentation Draw(RandomStream random) => Modes[DrawMode(random)];

    /// <summary>Draws the place of a mode.</summary>
    /// <param name="random">One number of it is used.</param>
    public int DrawMode(RandomStream random)
    {
        var left = random.NextDouble();
        for (var mode = 0; mode < Probabilities.Count; mode++)
        {
            left -= Probabilities[mode];
            if (left < 0)
                return mode;
        }
        // Rounding may leave a sum a little below 1: the last mode that can occur takes the rest.
        return Enumerable.Range(0, Probabilities.Count).Last(mode => Probabilities[mode] > 0);
    }

    /// <summary>The distribution over a window of what is drawn.</summary>
    internal ModeDistribution Crop(Window window) => Modes is LabelSwitches.SwitchedModes switched
        ? switched.Switches.Over(switched.Original.Crop(window))
        : new ModeDistribution([.. Modes.Select(mode => mode.Crop(window))], Probabilities) { AreDraws = AreDraws };

    /// <summary>Adds all that decides the distribution to a hash.</summary>
    internal void AppendTo(IncrementalHash hash)
    {
        var switched = Modes as LabelSwitches.SwitchedModes;
        IEnumerable<Segmentation> drawn = switched is null ? Modes : [switched.Original];
        IEnumerable<double> table = switched is null ? Probabilities : switched.Switches.Switches.SelectMany(each => new[] { each.From, each.To, each.Probability });
        foreach (var number in table)
            hash.AppendData(BitConverter.GetBytes(number));
        foreach (var plane in drawn.SelectMany(mode => mode.Planes))
            hash.AppendData(MemoryMarshal.AsBytes(plane.Words));
    }

    private static IReadOnlyList<Segmentation> Alike(IReadOnlyList<Segmentation> modes, string what)
    {
        if (modes.Count == 0)
            throw new ArgumentException("A distribution over masks needs at least one mode.", nameof(modes));
        CheckAlike(modes, what);
        return [.. modes];
    }

    /// <summary>Refuses segmentations of several sizes or numbers of classes, or with different pixels ignored.</summary>
    private static void CheckAlike(IReadOnlyList<Segmentation> segmentations, string what)
    {
        var first = segmentations[0];
        foreach (var other in segmentations)
        {
            if (other.Height != first.Height || other.Width != first.Width)
                throw new ArgumentException($"{what} have one size, not {first.Height}x{first.Width} and {other.Height}x{other.Width}.", nameof(segmentations));
            if (other.Classes != first.Classes)
                throw new ArgumentException($"{what} have one number of classes, not {first.Classes} and {other.Classes}.", nameof(segmentations));
        }
        if (first.Classes > 1 && segmentations.Count > 1 && first.Labelled is var labelled && segmentations.Any(other => !other.Labelled.Equals(labelled)))
            throw new ArgumentException($"{what} of one image ignore the same pixels.", nameof(segmentations));
    }

    private static IReadOnlyList<double> Distribution(IReadOnlyList<double> probabilities, int modes)
    {
        if (probabilities.Count != modes)
            throw new ArgumentException($"{modes} modes need {modes} probabilities, not {probabilities.Count}.", nameof(probabilities));
        if (!probabilities.All(probability => probability >= 0) || !(Math.Abs(probabilities.Sum() - 1) <= 1e-9))
            throw new ArgumentException($"Probabilities are not negative and sum to 1, unlike {string.Join(", ", probabilities)}.", nameof(probabilities));
        return [.. probabilities];
    }
}
