using System.Runtime.InteropServices;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>
/// Sums the gradients of ranks. They travel in one flat buffer, a bucket of a few megabytes at a time, the last layers first: that is the order in which a backward pass makes them. TorchSharp tells nobody when a gradient is
/// made (it has none of PyTorch's hooks), so that the first bucket leaves when the last gradient is there (docs/scaling.md says what that costs).
/// </summary>
internal sealed class GradientExchange : IDisposable
{
    /// <summary>Values of a bucket, 4 MiB of float32: large enough for the bandwidth to count and not the latency.</summary>
    public const int BucketLength = 1 << 20;

    private readonly Communicator _ranks;
    private readonly List<Bucket> _buckets = [];
    private readonly Tensor _flat;
    private readonly Tensor? _rounded;

    /// <summary>Lays out the buffer.</summary>
    /// <param name="ranks">Between whom.</param>
    /// <param name="parameters">Whose gradients; in the same order on every rank.</param>
    /// <param name="wire">What they are rounded to on their way.</param>
    /// <param name="bucketLength">Values that close a bucket.</param>
    public GradientExchange(Communicator ranks, IEnumerable<Parameter> parameters, Precision wire, int bucketLength = BucketLength)
    {
        _ranks = ranks;
        var (places, first, offset) = (new List<(Parameter Parameter, long Offset)>(), 0L, 0L);
        foreach (var parameter in parameters.Reverse())
        {
            places.Add((parameter, offset));
            offset += parameter.numel();
            if (offset - first >= bucketLength)
                Close();
        }
        if (places.Count > 0)
            Close();
        _flat = zeros(offset, ScalarType.Float32).DetachFromDisposeScope();
        _rounded = wire == Precision.BFloat16 ? zeros(offset, ScalarType.BFloat16).DetachFromDisposeScope() : null;

        void Close()
        {
            _buckets.Add(new Bucket(first, offset - first, [.. places]));
            first = offset;
            places.Clear();
        }
    }

    /// <summary>Puts the sum over all ranks in the place of each gradient. A parameter without one on this rank has none on the others.</summary>
    public void Sum()
    {
        using var _ = no_grad();
        foreach (var bucket in _buckets)
        {
            using var scope = NewDisposeScope();
            var values = _flat.narrow(0, bucket.Start, bucket.Length);
            foreach (var (gradient, place) in Gradients(bucket))
                place.copy_(gradient);
            if (_rounded is null)
                _ranks.AllReduce(MemoryMarshal.Cast<byte, float>(values.bytes));
            else
            {
                var rounded = _rounded.narrow(0, bucket.Start, bucket.Length).copy_(values);
                _ranks.AllReduceBFloat16(MemoryMarshal.Cast<byte, ushort>(rounded.bytes));
                values.copy_(rounded);
            }
            foreach (var (gradient, place) in Gradients(bucket))
                gradient.copy_(place);
        }
    }

    /// <summary>Frees the buffer.</summary>
    public void Dispose()
    {
        _flat.Dispose();
        _rounded?.Dispose();
    }

    private IEnumerable<(Tensor Gradient, Tensor Place)> Gradients(Bucket bucket)
    {
        foreach (var (parameter, offset) in bucket.Parameters)
            if (parameter.grad is { } gradient)
                yield return (gradient, _flat.narrow(0, offset, parameter.numel()).view(parameter.shape));
    }

    private sealed record Bucket(long Start, long Length, IReadOnlyList<(Parameter Parameter, long Offset)> Parameters);
}
