using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>How well the samples of an image overlap its graders' masks, in Dice coefficients; higher is better.</summary>
/// <param name="Mean">
/// The mean over all pairs of a sample and a grader, in [0, 1]. It is best for one safe mask and falls with diversity: no score of a distribution.
/// </param>
/// <param name="Best">
/// For each grader the best sample, and the mean of these over graders, in [0, 1]. It only rises with the number of samples: report that beside it.
/// </param>
public readonly record struct DiceScores(double Mean, double Best);

/// <summary>The Dice coefficient (Dice 1945; Sørensen 1948) of binary masks [H, W].</summary>
public static class Dice
{
    /// <summary>
    /// 2 |A ∩ B| / (|A| + |B|) = 2 IoU / (1 + IoU), in [0, 1]. Two empty masks agree perfectly and score 1, an empty and a non-empty one 0, as
    /// for <see cref="IntersectionOverUnion.Of"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The masks differ in size.</exception>
    public static double Of(BitMask a, BitMask b) => OfIou(IntersectionOverUnion.Of(a, b));

    /// <summary>The scores of the samples of one image.</summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image; at least one.</param>
    /// <param name="graders">Masks [H, W] of the image's graders; at least one.</param>
    /// <param name="empty">
    /// What two empty masks say. By <see cref="EmptyMasks.SkipPair"/> a grader who is empty as all samples are has no best sample and is
    /// left out of <see cref="DiceScores.Best"/> too.
    /// </param>
    /// <exception cref="ArgumentException">A list is empty, or masks differ in size.</exception>
    public static DiceScores Between(IReadOnlyList<BitMask> samples, IReadOnlyList<BitMask> graders, EmptyMasks empty = EmptyMasks.Agree)
    {
        if (samples.Count == 0)
            throw new ArgumentException("A Dice coefficient needs at least one sample.", nameof(samples));
        if (graders.Count == 0)
            throw new ArgumentException("A Dice coefficient needs at least one grader's mask.", nameof(graders));
        return Of(PairDistances.To(samples, graders, empty));
    }

    /// <summary>The same of distances that are known, each 1 − IoU; NaN where the convention leaves them undefined.</summary>
    internal static DiceScores Of(PairDistances distances)
    {
        double sum = 0, sumOfBest = 0;
        int pairs = 0, gradersWithABest = 0;
        for (var grader = 0; grader < distances.Modes; grader++)
        {
            var (best, before) = (0.0, pairs);
            for (var sample = 0; sample < distances.Samples; sample++)
            {
                var distance = distances.Between(sample, grader);
                if (double.IsNaN(distance) && !distances.SkipsUndefined)
                    return new(double.NaN, double.NaN);
                if (double.IsNaN(distance))
                    continue;
                var dice = OfIou(1 - distance);
                sum += dice;
                best = Math.Max(best, dice);
                pairs++;
            }
            sumOfBest += best;
            gradersWithABest += pairs > before ? 1 : 0;
        }
        return new(sum / pairs, sumOfBest / gradersWithABest);
    }

    private static double OfIou(double iou) => 2 * iou / (1 + iou);
}
