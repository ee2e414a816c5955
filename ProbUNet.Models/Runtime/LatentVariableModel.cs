using ProbUNet.Dsl;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// A network with a latent z. What does not depend on z is a function of its own, so that it runs once an image, however many samples are drawn
/// (Kohl et al. 2018, section 2).
/// </summary>
public abstract class LatentVariableModel : SegmentationModel
{
    private protected LatentVariableModel(LatentVariableSpec spec, long seed) : base(spec, seed) => Declaration = spec;

    /// <summary>What this network is.</summary>
    public new LatentVariableSpec Declaration { get; }

    /// <summary>
    /// What does not depend on z: image [N, C, H, W] → one map [N, channels[0], H, W] where z enters at the combiner; the deepest map and the
    /// skips, or the image itself, where it enters before.
    /// </summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    public abstract Tensor[] Features(Tensor image, Generator? random = null);

    /// <summary>What <see cref="Features"/> gave and z [N, D] → logits [N, classes, H, W].</summary>
    /// <param name="features">From <see cref="Features"/>.</param>
    /// <param name="z">[N, D].</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    public abstract Tensor Combine(Tensor[] features, Tensor z, Generator? random = null);

    /// <summary>The prior of z for each image of a batch [N, C, H, W].</summary>
    public abstract DiagonalGaussian PriorOf(Tensor image, Generator? random = null);

    /// <summary>The posterior of z for images [N, C, H, W] and masks [N, classes, H, W] of zeros and ones.</summary>
    public abstract DiagonalGaussian PosteriorOf(Tensor image, Tensor mask, Generator? random = null);

    /// <summary>The loss at given noise: z = posterior mean + sigma · noise.</summary>
    /// <param name="image">[N, C, H, W].</param>
    /// <param name="mask">[N, classes, H, W] of zeros and ones; one-hot where there are several classes.</param>
    /// <param name="noise">Standard normal draws, [N, D].</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    /// <exception cref="ArgumentException">Shapes do not fit the network or each other.</exception>
    public LossTerms LossAt(Tensor image, Tensor mask, Tensor noise, Generator? random = null)
    {
        long[] wanted = [image.shape[0], Declaration.Latent.Dimension];
        if (!noise.shape.SequenceEqual(wanted))
            throw new ArgumentException($"noise is [{string.Join(", ", noise.shape)}], but this batch takes [{string.Join(", ", wanted)}].", nameof(noise));
        using var scope = NewDisposeScope();
        var prior = PriorOf(image, random);
        var posterior = PosteriorOf(image, mask, random);
        var logits = Combine(Features(image, random), posterior.At(noise), random);
        return new LossTerms(
            LossTerms.CrossEntropyOf(logits, mask).MoveToOuterDisposeScope(),
            posterior.KullbackLeiblerPerDimension(prior).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override LossTerms Loss(Tensor image, Tensor mask, Generator random, int part = 0)
    {
        // Drawn on the generator's device, so that a seed means the same numbers wherever the network lives.
        using var drawn = randn([image.shape[0], Declaration.Latent.Dimension], device: random.device, generator: random);
        using var noise = drawn.to(image.device);
        return LossAt(image, mask, noise, random);
    }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor image, int count, Generator random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var features = Features(image);
        var prior = PriorOf(image);
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
}
