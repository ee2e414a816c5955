namespace ProbUNet.Dsl;

/// <summary>Why a spec is not a network that can be built.</summary>
/// <param name="Id">The rule that it breaks, PUN0001…; docs/diagnostics.md has a heading for each.</param>
/// <param name="Path">The setting at fault, for example <c>UNet.Channels[2]</c>.</param>
/// <param name="Message">What is wrong and what to do about it.</param>
public sealed record SpecError(string Id, string Path, string Message)
{
    /// <summary>Values that would work in its place, where few would: what an editor offers. They are the message's own.</summary>
    public ValueList<string> Remedies { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Path}: {Message}";
}

/// <summary>What works but is unwise. In the compiler a warning, which <c>#pragma</c> and .editorconfig can silence.</summary>
/// <param name="Id">PUN0101…; docs/diagnostics.md has a heading for each.</param>
/// <param name="Path">The setting that it is about.</param>
/// <param name="Message">What is unwise and what to do about it.</param>
public sealed record SpecWarning(string Id, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Path}: {Message}";
}
