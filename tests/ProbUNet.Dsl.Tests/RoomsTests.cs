using System.Text.RegularExpressions;

namespace ProbUNet.Dsl.Tests;

/// <summary>The rooms of the language depend on each other one way: what a spec is, what can be said against it, what each setting may be, what they must and should be together.</summary>
public partial class RoomsTests
{
    private static readonly string[] Rooms = ["Rules", "Settings", "Validation"];

    [Fact]
    public void ARoom_NamesNoTypeOfARoomAboveIt()
    {
        var sources = Rooms.Select(room => string.Join('\n', Directory.EnumerateFiles(Path.Combine(Repository(), "ProbUNet.Dsl", room), "*.cs").Select(file => Comments().Replace(File.ReadAllText(file), "")))).ToList();
        foreach (var (level, above) in Enumerable.Range(0, Rooms.Length).SelectMany(level => sources.Skip(level + 1).Select(above => (level, above))))
        {
            var types = Types().Matches(above).Select(match => match.Groups[1].Value).ToList();
            Assert.NotEmpty(types);
            // Methods of a static class are called by their own names too.
            var names = types.Concat(Extensions().Matches(above).Select(match => match.Groups[1].Value));
            Assert.DoesNotContain(names, name => Regex.IsMatch(sources[level], $@"(?<!\bconst string )\b{name}\b"));
        }
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ProbUNet.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder;
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"\b(?:class|record|enum|interface|struct) (\w+)")]
    private static partial Regex Types();

    [GeneratedRegex(@"(\w+)(?:<\w+>)?\(this ")]
    private static partial Regex Extensions();
}
