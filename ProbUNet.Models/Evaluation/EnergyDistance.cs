namespace ProbUNet.Models.Evaluation;

/// <summary>
/// A generalised energy distance with the terms that it is made of: a model may score the same by being close to the graders or by
/// being as diverse as they are, and only the terms tell which. Expectations run over all ordered pairs, a mask with itself included, unless
/// a member says otherwise.
/// </summary>
/// <param name="CrossDistance">E[d(S, Y)], the mean distance of a sample to a grader, in [0, 1].</param>
/// <param name="SampleDiversity">E[d(S, S′)], the mean distance of two samples, in [0, 1 − 1/n] for n of them.</param>
/// <param name="GraderDiversity">E[d(Y, Y′)], the mean distance of two graders, in [0, 1 − 1/m] for m of them.</param>
public readonly record struct EnergyDistance(double CrossDistance, double SampleDiversity, double GraderDiversity)
{
    /// <summary>The mean distance of two different samples, (1/(n(n − 1))) Σᵢ≠ⱼ d(Sᵢ, Sⱼ), in [0, 1]; NaN for one sample, which has no pair.</summary>
    public double UnbiasedSampleDiversity { get; init; } = double.NaN;

    /// <summary>
    /// The mean distance of two different graders, (1/(m(m − 1))) Σᵢ≠ⱼ d(Yᵢ, Yⱼ), in [0, 1]; NaN for one grader. Against a known distribution it
    /// is <see cref="GraderDiversity"/>: that term is exact, and nothing needs mending.
    /// </summary>
    public double UnbiasedGraderDiversity { get; init; } = double.NaN;

    /// <summary>
    /// D²_GED = 2 E[d(S, Y)] − E[d(S, S′)] − E[d(Y, Y′)], in [0, 2] to rounding (Kohl et al. 2018). Lower is better;
    /// 0 if and only if samples and graders are the same distribution.
    /// </summary>
    public double Squared => 2 * CrossDistance - SampleDiversity - GraderDiversity;

    /// <summary>
    /// D²_GED as a U-statistic, in [−(1/n + 1/m), 2] to rounding: the same with both diversities over pairs i ≠ j (Székely and Rizzo 2013,
    /// "Energy statistics"). Its expectation does not depend on the number of samples or graders and is 0 for a perfect model; so a single
    /// value may be negative. NaN for one sample or one grader.
    /// </summary>
    public double UnbiasedSquared => SquaredOver(Pairs.Distinct);

    /// <summary>D²_GED with the diversities over the pairs of a convention: <see cref="Squared"/> or <see cref="UnbiasedSquared"/>.</summary>
    public double SquaredOver(Pairs pairs)
    {
        var (samples, graders) = Diversities(pairs);
        return 2 * CrossDistance - samples - graders;
    }

    /// <summary>
    /// How far the samples are from being as diverse as the graders: |E[d(S, S′)] − E[d(Y, Y′)]|, in [0, 1], lower is better (our own
    /// definition, of the two terms that Kohl et al. 2018 subtract). It says nothing about what is drawn: read it beside
    /// <see cref="CrossDistance"/>.
    /// </summary>
    /// <param name="pairs">
    /// <see cref="Pairs.Distinct"/> unless said otherwise, NaN then for one sample or one grader. Over all pairs, 16 samples and 4 graders of
    /// one distribution would seem to differ by (15/16 − 3/4) of its diversity.
    /// </param>
    public double DiversityGap(Pairs pairs = Pairs.Distinct)
    {
        var (samples, graders) = Diversities(pairs);
        return Math.Abs(samples - graders);
    }

    private (double Samples, double Graders) Diversities(Pairs pairs) =>
        pairs == Pairs.Distinct ? (UnbiasedSampleDiversity, UnbiasedGraderDiversity) : (SampleDiversity, GraderDiversity);
}
