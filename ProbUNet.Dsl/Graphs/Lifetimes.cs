namespace ProbUNet.Dsl.Graphs;

/// <summary>When the values of a function are no longer needed: what every backend frees, and what may be overwritten.</summary>
public sealed class Lifetimes
{
    private readonly GraphFunction _function;
    private readonly int[] _lastUse;   // by value: the node that reads it last; −1 never; Nodes.Count for what is returned
    private readonly int[] _readers;   // by value: how many nodes read it

    private Lifetimes(GraphFunction function, int[] lastUse, int[] readers) => (_function, _lastUse, _readers) = (function, lastUse, readers);

    /// <summary>Finds the last use of each value.</summary>
    public static Lifetimes Of(GraphFunction function)
    {
        var lastUse = Enumerable.Repeat(-1, function.Inputs.Count + function.Nodes.Count).ToArray();
        var readers = new int[lastUse.Length];
        for (var i = 0; i < function.Nodes.Count; i++)
            foreach (var input in function.Nodes[i].Inputs.Distinct())
            {
                lastUse[input] = i;
                readers[input]++;
            }
        foreach (var output in function.Outputs)
            lastUse[output.Value] = function.Nodes.Count;
        return new Lifetimes(function, lastUse, readers);
    }

    /// <summary>
    /// The values to free once node <paramref name="node"/> has run, in ascending order. Arguments belong to the caller and are not
    /// among them; nor is a value that the node has overwritten.
    /// </summary>
    public IEnumerable<int> DeadAfter(int node) =>
        OverwritesInput(node) ? [] : _function.Nodes[node].Inputs.Distinct().Where(value => IsOwned(value) && _lastUse[value] == node).OrderBy(value => value);

    /// <summary>
    /// Whether node <paramref name="node"/> may write over its input: nobody else reads it (another reader may share its memory, or need it again
    /// in its backward pass), and it comes from an operator whose output may be overwritten.
    /// </summary>
    public bool OverwritesInput(int node) =>
        _function.Nodes[node] is { Operator.MayOverwriteInput: true, Inputs: [var input] }
        && IsOwned(input) && _lastUse[input] == node
        && _function.Nodes[input - _function.Inputs.Count].Operator.MayBeOverwritten
        && _readers[input] == 1;

    /// <summary>What node <paramref name="node"/> calls: its operator, over its input where it may.</summary>
    internal OperatorCall CallOf(int node) => _function.Nodes[node].Operator.Call is var call && OverwritesInput(node) ? call.InPlace() : call;

    private bool IsOwned(int value) => value >= _function.Inputs.Count;
}
