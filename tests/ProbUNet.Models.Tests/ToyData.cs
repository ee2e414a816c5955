using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests;

/// <summary>The smallest data that can be learnt: a bright square, four graders of whom some see nothing.</summary>
internal static class ToyData
{
    public static GradedData Set(int count) => new("squares", Squares(count), Squares(1), Squares(1));

    public static IReadOnlyList<GradedImage> Squares(int count, int size = 8, int graders = 4) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var random = RandomStream.For(11, i);
        var (top, left) = (random.NextInt32(size / 2), random.NextInt32(size / 2));
        bool Inside(int pixel) => pixel / size >= top && pixel / size < top + size / 2 && pixel % size >= left && pixel % size < left + size / 2;
        var pixels = Enumerable.Range(0, size * size).Select(pixel => (float)((Inside(pixel) ? 0.7 : 0.2) + random.NextDouble(0, 0.1))).ToArray();
        var full = BitMask.From<int>(size, size, Enumerable.Range(0, size * size).ToArray(), Inside);
        return Images.Of($"square{i}", $"case{i / 2}", 1, size, size, pixels, [.. Enumerable.Range(0, graders).Select(grader => grader % 2 == 0 ? full : BitMask.Empty(size, size))]);
    })];
}
