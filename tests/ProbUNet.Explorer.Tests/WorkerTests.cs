using ProbUNet.Cli.Explorer;

namespace ProbUNet.Explorer.Tests;

/// <summary>The queue before a network, and what is kept of images.</summary>
public sealed class WorkerTests
{
    [Fact]
    public async Task Jobs_AreDoneOneAfterTheOther_InTheirOrder()
    {
        await using var worker = new Worker(waiting: 100);
        var (order, threads) = (new List<int>(), new HashSet<int>());
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => worker.Do(() => (order.Append(i).Count(), threads.Add(Environment.CurrentManagedThreadId), Add(i)), default)));
        Assert.Equal(Enumerable.Range(0, 100), order);
        Assert.Single(threads);

        bool Add(int i)
        {
            order.Add(i);
            return true;
        }
    }

    [Fact]
    public async Task NoMoreThanTheBound_Wait()
    {
        await using var worker = new Worker(waiting: 3);
        using var gate = new Gate(worker);
        var waiting = Enumerable.Range(0, 3).Select(i => worker.Do(() => i, default)).ToList();
        Assert.Throws<BusyException>(() => { _ = worker.Do(() => 3, default); });
        gate.Open();
        Assert.Equal<int[]>([0, 1, 2], await Task.WhenAll(waiting));
    }

    [Fact]
    public async Task AJobThatNobodyWaitsFor_IsLeftOut_AndOneThatFailsHarmsNoOther()
    {
        await using var worker = new Worker(waiting: 3);
        using var gate = new Gate(worker);
        using var stop = new CancellationTokenSource();
        var isDone = false;
        var left = worker.Do(() => isDone = true, stop.Token);
        var failed = worker.Do<int>(() => throw new InvalidOperationException("no"), default);
        stop.Cancel();
        gate.Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failed);
        Assert.Equal(1, await worker.Do(() => 1, default));
        Assert.False(isDone);
    }

    [Fact]
    public void TheOneUsedLongestAgo_MakesRoom_AndIsDisposed()
    {
        var disposed = new List<string>();
        var kept = new RecentlyUsed<Noted>(2);
        Get("a");
        Get("b");
        Get("a");
        Get("c");
        Assert.Equal(["b"], disposed);
        Assert.True(kept.TryGet("a", out _));
        Assert.False(kept.TryGet("b", out _));
        Assert.Equal(2, kept.Count);
        kept.Dispose();
        Assert.Equal(["a", "b", "c"], disposed.Order());

        void Get(string key) => kept.Get(key, () => new Noted(() => disposed.Add(key)));
    }

    private sealed class Noted(Action told) : IDisposable
    {
        public void Dispose() => told();
    }
}

/// <summary>Holds a worker, so that what comes behind waits.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new();

    public Gate(Worker worker)
    {
        using var begun = new ManualResetEventSlim();
        Done = worker.Do(() =>
        {
            begun.Set();
            return _open.Wait(TimeSpan.FromMinutes(1));
        }, default);
        begun.Wait();
    }

    private Task<bool> Done { get; }

    public void Open() => _open.Set();

    public void Dispose()
    {
        Open();
        Done.GetAwaiter().GetResult();
        _open.Dispose();
    }
}
