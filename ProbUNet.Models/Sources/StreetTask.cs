using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources;

/// <summary>
/// The paper's second task (Kohl et al. 2018, section 4.2), for any set of street scenes: five classes get an alternate each, to which the class flips
/// as a whole, anew at each visit. Probabilities, and the order of the alternates after the fixed classes, are those of the paper's released code.
/// </summary>
internal static class StreetTask
{
    private static readonly (string Name, double Probability)[] Switched =
    [
        ("sidewalk", 8 / 17.0), ("person", 7 / 17.0), ("car", 6 / 17.0), ("vegetation", 5 / 17.0), ("road", 4 / 17.0),
    ];

    /// <summary>The classes with the alternates behind them, and the switches between them. The metric runs over the switched classes and their alternates alone.</summary>
    /// <param name="names">The fixed classes; the five that are switched are among them.</param>
    public static (SegmentationClasses Classes, LabelSwitches Switches) Over(params string[] names)
    {
        LabelSwitch[] switches = [.. Switched.Select((each, i) => new LabelSwitch(Array.IndexOf(names, each.Name), names.Length + i, each.Probability))];
        int[] evaluated = [.. switches.Select(each => each.From).Order(), .. switches.Select(each => each.To)];
        return (new([.. names, .. Switched.Select(each => $"{each.Name} 2")], evaluated), new(switches));
    }
}
