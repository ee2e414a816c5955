using System.Text;
using ProbUNet.Dsl;

namespace ProbUNet.Models.Interchange;

/// <summary>A tensor that a network and a file do not have alike.</summary>
/// <param name="Name">This project's name of the network's tensor; nothing where the network has none of the file's name.</param>
/// <param name="Shape">The network's shape; nothing where it has none.</param>
/// <param name="FileName">The file's name for it; nothing where it is missing there.</param>
/// <param name="FileShape">The file's shape; nothing where it is missing there.</param>
/// <param name="Expected">What the file should call the network's tensor; nothing where there is none.</param>
/// <param name="Nearest">The nearest name among those that are left over, of the same shape if there is one.</param>
public sealed record WeightProblem(string? Name, IReadOnlyList<long>? Shape, string? FileName, IReadOnlyList<long>? FileShape, string? Expected, string? Nearest);

/// <summary>Which tensor of a file is which of a network, and what is missing, unexpected or of another shape.</summary>
public sealed class WeightMatch
{
    private const int Shown = 5, Compared = 300, LongestCompared = 120;

    private readonly List<WeightProblem> _problems = [];
    private readonly List<(string Name, string FileName)> _pairs = [];

    /// <summary>Compares names and shapes.</summary>
    /// <param name="network">The network's, by this project's names.</param>
    /// <param name="file">The file's, by its own.</param>
    /// <param name="fileName">From this project's names to the file's.</param>
    internal WeightMatch(IEnumerable<(string Name, IReadOnlyList<long> Shape)> network, IReadOnlyDictionary<string, IReadOnlyList<long>> file, Func<string, string> fileName)
    {
        var expected = new Dictionary<string, string>(StringComparer.Ordinal);
        var missing = new List<(string Name, string Expected, IReadOnlyList<long> Shape)>();
        foreach (var (name, shape) in network)
        {
            var theirs = fileName(name);
            if (!expected.TryAdd(theirs, name))
                throw new InputException(theirs, $"the map has this name for {expected[theirs]} and for {name}", "give each a name of its own");
            if (!file.TryGetValue(theirs, out var there))
                missing.Add((name, theirs, shape));
            else if (there.SequenceEqual(shape))
                _pairs.Add((name, theirs));
            else
                _problems.Add(new WeightProblem(name, shape, theirs, there, theirs, null));
        }
        var unexpected = file.Where(named => !expected.ContainsKey(named.Key)).OrderBy(named => named.Key, StringComparer.Ordinal).ToList();
        foreach (var (name, theirs, shape) in missing)
            _problems.Add(new WeightProblem(name, shape, null, null, theirs, _problems.Count < Compared ? Nearest(theirs, shape, unexpected) : null));
        foreach (var (name, shape) in unexpected)
            _problems.Add(new WeightProblem(null, null, name, shape, null, _problems.Count < Compared ? Nearest(name, shape, missing.ConvertAll(each => KeyValuePair.Create(each.Expected, each.Shape))) : null));
    }

    /// <summary>What does not fit: of another shape, then missing, then unexpected.</summary>
    public IReadOnlyList<WeightProblem> Problems => _problems;

    /// <summary>The tensors that fit: this project's name, and the file's.</summary>
    public IReadOnlyList<(string Name, string FileName)> Pairs => _pairs;

    /// <summary>Whether all do.</summary>
    public bool Fits => _problems.Count == 0;

    /// <summary>All problems side by side, a line each: the network's tensor, the file's, and what is wrong.</summary>
    public string Table()
    {
        var rows = _problems.Select(problem => (
            Ours: problem.Name is null ? "-" : $"{problem.Name} {Text(problem.Shape!)}",
            Theirs: problem.FileName is null ? "-" : $"{OneLine.Of(problem.FileName)} {Text(problem.FileShape!)}",
            Said: (problem.Name is null ? "unexpected" : problem.FileName is null ? $"missing: {OneLine.Of(problem.Expected!)}" : "of another shape") + Aside(problem)))
            .Prepend((Ours: "the network", Theirs: "the file", Said: "")).ToList();
        var (first, second) = (rows.Max(row => row.Ours.Length), rows.Max(row => row.Theirs.Length));
        var text = new StringBuilder();
        foreach (var (ours, theirs, said) in rows)
            text.Append($"{ours.PadRight(first)}  {theirs.PadRight(second)}  {said}".TrimEnd()).Append('\n');
        return text.ToString();
    }

    /// <summary>The first problems in a sentence.</summary>
    /// <param name="source">What it names.</param>
    /// <param name="remedy">What to do.</param>
    internal InputException Refusal(string source, string remedy = "load it into the network that it was saved from")
    {
        var told = _problems.Take(Shown).Select(problem => problem switch
        {
            { FileName: null } => $"{OneLine.Of(problem.Expected!)} is missing{Aside(problem)}",
            { Name: null } => $"{OneLine.Of(problem.FileName)} is unexpected{Aside(problem)}",
            _ => $"{OneLine.Of(problem.FileName)} is {Text(problem.FileShape!)} where the network has {Text(problem.Shape!)}",
        });
        var more = _problems.Count > Shown ? $" and {_problems.Count - Shown} more" : "";
        return new InputException(source, $"its tensors are not this network's: {string.Join(", ", told)}{more}", remedy);
    }

    private static string Aside(WeightProblem problem) => problem.Nearest is { } nearest ? $" (the nearest is {OneLine.Of(nearest)})" : "";

    private static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>The name with the fewest letters to change; of the same shape, if any is.</summary>
    private static string? Nearest(string name, IReadOnlyList<long> shape, List<KeyValuePair<string, IReadOnlyList<long>>> others)
    {
        if (name.Length > LongestCompared)
            return null;
        var alike = others.Where(other => other.Key.Length <= LongestCompared && other.Value.SequenceEqual(shape)).Take(Compared).ToList();
        var near = (alike.Count > 0 ? alike : [.. others.Where(other => other.Key.Length <= LongestCompared).Take(Compared)]).Select(other => (other.Key, Slips: Spelling.Slips(name, other.Key))).ToList();
        // Most of it has to be the same: a name that has nothing to do with it helps nobody.
        return near.Count > 0 && near.MinBy(each => each.Slips) is var (key, slips) && slips <= Math.Max(name.Length, key.Length) / (alike.Count > 0 ? 1.25 : 2) ? key : null;
    }
}
