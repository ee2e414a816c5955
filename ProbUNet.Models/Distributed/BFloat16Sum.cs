using System.Runtime.CompilerServices;

namespace ProbUNet.Models.Distributed;

/// <summary>Sums of bfloat16 numbers, which neither .NET nor MPI has: each is the upper half of a float32.</summary>
internal static class BFloat16Sum
{
    /// <summary>Adds values to a sum, rounded to the nearest, ties to even.</summary>
    public static void Add(ReadOnlySpan<ushort> values, Span<ushort> sum)
    {
        for (var i = 0; i < sum.Length; i++)
            sum[i] = Rounded(Wide(sum[i]) + Wide(values[i]));
    }

    /// <summary>A bfloat16 as a float32, exactly.</summary>
    private static float Wide(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Rounded(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        // Rounding could carry the bits of a NaN into those of an infinity.
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
