using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>What a network refuses before a kernel can: some of libtorch's kernels end the process.</summary>
internal static class Arguments
{
    public static void Check(Tensor x, string name, TensorShape expected)
    {
        ArgumentNullException.ThrowIfNull(x, name);
        var shape = x.shape;
        var fits = expected.IsMap
            ? shape.Length == 4 && shape[1] == expected.Channels && shape[2] == expected.Height && shape[3] == expected.Width
            : shape.Length == 2 && shape[1] == expected.Channels;
        if (!fits || shape[0] < 1)
            throw new ArgumentException(
                $"{name} is [{string.Join(", ", shape)}], but this network takes {expected}{(name == "image" && shape.Length == 4 && shape[1] == expected.Channels ? "; SampleInTiles draws from images of other sizes" : "")}.", name);
        // Maps within a network may be in the precision that it works in.
        if (x.dtype != ScalarType.Float32 && !(expected.IsMap && x.dtype == ScalarType.BFloat16))
            throw new ArgumentException($"{name} is {x.dtype}, but this network takes Float32.", name);
    }

    public static void CheckBatch(Tensor x, string xName, Tensor y, string yName)
    {
        if (x.shape[0] != y.shape[0])
            throw new ArgumentException($"{xName} is a batch of {x.shape[0]} and {yName} one of {y.shape[0]}.", yName);
    }

    public static void CheckSamples(Tensor x, string xName, Tensor y, string yName)
    {
        if (y.shape[0] % x.shape[0] != 0)
            throw new ArgumentException($"{xName} is a batch of {x.shape[0]} and {yName} one of {y.shape[0]}, which is not the same number of samples for each.", yName);
    }

    public static void CheckCount(Tensor[] list, string name, int count)
    {
        ArgumentNullException.ThrowIfNull(list, name);
        CheckCount(list.Length, name, count);
    }

    public static void CheckCount(int given, string name, int count)
    {
        if (given != count)
            throw new ArgumentException($"{name} has {given} tensors, but this network takes {count}.", name);
    }

    public static ArgumentOutOfRangeException NoSuch(int number, int count) =>
        new(nameof(number), number, $"There are {count} of these functions, counted from 0.");
}
