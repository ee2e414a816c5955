using System.Text;
using static TorchSharp.torch;

namespace ProbUNet.Models.Randomness;

/// <summary>
/// A stream of random numbers that is a pure function of a seed and of what it is for: SplitMix64 (Steele, Lea and Flood 2014), whose
/// state is a counter. <see cref="System.Random"/> promises no sequence across versions of the runtime; this one is a contract.
/// </summary>
public sealed class RandomStream
{
    private ulong _state;

    private RandomStream(ulong state) => _state = state;

    /// <summary>The stream of a seed and keys; different keys give independent streams.</summary>
    public static RandomStream For(long seed, params ReadOnlySpan<long> keys)
    {
        // Mix maps 0 to 0: without the constant, seed 0 and key k would be the stream of seed k + 1.
        var state = Mix(unchecked((ulong)seed + 0x9E3779B97F4A7C15));
        foreach (var key in keys)
            state = Mix(unchecked(state * 0x9E3779B97F4A7C15 + (ulong)key + 1));
        return new RandomStream(state);
    }

    /// <summary>A key made of a name, the same on every machine (FNV-1a, 64 bits, over UTF-8).</summary>
    public static long Key(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var value in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ value) * 0x100000001B3);
        return unchecked((long)hash);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => Mix(unchecked(_state += 0x9E3779B97F4A7C15));

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public double NextDouble(double from, double to) => from + (to - from) * NextDouble();

    /// <summary>Uniform in 0 … <paramref name="exclusive"/> − 1, by the high half of a 128-bit product.</summary>
    public int NextInt32(int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusive, 1);
        return (int)Math.BigMul(NextUInt64(), (ulong)exclusive, out _);
    }

    /// <summary>A generator of tensors, started by the next 64 bits; the caller owns it.</summary>
    public Generator Generator() => new(NextUInt64());

    /// <summary>The generator of tensors of a seed, all of whose bits count; the caller owns it.</summary>
    /// <remarks>On the CPU torch reads the lower 32 bits of what a generator is started by. A seed that has no others is handed on as it is; any other goes through a stream.</remarks>
    public static Generator GeneratorOf(long seed) => seed is >= 0 and <= uint.MaxValue ? new((ulong)seed) : For(seed, (long)Purpose.Seed).Generator();

    /// <summary>Puts the items in an order that is uniform over all (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt32(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
