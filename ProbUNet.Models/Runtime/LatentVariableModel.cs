using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// A network with a latent z. What does not depend on z is a function of its own, so that it runs once an image, however many samples are drawn
/// (Kohl et al. 2018, section 2).
/// </summary>
public abstract class LatentVariableModel : SegmentationModel
{
    private readonly Lazy<(bool SeesImage, bool IsStandard)> _prior;

    // Of its graph, which generated code does without: built where somebody asks, and once.
    private protected LatentVariableModel(LatentVariableSpec spec, long seed) : base(spec, seed) => _prior = new(() => GraphBuilder.Build(Declaration).Match(
        graph => graph["prior"] is var prior ? (prior.SeesArguments, prior.IsZero) : default,
        errors => throw new InvalidOperationException($"{GetType().Name} has errors: {errors}")));

    /// <inheritdoc/>
    public override LatentVariableSpec Declaration => (LatentVariableSpec)base.Declaration;

    /// <summary>
    /// What does not depend on z: image [N, C, H, W] → one map [N, channels[0], H, W] where z enters at the combiner; the deepest map and the
    /// skips, or the image itself, where it enters before.
    /// </summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    /// <returns>In the precision and layout that the network works in: for <see cref="Combine"/>.</returns>
    public virtual Tensor[] Features(Tensor image, Generator? random = null) => Run("features", random, image);

    /// <summary>What <see cref="Features"/> gave for N images and z [k·N, D], k an image → logits [k·N, classes, H, W].</summary>
    /// <param name="features">From <see cref="Features"/>.</param>
    /// <param name="z">[k·N, D]: the k of the first image, then those of the second.</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    public virtual Tensor Combine(Tensor[] features, Tensor z, Generator? random = null) => Run("combine", random, [.. features ?? throw new ArgumentNullException(nameof(features)), z])[0];

    /// <summary>P(z|X), the prior of z for each image: Gaussians [N, D].</summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    public virtual DiagonalGaussian Prior(Tensor image, Generator? random = null) => new(Run("prior", random, image));

    /// <summary>Whether the prior depends on the image; else it is one Gaussian for all of them.</summary>
    internal bool PriorSeesImage => _prior.Value.SeesImage;

    /// <summary>Whether the prior is N(0, I), whatever the image.</summary>
    internal bool PriorIsStandard => _prior.Value.IsStandard;

    /// <summary>Q(z|X,Y), the posterior of z for each image and mask: Gaussians [N, D].</summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="mask">[N, classes, H, W] of zeros and ones.</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    public abstract DiagonalGaussian Posterior(Tensor image, Tensor mask, Generator? random = null);

    /// <summary>The loss at given noise: z = posterior mean + sigma · noise. Of an image with several masks features and prior are computed once.</summary>
    /// <param name="image">[N, C, H, W].</param>
    /// <param name="mask">[k·N, classes, H, W] of zeros and ones, k an image; one-hot where there are several classes.</param>
    /// <param name="noise">Standard normal draws, [k·N, D].</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    /// <exception cref="ArgumentException">Shapes do not fit the network or each other.</exception>
    public LossTerms LossAt(Tensor image, Tensor mask, Tensor noise, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(noise);
        Arguments.CheckSamples(image, nameof(image), mask, nameof(mask));
        long[] wanted = [mask.shape[0], Declaration.Latent.Dimension];
        if (!noise.shape.SequenceEqual(wanted))
            throw new ArgumentException($"noise is [{string.Join(", ", noise.shape)}], but this batch takes [{string.Join(", ", wanted)}].", nameof(noise));
        using var scope = NewDisposeScope();
        var prior = Prior(image, random);
        var posterior = Posterior(LossTerms.Repeated(image, mask), mask, random);
        var logits = Combine(Features(image, random), posterior.At(noise), random);
        return new LossTerms(
            LossTerms.CrossEntropyOf(logits, mask).MoveToOuterDisposeScope(),
            posterior.KullbackLeiblerPerDimension(new(LossTerms.Repeated(prior.Mean, mask), LossTerms.Repeated(prior.LogSigma, mask))).MoveToOuterDisposeScope()).For(image, mask);
    }

    /// <inheritdoc/>
    /// <remarks>Sealed: a training takes the noise of the whole batch and calls <see cref="LossAt"/>.</remarks>
    public sealed override LossTerms Loss(Tensor image, Tensor mask, Generator random, int part = 0)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(random);
        return LossOfSome(image, mask, ((int)image.shape[0], 0), random, random, part);
    }

    internal override LossTerms LossOfSome(Tensor image, Tensor mask, (int Length, int First) batch, Generator shared, Generator random, int part)
    {
        // That of all images, of which a few take theirs: z is the same, however the batch is spread.
        Arguments.CheckSamples(image, nameof(image), mask, nameof(mask));
        var each = mask.shape[0] / image.shape[0];
        using var noise = DiagonalGaussian.Noise([batch.Length * each, Declaration.Latent.Dimension], image.device, shared);
        using var own = noise.narrow(0, batch.First * each, image.shape[0] * each);
        return LossAt(image, mask, own, random);
    }

    // Samples that are drawn at once share the features of an image, and every kernel has more to do.
    private const int AtOnce = 16;

    private protected override IEnumerable<Tensor> Answers(Tensor image, int count, Generator random)
    {
        var features = Features(image);
        return Answers(z => Combine(features, z), Draws(Prior(image), count, random));
    }

    private protected override Func<Region, IEnumerable<Tensor>> AnswersInTiles(TiledImage image, int count, Generator random)
    {
        var draws = Draws(new(image.Whole("prior")), count, random).ToList();
        return region => Answers(image.At(region, "features", "combine"), draws);
    }

    /// <summary>z of all samples, [N, samples, D] of those that are drawn at once.</summary>
    private static IEnumerable<Tensor> Draws(DiagonalGaussian prior, int count, Generator random)
    {
        for (var drawn = 0; drawn < count; drawn += AtOnce)
        {
            var samples = Math.Min(AtOnce, count - drawn);
            yield return stack([.. Enumerable.Range(0, samples).Select(_ => prior.Sample(random))], 1);
        }
    }

    private IEnumerable<Tensor> Answers(Func<Tensor, Tensor> combine, IEnumerable<Tensor> draws)
    {
        foreach (var z in draws)
        {
            using var together = z.flatten(0, 1);
            var answers = Probabilities(combine(together));
            foreach (var answer in answers.view([.. z.shape[..2], .. answers.shape[1..]]).unbind(1))
                yield return answer;
        }
    }
}
