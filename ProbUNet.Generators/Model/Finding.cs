using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Something that is wrong with a declaration, or unwise: plain values. The generator writes the errors, the analyzer finds their places.</summary>
/// <param name="Rule">The id of the rule that it breaks.</param>
/// <param name="Message">What is wrong and what to do about it.</param>
/// <param name="Subject">What of the declaration it is about.</param>
internal sealed record Finding(string Rule, string Message, Subject Subject)
{
    private static readonly HashSet<string> Errors = new(Rules.All.Where(rule => rule.Severity == RuleSeverity.Error).Select(rule => rule.Id));

    /// <summary>Values that would work in the place of the one at fault, where few would.</summary>
    public ValueList<string> Remedies { get; init; } = [];

    /// <summary>Whether no network can be written because of it.</summary>
    public bool IsError => Errors.Contains(Rule);
}

/// <summary>What of a declaration a finding is about.</summary>
internal abstract record Subject
{
    private Subject()
    {
    }

    /// <summary>The class.</summary>
    public sealed record OnClass : Subject;

    /// <summary>One of its attributes, by its name.</summary>
    public sealed record OnAttribute(string Name) : Subject;

    /// <summary>A parameter of an attribute's constructor, by its place.</summary>
    public sealed record OnParameter(string Of, int Position) : Subject;

    /// <summary>A setting of its spec, or an element of one that is a list, for example <c>UNet.Channels[2]</c>.</summary>
    public sealed record OnSetting(string Path) : Subject;
}
