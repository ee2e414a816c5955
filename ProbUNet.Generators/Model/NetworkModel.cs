using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>All that the emitter needs to know of a declared network: plain values, equal when the declarations mean the same.</summary>
/// <param name="Type">Where the code goes.</param>
/// <param name="Spec">What the attributes say.</param>
/// <param name="Errors">What is wrong with it, so that only a skeleton is written.</param>
internal sealed record NetworkModel(TypeModel Type, ModelSpec Spec, ValueList<SpecError> Errors);

/// <summary>The partial class that a network is written into.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Outer">The headers of the types around it, outermost first, for example <c>partial class Experiments</c>.</param>
/// <param name="Header">Its own header, for example <c>partial class LidcNet&lt;T&gt;</c>.</param>
/// <param name="Name">Its simple name, which constructors have.</param>
/// <param name="HintName">The name of the generated file, unique in a compilation.</param>
internal sealed record TypeModel(string Namespace, ValueList<string> Outer, string Header, string Name, string HintName);

/// <summary>What the compilation offers to generated code.</summary>
/// <param name="HasRuntime">Whether ProbUNet.Models is referenced.</param>
/// <param name="HasCollectionExpressions">Whether the language version is 12 or newer.</param>
internal readonly record struct Surroundings(bool HasRuntime, bool HasCollectionExpressions)
{
    public bool Suffice => HasRuntime && HasCollectionExpressions;
}
