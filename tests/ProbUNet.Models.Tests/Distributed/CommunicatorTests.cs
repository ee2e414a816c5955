using FsCheck.Xunit;
using ProbUNet.Models.Distributed;

namespace ProbUNet.Models.Tests.Distributed;

public class CommunicatorTests
{
    [Property(MaxTest = 50)]
    public void AShard_IsAFunctionOfRankAndSize_AndAllOfThemAreTheBatch_EachPlaceOnce(ushort length, byte ranks)
    {
        var (count, size) = (length % 1000, ranks % 16 + 1);
        var shards = Enumerable.Range(0, size).Select(rank => new Shard(rank, size)).ToList();
        Assert.Equal(Enumerable.Range(0, count), shards.SelectMany(shard => Enumerable.Range(shard.First(count), shard.Count(count))));
        Assert.InRange(shards.Max(shard => shard.Count(count)) - shards.Min(shard => shard.Count(count)), 0, 1);
    }

    [Property(MaxTest = 30)]
    public void AllReduce_IsTheSum_OnEveryRank(float[] values, byte ranks)
    {
        var size = ranks % 4 + 1;
        var sums = InProcessRanks.Run(size, mine =>
        {
            var own = values.Select(value => float.IsFinite(value) ? value * (mine.Rank + 1) : 0).ToArray();
            mine.AllReduce(own);
            return own;
        });
        var expected = values.Select(value => Enumerable.Range(1, size).Aggregate(0f, (sum, factor) => sum + (float.IsFinite(value) ? value * factor : 0))).ToArray();
        Assert.All(sums, sum => Assert.Equal(expected, sum));
    }

    [Property(MaxTest = 100)]
    public void AHalfSum_IsTheFloatSum_RoundedToTheNearest(float a, float b)
    {
        Span<ushort> sum = [Upper(a)];
        BFloat16Sum.Add([Upper(b)], sum);
        var exact = Wide(Upper(a)) + Wide(Upper(b));
        using var rounded = TorchSharp.torch.tensor([exact]).to(TorchSharp.torch.bfloat16).to(TorchSharp.torch.float32);
        Assert.Equal(rounded.item<float>(), Wide(sum[0]));
        return;

        static ushort Upper(float value) => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
        static float Wide(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WhatOneRankHas_AllHave(int size)
    {
        foreach (var root in Enumerable.Range(0, size))
        {
            var all = InProcessRanks.Run(size, mine => (
                Bytes: Broadcast(mine, root),
                Shared: mine.Share(mine.Rank == root ? new Said("∂", double.NaN, [1.1, -0.0, double.PositiveInfinity]) : null, root)!,
                Any: mine.Any(mine.Rank == root), None: mine.Any(false)));
            Assert.All(all, each =>
            {
                Assert.Equal([(byte)root, 7], each.Bytes);
                Assert.Equal(("∂", double.NaN), (each.Shared.Word, each.Shared.Number));
                Assert.Equal([1.1, -0.0, double.PositiveInfinity], each.Shared.Numbers);
                Assert.True(each.Any);
                Assert.False(each.None);
            });
        }

        static byte[] Broadcast(Communicator mine, int root)
        {
            byte[] values = [(byte)mine.Rank, (byte)(mine.Rank == root ? 7 : 0)];
            mine.Broadcast(values, root);
            return values;
        }
    }

    private sealed record Said(string Word, double Number, IReadOnlyList<double> Numbers);

    [Property(MaxTest = 30)]
    public void WorkThatIsSpread_ComesBackInItsOrder_AndEachItemIsDoneOnce(byte items, byte ranks)
    {
        var (count, size) = (items % 20, ranks % 4 + 1);
        var done = new int[count];
        var all = InProcessRanks.Run(size, mine => mine.Map(count, place =>
        {
            Interlocked.Increment(ref done[place]);
            return place * place;
        }));
        Assert.All(all, each => Assert.Equal(Enumerable.Range(0, count).Select(place => place * place), each));
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void WorkThatIsCancelledOnOneRank_IsCancelledOnAll()
    {
        var all = InProcessRanks.Run(3, mine =>
        {
            try
            {
                mine.Map(9, place => place == 4 ? throw new OperationCanceledException() : place);
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        });
        Assert.Equal([true, true, true], all);
    }

    [Fact]
    public void WhatTheFirstDoesBefore_IsDone_WhenAnyOtherBegins()
    {
        var (done, early) = (false, 0);
        InProcessRanks.Run(4, mine =>
        {
            mine.FirstBefore(() =>
            {
                if (mine.IsFirst)
                {
                    Thread.Sleep(50);
                    done = true;
                }
                else if (!Volatile.Read(ref done))
                    Interlocked.Increment(ref early);
            });
            return 0;
        });
        Assert.True(done);
        Assert.Equal(0, early);
    }

    [Fact]
    public void ARankThatFails_EndsTheOthers_AndIsNamed()
    {
        var error = Assert.Throws<RankFailedException>(() => InProcessRanks.Run(4, mine =>
        {
            mine.Barrier();
            if (mine.Rank == 2)
                throw new InputException("a file", "it is gone", "bring it back");
            mine.Barrier();
            return 0;
        }));
        Assert.Equal(2, error.Rank);
        Assert.Equal("rank 2 of 4 has ended: a file: it is gone; bring it back.", error.Message);
        Assert.IsType<InputException>(error.InnerException);
    }
}
