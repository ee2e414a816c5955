using ProbUNet.Dsl;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The Probabilistic U-Net (Kohl et al. 2018, section 2): what its graph's four functions are put together to.</summary>
public abstract class ProbabilisticUNetModel : SegmentationModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected ProbabilisticUNetModel(ProbabilisticUNetSpec spec, long seed) : base(spec, seed) => Declaration = spec;

    /// <summary>What this network is.</summary>
    public new ProbabilisticUNetSpec Declaration { get; }

    /// <summary>The U-Net without its last layer: image [N, C, H, W] → features [N, channels[0], H, W].</summary>
    public abstract Tensor Features(Tensor image);

    /// <summary>P(z|X): image [N, C, H, W] → mean and log sigma, both [N, D].</summary>
    public abstract (Tensor mean, Tensor logSigma) Prior(Tensor image);

    /// <summary>Q(z|X,Y): image [N, C, H, W] and mask [N, classes, H, W] of zeros and ones → mean and log sigma, both [N, D].</summary>
    public abstract (Tensor mean, Tensor logSigma) Posterior(Tensor image, Tensor mask);

    /// <summary>Features [N, channels[0], H, W] and z [N, D] → logits [N, classes, H, W].</summary>
    public abstract Tensor Combine(Tensor features, Tensor z);

    /// <inheritdoc/>
    public override Tensor Sample(Tensor image, int count, Generator random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        // The U-Net and the prior run once an image, however many samples are drawn.
        var features = Features(image);
        DiagonalGaussian prior = Prior(image);
        var samples = new List<Tensor>(count);
        for (var sample = 0; sample < count; sample++)
        {
            // One draw a sample: the first n of m samples are those of a call for n.
            using var z = prior.Sample(random);
            using var logits = Combine(features, z);
            samples.Add(Probabilities(logits));
        }
        return stack(samples, 1).MoveToOuterDisposeScope();
    }

    private Tensor Probabilities(Tensor logits) => Declaration.Classes == 1 ? logits.sigmoid() : logits.softmax(1);
}
