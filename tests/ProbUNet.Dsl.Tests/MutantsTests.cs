namespace ProbUNet.Dsl.Tests;

/// <summary>What <c>eng/mutate</c> breaks is there to be broken: it takes hours, and is not run with every change of a line that it names.</summary>
public class MutantsTests
{
    [Fact]
    public void EveryMutant_StandsOnceInItsFile_AndIsNoticedByAProjectThatThereIs()
    {
        var (title, file, made) = ("", "", 0);
        var wrong = new List<string>();
        foreach (var line in File.ReadLines(Path.Combine(Root, "eng/mutants.txt")))
            if (line.StartsWith("# ", StringComparison.Ordinal))
                (title, file) = (line[2..], "");
            else if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                if (File.ReadAllText(Path.Combine(Root, file)).Split(line[2..]).Length != 2)
                    wrong.Add($"{title}: '{line[2..]}' does not stand exactly once in {file}");
                made++;
            }
            else if (line.StartsWith("? ", StringComparison.Ordinal))
            {
                if (!Directory.Exists(Path.Combine(Root, "tests", line[2..].Split(' ')[0])))
                    wrong.Add($"{title}: there is no project {line[2..]}");
            }
            else if (line.Length > 0 && line[0] is not ('+' or '/'))
                file = line;
        Assert.Empty(wrong);
        Assert.True(made > 100);
    }

    private static string Root { get; } = RootOf(AppContext.BaseDirectory);

    private static string RootOf(string folder) => File.Exists(Path.Combine(folder, "ProbUNet.sln")) ? folder : RootOf(Path.GetDirectoryName(folder)!);
}
