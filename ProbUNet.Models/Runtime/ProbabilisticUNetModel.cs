using ProbUNet.Dsl;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The Probabilistic U-Net (Kohl et al. 2018, section 2): prior P(z|X), posterior Q(z|X,Y).</summary>
public class ProbabilisticUNetModel : LatentVariableModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected internal ProbabilisticUNetModel(ProbabilisticUNetSpec spec, long seed) : base(spec, seed) { }

    /// <inheritdoc/>
    public override ProbabilisticUNetSpec Declaration => (ProbabilisticUNetSpec)base.Declaration;

    // Those of prior, posterior and combiner, all but its last layer.
    internal sealed override IEnumerable<TorchSharp.Modules.Parameter> Penalised => named_parameters()
        .Where(named => !named.name.StartsWith("unet.", StringComparison.Ordinal) && !named.name.StartsWith("combiner.logits.", StringComparison.Ordinal)).Select(named => named.parameter);

    /// <inheritdoc/>
    public override DiagonalGaussian Posterior(Tensor image, Tensor mask, Generator? random = null) => new(Run("posterior", random, image, mask));
}
