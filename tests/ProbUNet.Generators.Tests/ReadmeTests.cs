using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ProbUNet.Generators.Tests;

/// <summary>What the documents show is what compiles.</summary>
public class ReadmeTests
{
    /// <summary>What a new console project has without saying so, as far as documents make use of it.</summary>
    private static readonly string[] Implicit = ["System", "System.Collections.Generic", "System.IO", "System.Linq"];

    /// <summary>All that show any C#.</summary>
    public static TheoryData<string> Documents =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md")).Where(path => SnippetsOf(path).Any()).Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void EverySnippet_Compiles(string document)
    {
        var snippets = SnippetsOf(Path.Combine(Repository.Root, document)).ToList();
        Assert.All(snippets, snippet => Assert.Empty(TestCompilation.Run(Program(snippet)).Errors));
    }

    [Fact]
    public void EverySettingOfTheAttributes_IsInTheReadme()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var attributes = typeof(ProbUNet.Dsl.NetworkAttribute).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Attribute)) && type.Namespace == "ProbUNet.Dsl");
        foreach (var type in attributes)
        {
            if (!type.IsAbstract)
                Assert.Matches($@"`\[{type.Name[..^"Attribute".Length]}[\](]", text);
            Assert.All(type.GetProperties().Where(property => property.CanWrite), property => Assert.Matches($@"\b{property.Name}\b( =|`)", text));
        }
    }

    private static IEnumerable<string> SnippetsOf(string path) =>
        Regex.Matches(File.ReadAllText(path), "^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Select(match => match.Groups[1].Value);

    /// <summary>Declarations as they are; statements in a method that has what they speak of.</summary>
    private static string Program(string snippet)
    {
        var unit = SyntaxFactory.ParseCompilationUnit(snippet);
        var members = unit.Members;
        return $$"""
            {{string.Concat(Implicit.Except(unit.Usings.Select(name => name.Name!.ToString())).Select(name => $"using {name};\n"))}}
            {{string.Concat(unit.Usings.Where(name => name.Name!.ToString() != "ProbUNet.Dsl"))}}
            {{string.Concat(members.Where(member => member is not GlobalStatementSyntax))}}
            static class Snippet
            {
                static void Run(TorchSharp.torch.Tensor image, TorchSharp.torch.Generator random)
                {
                    {{string.Concat(members.OfType<GlobalStatementSyntax>())}}
                }
            }
            """;
    }
}
