using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The Image2Image VAE (Kohl et al. 2018, section 3): a prior that is N(0, I) whatever the image, a posterior that sees the mask alone.</summary>
public abstract class ImageToImageVaeModel : LatentVariableModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected ImageToImageVaeModel(ImageToImageVaeSpec spec, long seed) : base(spec, seed) => Declaration = spec;

    /// <summary>What this network is.</summary>
    public new ImageToImageVaeSpec Declaration { get; }

    /// <summary>Q(z|Y): mask [N, classes, H, W] of zeros and ones → mean and log sigma, both [N, D].</summary>
    public abstract (Tensor mean, Tensor logSigma) Posterior(Tensor mask, Generator? random = null);

    /// <inheritdoc/>
    public sealed override DiagonalGaussian PriorOf(Tensor image, Generator? random = null)
    {
        long[] shape = [image.shape[0], Declaration.Latent.Dimension];
        return new DiagonalGaussian(zeros(shape, device: image.device), zeros(shape, device: image.device));
    }

    /// <inheritdoc/>
    public sealed override DiagonalGaussian PosteriorOf(Tensor image, Tensor mask, Generator? random = null) => Posterior(mask, random);

    internal sealed class Interpreted : ImageToImageVaeModel, IInterpreted
    {
        public Interpreted(ImageToImageVaeSpec spec, Graph graph, long seed, Device? device) : base(spec, seed)
        {
            Runner = new GraphRunner(graph, Create);
            Complete(device);
        }

        public GraphRunner Runner { get; }

        public override Tensor[] Features(Tensor image, Generator? random = null) => Runner.Call("features", random, image);

        public override (Tensor mean, Tensor logSigma) Posterior(Tensor mask, Generator? random = null) =>
            Runner.Call("posterior", random, mask) is [var mean, var logSigma] ? (mean, logSigma) : throw new InvalidOperationException();

        public override Tensor Combine(Tensor[] features, Tensor z, Generator? random = null) => Runner.Call("combine", random, [.. features, z])[0];
    }
}
