using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The U-Net ensemble (Kohl et al. 2018, section 3): sample i is the answer of member i.</summary>
/// <remarks>
/// No randomness is used in sampling. With more samples than members the members answer again in their order; where each answers equally often, the
/// V-statistic of GED² is that of the members.
/// </remarks>
public class UNetEnsembleModel : SegmentationModel
{
    /// <summary>For generated classes and the interpreter.</summary>
    protected internal UNetEnsembleModel(UNetEnsembleSpec spec, long seed) : base(spec, seed) { }

    /// <inheritdoc/>
    public override UNetEnsembleSpec Declaration => (UNetEnsembleSpec)base.Declaration;

    /// <summary>Image [N, C, H, W] → logits [N, classes, H, W] of one member.</summary>
    /// <param name="number">The member, counted from 0.</param>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="random">Decides the dropout; none is done without.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such member.</exception>
    public virtual Tensor Logits(int number, Tensor image, Generator? random = null) => number >= 0 && number < Declaration.Members
        ? Run(Numbered.Name("logits", number), random, image)[0]
        : throw NoSuch(number, Declaration.Members);

    /// <summary>What the names of a member's parameters begin with.</summary>
    public static string PrefixOf(int member) => UNetEnsembleSpec.PrefixOf(member);

    private protected override IEnumerable<Tensor> Answers(Tensor image, int count, Generator random) => Answers(count, member => Logits(member, image));

    private protected override Func<Region, IEnumerable<Tensor>> AnswersInTiles(TiledImage image, int count, Generator random) =>
        region => Answers(count, member => image.At(region, Numbered.Name("logits", member)));

    private IEnumerable<Tensor> Answers(int count, Func<int, Tensor> logits)
    {
        var answers = Enumerable.Range(0, Math.Min(count, Declaration.Members)).Select(member => Probabilities(logits(member))).ToList();
        return Enumerable.Range(0, count).Select(sample => answers[sample % answers.Count]);
    }

    /// <inheritdoc/>
    public override LossTerms Loss(Tensor image, Tensor mask, Generator random, int part = 0)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(random);
        using var logits = Logits(part, image, random);
        return new LossTerms(LossTerms.CrossEntropyOf(logits, mask)).For(image, mask);
    }

    /// <inheritdoc/>
    public override int? DistinctAnswers => Declaration.Members;

    /// <inheritdoc/>
    public override int PartCount => Declaration.Members;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> ParametersOf(int part) =>
        named_parameters().Where(named => named.name.StartsWith(PrefixOf(part), StringComparison.Ordinal)).Select(named => (named.name, named.parameter));
}
