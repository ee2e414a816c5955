using FsCheck.Fluent;
using ProbUNet.Dsl;
using ProbUNet.Testing;

namespace ProbUNet.Generators.Tests;

/// <summary>Laws 2 and 3 on the compiler's side: the analyzer finds exactly what the rule table finds, in the same words.</summary>
public class ParserLawTests
{
    [Fact]
    public void TheAnalyzer_ReportsWhatValidationFinds()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        var specs = SpecGen.Any.Sample(50, new FsCheck.Rnd(seed), 400);
        Assert.Contains(specs, spec => spec.Validate().Count > 0);
        Assert.Contains(specs, spec => spec.Validate().Count == 0);

        // Line i + 1 of the file (after the using) declares spec i, so that a diagnostic's line names its spec.
        var source = string.Join('\n', specs.Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}").ReplaceLineEndings(" ")));
        var found = TestCompilation.Run(source).Errors
            .ToLookup(error => error.Location.GetLineSpan().StartLinePosition.Line - 1, error => $"{error.Id} {error.GetMessage()}");
        for (var i = 0; i < specs.Length; i++)
            Assert.True(
                specs[i].Validate().Select(error => $"{error.Id} {error.Message}").Order().SequenceEqual(found[i].Order()),
                $"Seed {seed}: {specs[i]} gives {string.Join("; ", specs[i].Validate())} at run time and {string.Join("; ", found[i])} in the compiler");
    }
}
