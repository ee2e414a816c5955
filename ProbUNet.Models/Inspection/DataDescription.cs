using ProbUNet.Models.Data;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Inspection;

/// <summary>What is in a data set, and what is wrong with it, found without training.</summary>
/// <param name="Name">Where it comes from.</param>
/// <param name="Classes">What the planes of its segmentations mean.</param>
/// <param name="Splits">Train, validation and test, in this order; of the images that can be used.</param>
/// <param name="Problems">Errors and warnings, each in the order of the images.</param>
public sealed record DataDescription(string Name, SegmentationClasses Classes, IReadOnlyList<SplitDescription> Splits, IReadOnlyList<DataProblem> Problems)
{
    /// <summary>Whether training refuses the data.</summary>
    public bool IsRefused => Refusal is not null;

    /// <summary>What training says of them, the first error and how many other files have one; nothing where it takes them.</summary>
    public InputException? Refusal => DataProblem.Refusal(Problems);

    /// <summary>How many modes an image has, where their probabilities are known; of the first image to report on, or to train on.</summary>
    public int? KnownModes { get; init; }

    /// <summary>The smallest and the largest of their probabilities.</summary>
    public (double Least, double Most)? KnownProbabilities { get; init; }
}

/// <summary>What is in a split.</summary>
/// <param name="Split">Which.</param>
/// <param name="Images">How many images can be used.</param>
/// <param name="Cases">How many cases (patients) they are of.</param>
public sealed record SplitDescription(DataSplit Split, int Images, int Cases)
{
    /// <summary>How many images have how many graders, by graders; no entry where graders are drawn anew at each visit.</summary>
    public IReadOnlyDictionary<int, int> Graders { get; init; } = new Dictionary<int, int>();

    /// <summary>How many images are of which shape, the most frequent first.</summary>
    public IReadOnlyList<(ImageShape Shape, int Images)> Shapes { get; init; } = [];

    /// <summary>Of binary masks of fixed graders: how many images have how many graders who drew anything.</summary>
    public IReadOnlyDictionary<int, int> GradersWhoDrew { get; init; } = new Dictionary<int, int>();

    /// <summary>How many masks there are.</summary>
    public int Masks { get; init; }

    /// <summary>How many masks have nothing drawn in them.</summary>
    public int EmptyMasks { get; init; }

    /// <summary>The mean share of a class in the labelled pixels of a mask, or of the foreground, in [0, 1]; one a class. Where graders are drawn anew, in expectation.</summary>
    public IReadOnlyList<double> ClassShares { get; init; } = [];

    /// <summary>The mean share of the foreground in masks with anything drawn, in [0, 1]; NaN where there is none, or several classes.</summary>
    public double ForegroundWhereDrawn { get; init; } = double.NaN;

    /// <summary>E[d(Y, Y′)], d = 1 − IoU, over all pairs of graders, a grader with himself included, and the mean over images, in [0, 1]; NaN without images.</summary>
    public double GraderDiversity { get; init; } = double.NaN;

    /// <summary>The mean IoU of two different graders (1 for two empty masks), and the mean over images with two graders or more, in [0, 1]; NaN where there is none.</summary>
    public double Agreement { get; init; } = double.NaN;

    /// <summary>GED² of predictors that look at no image: what every network has to beat; and of the masks that graders themselves would vote for.</summary>
    public IReadOnlyList<ConstantPrediction> Constants { get; init; } = [];
}

/// <summary>The shape of an image.</summary>
/// <param name="Channels">1 or 3.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Bits">8 or 16 a level; 32 where it has values.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width, int Bits);

/// <summary>How a prediction that needs no network is judged.</summary>
/// <param name="Name">What is predicted.</param>
/// <param name="LooksAtGraders">Whether it is made of what the image's own graders drew: no predictor can do so, and few masks alone do better.</param>
/// <param name="Ged">The mean over images of GED² as a V-statistic, 2 E[d(S, Y)] − E[d(Y, Y′)], in [0, 2]: of one prediction, so that E[d(S, S′)] is 0.</param>
/// <param name="Images">How many images the mean is over.</param>
public sealed record ConstantPrediction(string Name, bool LooksAtGraders, double Ged, int Images);
