namespace ProbUNet.Models;

/// <summary>Words out of files, as a sentence can bear them.</summary>
internal static class OneLine
{
    private const int Most = 120;

    /// <summary>In one line, and not too long.</summary>
    public static string Of(string text)
    {
        var line = string.Concat(text.Take(Most + 1).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length > Most ? $"{line[..Most]}…" : line;
    }
}
