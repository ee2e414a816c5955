using System.Text.RegularExpressions;

namespace ProbUNet.Cli.Tests;

/// <summary>What documents say is so.</summary>
public class DocumentTests
{
    [Fact]
    public void EveryFault_HasATestThatIsThere()
    {
        var named = Regex.Matches(Document("reliability.md"), @"`(\w+Tests)(?:\.(\w+))?`").Select(match => (Class: match.Groups[1].Value, Test: match.Groups[2].Value)).ToList();
        Assert.True(named.Count >= 18);
        foreach (var (@class, test) in named)
        {
            // A class may have several files, whose names go on behind a dot.
            string[] files = [.. new[] { $"{@class}.cs", $"{@class}.*.cs" }.SelectMany(name => Directory.GetFiles(Path.Combine(Programs.RepositoryRoot, "tests"), name, SearchOption.AllDirectories))];
            Assert.NotEmpty(files);
            Assert.Contains($" {test}(", test.Length == 0 ? " (" : string.Concat(files.Select(File.ReadAllText)), StringComparison.Ordinal);
        }
    }

    private static string Document(string name) => File.ReadAllText(Path.Combine(Programs.RepositoryRoot, "docs", name));
}
