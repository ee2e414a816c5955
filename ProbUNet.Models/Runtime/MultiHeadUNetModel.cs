using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>M-Heads (Kohl et al. 2018, section 3): the samples are the answers of the heads.</summary>
/// <remarks>
/// Fewer samples than heads are heads drawn at random, none twice; more samples go through all heads again, in another order. (Which head the
/// paper takes for a single sample is not known; docs/paper.md says why a random one.)
/// </remarks>
public class MultiHeadUNetModel : LogitsModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected internal MultiHeadUNetModel(MultiHeadUNetSpec spec, long seed) : base(spec, seed) { }

    /// <inheritdoc/>
    public override MultiHeadUNetSpec Declaration => (MultiHeadUNetSpec)base.Declaration;

    /// <inheritdoc/>
    public override int? DistinctAnswers => Declaration.Heads;

    /// <summary>Image [N, C, H, W] → logits [N, heads, classes, H, W].</summary>
    public Tensor HeadLogits(Tensor image, Generator? random = null)
    {
        using var logits = Logits(image, random);
        return ByHead(logits);
    }

    private protected override IEnumerable<Tensor> Answers(Tensor image, int count, Generator random)
    {
        var orders = Orders(image, count, random);
        return Chosen(HeadLogits(image), orders);
    }

    private protected override Func<Region, IEnumerable<Tensor>> AnswersInTiles(TiledImage image, int count, Generator random)
    {
        var orders = Orders(image.Image, count, random);
        return region => Chosen(ByHead(image.At(region, "logits")), orders);
    }

    private Tensor ByHead(Tensor logits) => logits.view(logits.shape[0], Declaration.Heads, Declaration.Classes, logits.shape[2], logits.shape[3]);

    /// <summary>The heads that answer, [N, count].</summary>
    private Tensor Orders(Tensor image, int count, Generator random)
    {
        var (batch, heads) = (image.shape[0], Declaration.Heads);
        // For each image and each round an order of all heads: the first n of m samples are those of a call for n.
        var rounds = (count + heads - 1) / heads;
        return cat(Enumerable.Range(0, rounds).Select(_ => rand(batch, heads, device: random.device, generator: random).argsort(1)).ToArray(), 1).narrow(1, 0, count).to(image.device);
    }

    private IEnumerable<Tensor> Chosen(Tensor logits, Tensor orders)
    {
        var chosen = orders.view(orders.shape[0], orders.shape[1], 1, 1, 1).expand(-1, -1, logits.shape[2], logits.shape[3], logits.shape[4]);
        return logits.gather(1, chosen).unbind(1).Select(Probabilities);
    }

    /// <summary>The weight that all heads but the best share (Rupprecht et al. 2017): without it, a head that is never the best is never trained.</summary>
    public const double Relaxation = 0.05;

    // Held: see SegmentationModel.Operators.cs.
    private static readonly Scalar OfTheBest = (1 - Relaxation).ToScalar();

    /// <inheritdoc/>
    /// <remarks>Σₕ wₕ CEₕ, where the best head of an image has the weight 1 − ε and each other one ε / (m − 1), with ε = 0.05.</remarks>
    public override LossTerms Loss(Tensor image, Tensor mask, Generator random, int part = 0)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(random);
        using var scope = NewDisposeScope();
        var logits = HeadLogits(image, random);
        var heads = Declaration.Heads;
        var each = stack(Enumerable.Range(0, heads).Select(head => LossTerms.CrossEntropyOf(logits.select(1, head), mask)), 1);   // [N, heads]
        if (heads == 1)
            return new LossTerms(each.squeeze(1).MoveToOuterDisposeScope()).For(image, mask);
        var best = each.detach().argmin(1, keepdim: true);
        using var ofOthers = (Relaxation / (heads - 1)).ToScalar();
        var weights = full_like(each, ofOthers).scatter(1, best, full_like(best, OfTheBest, dtype: each.dtype));
        return new LossTerms(each.mul(weights).sum(1).MoveToOuterDisposeScope()).For(image, mask);
    }
}
