using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>A plain U-Net: one answer an image.</summary>
public abstract class DeterministicUNetModel : LogitsModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected DeterministicUNetModel(DeterministicUNetSpec spec, long seed) : base(spec, seed) => Declaration = spec;

    /// <summary>What this network is.</summary>
    public new DeterministicUNetSpec Declaration { get; }

    /// <inheritdoc/>
    /// <remarks>All samples of an image are the same.</remarks>
    public override Tensor Sample(Tensor image, int count, Generator random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var probabilities = Probabilities(Logits(image)).unsqueeze(1);
        return probabilities.expand(-1, count, -1, -1, -1).contiguous().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override int? DistinctAnswers => 1;

    internal sealed class Interpreted : DeterministicUNetModel, IInterpreted
    {
        public Interpreted(DeterministicUNetSpec spec, Graph graph, long seed, Device? device) : base(spec, seed)
        {
            Runner = new GraphRunner(graph, Create);
            Complete(device);
        }

        public GraphRunner Runner { get; }

        public override Tensor Logits(Tensor image, Generator? random = null) => Runner.Call("logits", random, image)[0];
    }
}
