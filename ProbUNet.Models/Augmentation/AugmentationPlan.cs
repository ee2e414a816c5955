using System.Text.Json.Serialization;

namespace ProbUNet.Models.Augmentation;

/// <summary>
/// How training deforms what it sees, as a value; by default not at all. Image and segmentation are deformed alike (<see cref="SpatialMap"/>), gamma changes the
/// image alone. The paper names "random elastic deformation, rotation, shearing, scaling and a randomly translated crop" for LIDC (appendix H.1) and gives no
/// number; those of <see cref="Paper"/> are taken from the code that its authors released for Cityscapes, where that has one, and are ours else.
/// </summary>
public sealed record AugmentationPlan
{
    /// <summary>Nothing is changed.</summary>
    public static AugmentationPlan None { get; } = new();

    /// <summary>Mirrored either way, each with probability 1/2: what does no harm where up and left mean nothing.</summary>
    public static AugmentationPlan Flips { get; } = new() { FlipHorizontal = true, FlipVertical = true };

    /// <summary>
    /// What the paper names for LIDC (appendix H.1): elastic deformation, rotation, shear and scale; no mirroring, no change of intensity. Rotation and scale are
    /// those of <see cref="Cityscapes"/>. So is the elastic deformation, brought from 256x512 pixels to the paper's 128x128 (<see cref="Zoomed"/> by √(1/8)): alpha up
    /// to 800/8, sigma about 25/√8 to 35/√8. The shear is ours: 10° make an ellipse with axes as 1.2 to 1 of a disc, no more than the scales differ.
    /// </summary>
    public static AugmentationPlan Paper { get; } = new()
    {
        ElasticAlpha = 100, SmallestElasticSigma = 9, LargestElasticSigma = 12, Rotation = 22.5, Shear = 10, SmallestScale = 1 / 1.2, LargestScale = 1 / 0.8,
    };

    /// <summary>
    /// What the code that the authors released does to Cityscapes at 256x512 pixels: mirrored left to right, elastic deformation with alpha 0 to 800 and sigma 25 to
    /// 35, rotation up to π/8, scale 0.8 to 1.2 (of coordinates; 1/1.2 to 1/0.8 of what is shown), gamma 0.7 to 1.5 in three of ten images. It fills what lies beyond
    /// the image with black and ignored pixels, restores mean and deviation of a channel after gamma, and draws scale and gamma half below 1 and half above: here
    /// the image is reflected, gamma is a plain power, and both are drawn log-uniformly.
    /// </summary>
    public static AugmentationPlan Cityscapes { get; } = new()
    {
        FlipHorizontal = true, ElasticAlpha = 800, SmallestElasticSigma = 25, LargestElasticSigma = 35, Rotation = 22.5,
        SmallestScale = 1 / 1.2, LargestScale = 1 / 0.8, SmallestGamma = 0.7, LargestGamma = 1.5, GammaProbability = 0.3,
    };

    /// <summary>Whether half of the images are mirrored left to right.</summary>
    public bool FlipHorizontal { get; init; }

    /// <summary>Whether half of the images are mirrored top to bottom.</summary>
    public bool FlipVertical { get; init; }

    /// <summary>How often the elastic deformation, rotation, shear and scale are applied, all of them together; 0 to 1. Default 1, as in the released code.</summary>
    public double SpatialProbability { get; init; } = 1;

    /// <summary>
    /// The largest strength α of the elastic deformation, in pixels; 0 to 1e5, and 0 is none. An image's is uniform in [0, α]. A pixel moves by α times a Gaussian mean, of
    /// deviation σ pixels, of noise that is uniform in [−1, 1] (Simard et al. 2003): by α / (2σ√(3π)) = 0.163 α/σ pixels along each axis, as a standard deviation.
    /// </summary>
    public double ElasticAlpha { get; init; }

    /// <summary>The smallest σ of the elastic deformation, in pixels: over about 2σ neighbours move together; 1 to 1e4. An image's is uniform between this and the largest.</summary>
    public double SmallestElasticSigma { get; init; } = 9;

    /// <summary>The largest σ of the elastic deformation, in pixels; from the smallest to 1e4.</summary>
    public double LargestElasticSigma { get; init; } = 12;

    /// <summary>The largest rotation either way, in degrees; 0 to 180. An image's is uniform.</summary>
    public double Rotation { get; init; }

    /// <summary>The largest shear of rows against each other either way, in degrees by which an upright line leans; 0 to 60. An image's is uniform.</summary>
    public double Shear { get; init; }

    /// <summary>The smallest factor by which an image is enlarged; 0.1 to 10, below 1 shrinks. An image's is log-uniform between this and the largest.</summary>
    public double SmallestScale { get; init; } = 1;

    /// <summary>The largest factor by which an image is enlarged; from the smallest to 10.</summary>
    public double LargestScale { get; init; } = 1;

    /// <summary>The smallest exponent of values in [0, 1]; 0.1 to 10, below 1 brightens. A channel's is log-uniform between this and the largest.</summary>
    public double SmallestGamma { get; init; } = 1;

    /// <summary>The largest exponent; from the smallest to 10.</summary>
    public double LargestGamma { get; init; } = 1;

    /// <summary>How often gamma is applied to an image; 0 to 1.</summary>
    public double GammaProbability { get; init; } = 1;

    /// <summary>Whether the plan changes nothing, whatever is drawn.</summary>
    [JsonIgnore]
    public bool IsIdentity => !FlipHorizontal && !FlipVertical && !Deforms && !ChangesGamma;

    /// <summary>Whether an image may be deformed other than by flips.</summary>
    internal bool Deforms => SpatialProbability > 0 && (ElasticAlpha, Rotation, Shear, SmallestScale, LargestScale) is not (0, 0, 0, 1, 1);

    /// <summary>Whether an image may get other values.</summary>
    internal bool ChangesGamma => GammaProbability > 0 && (SmallestGamma, LargestGamma) is not (1, 1);

    /// <summary>The plan that does the same to images that show the same on <paramref name="factor"/> times the pixels a side: sigma grows by the factor, alpha by its square, angles and factors stay.</summary>
    /// <param name="factor">For example 0.5 for <see cref="Paper"/> at 64x64; above 0.</param>
    public AugmentationPlan Zoomed(double factor) => this with
    {
        ElasticAlpha = ElasticAlpha * factor * factor, SmallestElasticSigma = SmallestElasticSigma * factor, LargestElasticSigma = LargestElasticSigma * factor,
    };

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="InputException">Names every setting at fault and its range, in one sentence.</exception>
    public void Check() => InputException.Refuse(Faults());

    /// <summary>What cannot work, in the order of the settings.</summary>
    internal IReadOnlyList<InputException> Faults()
    {
        var faults = new List<InputException>();
        Between(SpatialProbability, 0, 1, nameof(SpatialProbability), "0 to 1");
        Between(ElasticAlpha, 0, 1e5, nameof(ElasticAlpha), "0 to 1e5");
        Ordered((nameof(SmallestElasticSigma), SmallestElasticSigma, plan => plan.SmallestElasticSigma), (nameof(LargestElasticSigma), LargestElasticSigma, plan => plan.LargestElasticSigma), (1, 1e4), "1", "1e4");
        Between(Rotation, 0, 180, nameof(Rotation), "0 to 180");
        Between(Shear, 0, 60, nameof(Shear), "0 to 60");
        Ordered((nameof(SmallestScale), SmallestScale, plan => plan.SmallestScale), (nameof(LargestScale), LargestScale, plan => plan.LargestScale), (0.1, 10), "0.1", "10");
        Ordered((nameof(SmallestGamma), SmallestGamma, plan => plan.SmallestGamma), (nameof(LargestGamma), LargestGamma, plan => plan.LargestGamma), (0.1, 10), "0.1", "10");
        Between(GammaProbability, 0, 1, nameof(GammaProbability), "0 to 1");
        return faults;

        // Of two that are the wrong way round the fault is that of the one that somebody wrote, and not of a default or of a set that has a name.
        void Ordered((string Name, double Value, Func<AugmentationPlan, double> Of) smallest, (string Name, double Value, Func<AugmentationPlan, double> Of) largest, (double Low, double High) range, string low, string high)
        {
            var before = faults.Count;
            Between(smallest.Value, range.Low, range.High, smallest.Name, $"{low} to {high}");
            Between(largest.Value, range.Low, range.High, largest.Name, $"{low} to {high}");
            if (faults.Count > before || smallest.Value <= largest.Value)
                return;
            bool IsUsual((string Name, double Value, Func<AugmentationPlan, double> Of) setting) => new[] { None, Paper, Cityscapes }.Any(plan => setting.Of(plan) == setting.Value);
            if (IsUsual(largest) && !IsUsual(smallest))
                faults.Add(InputException.CannotWork(Path(smallest.Name), smallest.Value, FormattableString.Invariant($"{low} to {Path(largest.Name)}, which is {largest.Value}, or raise that too")));
            else
                faults.Add(InputException.CannotWork(Path(largest.Name), largest.Value, FormattableString.Invariant($"{Path(smallest.Name)}, which is {smallest.Value}, to {high}")));
        }

        static string Path(string setting) => $"TrainingPlan.Augmentation.{setting}";

        void Between(double value, double smallest, double largest, string setting, string range)
        {
            if (!(value >= smallest && value <= largest))
                faults.Add(InputException.CannotWork(Path(setting), value, range));
        }
    }
}
