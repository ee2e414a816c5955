using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Data;

/// <summary>Random maps of labels, as plain bytes: what the naive definitions of the tests read.</summary>
internal static class LabelMaps
{
    /// <summary>Labels of blocks, so that regions of several classes meet; about one block in six is ignored.</summary>
    public static byte[] Draw(RandomStream random, int height, int width, int classes)
    {
        var blocks = Enumerable.Range(0, 64).Select(_ => random.NextInt32(6) == 0 ? Segmentation.Ignored : (byte)random.NextInt32(classes)).ToArray();
        return [.. Enumerable.Range(0, height * width).Select(i => blocks[i / width / 2 % 8 * 8 + i % width / 2 % 8])];
    }

    /// <summary>Labels in which the pixels ignored in <paramref name="other"/> are ignored, and no others.</summary>
    public static byte[] IgnoredAs(byte[] other, byte[] labels) =>
        [.. labels.Zip(other, (label, its) => its == Segmentation.Ignored ? its : label == Segmentation.Ignored ? (byte)0 : label)];
}
