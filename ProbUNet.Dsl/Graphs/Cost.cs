namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// What one call of a function costs for one image, read off the graph: nothing is run. It is the graph as it is declared that is counted; what <see cref="Lowering"/> saves, such as the copy of a concatenation, and the half of
/// the memory that bfloat16 is, are not taken off.
/// </summary>
/// <param name="MultiplyAdds">Multiply-adds of the convolutions; everything else is left out, as is usual.</param>
/// <param name="Activations">
/// Values that all nodes make and training keeps for its backward pass: their outputs, but for views and activations that overwrite their input, the
/// padded copy of a convolution whose padding is not zeros, and the mask of a dropout, which training does.
/// </param>
/// <param name="PeakActivations">The most values alive at one time when nothing is kept for training and nothing dropped, the arguments and padded copies included.</param>
/// <param name="ReceptiveField">The side of the square of an argument's pixels that one pixel of the first output may depend on; 0 where it depends on none, nothing where it depends on all.</param>
public readonly record struct Cost(long MultiplyAdds, long Activations, long PeakActivations, int? ReceptiveField)
{
    /// <summary>The cost of a function.</summary>
    public static Cost Of(GraphFunction function)
    {
        var lifetimes = Lifetimes.Of(function);
        // Values that share memory count once: what is written over its input, and views of it. The memory is free when the last of them is dead.
        var memory = new int[function.Inputs.Count + function.Nodes.Count];
        var users = new int[memory.Length];
        long multiplyAdds = 0, activations = 0;
        for (var input = 0; input < function.Inputs.Count; input++)
            (memory[input], users[input]) = (input, 1);
        var alive = function.Inputs.Sum(input => input.Shape.Values);
        var peak = alive;
        for (var i = 0; i < function.Nodes.Count; i++)
        {
            var (node, value) = (function.Nodes[i], function.Inputs.Count + i);
            var (input, overwrites) = (function.ShapeOf(node.Inputs[0]), lifetimes.OverwritesInput(i));
            multiplyAdds += node.Operator.MultiplyAdds(input, node.Shape);
            activations += node.Operator.Kept(input, node.Shape) - (overwrites ? node.Shape.Values : 0);
            var shares = overwrites || node.Operator.MayAlias;
            memory[value] = shares ? memory[node.Inputs[0]] : value;
            // What overwrites its input takes its place.
            users[memory[value]] += overwrites ? 0 : 1;
            alive += shares ? 0 : node.Shape.Values;
            peak = Math.Max(peak, alive + node.Operator.Scratch(input));
            foreach (var dead in lifetimes.DeadAfter(i))
                if (--users[memory[dead]] == 0)
                    alive -= function.ShapeOf(memory[dead]).Values;
        }
        return new Cost(multiplyAdds, activations, peak, Reach.Of(function)[function.Outputs[0].Value].Pixels);
    }
}
