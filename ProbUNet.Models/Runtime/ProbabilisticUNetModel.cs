using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The Probabilistic U-Net (Kohl et al. 2018, section 2): what its graph's four functions are put together to.</summary>
public abstract class ProbabilisticUNetModel : LatentVariableModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected ProbabilisticUNetModel(ProbabilisticUNetSpec spec, long seed) : base(spec, seed) => Declaration = spec;

    /// <summary>What this network is.</summary>
    public new ProbabilisticUNetSpec Declaration { get; }

    /// <summary>P(z|X): image [N, C, H, W] → mean and log sigma, both [N, D].</summary>
    public abstract (Tensor mean, Tensor logSigma) Prior(Tensor image, Generator? random = null);

    /// <summary>Q(z|X,Y): image [N, C, H, W] and mask [N, classes, H, W] of zeros and ones → mean and log sigma, both [N, D].</summary>
    public abstract (Tensor mean, Tensor logSigma) Posterior(Tensor image, Tensor mask, Generator? random = null);

    /// <inheritdoc/>
    public sealed override DiagonalGaussian PriorOf(Tensor image, Generator? random = null) => Prior(image, random);

    /// <inheritdoc/>
    public sealed override DiagonalGaussian PosteriorOf(Tensor image, Tensor mask, Generator? random = null) => Posterior(image, mask, random);

    internal sealed class Interpreted : ProbabilisticUNetModel, IInterpreted
    {
        public Interpreted(ProbabilisticUNetSpec spec, Graph graph, long seed, Device? device) : base(spec, seed)
        {
            Runner = new GraphRunner(graph, Create);
            Complete(device);
        }

        public GraphRunner Runner { get; }

        public override Tensor[] Features(Tensor image, Generator? random = null) => Runner.Call("features", random, image);

        public override (Tensor mean, Tensor logSigma) Prior(Tensor image, Generator? random = null) => Pair(Runner.Call("prior", random, image));

        public override (Tensor mean, Tensor logSigma) Posterior(Tensor image, Tensor mask, Generator? random = null) => Pair(Runner.Call("posterior", random, image, mask));

        public override Tensor Combine(Tensor[] features, Tensor z, Generator? random = null) => Runner.Call("combine", random, [.. features, z])[0];

        private static (Tensor, Tensor) Pair(Tensor[] both) => (both[0], both[1]);
    }
}
