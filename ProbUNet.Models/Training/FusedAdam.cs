using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>
/// A step of Adam in one pass over memory: four arrays are read and three written, where operators of libtorch would go over them twenty times. The roundings are those of
/// the operators, in their order, but for the root, which MKL rounds one way or the other and this one to the nearest: so that a step is the same on every processor.
/// </summary>
/// <param name="MeanDecay">β₁.</param>
/// <param name="MeanShare">1 − β₁.</param>
/// <param name="SquareDecay">β₂.</param>
/// <param name="SquareShare">1 − β₂.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Correction">√(1 − β₂ᵗ).</param>
/// <param name="Size">−α / (1 − β₁ᵗ).</param>
/// <param name="Penalty">What of a weight is added to its gradient: Adam's weight decay.</param>
/// <param name="Shrink">What is left of a weight: AdamW's.</param>
internal readonly record struct FusedAdam(float MeanDecay, float MeanShare, float SquareDecay, float SquareShare, float Epsilon, float Correction, float Size, float Penalty, float Shrink)
{
    /// <summary>Values that a thread takes at a time: enough to be worth one.</summary>
    private const int Share = 1 << 16;

    /// <summary>Takes the step where all four, float32, lie in memory of this machine, dense and alike.</summary>
    /// <returns>Whether it did.</returns>
    public bool TryStep(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, bool isDecayed)
    {
        if (parameter.device_type != DeviceType.CPU || parameter.dtype != ScalarType.Float32 || !IsDense(parameter) || !LieAlike(mean, parameter) || !LieAlike(square, parameter))
            return false;
        // The gradient of a channels-last weight is so itself, unless another kernel made it.
        if (!LieAlike(gradient, parameter))
            gradient = empty_like(parameter).copy_(gradient);
        Run([parameter, gradient, mean, square], isDecayed ? this : this with { Penalty = 0, Shrink = 1 });
        return true;
    }

    private static unsafe void Run(Tensor[] all, FusedAdam step)
    {
        fixed (byte* weights = Memory(all[0]), gradients = Memory(all[1]), means = Memory(all[2]), squares = Memory(all[3]))
        {
            var (w, g, m, s, count) = ((nint)weights, (nint)gradients, (nint)means, (nint)squares, (int)all[0].numel());
            void Part(int part)
            {
                var (start, length) = (part * Share, Math.Min(Share, count - part * Share));
                step.Over(new Span<float>((float*)w + start, length), new Span<float>((float*)g + start, length), new Span<float>((float*)m + start, length), new Span<float>((float*)s + start, length));
            }

            var parts = (count + Share - 1) / Share;
            if (parts > 1)
                Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, get_num_threads()) }, Part);
            else if (parts == 1)
                Part(0);
        }
    }

    private void Over(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares)
    {
        var wide = weights.Length - weights.Length % Vector512<float>.Count;
        var w = MemoryMarshal.Cast<float, Vector512<float>>(weights[..wide]);
        var g = MemoryMarshal.Cast<float, Vector512<float>>(gradients[..wide]);
        var m = MemoryMarshal.Cast<float, Vector512<float>>(means[..wide]);
        var s = MemoryMarshal.Cast<float, Vector512<float>>(squares[..wide]);
        for (var i = 0; i < w.Length; i++)
        {
            var (weight, gradient) = (w[i] * Shrink, g[i]);
            if (Penalty != 0)
                gradient = Vector512.FusedMultiplyAdd(weight, Vector512.Create(Penalty), gradient);
            var mean = m[i] = Vector512.FusedMultiplyAdd(gradient, Vector512.Create(MeanShare), m[i] * MeanDecay);
            var square = s[i] = Vector512.FusedMultiplyAdd(gradient * SquareShare, gradient, s[i] * SquareDecay);
            w[i] = weight + mean * Size / (Vector512.Sqrt(square) / Correction + Vector512.Create(Epsilon));
        }
        for (var i = wide; i < weights.Length; i++)
        {
            var (weight, gradient) = (weights[i] * Shrink, gradients[i]);
            if (Penalty != 0)
                gradient = MathF.FusedMultiplyAdd(weight, Penalty, gradient);
            var mean = means[i] = MathF.FusedMultiplyAdd(gradient, MeanShare, means[i] * MeanDecay);
            var square = squares[i] = MathF.FusedMultiplyAdd(gradient * SquareShare, gradient, squares[i] * SquareDecay);
            weights[i] = weight + mean * Size / (MathF.Sqrt(square) / Correction + Epsilon);
        }
    }

    /// <summary>Whether the values of two tensors of one shape follow each other in one order.</summary>
    private static bool LieAlike(Tensor x, Tensor y) => x.stride().Zip(y.stride(), x.shape).All(axis => axis.Third == 1 || axis.First == axis.Second);

    /// <summary>Whether the values fill their memory without a gap, in whatever order of axes.</summary>
    private static bool IsDense(Tensor x)
    {
        var next = 1L;
        foreach (var (size, stride) in x.shape.Zip(x.stride()).Where(axis => axis.First != 1).OrderBy(axis => axis.Second))
        {
            if (stride != next)
                return false;
            next *= size;
        }
        return true;
    }

    private static Span<byte> Memory(Tensor x) => x.as_strided([x.numel()], [1], x.storage_offset()).bytes;
}
