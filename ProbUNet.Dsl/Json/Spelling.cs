namespace ProbUNet.Dsl;

/// <summary>What somebody meant who misspelt a name.</summary>
internal static class Spelling
{
    /// <summary>The name nearest to a word, whatever the case; nothing where none is so near that it may be meant.</summary>
    public static string? Nearest(string word, IEnumerable<string> names)
    {
        // A slip or two, but not so many that another word of that length would do.
        var most = word.Length < 4 ? 1 : Math.Max(1, Math.Min(3, word.Length / 3));
        return names.Select(name => (Name: name, Slips: Slips(word.ToUpperInvariant(), name.ToUpperInvariant()))).Where(pair => pair.Slips <= most).OrderBy(pair => pair.Slips).FirstOrDefault().Name;
    }

    /// <summary>The name nearest to a word as an aside, with a space before it; nothing where there is none.</summary>
    public static string Aside(string word, IEnumerable<string> names) => Nearest(word, names) is { } meant ? $" (did you mean {meant}?)" : "";

    /// <summary>How many letters have to be put in, taken out, changed, or exchanged with their neighbour, to make one word of another.</summary>
    internal static int Slips(string from, string to)
    {
        // Of the table of all beginnings, three rows at a time.
        var (before, last, next) = (new int[to.Length + 1], new int[to.Length + 1], new int[to.Length + 1]);
        for (var i = 0; i <= from.Length; i++)
        {
            (before, last, next) = (last, next, before);
            for (var j = 0; j <= to.Length; j++)
                next[j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(last[j], next[j - 1]) + 1,
                    Math.Min(
                        last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1),
                        i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] ? before[j - 2] + 1 : int.MaxValue));
        }
        return next[to.Length];
    }
}
