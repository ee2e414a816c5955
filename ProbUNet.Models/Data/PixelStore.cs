using System.Buffers;
using System.Runtime.InteropServices;

namespace ProbUNet.Models.Data;

/// <summary>Where the values of an image lie. Read by many threads at a time.</summary>
internal abstract class PixelStore
{
    private static readonly float[] ValueOfLevel = [.. Enumerable.Range(0, 256).Select(level => level / 255f)];

    /// <summary>How many values there are.</summary>
    public abstract int Length { get; }

    /// <summary>8 or 16 where levels are kept, and 32 where values are.</summary>
    public abstract int Bits { get; }

    /// <summary>Writes runs of values, in [0, 1].</summary>
    /// <param name="from">The place of the first.</param>
    /// <param name="runs">How many runs; at least 1.</param>
    /// <param name="stride">How far one run starts behind the one before.</param>
    /// <param name="length">Of a run, at most the stride.</param>
    /// <param name="destination">One run behind the other.</param>
    public abstract void Read(int from, int runs, int stride, int length, Span<float> destination);

    /// <summary>Makes values of the bytes of levels; see <see cref="Read"/>.</summary>
    protected static void Convert(ReadOnlySpan<byte> bytes, int bits, int runs, int stride, int length, Span<float> destination)
    {
        for (var run = 0; run < runs; run++)
        {
            var to = destination.Slice(run * length, length);
            if (bits == 8)
            {
                var from = bytes.Slice(run * stride, length);
                for (var i = 0; i < length; i++)
                    to[i] = ValueOfLevel[from[i]];
            }
            else
            {
                var from = MemoryMarshal.Cast<byte, ushort>(bytes).Slice(run * stride, length);
                for (var i = 0; i < length; i++)
                    to[i] = from[i] / 65535f;
            }
        }
    }

    /// <summary>Values in memory.</summary>
    public sealed class Values(float[] values) : PixelStore
    {
        public override int Length => values.Length;

        public override int Bits => 32;

        public override void Read(int from, int runs, int stride, int length, Span<float> destination)
        {
            for (var run = 0; run < runs; run++)
                values.AsSpan(from + run * stride, length).CopyTo(destination[(run * length)..]);
        }
    }

    /// <summary>Levels in memory: what comes from files has 8 bits a value or 16, and a set of thousands of images takes a quarter or half of the memory so.</summary>
    /// <param name="bytes">One or two a level, in the machine's order.</param>
    /// <param name="bits">8 or 16.</param>
    public sealed class Levels(byte[] bytes, int bits) : PixelStore
    {
        public override int Length => bytes.Length / (bits / 8);

        public override int Bits => bits;

        public override void Read(int from, int runs, int stride, int length, Span<float> destination) =>
            Convert(bytes.AsSpan(from * (bits / 8)), bits, runs, stride, length, destination);
    }

    /// <summary>Levels in a temporary file.</summary>
    /// <param name="block">One or two bytes a level, in the machine's order.</param>
    /// <param name="bits">8 or 16.</param>
    public sealed class Spooled(Spool.Block block, int bits) : PixelStore
    {
        public override int Length => block.Length / (bits / 8);

        public override int Bits => bits;

        public override void Read(int from, int runs, int stride, int length, Span<float> destination)
        {
            // What lies between two runs is read along: one longer read costs less than many short ones.
            var bytes = ((runs - 1) * stride + length) * (bits / 8);
            var buffer = ArrayPool<byte>.Shared.Rent(bytes);
            block.Read(from * (bits / 8), buffer.AsSpan(0, bytes));
            Convert(buffer, bits, runs, stride, length, destination);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
