namespace ProbUNet.Models.Terminal;

/// <summary>Numbers as a row of small bars, a letter each, for terminals with and without Unicode.</summary>
internal static class Blocks
{
    private const string Unicode = "▁▂▃▄▅▆▇█", Ascii = "_.-:=+*#";

    /// <summary>A bar of a share in [0, 1]; a blank for what is no number.</summary>
    public static char Bar(double share, bool unicode) => double.IsNaN(share) ? ' '
        : (unicode ? Unicode : Ascii)[Math.Clamp((int)Math.Round(share * (Unicode.Length - 1), MidpointRounding.AwayFromZero), 0, Unicode.Length - 1)];

    /// <summary>A curve from its lowest to its highest value, on a logarithmic scale if all are above 0; blanks for what are no numbers.</summary>
    public static string Curve(IReadOnlyList<double> values, bool unicode)
    {
        var seen = values.Where(double.IsFinite).ToList();
        if (seen.Count == 0)
            return new string(' ', values.Count);
        var scale = seen.Min() > 0 ? (Func<double, double>)Math.Log : value => value;
        var (low, high) = (scale(seen.Min()), scale(seen.Max()));
        return string.Concat(values.Select(value => Bar(!double.IsFinite(value) ? double.NaN : high > low ? (scale(value) - low) / (high - low) : 0, unicode)));
    }

    /// <summary>How far something is.</summary>
    /// <param name="share">Of it, in [0, 1].</param>
    /// <param name="width">Letters.</param>
    /// <param name="unicode">Whether the terminal has more than ASCII.</param>
    public static (string Done, string Left) Progress(double share, int width, bool unicode)
    {
        var done = (int)(Math.Clamp(share, 0, 1) * width);
        return (new string(unicode ? '█' : '#', done), new string(unicode ? '░' : '-', width - done));
    }
}
