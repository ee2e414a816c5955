using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>What a network computes its maps in. Weights, means, Gaussians, losses and all results are float32 in either.</summary>
public enum Precision
{
    /// <summary>float32: 24 bits of significand.</summary>
    Float32,

    /// <summary>
    /// bfloat16: 8 bits of significand and the range of float32 (so that no loss needs scaling); half the memory, and with AVX512-BF16, AMX or a GPU about twice the speed.
    /// </summary>
    BFloat16,
}

internal static class Precisions
{
    /// <summary>By their short names, which command lines take.</summary>
    public static IReadOnlyDictionary<string, Precision> ByShortName { get; } = new Dictionary<string, Precision>(StringComparer.OrdinalIgnoreCase) { ["f32"] = Precision.Float32, ["bf16"] = Precision.BFloat16 };

    /// <summary>By all the words that are understood: the short names and those that libtorch and others say.</summary>
    public static IReadOnlyDictionary<string, Precision> ByName { get; } =
        new Dictionary<string, Precision>(ByShortName, StringComparer.OrdinalIgnoreCase) { ["float32"] = Precision.Float32, ["bfloat16"] = Precision.BFloat16 };

    /// <summary>The short name of a precision.</summary>
    public static string ShortName(this Precision precision) => ByShortName.Single(each => each.Value == precision).Key;

    /// <summary>What libtorch calls it.</summary>
    public static ScalarType Type(this Precision precision) => precision switch
    {
        Precision.Float32 => ScalarType.Float32,
        Precision.BFloat16 => ScalarType.BFloat16,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "There is no such precision."),
    };
}
