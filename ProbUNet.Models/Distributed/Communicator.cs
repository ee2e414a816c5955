using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProbUNet.Models.Distributed;

/// <summary>
/// Ranks that do one thing together: processes of an MPI job, threads of a test, or one process alone. Every rank calls the same members in the same order; one that is called waits for
/// the others. The words are MPI's (MPI Forum 2021, "MPI: A Message-Passing Interface Standard, Version 4.0", chapter 6).
/// </summary>
public abstract class Communicator : IDisposable
{
    private static readonly JsonSerializerOptions Form = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IgnoreReadOnlyProperties = true };

    /// <summary>One rank, which waits for nobody.</summary>
    public static Communicator Alone { get; } = new OneRank();

    /// <summary>Which of the ranks this is, from 0 to <see cref="Size"/> − 1.</summary>
    public abstract int Rank { get; }

    /// <summary>How many there are; at least 1.</summary>
    public abstract int Size { get; }

    /// <summary>Whether this is rank 0, which writes and speaks for all.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Puts the sum over all ranks in the place of each value.</summary>
    /// <param name="values">As many on every rank.</param>
    public abstract void AllReduce(Span<float> values);

    /// <summary>Puts the sum over all ranks, in bfloat16 rounded after each addition, in the place of each value.</summary>
    /// <param name="values">The upper halves of float32 numbers, as many on every rank.</param>
    public abstract void AllReduceBFloat16(Span<ushort> values);

    /// <summary>Gives all ranks what one of them has.</summary>
    /// <param name="values">As many on every rank.</param>
    /// <param name="root">The rank that has it.</param>
    public abstract void Broadcast(Span<byte> values, int root = 0);

    /// <summary>Waits until all ranks are here.</summary>
    public abstract void Barrier();

    /// <summary>Leaves the others; none may wait for this rank any more.</summary>
    public abstract void Dispose();

    /// <summary>Whether something is so on any rank.</summary>
    public bool Any(bool mine)
    {
        if (Size == 1)
            return mine;
        Span<float> count = [mine ? 1 : 0];
        AllReduce(count);
        return count[0] > 0;
    }

    /// <summary>Does something on the first rank, and on the others when it is done there.</summary>
    /// <param name="act">What each does.</param>
    public void FirstBefore(Action act)
    {
        if (IsFirst)
            act();
        Barrier();
        if (!IsFirst)
            act();
    }

    /// <summary>What rank <paramref name="root"/> has, on every rank: the very bits of its numbers.</summary>
    /// <typeparam name="T">Something that System.Text.Json can write and read.</typeparam>
    public T Share<T>(T mine, int root = 0)
    {
        if (Size == 1)
            return mine;
        var bytes = Rank == root ? JsonSerializer.SerializeToUtf8Bytes(mine, Form) : [];
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Broadcast(length, root);
        if (Rank != root)
            bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        Broadcast(bytes, root);
        return Rank == root ? mine : JsonSerializer.Deserialize<T>(bytes, Form)!;
    }

    /// <summary>Spreads work over the ranks: rank r does the items r, r + <see cref="Size"/>, … and every rank gets the results of all, in their order.</summary>
    /// <typeparam name="T">Something that System.Text.Json can write and read.</typeparam>
    /// <param name="count">How many items there are; the same on every rank.</param>
    /// <param name="work">Does one of them, as a pure function of its place.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled, on this rank or another.</exception>
    public IReadOnlyList<T> Map<T>(int count, Func<int, T> work)
    {
        var mine = new List<T>();
        OperationCanceledException? cancelled = null;
        try
        {
            for (var place = Rank; place < count; place += Size)
                mine.Add(work(place));
        }
        catch (OperationCanceledException error)
        {
            cancelled = error;
        }
        // The others have to know before they wait for what does not come.
        if (Any(cancelled is not null))
            throw cancelled ?? new OperationCanceledException("Another rank was told to stop.");
        var all = Enumerable.Range(0, Size).Select(rank => Share(mine, rank)).ToList();
        return [.. Enumerable.Range(0, count).Select(place => all[place % Size][place / Size])];
    }

    private sealed class OneRank : Communicator
    {
        public override int Rank => 0;

        public override int Size => 1;

        public override void AllReduce(Span<float> values)
        {
        }

        public override void AllReduceBFloat16(Span<ushort> values)
        {
        }

        public override void Broadcast(Span<byte> values, int root = 0)
        {
        }

        public override void Barrier()
        {
        }

        public override void Dispose()
        {
        }
    }
}
