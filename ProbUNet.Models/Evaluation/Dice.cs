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
    public static double Of(BitMask a, BitMask b)
    {
        var iou = IntersectionOverUnion.Of(a, b);
        return 2 * iou / (1 + iou);
    }

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

        double sum = 0, sumOfBest = 0;
        int pairs = 0, gradersWithABest = 0;
        foreach (var grader in graders)
        {
            var (best, before) = (0.0, pairs);
            foreach (var sample in samples)
            {
                var undefined = empty != EmptyMasks.Agree && sample.IsEmpty && grader.IsEmpty;
                if (undefined && empty == EmptyMasks.SkipImage)
                    return new(double.NaN, double.NaN);
                if (undefined)
                    continue;
                var dice = Of(sample, grader);
                sum += dice;
                best = Math.Max(best, dice);
                pairs++;
            }
            sumOfBest += best;
            gradersWithABest += pairs > before ? 1 : 0;
        }
        return new(sum / pairs, sumOfBest / gradersWithABest);
    }
}
