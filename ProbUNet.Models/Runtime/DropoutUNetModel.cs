using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The Dropout U-Net (Kohl et al. 2018, section 3): each sample is a pass with dropout of its own.</summary>
public class DropoutUNetModel : LogitsModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected internal DropoutUNetModel(DropoutUNetSpec spec, long seed) : base(spec, seed) { }

    /// <inheritdoc/>
    public override DropoutUNetSpec Declaration => (DropoutUNetSpec)base.Declaration;

    private protected override IEnumerable<Tensor> Answers(Tensor image, int count, Generator random) =>
        Enumerable.Range(0, count).Select(_ => Probabilities(Logits(image, random)));

    private protected override Func<Region, IEnumerable<Tensor>> AnswersInTiles(TiledImage image, int count, Generator random) =>
        throw new InputException("A Dropout U-Net", "each sample drops values all over the image, by random numbers in the order of the whole map, which no tile can draw by itself", "sample the image whole");
}
