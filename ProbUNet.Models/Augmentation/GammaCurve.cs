using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Augmentation;

/// <summary>The curve v ↦ v^γ of values in [0, 1]: it keeps 0 and 1 and the order of values.</summary>
internal static class GammaCurve
{
    /// <summary>Draws whether an image is changed, and then by a curve of its own for each channel, as in the released code.</summary>
    /// <param name="plan">How often and how far.</param>
    /// <param name="random">One number of it is used, and one more a channel.</param>
    /// <param name="pixels">[C, H, W] in [0, 1].</param>
    /// <param name="channels">Channels, C.</param>
    public static void Apply(AugmentationPlan plan, RandomStream random, Span<float> pixels, int channels)
    {
        var changed = random.NextDouble() < plan.GammaProbability;
        var size = pixels.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var gamma = SpatialMap.LogUniform(plan.SmallestGamma, plan.LargestGamma, random);
            if (changed && gamma != 1)
                Apply((float)gamma, pixels.Slice(channel * size, size));
        }
    }

    /// <summary>Raises values to a power above 0.</summary>
    public static void Apply(float gamma, Span<float> values)
    {
        foreach (ref var value in values)
            value = MathF.Pow(value, gamma);
    }
}
