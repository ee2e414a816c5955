using System.Collections;

namespace ProbUNet.Models.Data;

/// <summary>One class of an image that may get another label, as a whole.</summary>
/// <param name="From">The class as it was annotated.</param>
/// <param name="To">The class that it becomes; it occurs in no annotation.</param>
/// <param name="Probability">How often it does, in [0, 1].</param>
public readonly record struct LabelSwitch(int From, int To, double Probability);

/// <summary>
/// Classes that are ambiguous by construction (Kohl et al. 2018, section 4.2: the Cityscapes task): each flips to its alternate independently of
/// the others, all of its pixels in an image at once. So n switches make 2ⁿ modes with known probabilities. Mode m has flipped the switch i if and
/// only if bit i of m is set.
/// </summary>
public sealed class LabelSwitches
{
    /// <summary>1024 modes, whose distances to each other an image is judged by: 8 MB and half a million IoUs, and four times that for each switch more.</summary>
    private const int MostSwitches = 10;

    private readonly LabelSwitch[] _switches;

    /// <summary>Puts switches together.</summary>
    /// <param name="switches">1 to 10 of them, so that an image can be judged by all of their modes; no class is in two of them.</param>
    /// <exception cref="ArgumentException">There are none or too many, a class is in two of them, or a probability is none.</exception>
    public LabelSwitches(IReadOnlyList<LabelSwitch> switches)
    {
        if (switches.Count is < 1 or > MostSwitches)
            throw new ArgumentException($"There are 1 to {MostSwitches} switches, not {switches.Count}.", nameof(switches));
        if (switches.SelectMany(each => new[] { each.From, each.To }).GroupBy(@class => @class).FirstOrDefault(uses => uses.Count() > 1) is { Key: var twice })
            throw new ArgumentException($"Class {twice} is switched twice.", nameof(switches));
        if (switches.Any(each => !(each.Probability is >= 0 and <= 1)))
            throw new ArgumentException($"Probabilities are in [0, 1], unlike {string.Join(", ", switches.Select(each => each.Probability))}.", nameof(switches));
        _switches = [.. switches];
        Probabilities = [.. Enumerable.Range(0, 1 << _switches.Length).Select(ProbabilityOf)];
    }

    /// <summary>The switches; switch i is bit i of a mode.</summary>
    public IReadOnlyList<LabelSwitch> Switches => _switches;

    /// <summary>One probability a mode, 2ⁿ; they sum to 1.</summary>
    public IReadOnlyList<double> Probabilities { get; }

    /// <summary>
    /// The distribution over what an image may be annotated with. Modes are made when they are asked for, of the planes that they have in common:
    /// the distribution takes no more memory than the annotation.
    /// </summary>
    /// <param name="original">The annotation, in which no class is switched.</param>
    /// <exception cref="ArgumentException">A switched class is none of the annotation's, or an alternate occurs in it.</exception>
    public ModeDistribution Over(Segmentation original)
    {
        foreach (var each in _switches)
        {
            if (Math.Min(each.From, each.To) < 0 || Math.Max(each.From, each.To) >= original.Classes)
                throw new ArgumentException($"Classes {each.From} and {each.To} are not both among the {original.Classes} of the annotation.", nameof(original));
            if (!original[each.To].IsEmpty)
                throw new ArgumentException($"Class {each.To}, to which class {each.From} is switched, occurs in the annotation.", nameof(original));
        }
        return new ModeDistribution(new SwitchedModes(original, this));
    }

    /// <summary>Mode <paramref name="mode"/> of an annotation.</summary>
    private Segmentation Of(Segmentation original, int mode) => mode == 0 ? original : original.Rearranged(planes =>
    {
        for (var i = 0; i < _switches.Length; i++)
            if ((mode >> i & 1) != 0)
                (planes[_switches[i].From], planes[_switches[i].To]) = (planes[_switches[i].To], planes[_switches[i].From]);
    });

    private double ProbabilityOf(int mode)
    {
        var probability = 1.0;
        for (var i = 0; i < _switches.Length; i++)
            probability *= (mode >> i & 1) != 0 ? _switches[i].Probability : 1 - _switches[i].Probability;
        return probability;
    }

    /// <summary>The modes of one annotation.</summary>
    internal sealed class SwitchedModes(Segmentation original, LabelSwitches switches) : IReadOnlyList<Segmentation>
    {
        public Segmentation Original => original;

        public LabelSwitches Switches => switches;

        public int Count => switches.Probabilities.Count;

        public Segmentation this[int mode] => mode >= 0 && mode < Count ? switches.Of(original, mode) : throw new ArgumentOutOfRangeException(nameof(mode));

        public IEnumerator<Segmentation> GetEnumerator() => Enumerable.Range(0, Count).Select(mode => this[mode]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
