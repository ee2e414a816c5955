namespace ProbUNet.Dsl.Graphs;

/// <summary>What one call of a function costs for one image, read off the graph: nothing is run.</summary>
/// <param name="MultiplyAdds">Multiply-adds of the convolutions; everything else is left out, as is usual.</param>
/// <param name="Activations">Values that all nodes make: what training keeps for its backward pass, but for activations that overwrite their input.</param>
/// <param name="PeakActivations">The most values alive at one time when nothing is kept for training, the arguments included.</param>
/// <param name="ReceptiveField">The side of the square of an argument's pixels that one pixel of the first output may depend on; 0 where it depends on all.</param>
public readonly record struct Cost(long MultiplyAdds, long Activations, long PeakActivations, int ReceptiveField)
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
        var alive = function.Inputs.Sum(input => Values(input.Shape));
        var peak = alive;
        for (var i = 0; i < function.Nodes.Count; i++)
        {
            var (node, value) = (function.Nodes[i], function.Inputs.Count + i);
            multiplyAdds += MultiplyAddsOf(node, function);
            var shares = lifetimes.OverwritesInput(i) || node.Operator.IsView;
            memory[value] = shares ? memory[node.Inputs[0]] : value;
            // What overwrites its input takes its place.
            users[memory[value]] += lifetimes.OverwritesInput(i) ? 0 : 1;
            if (!shares)
            {
                activations += Values(node.Shape);
                alive += Values(node.Shape);
                peak = Math.Max(peak, alive);
            }
            foreach (var dead in lifetimes.DeadAfter(i))
                if (--users[memory[dead]] == 0)
                    alive -= Values(function.ShapeOf(memory[dead]));
        }
        return new Cost(multiplyAdds, activations, peak, Reach.Of(function));
    }

    private static long Values(TensorShape shape) => (long)shape.Channels * shape.Height * shape.Width;

    /// <summary>The multiply-adds of one node.</summary>
    internal static long MultiplyAddsOf(Node node, GraphFunction function) => node.Operator switch
    {
        Conv2d conv => Values(node.Shape) * conv.InChannels * conv.Kernel * conv.Kernel,
        // Every pixel that goes in meets the whole kernel once.
        TransposedConv2d conv => Values(function.ShapeOf(node.Inputs[0])) * conv.Channels * 4,
        _ => 0,
    };

    /// <summary>How far back the pixels of a value see: the side of the square, and how many pixels of the argument lie between two neighbours.</summary>
    private readonly record struct Reach(double Side, double Step)
    {
        /// <summary>Everything: after a mean over the map.</summary>
        private static readonly Reach All = new(double.PositiveInfinity, 1);

        public static int Of(GraphFunction function)
        {
            var reaches = new List<Reach>(function.Inputs.Select(_ => new Reach(1, 1)));
            foreach (var node in function.Nodes)
                reaches.Add(After(node.Operator, Widest(node.Inputs.Select(input => reaches[input]))));
            var side = reaches[function.Outputs[0].Value].Side;
            return double.IsInfinity(side) ? 0 : (int)Math.Ceiling(side);
        }

        private static Reach Widest(IEnumerable<Reach> reaches) => reaches.Aggregate((a, b) => a.Side >= b.Side ? a : b);

        private static Reach After(Operator @operator, Reach before) => @operator switch
        {
            Conv2d conv => new(before.Side + (conv.Kernel - 1) * before.Step, before.Step * conv.Stride),
            AveragePool or MaxPool => new(before.Side + before.Step, before.Step * 2),
            // Between two pixels, both are read.
            Upsample { Kind: not Upsampling.Nearest } => new(before.Side + before.Step, before.Step / 2),
            Upsample or TransposedConv2d => new(before.Side, before.Step / 2),
            GlobalMean or GroupNorm => All,
            _ => before,
        };
    }
}
