namespace ProbUNet.Models;

/// <summary>Patterns of names, in which * stands for any letters, also for none.</summary>
internal static class Wildcard
{
    /// <summary>Whether a pattern is of a name, all of it.</summary>
    public static bool Fits(string pattern, string name)
    {
        if (pattern.Split('*') is not [var first, .. var inner, var last])
            return name == pattern;
        var (at, end) = (first.Length, name.Length - last.Length);
        if (at > end || !name.StartsWith(first, StringComparison.Ordinal) || !name.EndsWith(last, StringComparison.Ordinal))
            return false;
        // The first place of each part leaves the most room for those behind it.
        foreach (var part in inner)
        {
            if (name.IndexOf(part, at, end - at, StringComparison.Ordinal) is not (>= 0 and var found))
                return false;
            at = found + part.Length;
        }
        return true;
    }
}
