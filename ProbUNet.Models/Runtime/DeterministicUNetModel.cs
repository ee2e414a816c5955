using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>A plain U-Net: one answer an image, so that all its samples are the same.</summary>
public class DeterministicUNetModel : LogitsModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected internal DeterministicUNetModel(DeterministicUNetSpec spec, long seed) : base(spec, seed) { }

    /// <inheritdoc/>
    public override DeterministicUNetSpec Declaration => (DeterministicUNetSpec)base.Declaration;

    /// <inheritdoc/>
    public override int? DistinctAnswers => 1;

    private protected override IEnumerable<Tensor> Answers(Tensor image, int count, Generator random) =>
        Enumerable.Repeat(Probabilities(Logits(image)), count);

    private protected override Func<Region, IEnumerable<Tensor>> AnswersInTiles(TiledImage image, int count, Generator random) =>
        region => Enumerable.Repeat(Probabilities(image.At(region, "logits")), count);
}
