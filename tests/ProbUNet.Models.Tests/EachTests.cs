using System.Collections.Concurrent;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests;

public sealed class EachTests
{
    /// <summary>Where there are threads enough for all of it, too: more at once only wait for each other, each with its image in memory.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NoMoreIsDoneAtOnceThanThereAreCores(bool areCounted)
    {
        var count = 8 * Environment.ProcessorCount;
        ThreadPool.GetMinThreads(out var workers, out var others);
        var (done, atOnce, most) = (0, 0, 0);
        Assert.True(ThreadPool.SetMinThreads(Math.Max(workers, count), others));
        try
        {
            if (areCounted)
                Each.InParallel(count, Take);
            else
                Each.InParallel(Partitioner.Create(Enumerable.Range(0, count), EnumerablePartitionerOptions.NoBuffering), Take);
        }
        finally
        {
            ThreadPool.SetMinThreads(workers, others);
        }
        Assert.Equal(count, done);
        Assert.InRange(most, 1, Environment.ProcessorCount);

        void Take(int place)
        {
            var now = Interlocked.Increment(ref atOnce);
            for (var seen = most; now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = most)
            {
            }
            Thread.Sleep(20);
            Interlocked.Decrement(ref atOnce);
            Interlocked.Increment(ref done);
        }
    }
}
