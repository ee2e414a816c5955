using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>The overlap of two binary masks [H, W], on which every metric here rests.</summary>
public static class IntersectionOverUnion
{
    /// <summary>
    /// IoU = |A ∩ B| / |A ∪ B|, in [0, 1]. Two empty masks agree perfectly and score 1, an empty and a non-empty one 0
    /// (Kohl et al. 2018, Appendix B): that nobody drew anything is an answer too.
    /// </summary>
    /// <exception cref="ArgumentException">The masks differ in size.</exception>
    public static double Of(BitMask a, BitMask b)
    {
        var intersection = a.Overlap(b);
        var union = a.Area + b.Area - intersection;
        return union == 0 ? 1 : (double)intersection / union;
    }

    /// <summary>The distance d(A, B) = 1 − IoU(A, B), in [0, 1]; a metric, with d(∅, ∅) = 0.</summary>
    /// <exception cref="ArgumentException">The masks differ in size.</exception>
    public static double Distance(BitMask a, BitMask b) => 1 - Of(a, b);
}
