using ProbUNet.Dsl;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The Image2Image VAE (Kohl et al. 2018, section 3): a prior that is N(0, I) whatever the image, a posterior that sees the mask alone.</summary>
public class ImageToImageVaeModel : LatentVariableModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected internal ImageToImageVaeModel(ImageToImageVaeSpec spec, long seed) : base(spec, seed) { }

    /// <inheritdoc/>
    public override ImageToImageVaeSpec Declaration => (ImageToImageVaeSpec)base.Declaration;

    /// <summary>Q(z|Y): mask [N, classes, H, W] of zeros and ones → Gaussians [N, D].</summary>
    /// <param name="mask">[N, classes, H, W] of zeros and ones.</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    public virtual DiagonalGaussian Posterior(Tensor mask, Generator? random = null) => new(Run("posterior", random, mask));

    /// <inheritdoc/>
    public sealed override DiagonalGaussian Posterior(Tensor image, Tensor mask, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Posterior(mask, random);
    }
}
