namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// How every backend calls what computes an operator or makes a layer: generated code prints it, the interpreter binds it by the same names.
/// First come the inputs of the node (or the name of the layer that is made), then the arguments, then the random numbers of the function.
/// </summary>
/// <param name="Method">The method's name.</param>
/// <param name="Arguments">In the order in which the method takes them.</param>
/// <param name="Layer">The dotted name of the layer that the method is a member of; nothing where it is the network's.</param>
/// <param name="TakesRandom">Whether the random numbers of the function come last.</param>
public sealed record OperatorCall(string Method, ValueList<CallArgument> Arguments, string? Layer = null, bool TakesRandom = false)
{
    /// <summary>The same, written over its input: for operators of which <see cref="Operator.MayOverwriteInput"/> says that they may.</summary>
    public OperatorCall InPlace() => this with { Method = Method + "InPlace" };
}

/// <summary>A setting as an argument.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">A whole number, a number, or a value of an enumeration.</param>
/// <param name="Default">What the method takes where nothing is said; nothing where it always is.</param>
public sealed record CallArgument(string Name, object Value, object? Default = null)
{
    /// <summary>Whether it may be left out.</summary>
    public bool IsDefault => Value.Equals(Default);
}
