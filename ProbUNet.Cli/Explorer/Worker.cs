using System.Threading.Channels;

namespace ProbUNet.Cli.Explorer;

/// <summary>More waits than may wait: whoever asks is told to come again.</summary>
internal sealed class BusyException() : Exception("The network has more to do than may wait; ask again in a moment.");

/// <summary>One thread that does one job after the other, so that what it owns has one user. How many jobs may wait is bounded.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private readonly Channel<Action> _jobs;
    private readonly Task _thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="waiting">Jobs that may wait while one is done; at least 1.</param>
    public Worker(int waiting)
    {
        _jobs = Channel.CreateBounded<Action>(new BoundedChannelOptions(waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _thread = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Does a job when those before it are done; one that nobody waits for any more is left out.</summary>
    /// <exception cref="BusyException">As many jobs wait as may.</exception>
    public Task<T> Do<T>(Func<T> job, CancellationToken stop)
    {
        // Whoever waits goes on elsewhere: this thread is for the jobs.
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_jobs.Writer.TryWrite(() => Settle(job, answer, stop)))
            throw new BusyException();
        return answer.Task;
    }

    /// <summary>Does what waits still, and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await _thread;
    }

    private void Run()
    {
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            while (_jobs.Reader.TryRead(out var job))
                job();
    }

    private static void Settle<T>(Func<T> job, TaskCompletionSource<T> answer, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            answer.SetCanceled(stop);
            return;
        }
        try
        {
            answer.SetResult(job());
        }
        catch (Exception error)
        {
            answer.SetException(error);
        }
    }
}
