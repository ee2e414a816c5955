namespace ProbUNet.Dsl.Graphs;

/// <summary>What a call of a function requires of its arguments. Every backend checks all of them, in their order, before a kernel runs; a closed set.</summary>
internal abstract record Requirement
{
    private Requirement() { }

    /// <summary>A list has as many elements as the function has inputs of its name.</summary>
    /// <param name="List">The argument.</param>
    /// <param name="Count">How many.</param>
    public sealed record Elements(string List, int Count) : Requirement;

    /// <summary>An input has its shape, whatever the batch.</summary>
    /// <param name="Input">Its number.</param>
    public sealed record Shape(int Input) : Requirement;

    /// <summary>An input is of as many images as the first.</summary>
    /// <param name="Input">Its number.</param>
    public sealed record Batch(int Input) : Requirement;

    /// <summary>An input has the same number of samples for each image of the first.</summary>
    /// <param name="Input">Its number.</param>
    public sealed record Samples(int Input) : Requirement;

    /// <summary>Those of a function.</summary>
    public static IEnumerable<Requirement> Of(GraphFunction function)
    {
        foreach (var list in function.Inputs.Where(input => Numbered.Parse(input.Name) is not null).GroupBy(input => Numbered.ListOf(input.Name)))
            yield return new Elements(list.Key, list.Count());
        for (var input = 0; input < function.Inputs.Count; input++)
            yield return new Shape(input);
        for (var input = 1; input < function.Inputs.Count; input++)
            yield return function.Inputs[input].Shape.IsMap ? new Batch(input) : new Samples(input);
    }
}
