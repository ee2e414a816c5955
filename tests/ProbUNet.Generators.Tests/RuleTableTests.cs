extern alias generators;

using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;
using NetworkAnalyzer = generators::ProbUNet.Generators.NetworkAnalyzer;

namespace ProbUNet.Generators.Tests;

/// <summary>What lists the rules lists those of the table: ids, titles and severities.</summary>
public partial class RuleTableTests
{
    [Fact]
    public void TheTable_HasEveryIdOnce_InTheirOrder()
    {
        var ids = Rules.All.Select(rule => rule.Id).ToList();
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids, typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral && field.FieldType == typeof(string))
            .Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal));
        Assert.All(Rules.All, rule => Assert.Equal(rule.Id.StartsWith("PUN01", StringComparison.Ordinal), rule.Severity == RuleSeverity.Warning));
    }

    [Fact]
    public void TheCompilersDescriptors_AreTheTablesRules() => Assert.Equal(
        Rules.All.Where(IsTheAnalyzers).Select(rule => (rule.Id, rule.Title, $"{rule.Severity}")),
        new NetworkAnalyzer().SupportedDiagnostics.Select(descriptor => (descriptor.Id, descriptor.Title.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{descriptor.DefaultSeverity}")));

    [Fact]
    public void TheReleaseNotes_ListTheCompilersRules() => Assert.Equal(
        Rules.All.Where(IsTheAnalyzers).Select(rule => $"{rule.Id} | ProbUNet | {rule.Severity} | {rule.Title}"),
        new[] { "Shipped", "Unshipped" }.SelectMany(release => File.ReadAllLines(Path.Combine(Repository.Root, $"ProbUNet.Generators/AnalyzerReleases.{release}.md")))
            .Where(line => line.StartsWith("PUN", StringComparison.Ordinal)));

    [Fact]
    public void ThePageOfDiagnostics_HasAHeadingAndTheTitleOfEveryRule() => Assert.Equal(
        Rules.All.Select(rule => (rule.Id, rule.Title)),
        Headings().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/diagnostics.md"))).Select(match => (match.Groups[1].Value, match.Groups[2].Value)));

    private static bool IsTheAnalyzers(Rule rule) => rule.Stage is RuleStage.Everywhere or RuleStage.CompileTime;

    [GeneratedRegex(@"^## (PUN[0-9]{4})\n\*\*([^*.]+?)\.?\*\*", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
