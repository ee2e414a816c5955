namespace ProbUNet.Models.Randomness;

/// <summary>What a stream of random numbers is for, so that no two uses of one seed see the same numbers.</summary>
internal enum Purpose
{
    Order = 1,
    Grader = 2,
    Noise = 3,
    Evaluation = 4,
    Crop = 5,
    Shown = 6,
    Plane = 7,
    Augmentation = 8,
    Resampling = 10,
    SignFlips = 11,
    Part = 12,
    Seed = 13,
}
