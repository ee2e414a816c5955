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
            var file = Assert.Single(Directory.GetFiles(Path.Combine(Programs.RepositoryRoot, "tests"), $"{@class}.cs", SearchOption.AllDirectories));
            Assert.Contains($" {test}(", test.Length == 0 ? " (" : File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    private static string Document(string name) => File.ReadAllText(Path.Combine(Programs.RepositoryRoot, "docs", name));
}
