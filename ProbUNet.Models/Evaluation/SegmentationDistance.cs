using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>The distance between two segmentations, on which every metric here rests, for both tasks of the paper.</summary>
public static class SegmentationDistance
{
    /// <summary>
    /// d(A, B) = 1 − the mean IoU over the evaluated classes, in [0, 1]. A class that is absent from both has no IoU and is left out of the mean; if all
    /// are, the distance is 0, unless another convention makes it NaN. So for binary masks it is 1 − IoU with d(∅, ∅) = 0 (Kohl et al. 2018, Appendix B), and
    /// for several classes the mean of the paper's released evaluation of Cityscapes (which drops images in which no evaluated class is present). Pixels in no
    /// plane count nowhere: take them out of both segmentations first.
    /// </summary>
    /// <param name="a">[K, H, W].</param>
    /// <param name="b">[K, H, W].</param>
    /// <param name="classes">What the planes mean, and which of them count.</param>
    /// <param name="empty">What two segmentations say in which no evaluated class is present; the paper's convention by default.</param>
    /// <exception cref="ArgumentException">The segmentations differ in size, or have other classes.</exception>
    public static double Between(Segmentation a, Segmentation b, SegmentationClasses classes, EmptyMasks empty = EmptyMasks.Agree)
    {
        if (a.Classes != classes.Count || b.Classes != classes.Count)
            throw new ArgumentException($"Segmentations of {a.Classes} and {b.Classes} classes are compared over {classes.Count} classes.", nameof(classes));
        if (a.Height != b.Height || a.Width != b.Width)
            throw new ArgumentException($"A segmentation of {a.Height}x{a.Width} cannot be compared with one of {b.Height}x{b.Width}: bring them to one size.", nameof(b));

        var (sum, present) = (0.0, 0);
        var evaluated = classes.Evaluated;
        for (var i = 0; i < evaluated.Count; i++)
        {
            var (left, right) = (a[evaluated[i]], b[evaluated[i]]);
            if (left.IsEmpty && right.IsEmpty)
                continue;
            var intersection = left.Overlap(right);
            sum += (double)intersection / (left.Area + right.Area - intersection);
            present++;
        }
        return present > 0 ? 1 - sum / present : empty == EmptyMasks.Agree ? 0 : double.NaN;
    }
}
