using ProbUNet.Dsl;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>A network of one function, from images to logits.</summary>
public abstract class LogitsModel : SegmentationModel
{
    private protected LogitsModel(ModelSpec spec, long seed) : base(spec, seed) { }

    /// <summary>Image [N, C, H, W] → logits [N, classes, H, W]; of several heads [N, heads · classes, H, W], the classes of head 0 first.</summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    public virtual Tensor Logits(Tensor image, Generator? random = null) => Run("logits", random, image)[0];

    /// <inheritdoc/>
    public override LossTerms Loss(Tensor image, Tensor mask, Generator random, int part = 0)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(random);
        using var logits = Logits(image, random);
        return new LossTerms(LossTerms.CrossEntropyOf(logits, mask)).For(image, mask);
    }
}
