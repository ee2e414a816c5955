namespace ProbUNet.Models.Evaluation;

/// <summary>
/// What the overlap of two empty masks says; of several classes, of two segmentations in which no evaluated class is present. Published evaluations differ
/// here without saying so, and a score means nothing without it: on crops where most graders may have drawn nothing, such pairs decide.
/// </summary>
public enum EmptyMasks
{
    /// <summary>
    /// Both agree that there is nothing: IoU and Dice 1, distance 0 (Kohl et al. 2018, Appendix B). The paper's convention, and ours wherever
    /// none is named.
    /// </summary>
    Agree,

    /// <summary>
    /// 0/0 is no number, and the pair is left out: a mean runs over the pairs that remain, a mask with itself among them only if it is not
    /// empty. A mean that no pair is left for is NaN. (NumPy's <c>nanmean</c> over a matrix of distances does this.)
    /// </summary>
    SkipPair,

    /// <summary>
    /// 0/0 is no number, and neither is any mean that such a pair is part of: the score is NaN, and whoever averages over images drops this one
    /// and should say how many were dropped. The paper's released evaluation of Cityscapes treats images so of which two masks hold none of the classes.
    /// </summary>
    SkipImage,
}

/// <summary>
/// Over which pairs the expected distance within one set runs. Published evaluations differ here too; the paper's Figure 4 fits the first only.
/// </summary>
public enum Pairs
{
    /// <summary>
    /// All n² ordered pairs, a mask with itself included: the V-statistic. GED² is never negative then, and too large in expectation by
    /// E[d(S, S′)]/n and, if graders are draws too, E[d(Y, Y′)]/m.
    /// </summary>
    All,

    /// <summary>
    /// The n(n − 1) ordered pairs i ≠ j: the U-statistic. GED² is unbiased then, may be negative, and is undefined (NaN) for one mask.
    /// </summary>
    Distinct,
}
