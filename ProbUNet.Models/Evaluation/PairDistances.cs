using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// All distances between what was drawn for an image and what it is judged against, each computed once and read by every score: d(S, Y), and where they
/// are asked for d(S, S′) and d(Y, Y′). Each is symmetric, 0 between equal segmentations, and NaN where the convention leaves it undefined, that of a mask
/// to itself included.
/// </summary>
internal sealed class PairDistances
{
    /// <summary>How many numbers a table may have, 2 GiB: 16,384 segmentations compared with each other.</summary>
    private const int MostDistances = 1 << 28;

    private readonly Segmentation[] _samples;
    private readonly Segmentation[] _modes;
    private readonly SegmentationClasses _classes;
    private readonly EmptyMasks _empty;
    private double[,]? _between, _amongSamples, _amongModes;

    private PairDistances(Segmentation[] samples, ModeDistribution reference, SegmentationClasses classes, EmptyMasks empty) =>
        (_samples, _modes, Weights, AreDraws, _classes, _empty) = (samples, [.. reference.Modes], reference.Probabilities, reference.AreDraws, classes, empty);

    /// <summary>How many samples there are.</summary>
    public int Samples => _samples.Length;

    /// <summary>How many modes there are.</summary>
    public int Modes => _modes.Length;

    /// <summary>One probability a mode.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>See <see cref="ModeDistribution.AreDraws"/>.</summary>
    public bool AreDraws { get; }

    /// <summary>Whether a mean leaves out distances that are NaN; else it becomes NaN.</summary>
    public bool SkipsUndefined => _empty == EmptyMasks.SkipPair;

    /// <summary>Samples against what they are judged by: graders, or a whole distribution.</summary>
    /// <param name="samples">Segmentations [K, H, W] that the model drew for one image.</param>
    /// <param name="reference">Modes [K, H, W] and their probabilities.</param>
    /// <param name="classes">What the planes mean, and which of them count.</param>
    /// <param name="empty">What two empty masks say.</param>
    public static PairDistances To(IReadOnlyList<Segmentation> samples, ModeDistribution reference, SegmentationClasses classes, EmptyMasks empty = EmptyMasks.Agree) =>
        new([.. samples], reference, classes, empty);

    /// <summary>Samples against graders, each an independent draw.</summary>
    /// <param name="samples">Masks [H, W] that the model drew for one image.</param>
    /// <param name="graders">Masks [H, W] of the image's graders; at least one.</param>
    /// <param name="empty">What two empty masks say.</param>
    public static PairDistances To(IReadOnlyList<BitMask> samples, IReadOnlyList<BitMask> graders, EmptyMasks empty = EmptyMasks.Agree) =>
        To(Segmentation.Binaries(samples), ModeDistribution.OfDraws(Segmentation.Binaries(graders)), SegmentationClasses.Binary, empty);

    /// <summary>Those within a distribution, without samples.</summary>
    public static PairDistances Within(ModeDistribution reference, SegmentationClasses classes) => To([], reference, classes);

    /// <summary>d(S, Y) of a sample and a mode, by their places.</summary>
    /// <exception cref="ArgumentException">Segmentations differ in size or classes.</exception>
    /// <exception cref="InputException">They are too many to compare: more than 2²⁸ pairs. The same of what follows.</exception>
    public double Between(int sample, int mode) => AllBetween[sample, mode];

    /// <summary>All of those, [samples, modes].</summary>
    public double[,] AllBetween => _between ??= Table(_samples, _modes);

    /// <summary>d(S, S′) of two samples, by their places.</summary>
    /// <exception cref="ArgumentException">Segmentations differ in size or classes.</exception>
    public double AmongSamples(int first, int second) => (_amongSamples ??= Among(_samples))[first, second];

    /// <summary>d(Y, Y′) of two modes, by their places.</summary>
    public double AmongModes(int first, int second) => (_amongModes ??= Among(_modes))[first, second];

    private double[,] Table(Segmentation[] rows, Segmentation[] columns)
    {
        var table = Empty(rows.Length, columns.Length);
        for (var row = 0; row < rows.Length; row++)
            for (var column = 0; column < columns.Length; column++)
                table[row, column] = Distance(rows[row], columns[column]);
        return table;
    }

    /// <summary>d is symmetric: half of the table is enough.</summary>
    private double[,] Among(Segmentation[] all)
    {
        var table = Empty(all.Length, all.Length);
        for (var row = 0; row < all.Length; row++)
            for (var column = 0; column <= row; column++)
                table[row, column] = table[column, row] = Distance(all[row], all[column]);
        return table;
    }

    private static double[,] Empty(int rows, int columns)
    {
        var size = (long)rows * columns;
        return size <= MostDistances ? new double[rows, columns] : throw new InputException("The segmentations",
            FormattableString.Invariant($"{rows} are to be compared with {columns}, which are {size} distances, and at most {MostDistances} are held"), "compare fewer samples, graders or modes");
    }

    private double Distance(Segmentation a, Segmentation b) => SegmentationDistance.Between(a, b, _classes, _empty);
}
