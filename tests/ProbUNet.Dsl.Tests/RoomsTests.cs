using System.Text.RegularExpressions;

namespace ProbUNet.Dsl.Tests;

/// <summary>
/// Rooms depend on each other one way. Those of the language: plain values; what a spec is, what can be said against one, and shapes, which know nothing of
/// each other; what each setting may be, and the attributes that say it; what they must and should be together; graphs and documents; passes; pictures; the
/// face of F#. Those of the generator: what it is made with; what is declared; its reading and its writing, which know nothing of each other; the
/// pipeline; the analyzer.
/// </summary>
public partial class RoomsTests
{
    /// <summary>Floor by floor, with the rooms of a floor side by side; a room is a folder or some files.</summary>
    private static readonly string[][] Language =
    [
        ["ProbUNet.Dsl/Values/*"],
        ["ProbUNet.Dsl/Specs/*", "ProbUNet.Dsl/Rules/*", "ProbUNet.Dsl/Shapes/*"],
        ["ProbUNet.Dsl/Settings/*", "ProbUNet.Dsl/Attributes/*"],
        ["ProbUNet.Dsl/Validation/*", "ProbUNet.Dsl/Fluent/*"],
        ["ProbUNet.Dsl/Graphs/*", "ProbUNet.Dsl/Json/*"],
        ["ProbUNet.Dsl/Graphs/Passes/*"],
        ["ProbUNet.Dsl/Rendering/*"],
        ["ProbUNet.Dsl/FSharp/*"],
    ];

    private static readonly string[][] Generator =
    [
        ["ProbUNet.Generators/Helpers/*"],
        ["ProbUNet.Generators/Model/*"],
        ["ProbUNet.Generators/NetworkGenerator.Parser*", "ProbUNet.Generators/NetworkGenerator.Emitter"],
        ["ProbUNet.Generators/NetworkGenerator"],
        ["ProbUNet.Generators/Diagnostics/*"],
    ];

    public static TheoryData<string, string> Pairs => [.. from floors in new[] { Language, Generator }
                                                          from level in Enumerable.Range(0, floors.Length)
                                                          from room in floors[level]
                                                          from other in floors.Skip(level).SelectMany(rooms => rooms)
                                                          where other != room
                                                          select new TheoryDataRow<string, string>(room, other)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ARoom_NamesNoTypeOfARoomAboveOrBesideIt(string room, string other)
    {
        var (own, above) = (SourceOf(room), SourceOf(other));
        // Parts of one class may stand in several rooms.
        var types = TypesOf(above).Except(TypesOf(own)).ToList();
        Assert.NotEmpty(types);
        // Methods of a static class are called by their own names too. Types of a namespace that the room is not in, which may be called like properties here, are not seen before that is named.
        var names = $"{SpaceOf(own)}.".StartsWith($"{SpaceOf(above)}.", StringComparison.Ordinal)
            ? types.Concat(Extensions().Matches(above).Select(match => match.Groups[1].Value))
            : [SpaceOf(above).Split('.')[^1]];
        Assert.DoesNotContain(names, name => Regex.IsMatch(own, $@"(?<!\bconst string )\b{name}\b"));
    }

    private static string SourceOf(string room) => string.Join('\n', Directory.EnumerateFiles(Path.Combine(Repository(), Path.GetDirectoryName(room)!), $"{Path.GetFileName(room)}.cs")
        .Select(file => Comments().Replace(File.ReadAllText(file), "")));

    private static IEnumerable<string> TypesOf(string source) => Types().Matches(source).Select(match => match.Groups[1].Value);

    private static string SpaceOf(string source) => Spaces().Match(source).Groups[1].Value;

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ProbUNet.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder;
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\b(?:class|record(?: struct)?|enum|interface|struct) ([A-Z]\w*)")]
    private static partial Regex Types();

    [GeneratedRegex(@"(\w+)(?:<\w+>)?\(this ")]
    private static partial Regex Extensions();
}
