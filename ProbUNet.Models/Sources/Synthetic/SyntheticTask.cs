using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>What synthetic tasks have in common: each image is drawn by itself, in any order, as a function of seed, split, index and size.</summary>
/// <param name="name">The name of the task as a data source.</param>
/// <param name="thing">What is drawn, for the message that it is too small or too large.</param>
internal sealed class SyntheticTask(string name, string thing)
{
    private const int SmallestSide = 32;

    // A whole set is drawn, into memory: some hundred images, each in the time that its pixels take.
    private const int LargestSide = 1024;

    private readonly long _key = RandomStream.Key(name);

    /// <summary>A set of so many images a split.</summary>
    /// <exception cref="InputException">The images would be smaller than 32x32, or larger than 1024x1024.</exception>
    public GradedData Draw(int height, int width, int train, int validation, int test, Func<DataSplit, int, GradedImage> draw)
    {
        CheckSize(height, width);
        return new GradedData(name, Images(DataSplit.Train, train), Images(DataSplit.Validation, validation), Images(DataSplit.Test, test));

        GradedImage[] Images(DataSplit split, int count)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            var images = new GradedImage[count];
            Each.InParallel(count, index => images[index] = draw(split, index));
            return images;
        }
    }

    /// <summary>What one image of a set is called, and where its random numbers come from: each part of a drawing has a stream of its own, so that none changes with the numbers that another one takes.</summary>
    /// <param name="split">The part of the set.</param>
    /// <param name="index">The place in it, from 0.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="seed">Decides everything.</param>
    /// <exception cref="InputException">The image would be smaller than 32x32, or larger than 1024x1024.</exception>
    public (string Name, Func<long, RandomStream> Stream) Image(DataSplit split, int index, int height, int width, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        CheckSize(height, width);
        return ($"{split.FolderName()}-{index:D4}", part => RandomStream.For(seed, _key, (long)split, index, part));
    }

    /// <summary>8 bits a value, so that what is written to a file and read again is the same image.</summary>
    public static byte Level(double value) => (byte)Math.Floor(Math.Clamp(value, 0, 1) * 255 + 0.5);

    private void CheckSize(int height, int width)
    {
        if (Math.Min(height, width) < SmallestSide || Math.Max(height, width) > LargestSide)
            throw new InputException(name, $"a {thing} cannot be drawn at {height}x{width}", $"take a network of {SmallestSide}x{SmallestSide} to {LargestSide}x{LargestSide}");
    }
}
