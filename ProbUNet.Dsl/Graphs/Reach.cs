namespace ProbUNet.Dsl.Graphs;

/// <summary>How far back the pixels of a value see.</summary>
/// <param name="Side">The side of the square of an argument's pixels that one of them may depend on.</param>
/// <param name="Step">How many pixels of the argument lie between two neighbours.</param>
public readonly record struct Reach(double Side, double Step)
{
    /// <summary>An argument's own pixels.</summary>
    public static Reach Pixel { get; } = new(1, 1);

    /// <summary>Nothing: the same whatever the argument.</summary>
    public static Reach None { get; } = new(0, 0);

    /// <summary>Everything.</summary>
    public static Reach All { get; } = new(double.PositiveInfinity, 1);

    /// <summary>
    /// Those of the values of a function, by their numbers: of each the farthest, over the arguments. Every argument is followed for itself, in pixels of its own, which need not be those of another: features
    /// come in several sizes.
    /// </summary>
    internal static IReadOnlyList<Reach> Of(GraphFunction function) => Enumerable.Range(0, function.Inputs.Count).Select(argument => From(function, argument))
        .Aggregate((one, other) => [.. one.Zip(other, Farther)]);

    private static List<Reach> From(GraphFunction function, int argument)
    {
        var reaches = function.Inputs.Select((_, input) => input == argument ? Pixel : None).ToList();
        foreach (var node in function.Nodes)
            // Of what sees nothing nothing can be seen: a mean over all pixels of zeros is no function of the image.
            reaches.Add(node.Inputs.Select(input => reaches[input]).Aggregate(Farther) is { Sees: true } farthest ? node.Operator.Widen(farthest) : None);
        return reaches;
    }

    private static Reach Farther(Reach one, Reach other) => one.Side >= other.Side ? one : other;

    /// <summary>Whether it is anything at all that is seen.</summary>
    internal bool Sees => Side > 0;

    /// <summary>Behind a window that is moved by a stride.</summary>
    public Reach Through(int window, int stride = 1) => new(Side + (window - 1) * Step, Step * stride);

    /// <summary>With a new pixel between any two, which reads as many of its neighbours along a side as <paramref name="window"/> says.</summary>
    public Reach Doubled(int window) => new(Side + (window - 1) * Step, Step / 2);

    /// <summary>The whole pixels of <see cref="Side"/>; nothing for everything.</summary>
    public int? Pixels => double.IsInfinity(Side) ? null : (int)Math.Ceiling(Side);
}
