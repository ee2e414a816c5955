namespace ProbUNet.Dsl;

/// <summary>Why a spec is not a network that can be built.</summary>
/// <param name="Id">The rule that it breaks, PUN0001…; docs/diagnostics.md has a heading for each.</param>
/// <param name="Path">The setting at fault, for example <c>UNet.Channels[2]</c>.</param>
/// <param name="Message">What is wrong and what to do about it.</param>
public sealed record SpecError(string Id, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Path}: {Message}";
}
