using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>Scores of one image.</summary>
/// <param name="Image">Its name.</param>
/// <param name="Case">Its patient.</param>
/// <param name="EnergyDistances">GED² against the image's <see cref="GradedImage.Reference"/>, one for each count of the evaluation.</param>
/// <param name="MatchedIou">Hungarian-matched IoU of the largest count.</param>
public sealed record ImageScore(string Image, string Case, IReadOnlyList<EnergyDistance> EnergyDistances, double MatchedIou)
{
    /// <summary>Dice of the largest count; binary masks only.</summary>
    public DiceScores? Dice { get; init; }

    /// <summary>PHiSeg's normalised cross-correlation of the largest count; binary masks of graders and predictors of probabilities only, and nothing where a map is constant.</summary>
    public double? CrossCorrelation { get; init; }

    /// <summary>Which modes the samples hit, where they are known.</summary>
    public ModeCoverage? Modes { get; init; }

    /// <summary>How many pixels the samples give to each switched class and to its alternate, in the order of the switches; where there are label switches only.</summary>
    public IReadOnlyList<SwitchedPixels>? SwitchedPixels { get; init; }

    /// <summary>How far the samples' pixel probabilities are from the graders' frequencies; binary masks of graders and predictors of probabilities only.</summary>
    public Calibration? Calibration { get; init; }
}

/// <summary>Scores of all images.</summary>
/// <param name="Counts">The numbers of samples; the first n of those drawn count for n.</param>
/// <param name="Images">One score an image.</param>
public sealed record EvaluationResult(IReadOnlyList<int> Counts, IReadOnlyList<ImageScore> Images)
{
    /// <summary>GED² (V-statistic) for a number of samples, mean over images.</summary>
    /// <exception cref="InputException">The number is not among <see cref="Counts"/>.</exception>
    public double GedAt(int count)
    {
        var place = Counts.ToList().IndexOf(count);
        return place >= 0 ? Images.Average(image => image.EnergyDistances[place].Squared) : throw new InputException($"GED² of {count} samples", "it was not measured", $"use one of {string.Join(", ", Counts)}, or evaluate with this number among them");
    }

    /// <summary>Hungarian-matched IoU of the largest count, mean over images.</summary>
    public double MatchedIou => Images.Average(image => image.MatchedIou);

    /// <summary>Calibration over all pixels of all images; nothing where no image has one.</summary>
    public Calibration? Calibration => Images.Select(image => image.Calibration).Where(each => each is not null).Aggregate((Calibration?)null, (all, each) => all?.Merge(each!) ?? each);
}
