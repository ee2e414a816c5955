using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>
/// Hands out the batches of steps in their order, and has the next ones made on other threads meanwhile: at most <paramref name="ahead"/> of them, which bounds its memory. A batch is a pure
/// function of its step, so that the bytes do not depend on how many are made at once.
/// </summary>
/// <param name="draw">Makes the batch of a step on the CPU, on any thread.</param>
/// <param name="first">The step that is asked for first.</param>
/// <param name="last">The last step that there is.</param>
/// <param name="ahead">Batches that are made before they are asked for; with 0, each is made when it is asked for.</param>
/// <param name="time">By what waiting is measured.</param>
internal sealed class BatchLoader(Func<int, Batch> draw, int first, int last, int ahead, TimeProvider time) : IDisposable
{
    private readonly Queue<Task<Batch>> _pending = new();
    private int _next = first;

    /// <summary>How long <see cref="Next"/> has waited for batches that were not ready.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The next batch, on a device; the caller owns it.</summary>
    public Batch Next(Device device)
    {
        Fill(Math.Max(1, ahead));
        var (start, pending) = (time.GetTimestamp(), _pending.Dequeue());
        using var batch = pending.GetAwaiter().GetResult();
        Waited += time.GetElapsedTime(start);
        Fill(ahead);
        return batch.To(device);
    }

    private void Fill(int count)
    {
        while (_pending.Count < count && _next <= last)
        {
            var step = _next++;
            _pending.Enqueue(ahead == 0 ? Task.FromResult(draw(step)) : Task.Run(() => draw(step)));
        }
    }

    /// <summary>Waits for what is being made, and frees it.</summary>
    public void Dispose()
    {
        foreach (var pending in _pending)
            try
            {
                pending.GetAwaiter().GetResult().Dispose();
            }
            catch (Exception)
            {
                // Nobody asked for this batch, so that nobody misses it: its error would have been thrown by Next.
            }
        _pending.Clear();
    }
}
