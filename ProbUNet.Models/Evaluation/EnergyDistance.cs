namespace ProbUNet.Models.Evaluation;

/// <summary>
/// A generalised energy distance with the terms that it is made of: a model may score the same by being close to the graders or by
/// being as diverse as they are, and only the terms tell which. All expectations run over all ordered pairs, a mask with itself included.
/// </summary>
/// <param name="CrossDistance">E[d(S, Y)], the mean distance of a sample to a grader, in [0, 1].</param>
/// <param name="SampleDiversity">E[d(S, S′)], the mean distance of two samples, in [0, 1 − 1/n] for n of them.</param>
/// <param name="GraderDiversity">E[d(Y, Y′)], the mean distance of two graders, in [0, 1 − 1/m] for m of them.</param>
public readonly record struct EnergyDistance(double CrossDistance, double SampleDiversity, double GraderDiversity)
{
    /// <summary>
    /// D²_GED = 2 E[d(S, Y)] − E[d(S, S′)] − E[d(Y, Y′)], in [0, 2] to rounding (Kohl et al. 2018). Lower is better;
    /// 0 if and only if samples and graders are the same distribution.
    /// </summary>
    public double Squared => 2 * CrossDistance - SampleDiversity - GraderDiversity;
}
