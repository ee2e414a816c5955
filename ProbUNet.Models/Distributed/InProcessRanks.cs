using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ProbUNet.Models.Distributed;

/// <summary>Ranks that are threads of this process: what the laws of distribution are tested by, where there is no MPI. Sums are taken in the order of ranks.</summary>
public sealed class InProcessRanks
{
    private readonly Barrier _barrier;
    private readonly byte[][] _shown;
    private RankFailedException? _failed;

    private InProcessRanks(int size) => (_barrier, _shown) = (new Barrier(size), new byte[size][]);

    /// <summary>Does something on so many ranks at once, and waits for all of them.</summary>
    /// <param name="size">How many; at least 1.</param>
    /// <param name="work">What each does, with its communicator.</param>
    /// <returns>What each made, in the order of ranks.</returns>
    /// <exception cref="RankFailedException">One of them has thrown, which ended the others.</exception>
    public static IReadOnlyList<T> Run<T>(int size, Func<Communicator, T> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var group = new InProcessRanks(size);
        var results = new T[size];
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            using var mine = new Member(group, rank);
            try
            {
                results[rank] = work(mine);
            }
            catch (Exception error)
            {
                group.Fail(error as RankFailedException ?? new RankFailedException(rank, size, error));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        group._barrier.Dispose();
        if (group._failed is { } failed)
            ExceptionDispatchInfo.Throw(failed);
        return results;
    }

    private void Fail(RankFailedException error)
    {
        Interlocked.CompareExchange(ref _failed, error, null);
        // Those who wait now, or will, are not to wait for ever.
        _barrier.RemoveParticipant();
    }

    private void Meet()
    {
        _barrier.SignalAndWait();
        if (_failed is { } failed)
            throw new RankFailedException(failed.Rank, _shown.Length, failed.InnerException!);
    }

    private sealed class Member(InProcessRanks group, int rank) : Communicator
    {
        public override int Rank => rank;

        public override int Size => group._shown.Length;

        public override void AllReduce(Span<float> values) => Reduce(values, (other, sum) =>
        {
            for (var i = 0; i < sum.Length; i++)
                sum[i] += other[i];
        });

        public override void AllReduceBFloat16(Span<ushort> values) => Reduce(values, BFloat16Sum.Add);

        public override void Broadcast(Span<byte> values, int root = 0)
        {
            if (rank == root)
                group._shown[root] = values.ToArray();
            group.Meet();
            group._shown[root].CopyTo(values);
            group.Meet();   // nobody shows anything else before all have looked
        }

        public override void Barrier() => group.Meet();

        public override void Dispose()
        {
        }

        private delegate void Adder<T>(ReadOnlySpan<T> values, Span<T> sum);

        private void Reduce<T>(Span<T> values, Adder<T> add) where T : unmanaged
        {
            group._shown[rank] = MemoryMarshal.AsBytes(values).ToArray();
            group.Meet();
            MemoryMarshal.Cast<byte, T>(group._shown[0]).CopyTo(values);
            foreach (var other in group._shown.AsSpan(1))
                add(MemoryMarshal.Cast<byte, T>(other), values);
            group.Meet();
        }
    }
}
