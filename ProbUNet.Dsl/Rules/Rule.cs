namespace ProbUNet.Dsl;

/// <summary>How bad it is to break a rule.</summary>
public enum RuleSeverity
{
    /// <summary>There is no network.</summary>
    Error,

    /// <summary>It works, but is unwise.</summary>
    Warning,
}

/// <summary>Where a rule can be broken.</summary>
public enum RuleStage
{
    /// <summary>In the compiler and at run time, in the same words.</summary>
    Everywhere,

    /// <summary>In a declaration of C# alone.</summary>
    CompileTime,

    /// <summary>Where a document is read alone.</summary>
    RunTime,

    /// <summary>Where code is generated alone: at its place, the compiler itself says what is wrong.</summary>
    Generation,
}

/// <summary>A rule, or a piece of advice, as documents and compilers list it; what it says of a spec are <see cref="SpecError"/>s and <see cref="SpecWarning"/>s.</summary>
/// <param name="Id">PUN0001…, which is never reused; docs/diagnostics.md has a heading for each.</param>
/// <param name="Title">What is wrong, in general.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Stage">Where it can be broken.</param>
public sealed record Rule(string Id, string Title, RuleSeverity Severity = RuleSeverity.Error, RuleStage Stage = RuleStage.Everywhere);
