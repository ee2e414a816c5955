using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The Dropout U-Net (Kohl et al. 2018, section 3): each sample is a pass with dropout of its own.</summary>
public abstract class DropoutUNetModel : LogitsModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected DropoutUNetModel(DropoutUNetSpec spec, long seed) : base(spec, seed) => Declaration = spec;

    /// <summary>What this network is.</summary>
    public new DropoutUNetSpec Declaration { get; }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor image, int count, Generator random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var samples = new List<Tensor>(count);
        for (var sample = 0; sample < count; sample++)
        {
            using var logits = Logits(image, random);
            samples.Add(Probabilities(logits));
        }
        return stack(samples, 1).MoveToOuterDisposeScope();
    }

    internal sealed class Interpreted : DropoutUNetModel, IInterpreted
    {
        public Interpreted(DropoutUNetSpec spec, Graph graph, long seed, Device? device) : base(spec, seed)
        {
            Runner = new GraphRunner(graph, Create);
            Complete(device);
        }

        public GraphRunner Runner { get; }

        public override Tensor Logits(Tensor image, Generator? random = null) => Runner.Call("logits", random, image)[0];
    }
}
