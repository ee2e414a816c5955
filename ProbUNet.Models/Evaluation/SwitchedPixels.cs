using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>How many pixels of some samples have a class that may be switched, and how many its alternate.</summary>
/// <param name="Original">Pixels of the class as it was annotated, all samples together.</param>
/// <param name="Alternate">Pixels of what it is switched to.</param>
/// <param name="True">Of the pixels that the image truly has of either, how many are expected to be of the alternate in as many draws from the truth.</param>
/// <param name="TrueTotal">The pixels that the image truly has of either, times the samples.</param>
public readonly record struct SwitchedPixels(long Original, long Alternate, double True, long TrueTotal)
{
    /// <summary>The sum over two images or sets of samples.</summary>
    public static SwitchedPixels operator +(SwitchedPixels a, SwitchedPixels b) =>
        new(a.Original + b.Original, a.Alternate + b.Alternate, a.True + b.True, a.TrueTotal + b.TrueTotal);

    /// <summary>The sum over two images or sets of samples.</summary>
    public static SwitchedPixels Add(SwitchedPixels left, SwitchedPixels right) => left + right;

    /// <summary>Counts the pixels of one image's samples, an entry a switch.</summary>
    internal static SwitchedPixels[] Of(IReadOnlyList<Segmentation> samples, ModeDistribution truth, LabelSwitches switches)
    {
        var original = truth.Modes[0];   // mode 0 has switched nothing
        return [.. switches.Switches.Select(each =>
        {
            var total = (long)samples.Count * original[each.From].Area;
            return new SwitchedPixels(samples.Sum(sample => (long)sample[each.From].Area), samples.Sum(sample => (long)sample[each.To].Area), each.Probability * total, total);
        })];
    }
}
