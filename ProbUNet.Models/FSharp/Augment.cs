using Microsoft.FSharp.Core;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Training;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>How images are deformed in training, for F#: <c>Plan.augmentation (Augment.paper |> Augment.flipHorizontal true |> Augment.rotation 10.0)</c>. What is said of a setting is of <see cref="none"/>. Nothing is checked before the training.</summary>
public static class Augment
{
    /// <summary>Nothing is changed.</summary>
    public static AugmentationPlan none { get; } = AugmentationPlan.None;

    /// <summary>Mirrored either way, each with probability 1/2.</summary>
    public static AugmentationPlan flips { get; } = AugmentationPlan.Flips;

    /// <summary>What the paper names for LIDC (appendix H.1), for images of 128x128: elastic deformation, rotation, shear and scale. <see cref="zoomed"/> brings it to another size.</summary>
    public static AugmentationPlan paper { get; } = AugmentationPlan.Paper;

    /// <summary>What the code that the authors released does to Cityscapes at 256x512.</summary>
    public static AugmentationPlan cityscapes { get; } = AugmentationPlan.Cityscapes;

    /// <summary>Whether half of the images are mirrored left to right; none are unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> flipHorizontal(bool half) => Change(plan => plan with { FlipHorizontal = half });

    /// <summary>Whether half of the images are mirrored top to bottom; none are unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> flipVertical(bool half) => Change(plan => plan with { FlipVertical = half });

    /// <summary>How often the elastic deformation, rotation, shear and scale are applied, all of them together; 0 to 1, 1 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> spatialProbability(double share) => Change(plan => plan with { SpatialProbability = share });

    /// <summary>The largest strength α of the elastic deformation, in pixels; 0 to 1e5, and 0, as it is unless said, is none. A pixel moves by 0.163 α/σ pixels along each axis, as a standard deviation.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> elasticAlpha(double pixels) => Change(plan => plan with { ElasticAlpha = pixels });

    /// <summary>The smallest σ of the elastic deformation, in pixels; 1 to 1e4, 9 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> smallestElasticSigma(double pixels) => Change(plan => plan with { SmallestElasticSigma = pixels });

    /// <summary>The largest σ of the elastic deformation, in pixels; from the smallest to 1e4, 12 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> largestElasticSigma(double pixels) => Change(plan => plan with { LargestElasticSigma = pixels });

    /// <summary>The largest rotation either way, in degrees; 0 to 180, 0 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> rotation(double degrees) => Change(plan => plan with { Rotation = degrees });

    /// <summary>The largest shear either way, in degrees by which an upright line leans; 0 to 60, 0 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> shear(double degrees) => Change(plan => plan with { Shear = degrees });

    /// <summary>The smallest factor by which an image is enlarged; 0.1 to 10, below 1 shrinks, 1 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> smallestScale(double factor) => Change(plan => plan with { SmallestScale = factor });

    /// <summary>The largest factor by which an image is enlarged; from the smallest to 10, 1 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> largestScale(double factor) => Change(plan => plan with { LargestScale = factor });

    /// <summary>The smallest exponent of values in [0, 1]; 0.1 to 10, below 1 brightens, 1 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> smallestGamma(double exponent) => Change(plan => plan with { SmallestGamma = exponent });

    /// <summary>The largest exponent; from the smallest to 10, 1 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> largestGamma(double exponent) => Change(plan => plan with { LargestGamma = exponent });

    /// <summary>How often gamma is applied to an image; 0 to 1, 1 unless said.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> gammaProbability(double share) => Change(plan => plan with { GammaProbability = share });

    /// <summary>The same to images that show the same on so many times the pixels a side: <c>Augment.paper |> Augment.zoomed 0.5</c> for 64x64; above 0.</summary>
    public static FSharpFunc<AugmentationPlan, AugmentationPlan> zoomed(double factor) => Change(plan => plan.Zoomed(factor));

    private static FSharpFunc<AugmentationPlan, AugmentationPlan> Change(Func<AugmentationPlan, AugmentationPlan> change) => FuncConvert.FromFunc(change);
}

/// <summary>A target for the cross-entropy (GECO), for F#: <c>Plan.geco (Geco.standard |> Geco.target 0.03)</c>. Nothing is checked before the training.</summary>
public static class Geco
{
    /// <summary>The defaults, of which the target is the hierarchical network's.</summary>
    public static GecoPlan standard { get; } = new();

    /// <summary>Nats a pixel that the cross-entropy shall come down to; above 0, 0.05 unless said.</summary>
    public static FSharpFunc<GecoPlan, GecoPlan> target(double nats) => Change(plan => plan with { Target = nats });

    /// <summary>How fast the weight of the cross-entropy moves: in a step by the factor exp(rate · how far the running mean is above the target, as a share of it); above 0, 0.01 unless said.</summary>
    public static FSharpFunc<GecoPlan, GecoPlan> rate(double speed) => Change(plan => plan with { Rate = speed });

    /// <summary>How much of the running mean of the cross-entropy stays in each step; at least 0, below 1, 0.99 unless said.</summary>
    public static FSharpFunc<GecoPlan, GecoPlan> decay(double share) => Change(plan => plan with { Decay = share });

    private static FSharpFunc<GecoPlan, GecoPlan> Change(Func<GecoPlan, GecoPlan> change) => FuncConvert.FromFunc(change);
}
