using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace ProbUNet.Models.Sources;

/// <summary>Work on many things at once, of which one failure is told as it is and not as a collection.</summary>
internal static class Each
{
    // Without a limit the thread pool adds a thread each half second as long as the work lasts: hundreds of them, which only wait for each other.
    private static readonly ParallelOptions Cores = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    /// <summary>Does something with each of so many things.</summary>
    public static void InParallel(int count, Action<int> act) => Plainly(() => Parallel.For(0, count, Cores, act));

    /// <summary>Does something with each thing.</summary>
    public static void InParallel<T>(Partitioner<T> things, Action<T> act) => Plainly(() => Parallel.ForEach(things, Cores, act));

    private static void Plainly(Action work)
    {
        try
        {
            work();
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }
    }
}
